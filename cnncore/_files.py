"""Opening and writing files so that whatever goes wrong is a sentence that names the file.

A file is written whole or not at all: into a new file beside it, which then takes its place.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeAlias

from cnncore.errors import CnnError

PathLike: TypeAlias = str | os.PathLike[str]


def reason_of(error: BaseException) -> str:
    """What the system says, without the path, which our own sentence names."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def open_to_read(path: PathLike) -> BinaryIO:
    """An ordinary file, opened. Raises `CnnError` for what is missing, unreadable, a folder, a pipe or a device."""
    name = os.fspath(path)
    try:
        mode = Path(name).stat().st_mode
        if stat.S_ISREG(mode):  # opening a pipe could wait for ever
            return Path(name).open("rb")
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise CnnError("{path}: there is no such file", path=name) from error
        raise CnnError("{path} cannot be read: {reason}", path=name, reason=reason_of(error)) from error
    if stat.S_ISDIR(mode):
        raise CnnError("{path} is a folder; a file is needed here", path=name)
    raise CnnError("{path} is not an ordinary file", path=name)


def write_atomically(path: PathLike, write: Callable[[BinaryIO], object]) -> None:
    """Calls `write` with a new file that takes the place of `path` once it is complete; before that, nothing changes.

    A symbolic link stays one: the file it points to is replaced. Raises `CnnError` where the system refuses; what
    `write` raises otherwise passes through.
    """
    name = os.fspath(path)
    target = Path(os.path.realpath(name))
    if target.is_dir():
        raise CnnError("{path} is a folder; a file name is needed here", path=name)
    beside = target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        with beside.open("xb") as file:
            write(file)
        beside.replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, CnnError):
            raise CnnError("{path} cannot be written: {reason}", path=name, reason=reason_of(error)) from error
        raise
