"""All access to files and folders: every path that is read or written passes through here.

Any problem with a path gives one message that names it: missing, not permitted, too long, a folder, a loop of links, an
empty name. Pipes and devices are never opened, because reading one can block for ever. Files are written atomically: to
a new file in the same folder, which then replaces the target.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

from cnncore._text import printable
from cnncore.errors import CnnError

PathLike: TypeAlias = str | bytes | os.PathLike[str] | os.PathLike[bytes]
_PART = 2**20
MOST_SHOWN = 120
"""Longer paths are abbreviated in messages."""
Kind: TypeAlias = Literal["file", "folder", "other", ""]


def reason_of(error: BaseException) -> str:
    """Return the system's reason without the path, which our own message names."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def name_of(path: PathLike) -> str:
    """Return the path as text, undecodable bytes as surrogates. Raises `CnnError` if it is not a path."""
    try:
        return os.fsdecode(path)
    except TypeError as error:
        raise CnnError("path must be a str or a Path, got {value}", value=repr(path)[:80]) from error


def shown(path: PathLike) -> str:
    """Return the path for display: on one line, with control characters escaped."""
    return printable(name_of(path)).replace("\n", "\\n").replace("\t", "\\t")


def brief(path: PathLike) -> str:
    """Return the path as `shown` does, with the middle of a long one left out."""
    text = shown(path)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN // 2]}...{text[-MOST_SHOWN // 2 :]}"


def user_path(path: PathLike) -> Path:
    """Expand ~ in `path`; an unknown user is left as it is, as in a shell."""
    return Path(os.path.expanduser(name_of(path)))  # noqa: PTH111 - pathlib's version raises for an unknown user


def full_path(path: PathLike) -> Path:
    """Return `path` as an absolute path. Raises `CnnError` if it is relative and the working folder was deleted."""
    try:
        return Path(name_of(path)).absolute()
    except OSError as error:
        raise CnnError(
            "{path}: the working folder no longer exists; give an absolute path", path=shown(path)
        ) from error


# Reading.


def kind_of(path: PathLike) -> Kind:
    """Return the kind of `path`, following links: "file", "folder", "other" (a pipe, a device) or "" (nothing).

    Raises `CnnError` if it cannot be determined: no permission on a parent folder, a name too long or empty.
    """
    name = name_of(path)
    if not name:
        raise CnnError("the path is empty; name a file or a folder")
    try:
        mode = os.stat(name).st_mode  # noqa: PTH116 - pathlib does not accept every name
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def is_there(path: PathLike, kind: Kind) -> bool:
    """Return True if `path` is a `kind`; any problem with the path gives False."""
    try:
        return kind_of(path) == kind
    except CnnError:
        return False


def open_to_read(path: PathLike) -> BufferedReader:
    """Open a regular file. Raises `CnnError` if it is missing, unreadable, a folder, a pipe or a device."""
    name = name_of(path)
    match kind_of(name):
        case "":
            raise CnnError("{path}: there is no such file", path=shown(name))
        case "folder":
            raise CnnError("{path} is a folder; a file is needed here", path=shown(name))
        case "other":
            raise _not_ordinary(name)
    try:
        # If a pipe has replaced the file in the meantime, opening it must not block either.
        descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_ordinary(name)
    return os.fdopen(descriptor, "rb")


def check_file(path: PathLike) -> None:
    """Raise `CnnError` unless `path` is a regular file that can be read."""
    open_to_read(path).close()


def read_text(path: PathLike, most: int = 2**20) -> str:
    """Return the UTF-8 text of a file of at most `most` bytes. Raises `CnnError`."""
    name = name_of(path)
    with open_to_read(name) as file:
        try:
            data = file.read(most + 1)
            if len(data) > most:
                raise CnnError("{path} has more than {most:,} bytes", path=shown(name), most=most)
            return data.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(name, error) from error


