"""Download of Fashion-MNIST into Keras's cache, under Keras's file names, so that Keras and we share one copy.

A thread fetches and checks one file at a time in a temporary folder; only a complete file with the right MD5 is moved
into the cache. The caller is asked for progress meanwhile, also while the server is silent or a name is being resolved,
so it can end the download at any time.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from cnncore._files import reason_of
from cnncore.datasets.fashion_mnist import FILES, OfficialFile
from cnncore.errors import CnnError

ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""The server of `keras.datasets.fashion_mnist`."""
CHUNK = 1 << 16


def download_fashion_mnist(
    folder: Path,
    progress: Callable[[int, int], None],
    *,
    origin: str = ORIGIN,
    files: Sequence[OfficialFile] = FILES,
    stall_seconds: float = 15.0,
) -> None:
    """Download the four gzipped files of Fashion-MNIST into `folder`; complete ones that exist are kept.

    `progress` is called about ten times a second with the bytes done and in total. An exception it raises ends the
    download and passes through. Raises `CnnError` if a file is unavailable or is not the official one, if it cannot be
    written, or if nothing arrives for `stall_seconds`.
    """
    total, done = sum(file.size for file in files), 0
    with _keeping(folder):
        folder.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.TemporaryDirectory(prefix=".download-", dir=folder, ignore_cleanup_errors=True)
    with temporary as name:
        for file in files:
            progress(done, total)
            if not _is_whole(folder / file.name, file):
                fetched = _Fetch(origin + file.name, file, Path(name))
                for size in fetched.sizes(stall_seconds):
                    progress(done + size, total)
                with _keeping(folder):
                    fetched.target.replace(folder / file.name)
            done += file.size
    progress(total, total)


@contextmanager
def _keeping(folder: Path) -> Iterator[None]:
    """Turn an error while writing to `folder` into a `CnnError`."""
    try:
        yield
    except OSError as error:
        raise CnnError(
            "Fashion-MNIST could not be written to {folder}: {reason}", folder=str(folder), reason=str(error)
        ) from error


def _is_whole(path: Path, file: OfficialFile) -> bool:
    """Return True if `path` is the official file."""
    try:
        return (
            path.stat().st_size == file.size
            and hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() == file.md5
        )
    except OSError:
        return False


class _Fetch:
    """The download of one file into `folder`."""

    def __init__(self, url: str, file: OfficialFile, folder: Path) -> None:
        self.target = folder / file.name
        self._url, self._file = url, file
        self._size, self._left = 0, Event()
        self._error: Exception | None = None

    def sizes(self, stall_seconds: float) -> Iterator[int]:
        """Yield the number of bytes that have arrived ten times a second, until the file is complete. Raises
        `CnnError`."""
        with _keeping(self.target.parent):
            out = self.target.open("wb")
        # A name being resolved cannot be interrupted, so the thread must not keep the process alive.
        thread = Thread(target=self._work, args=(out, stall_seconds), name="download", daemon=True)
        thread.start()
        seen, moved = 0, time.monotonic()
        try:
            while thread.is_alive():
                thread.join(0.1)
                if self._size != seen:
                    seen, moved = self._size, time.monotonic()
                elif thread.is_alive() and time.monotonic() - moved > stall_seconds:
                    raise self._silent(stall_seconds)
                yield seen
        finally:
            self._left.set()
        if self._error is not None:
            raise self._told(self._error, stall_seconds) from self._error

    def _work(self, out: BinaryIO, timeout: float) -> None:
        try:
            with out:
                self._fetch(out, timeout)
        except Exception as error:  # whatever it is, the other thread tells it
            self._error = error

    def _fetch(self, out: BinaryIO, timeout: float) -> None:
        digest = hashlib.md5(usedforsecurity=False)
        with urlopen(self._url, timeout=timeout) as answer:
            while not self._left.is_set() and (chunk := answer.read1(CHUNK)):
                if self._size + len(chunk) > self._file.size:
                    raise CnnError("{url} is larger than the official file of Fashion-MNIST", url=self._url)
                with _keeping(self.target.parent):
                    out.write(chunk)
                digest.update(chunk)
                self._size += len(chunk)
        if self._size < self._file.size:
            raise CnnError(
                "Fashion-MNIST could not be downloaded: {url} ended after {given} of {needs} bytes",
                url=self._url,
                given=self._size,
                needs=self._file.size,
            )
        if digest.hexdigest() != self._file.md5:
            raise CnnError(
                "Fashion-MNIST could not be downloaded: {url} has the md5 {given}; that of the official file is"
                " {needs}",
                url=self._url,
                given=digest.hexdigest(),
                needs=self._file.md5,
            )
        with _keeping(self.target.parent):
            out.flush()

    def _silent(self, seconds: float) -> CnnError:
        return CnnError(
            "Fashion-MNIST could not be downloaded: {url} sent nothing for {seconds:g} seconds",
            url=self._url,
            seconds=seconds,
        )

    def _told(self, error: Exception, stall_seconds: float) -> CnnError:
        if isinstance(error, CnnError):
            return error
        if isinstance(error, TimeoutError):
            return self._silent(stall_seconds)
        if isinstance(error, HTTPError | HTTPException):
            reason = f"{self._url}: {error}"
        else:  # no connection: the server says more than the address of the file
            cause = error.reason if isinstance(error, URLError) else error
            said = reason_of(cause) if isinstance(cause, Exception) else str(cause)
            reason = f"{urlsplit(self._url).netloc}: {said}"
        return CnnError("Fashion-MNIST could not be downloaded: {reason}", reason=reason)
