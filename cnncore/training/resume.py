"""Going on with a run that was stopped or killed: from its last checkpoint, in the same files, to the same bits.

A run of the C core that is resumed ends with the weights it would have had if it had never been stopped, on the same
machine and instruction set. The epoch in which it was stopped begins again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from cnncore._arguments import integer
from cnncore._files import is_there, shown, user_path
from cnncore.errors import CnnError
from cnncore.training.checkpoint import find_checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.runs import list_runs, runs_folder
from cnncore.training.runs.choice import called
from cnncore.training.runs.folder import read_config, write_config
from cnncore.training.runs.names import CONFIG, MODEL

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that ended early, as the configuration that goes on with it, and its finished epochs."""

    config: TrainConfig
    done: int


def resume_config(run: str, *, epochs: int | None = None, root: Path | None = None) -> TrainConfig:
    """The configuration that goes on with `run`: its folder, the folder's name or a beginning that only it has, its
    name, one of its `.keras` files, or "latest".

    `epochs` is a new total, to go further than was planned. Raises `CnnError` for what is no run, for a run that is
    finished, one of the Keras engine, and one whose files are damaged.
    """
    if epochs is not None:
        integer(epochs, "epochs", at_least=1)
    folder, config = _found(run, runs_folder() if root is None else root)
    name = shown(folder or config.output)
    if config.engine == "keras":
        raise CnnError("{run} is a run of the Keras engine, which cannot be resumed", run=name)
    found = find_checkpoint(config.output)
    if epochs is None:
        if found is not None and replace(found[1], config=config).finished:
            raise CnnError(
                "{run} finished after {done} epochs; a larger {name} trains it further",
                run=name,
                done=len(found[1].epochs),
                name="epochs",
            )
    elif found is not None and epochs <= len(found[1].epochs):
        raise CnnError(
            "{name} is {value}; {run} has finished {done} epochs already, so it must be larger",
            name="epochs",
            value=epochs,
            run=name,
            done=len(found[1].epochs),
        )
    else:
        config = replace(config, epochs=epochs)
        if folder is not None:
            write_config(folder, config)
    return config


def unfinished(config: TrainConfig) -> Unfinished | None:
    """The run that writes `config.output`, if it ended early with at least one epoch kept; else None."""
    if not config.output or config.engine == "keras":
        return None
    try:
        found = find_checkpoint(config.output)
    except CnnError:
        return None
    if found is None or not found[1].epochs or replace(found[1], config=config).finished:
        return None
    return Unfinished(replace(config, resume=True), len(found[1].epochs))


def last_unfinished(root: Path | None = None) -> Unfinished | None:
    """The newest run in its folder, if `unfinished`."""
    runs = list_runs(root)
    return unfinished(runs[0].config) if runs else None


def _found(run: str, root: Path) -> tuple[Path | None, TrainConfig]:
    """The run's folder, if it has one of its own, and its configuration."""
    if run == LATEST:
        runs = list_runs(root)
        if not runs:
            raise CnnError("there is no run yet in {folder}", folder=shown(root))
        return _of_folder(runs[0].folder)
    path = user_path(run)
    if run and is_there(path, "folder"):
        return _of_folder(path.absolute())
    if path.suffix == ".keras":
        return _of_file(path.absolute())
    if run and path.name == run and is_there(root / run, "folder"):
        return _of_folder(root / run)
    if len(found := called(run, list_runs(root))) == 1:
        return _of_folder(found[0].folder)
    raise CnnError("there is no run {run}; name its folder, its .keras file, or latest", run=shown(run))


def _of_folder(folder: Path) -> tuple[Path, TrainConfig]:
    return folder, replace(read_config(folder), resume=True)


def _of_file(path: Path) -> tuple[Path | None, TrainConfig]:
    name = path.name
    if name.startswith(".") and name.endswith(".unfinished.keras"):  # the checkpoint itself
        path = path.with_name(name[1:].replace(".unfinished.keras", ".keras"))
    if path.name == MODEL and is_there(path.with_name(CONFIG), "file"):
        return _of_folder(path.parent)
    found = find_checkpoint(str(path))
    if found is None:
        raise CnnError("{path}: there is no such file", path=shown(path))
    return None, replace(found[1].config, output=str(path), resume=True)
