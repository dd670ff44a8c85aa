"""The one door for paths: every file that is opened or written, and every folder that is looked into, passes here.

Whatever is wrong with a path is one sentence that names it: it is missing, somebody else's, too long, a folder, a loop
of links, no name at all. A pipe or a device is never opened: reading one can wait for ever. A file is written whole or
not at all: into a new file beside it, which then takes its place.
"""

from __future__ import annotations

import contextlib
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
MOST_SHOWN = 120
"""Characters of a path before the reason why it is refused."""
Kind: TypeAlias = Literal["file", "folder", "other", ""]


def reason_of(error: BaseException) -> str:
    """What the system says, without the path, which our own sentence names."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def name_of(path: PathLike) -> str:
    """The path as text, a byte that is none as Python stands for it. Raises `CnnError` for what is no path."""
    try:
        return os.fsdecode(path)
    except TypeError as error:
        raise CnnError("path must be a str or a Path, got {value}", value=repr(path)[:80]) from error


def shown(path: PathLike) -> str:
    """The path as a reader can be shown it: in one line, and without anything that a terminal would obey."""
    return printable(name_of(path)).replace("\n", "\\n").replace("\t", "\\t")


def brief(path: PathLike) -> str:
    """As `shown`, without the middle of what is long: the reason that follows is to be seen as well."""
    text = shown(path)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN // 2]}...{text[-MOST_SHOWN // 2 :]}"


def user_path(path: PathLike) -> Path:
    """`path` with ~ resolved. Where there is no such user it stays as it is, as in a shell."""
    return Path(os.path.expanduser(name_of(path)))  # noqa: PTH111 - pathlib's raises where there is no such user


def full_path(path: PathLike) -> Path:
    """`path` from the root on. Raises `CnnError` where the working folder, which it starts from, was deleted."""
    try:
        return Path(name_of(path)).absolute()
    except OSError as error:
        raise CnnError(
            "{path}: the working folder is gone, so only a full path leads anywhere", path=shown(path)
        ) from error


# Looking.


def kind_of(path: PathLike) -> Kind:
    """What lies at `path`, links followed: "file", "folder", "other" (a pipe, a device), "" (nothing).

    Raises `CnnError` where that cannot be known: a folder on the way is somebody else's, the name is too long or none.
    """
    name = name_of(path)
    if not name:
        raise CnnError("the path is empty; name a file or a folder")
    try:
        mode = os.stat(name).st_mode  # noqa: PTH116 - Path would not take every name
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def is_there(path: PathLike, kind: Kind) -> bool:
    """Whether a `kind` lies at `path`, where it does not matter why not."""
    try:
        return kind_of(path) == kind
    except CnnError:
        return False


def open_to_read(path: PathLike) -> BufferedReader:
    """An ordinary file, opened. Raises `CnnError` for what is missing, unreadable, a folder, a pipe or a device."""
    name = name_of(path)
    match kind_of(name):
        case "":
            raise CnnError("{path}: there is no such file", path=shown(name))
        case "folder":
            raise CnnError("{path} is a folder; a file is needed here", path=shown(name))
        case "other":
            raise _not_ordinary(name)
    try:
        # If a pipe has taken its place meanwhile, opening it must not wait either.
        descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_ordinary(name)
    return os.fdopen(descriptor, "rb")


def check_file(path: PathLike) -> None:
    """Raises `CnnError` unless `path` is an ordinary file that can be read."""
    open_to_read(path).close()


def read_text(path: PathLike, most: int = 2**20) -> str:
    """The text, UTF-8, of a file of at most so many bytes. Raises `CnnError`."""
    name = name_of(path)
    with open_to_read(name) as file:
        try:
            data = file.read(most + 1)
            if len(data) > most:
                raise CnnError("{path} has more than {most:,} bytes", path=shown(name), most=most)
            return data.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(name, error) from error


def check_folder(path: PathLike) -> Path:
    """`path` itself. Raises `CnnError` unless it is a folder."""
    name = name_of(path)
    match kind_of(name):
        case "folder":
            return Path(name)
        case "":
            raise CnnError("{folder}: there is no such folder", folder=shown(name))
    raise CnnError("{path} is a file; a folder is needed here", path=shown(name))


def list_folder(path: PathLike) -> list[Path]:
    """What lies in a folder, by name. Raises `CnnError`."""
    folder = check_folder(path)
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise _unreadable(name_of(path), error) from error


# Writing.


@contextmanager
def replacing(path: PathLike) -> Iterator[Path]:
    """The name of a new file beside `path`, with its ending, that takes the place of `path` when the block is done.

    A symbolic link stays one: the file it points to is replaced. Raises `CnnError` where the system refuses, and for a
    folder, a pipe or a device; what is at `path` is then as it was.
    """
    target = _target(path)
    beside = target.with_name(f".{secrets.token_hex(6)}.tmp{target.suffix}")
    try:
        yield beside
        beside.replace(target)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # already in its place, or never made; the first error is the one to tell
            beside.unlink(missing_ok=True)


def write_atomically(path: PathLike, write: Callable[[BinaryIO], object]) -> None:
    """Calls `write` with a new file that takes the place of `path` once it is complete, as `replacing` has it.

    What `write` raises otherwise passes through.
    """
    with replacing(path) as beside, beside.open("xb") as file:
        write(file)


def write_text(text: str, path: PathLike) -> None:
    """Write UTF-8 text, atomically. Raise `CnnError` where the system refuses."""
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def check_writable(path: PathLike) -> None:
    """Raises `CnnError` unless a file can be put at `path`: its folder is there and lets us write, and nothing but a
    file is in its place. Leaves nothing behind and touches nothing that is there."""
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
    """The file that writing to `path` would make or replace."""
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
    """0 where nothing is."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def unwritable(path: PathLike, error: BaseException) -> CnnError:
    return CnnError("{path} cannot be written: {reason}", path=brief(path), reason=reason_of(error))


def _unreadable(name: str, error: BaseException) -> CnnError:
    return CnnError("{path} cannot be read: {reason}", path=brief(name), reason=reason_of(error))


def _not_ordinary(name: str) -> CnnError:
    return CnnError("{path} is not an ordinary file", path=shown(name))
