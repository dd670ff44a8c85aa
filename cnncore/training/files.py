"""Writing a run's files whole or not at all, and knowing beforehand that they can be written."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnncore.errors import CnnError


@contextmanager
def replacing(path: str) -> Iterator[Path]:
    """The name of a new file beside `path`, with its ending, that takes the place of `path` when the block is done.

    A symbolic link stays one. Raises `CnnError` where the system refuses; what is at `path` is then as it was.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{secrets.token_hex(6)}.tmp{target.suffix}")
    try:
        yield beside
        beside.replace(target)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # already in its place, or never made
            beside.unlink(missing_ok=True)


def check_writable(path: str) -> None:
    """Raises `CnnError` unless a file can be put at `path`: its folder is there and lets us write, and it is no folder.

    Leaves nothing behind and touches nothing that is there.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise CnnError("{path} is a folder; a file name is needed here", path=path)
    if not target.parent.is_dir():
        raise CnnError("{path} cannot be written: there is no folder {folder}", path=path, folder=str(target.parent))
    trial = target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        trial.touch(exist_ok=False)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            trial.unlink(missing_ok=True)


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


def unwritable(path: str, error: OSError) -> CnnError:
    return CnnError("{path} cannot be written: {reason}", path=path, reason=error.strerror or str(error))
