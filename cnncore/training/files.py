"""The disk space of a run's files, and the checkpoint: the model after an epoch, kept in case the run fails."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from cnncore._files import is_there
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import Kept


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
    """The file of the checkpoint while the run that will write `output` goes on: beside it, with its suffix."""
    return Path(output).with_name(f".{Path(output).stem}.unfinished.keras")


def drop_checkpoint(output: str) -> None:
    """Removes the checkpoint: the run has finished, or starts over."""
    with contextlib.suppress(OSError):
        checkpoint_path(output).unlink(missing_ok=True)


def keep_checkpoint(config: TrainConfig) -> Kept:
    """Saves what a run that did not finish leaves: its checkpoint is moved to where its model would have been."""
    model = ""
    if config.output and is_there(checkpoint_path(config.output), "file"):
        with contextlib.suppress(OSError):
            checkpoint_path(config.output).replace(config.output)
            model = config.output
    history = config.history if config.history and is_there(config.history, "file") else ""
    return Kept(model, history)
