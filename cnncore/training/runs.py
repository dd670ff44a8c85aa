"""The folders of training runs, which by default contain their files, and the list of earlier runs.

    <user data>/cnn-tui/runs/20250131-142501-fashion/{config.json, history.csv, model.keras}

`config.json` is the configuration; the other two are written during the run. Any other folder there is ignored.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cnncore._files import is_there, list_folder, read_text, unwritable, write_atomically
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import Epoch
from cnncore.training.history import read_history

CONFIG, MODEL, HISTORY = "config.json", "model.keras", "history.csv"
_STAMP = "%Y%m%d-%H%M%S"


@dataclass(frozen=True, slots=True)
class Run:
    """One run's folder. `config.output` and `config.history` name the files inside it."""

    folder: Path
    config: TrainConfig
    started: datetime

    @property
    def model_path(self) -> Path | None:
        """The file of the trained model; None until it is saved."""
        return path if is_there(path := self.folder / MODEL, "file") else None

    @property
    def history_path(self) -> Path | None:
        return path if is_there(path := self.folder / HISTORY, "file") else None

    def history(self) -> tuple[Epoch, ...]:
        """Return the finished epochs; none if the file is missing. Raises `CnnError` if it is damaged."""
        return read_history(path) if (path := self.history_path) else ()


def runs_folder() -> Path:
    """Return the folder of all runs, which may not exist yet."""
    from platformdirs import user_data_path

    return user_data_path("cnn-tui", appauthor=False) / "runs"


def new_run(config: TrainConfig, root: Path | None = None, *, now: datetime | None = None) -> Run:
    """Create a folder for a run of `config`, named after the time `now`, with its output and history in it.

    Raises `CnnError` if the folder cannot be created.
    """
    root = runs_folder() if root is None else root
    started = (now or datetime.now()).replace(microsecond=0)
    name = f"{started.strftime(_STAMP)}-{config.network}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        count = 1
        while True:
            folder = root / (name if count == 1 else f"{name}-{count}")
            try:
                folder.mkdir()
                break
            except FileExistsError:
                count += 1
    except OSError as error:
        raise unwritable(root, error) from error
    config = replace(config, output=str(folder / MODEL), history=str(folder / HISTORY))
    write_atomically(folder / CONFIG, lambda file: file.write(config.to_json().encode() + b"\n"))
    return Run(folder, config, started)


def list_runs(root: Path | None = None) -> tuple[Run, ...]:
    """Return all runs, the newest first."""
    root = runs_folder() if root is None else root
    try:
        folders = [folder for folder in list_folder(root) if is_there(folder, "folder")]
    except CnnError:
        return ()
    runs = [run for folder in folders if (run := _read(folder)) is not None]
    return tuple(sorted(runs, key=lambda run: (run.started, len(run.folder.name), run.folder.name), reverse=True))


def latest(root: Path | None = None) -> Run | None:
    """Return the newest run with a model, or None."""
    return next((run for run in list_runs(root) if run.model_path is not None), None)


def _read(folder: Path) -> Run | None:
    """Return the run in `folder`, even if the folder has been moved; None if it contains none."""
    with contextlib.suppress(OSError, ValueError, TypeError, CnnError):
        started = datetime.strptime(folder.name[:15], _STAMP)
        config = TrainConfig.from_json(read_text(folder / CONFIG))
        here = replace(config, output=str(folder / MODEL), history=str(folder / HISTORY))
        return Run(folder, here, started)
    return None