def content_digest(path: PathLike) -> str:
    """Return the digest of a file's content. Raises `CnnError` if it cannot be read."""
    with open_to_read(path) as file:
        try:
            checksum = hashlib.blake2b(digest_size=20)
            while part := file.read(_PART):
                checksum.update(part)
            return checksum.hexdigest()
        except OSError as error:
            raise _unreadable(shown(path), error) from error


def check_folder(path: PathLike) -> Path:
    """Return `path`. Raises `CnnError` unless it is a folder."""
    name = name_of(path)
    match kind_of(name):
        case "folder":
            return Path(name)
        case "":
            raise CnnError("{folder}: there is no such folder", folder=shown(name))
    raise CnnError("{path} is a file; a folder is needed here", path=shown(name))


def list_folder(path: PathLike) -> list[Path]:
    """Return the entries of a folder, sorted by name. Raises `CnnError`."""
    folder = check_folder(path)
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise _unreadable(name_of(path), error) from error


# Writing.


@contextmanager
def replacing(path: PathLike) -> Iterator[Path]:
    """Give the name of a new file in the same folder, with the same suffix, that replaces `path` when the block ends.

    A symbolic link is kept: the file it points to is replaced. Raises `CnnError` if the system refuses, and for a
    folder, a pipe or a device; `path` is then left unchanged.
    """
    target = _target(path)
    beside = target.with_name(f".{secrets.token_hex(6)}.tmp{target.suffix}")
    try:
        yield beside
        beside.replace(target)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # already renamed, or never created; the first error is the one to report
            beside.unlink(missing_ok=True)


def write_atomically(path: PathLike, write: Callable[[BinaryIO], object]) -> None:
    """Call `write` with a new file that replaces `path` when complete (see `replacing`).

    Other exceptions of `write` pass through.
    """
    with replacing(path) as beside, beside.open("xb") as file:
        write(file)


def write_text(text: str, path: PathLike) -> None:
    """Write UTF-8 text atomically. Raises `CnnError` if the system refuses."""
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def make_folder_of(path: PathLike) -> None:
    """Make the folder that `path` is to be in, if it is missing. Raises `CnnError`."""
    try:
        full_path(name_of(path)).parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        if isinstance(error, CnnError):
            raise
        raise unwritable(path, error) from error


def check_writable(path: PathLike) -> None:
    """Raise `CnnError` unless a file can be written to `path`: its folder exists and is writable, and `path` is a
    regular file or nothing. Leaves nothing behind."""
    target = _target(path)
    trial = target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        trial.touch(exist_ok=False)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            trial.unlink(missing_ok=True)


def _target(path: PathLike) -> Path:
    """Return the file that writing to `path` would create or replace."""
    name = name_of(path)
    if not name:
        raise CnnError("the path is empty; name a file or a folder")
    try:
        target = Path(os.path.realpath(full_path(name)))
        mode = _mode(target)
        above = _mode(target.parent)
    except (OSError, ValueError) as error:
        if isinstance(error, CnnError):
            raise
        raise unwritable(name, error) from error
    if mode and stat.S_ISDIR(mode):
        raise CnnError("{path} is a folder; a file name is needed here", path=shown(name))
    if mode and not stat.S_ISREG(mode):
        raise _not_ordinary(name)
    if not stat.S_ISDIR(above):
        raise CnnError(
            "{path} cannot be written: there is no folder {folder}", path=shown(name), folder=shown(target.parent)
        )
    return target


def _mode(path: Path) -> int:
    """Return the mode of `path`, or 0 if nothing is there."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def unwritable(path: PathLike, error: BaseException) -> CnnError:
    return CnnError("{path} cannot be written: {reason}", path=brief(path), reason=reason_of(error))


def _unreadable(name: str, error: BaseException) -> CnnError:
    return CnnError("{path} cannot be read: {reason}", path=brief(name), reason=reason_of(error))


def _not_ordinary(name: str) -> CnnError:
    return CnnError("{path} is not a regular file", path=shown(name))
