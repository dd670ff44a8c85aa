"""The room that a run's files take, and the model as it was after an epoch, kept in case the run does not end well."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from cnncore._files import is_there
from cnncore.errors import CnnError


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


def keep_checkpoint(output: str) -> bool:
    """Puts the model of the last epoch that was kept in the place of `output`; whether there was one."""
    if not output or not is_there(checkpoint_path(output), "file"):
        return False
    try:
        checkpoint_path(output).replace(output)
    except OSError:
        return False
    return True
