"""A run as one zip file, and the removal of its folder."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cnncore._files import PathLike, is_there, list_folder, open_to_read, shown, unwritable, write_atomically
from cnncore.errors import CnnError
from cnncore.training.files import check_space, checkpoint_path, drop_debris
from cnncore.training.runs.folder import Run, read_run, runs_folder
from cnncore.training.runs.names import CONFIG, EPOCH_FILE, EPOCHS, EVENTS_FILE, HISTORY, MODEL, RECORD

MOST_FILES = 10_000
MOST_BYTES = 4 * 2**30
"""The most files and bytes, unpacked, that are taken from an archive."""
_ID = re.compile(r"[\w-][\w .-]{0,99}")
_CHECKPOINT = checkpoint_path(MODEL).name
_FILES = (CONFIG, RECORD, EVENTS_FILE, HISTORY, MODEL, _CHECKPOINT)


def own_files(folder: Path) -> list[Path]:
    """The files of the run in `folder`, the configuration first; not what else somebody put there."""
    files = [folder / name for name in _FILES if is_there(folder / name, "file")]
    if is_there(folder / EPOCHS, "folder"):
        files += [path for path in list_folder(folder / EPOCHS) if EPOCH_FILE.fullmatch(path.name)]
    return files


def export_run(run: Run, path: PathLike) -> None:
    """Write the run as one zip file, atomically. Raises `CnnError`; a run in progress cannot be written."""
    _check_at_rest(run)
    top = run.id if _ID.fullmatch(run.id) else f"{run.started:%Y%m%d-%H%M%S}-{run.config.network}"

    def write(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for each in own_files(run.folder):
                kind = zipfile.ZIP_STORED if each.suffix == ".keras" else zipfile.ZIP_DEFLATED  # packed already
                archive.write(each, f"{top}/{each.relative_to(run.folder).as_posix()}", compress_type=kind)

    write_atomically(path, write)


def import_run(path: PathLike, root: Path | None = None) -> Run:
    """Unpack a run that `export_run` has written into a folder of its own in `root`, with a number behind its id if
    there is one of that id. Raises `CnnError` for every other file; nothing is then left behind.

    Only files of the names that a run has are taken, from one folder, within `MOST_FILES` and `MOST_BYTES`.
    """
    root = runs_folder() if root is None else root
    name = shown(path)
    with open_to_read(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                top = _checked(members, name)
                root.mkdir(parents=True, exist_ok=True)
                with _unpacking(root) as beside:
                    check_space(str(beside / top), sum(member.file_size for member in members))
                    _unpack(archive, members, beside)
                    _check_run(beside / top, name)
                    return read_run(_moved(beside / top, root))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
            if isinstance(error, CnnError):
                raise
            raise CnnError("{path} is no archive of a run: {reason}", path=name, reason=str(error)) from error
        except OSError as error:
            raise unwritable(root, error) from error


def remove_run(run: Run) -> list[Path]:
    """Delete the run's files, and its folder if nothing else is in it. Returns what is left. Raises `CnnError` for a
    run in progress, and if the system refuses.

    The configuration goes last: where it ends halfway, the folder is still a run, and can be removed.
    """
    _check_at_rest(run)
    folder = run.folder
    try:
        for inner in (folder / EPOCHS, folder):
            if is_there(inner, "folder"):
                drop_debris(inner)
        for path in reversed(own_files(folder)):
            path.unlink()
        for inner in (folder / EPOCHS, folder):
            with contextlib.suppress(OSError):  # not empty
                inner.rmdir()
    except OSError as error:
        raise CnnError("{folder} cannot be removed: {reason}", folder=shown(folder), reason=str(error)) from error
    return list_folder(folder) if is_there(folder, "folder") else []


def _check_at_rest(run: Run) -> None:
    if run.in_progress:
        raise CnnError("the run in {folder} is still in progress in another process", folder=shown(run.folder))


def _checked(members: list[zipfile.ZipInfo], path: str) -> str:
    """The one folder of the archive. Raises `CnnError` for any member that is not a run's."""
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_BYTES:
        raise CnnError(
            "{path} is no archive of a run: it has more than {files:,} files or {most:,} bytes",
            path=path,
            files=MOST_FILES,
            most=MOST_BYTES,
        )
    names = [member.filename for member in members if not member.is_dir()]
    tops = {PurePosixPath(name).parts[0] if PurePosixPath(name).parts else "" for name in names}
    for member in members:
        if not _is_known(member.filename):
            raise CnnError(
                "{path} is no archive of a run: it holds {member}, which no run has",
                path=path,
                member=shown(member.filename),
            )
    if len(tops) != 1 or len(set(names)) != len(names) or f"{next(iter(tops))}/{CONFIG}" not in names:
        raise CnnError(
            "{path} is no archive of a run: it must hold the folder of one, with its {name}", path=path, name=CONFIG
        )
    return tops.pop()


def _check_run(folder: Path, path: str) -> None:
    try:
        read_run(folder)
    except CnnError as error:
        raise CnnError("{path} is no archive of a run: {reason}", path=path, reason=error) from error


def _is_known(name: str) -> bool:
    top, slash, inner = name.partition("/")
    if not slash or not _ID.fullmatch(top):
        return False
    epochs, slash, epoch = inner.partition("/")
    if slash and epochs == EPOCHS:
        return not epoch or bool(EPOCH_FILE.fullmatch(epoch))
    return inner in ("", *_FILES)


@contextmanager
def _unpacking(root: Path) -> Iterator[Path]:
    """A folder in `root` that a list of runs passes over, and that is gone afterwards."""
    beside = root / f".{secrets.token_hex(6)}.tmp"
    beside.mkdir()
    try:
        yield beside
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], into: Path) -> None:
    for member in members:
        if member.is_dir():
            continue
        target = into / member.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        # zipfile reads at most the size that was checked, and compares the checksum.
        with archive.open(member) as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy)


def _moved(folder: Path, root: Path) -> Path:
    count = 1
    while True:
        target = root / (folder.name if count == 1 else f"{folder.name}-{count}")
        if not os.path.lexists(target):
            return folder.rename(target)
        count += 1
