"""A stored (not compressed) member of a zip file, read where it lies: a large one is not held in memory."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PART = 2**20
_HEADER, _LENGTHS = 30, 26
"""The size of a member's own header, and where in it the lengths of its name and its extra field stand (PKWARE,
APPNOTE.TXT, 4.3.7)."""


class StoredMember(io.RawIOBase):
    """The bytes of `file` from `start`, `size` of them, as a file of their own."""

    def __init__(self, file: io.BufferedReader, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._file.seek(self._start + self._at)
        room = memoryview(buffer)
        count = self._file.readinto(room[: max(0, min(len(room), self._size - self._at))])
        self._at += count
        return count


def opened(file: io.BufferedReader, archive: zipfile.ZipFile, name: str) -> io.RawIOBase | io.BytesIO:
    """The member `name` of `archive`, whose file is `file`. Reads all of it once, to check it against its checksum.
    Raises `zipfile.BadZipFile` for a damaged one."""
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED:
        return io.BytesIO(archive.read(info))
    with archive.open(info) as member:  # checks the header too
        while member.read(_PART):
            pass
    file.seek(info.header_offset)
    header = file.read(_HEADER)
    lengths = (int.from_bytes(header[at : at + 2], "little") for at in (_LENGTHS, _LENGTHS + 2))
    return StoredMember(file, info.header_offset + _HEADER + sum(lengths), info.file_size)
