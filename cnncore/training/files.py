"""The disk space of a run's files, and the checkpoint: the model after an epoch, kept in case the run fails."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

from cnncore._files import is_there, list_folder
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import Kept


def check_space(path: str, needed: int) -> None:
    """Raise `CnnError` if the disk of `path` has less than `needed` bytes free."""
    with contextlib.suppress(OSError):  # if the free space is unknown, assume that it suffices
        free = shutil.disk_usage(Path(os.path.realpath(path)).parent).free
        if free < needed:
            raise CnnError(
                "{path} needs about {needed:,} MB, but only {free:,} MB are free",
                path=path,
                needed=-(-needed // 10**6),
                free=free // 10**6,
            )


def checkpoint_path(output: str) -> Path:
    """Return the checkpoint file of a run that will write `output`: in the same folder, with the same suffix."""
    return Path(output).with_name(f".{Path(output).stem}.unfinished.keras")


def drop_checkpoint(output: str) -> None:
    """Delete the checkpoint, because the run has finished or starts again."""
    with contextlib.suppress(OSError):
        checkpoint_path(output).unlink(missing_ok=True)


def keep_checkpoint(config: TrainConfig) -> Kept:
    """Keep the checkpoint of an unfinished run by moving it to `config.output`, which a resumed run may also have from
    before."""
    model = config.output if config.resume and is_there(config.output, "file") else ""
    if config.output and is_there(checkpoint_path(config.output), "file"):
        with contextlib.suppress(OSError):
            checkpoint_path(config.output).replace(config.output)
            model = config.output
    history = config.history if config.history and is_there(config.history, "file") else ""
    return Kept(model, history)


def drop_debris(folder: Path) -> None:
    """Delete the files in a run's folder that a killed process had not finished writing."""
    for path in list_folder(folder):
        if re.fullmatch(r"\.[0-9a-f]{12}\.tmp(\.[a-z]+)?", path.name):
            with contextlib.suppress(OSError):
                path.unlink()
