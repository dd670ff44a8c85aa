"""The room that a run's files take, and the model as it was after an epoch, kept in case the run does not end well."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from cnncore._files import is_there
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig


def check_space(path: str, needed: int) -> None:
    """Raises `CnnError` where the disk of `path` has fewer than `needed` bytes left."""
    with contextlib.suppress(OSError):  # a system that does not say is believed
        free = shutil.disk_usage(Path(os.path.realpath(path)).parent).free
        if free < needed:
            raise CnnError(
                "{path} needs about {needed:,} MB, but only {free:,} MB are free",
                path=path,
                needed=-(-needed // 10**6),
                free=free // 10**6,
            )


def checkpoint_path(output: str) -> Path:
    """Where the model is kept while the run that will write `output` goes on: beside it, with its ending."""
    return Path(output).with_name(f".{Path(output).stem}.unfinished.keras")


def drop_checkpoint(output: str) -> None:
    """Removes what `checkpoint_path` holds: the run came to its end, or begins anew."""
    with contextlib.suppress(OSError):
        checkpoint_path(output).unlink(missing_ok=True)


def left_behind(config: TrainConfig) -> tuple[str, str]:
    """What a run that did not come to its end has left: the paths of its model and of its history, "" where there is
    none. The model that was kept last takes the place of the one the run would have written."""
    model = ""
    if config.output and is_there(checkpoint_path(config.output), "file"):
        with contextlib.suppress(OSError):
            checkpoint_path(config.output).replace(config.output)
            model = config.output
    history = config.history if config.history and is_there(config.history, "file") else ""
    return model, history
