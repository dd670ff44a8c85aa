"""Download of Fashion-MNIST by Keras into its cache, with progress and a timeout.

`keras.utils.get_file` blocks, prints its progress on stdout, leaves a partial file behind when its process is killed,
and waits forever for a silent server. So it runs in a thread and writes to a temporary folder, whose growing file is
watched here. A complete file, with the right MD5, is then moved into the cache.
"""

from __future__ import annotations

import hashlib
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError, URLError

from cnncore.datasets.fashion_mnist import FILES, OfficialFile
from cnncore.errors import CnnError
from cnncore.keras._import import import_keras

ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""The server of `keras.datasets.fashion_mnist`."""


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
    download and passes through. Raises `CnnError` if Keras is not installed, if a file is unavailable or is not the
    official one, or if nothing arrives for `stall_seconds`. Meanwhile, new sockets of this process have a timeout.
    """
    keras = import_keras()
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(stall_seconds)
    total, done = sum(file.size for file in files), 0
    try:
        with _keeping(folder):
            folder.mkdir(parents=True, exist_ok=True)
            temporary = tempfile.TemporaryDirectory(prefix=".download-", dir=folder, ignore_cleanup_errors=True)
        with temporary as name:
            for file in files:
                progress(done, total)
                if not _is_whole(folder / file.name, file):
                    fetched = _Fetch(keras, origin + file.name, file, Path(name))
                    for size in fetched.sizes(stall_seconds):
                        progress(done + size, total)
                    with _keeping(folder):
                        fetched.target.replace(folder / file.name)
                done += file.size
        progress(total, total)
    finally:
        socket.setdefaulttimeout(timeout)


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


def _reason(error: Exception | None, url: str) -> str:
    """Return the network's error, which Keras wraps in its own."""
    said = error.__context__ if error is not None else None
    if isinstance(said, URLError) and not isinstance(said, HTTPError):
        return f"{url}: {said.reason}"
    return str(error) or type(error).__name__


class _Fetch:
    """The download of one file into `folder`."""

    def __init__(self, keras: Any, url: str, file: OfficialFile, folder: Path) -> None:
        self.target = folder / file.name
        self._keras, self._url, self._file = keras, url, file
        self._error: Exception | None = None

    def _work(self) -> None:
        self._keras.config.disable_interactive_logging()  # no progress bar in this thread
        try:
            self._keras.utils.get_file(
                self._file.name,
                origin=self._url,
                cache_dir=str(self.target.parent),
                cache_subdir="",
                file_hash=self._file.md5,
                hash_algorithm="md5",
            )
        except Exception as error:  # Keras raises a bare Exception for network errors
            self._error = error

    def sizes(self, stall_seconds: float) -> Iterator[int]:
        """Yield the number of bytes that have arrived, until the file is complete. Raises `CnnError`."""
        thread = Thread(target=self._work, name="download", daemon=True)  # it must not keep the process alive
        thread.start()
        seen, moved = 0, time.monotonic()
        alive = True
        while alive:
            thread.join(0.1)
            alive = thread.is_alive()  # read before the size, so that a file that arrived at once is also measured
            size = 0
            with suppress(OSError):
                size = self.target.stat().st_size
            if size > self._file.size:
                raise CnnError("{url} is larger than the official file of Fashion-MNIST", url=self._url)
            if size != seen:
                seen, moved = size, time.monotonic()
                yield size
            elif alive and time.monotonic() - moved > stall_seconds and size < self._file.size:
                raise CnnError(
                    "Fashion-MNIST could not be downloaded: {url} sent nothing for {seconds:g} seconds",
                    url=self._url,
                    seconds=stall_seconds,
                )
        if self._error is not None or not self.target.exists():
            reason = _reason(self._error, self._url)
            raise CnnError("Fashion-MNIST could not be downloaded: {reason}", reason=reason) from self._error
