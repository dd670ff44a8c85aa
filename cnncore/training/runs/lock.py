"""One process at a time in the folder of a run: a run that is still going on cannot be resumed beside itself."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnncore._files import is_there, shown
from cnncore.errors import CnnError
from cnncore.training.runs.names import CONFIG

LOOK = 0.02
"""Seconds; a look of `is_held` takes far less."""


@contextmanager
def alone_in(output: str) -> Iterator[None]:
    """Hold the folder of the run that writes `output`, if it has one of its own. The system lets go of it when the
    process ends, however it ends. Raises `CnnError` if another run holds it."""
    folder = Path(output).parent
    if sys.platform == "win32" or not output or not is_there(folder / CONFIG, "file"):
        yield
        return
    import fcntl

    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):  # a file system without locks
            descriptor = os.open(folder, os.O_RDONLY)
            held.callback(os.close, descriptor)
            for patience in (*[LOOK] * 4, 0.0):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if not patience:
                        raise CnnError(
                            "the run in {folder} is still in progress in another process", folder=shown(folder)
                        ) from error
                    time.sleep(patience)  # perhaps it is only looked at, by `is_held`
        yield


def is_held(folder: Path) -> bool:
    """True if a process works in `folder`: its run is in progress. False where the system has no such locks."""
    if sys.platform == "win32":
        return False
    import fcntl

    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    return False
