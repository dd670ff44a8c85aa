"""A cache of converted networks, identified by the content of the file they were converted from.

    <user cache>/cnn-tui/networks/<digest of the content>.npz

So a `.keras` file that was opened before opens at once without Keras, even if it was moved. A model that was trained
again has another digest.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from cnncore._files import PathLike, list_folder, open_to_read, reason_of, shown
from cnncore.errors import CnnError
from cnncore.network.network import Network
from cnncore.network.storage import VERSION, load, save

MOST_BYTES = 512 * 2**20
"""Disk space for the whole cache; the least recently used networks are deleted first."""
_PART = 2**20


def digest(path: PathLike) -> str:
    """Return the digest of a file's content. Raises `CnnError` if it cannot be read."""
    with open_to_read(path) as file:
        try:
            checksum = hashlib.blake2b(digest_size=20)
            while part := file.read(_PART):
                checksum.update(part)
            return checksum.hexdigest()
        except OSError as error:
            raise CnnError("{path} cannot be read: {reason}", path=shown(path), reason=reason_of(error)) from error


def default_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("cnn-tui", appauthor=False) / "networks"


def find(content: str, folder: Path | None = None) -> Network | None:
    """Return the network of the file with this digest; None if it is not cached or cannot be read."""
    path = _path(content, folder)
    try:
        network = load(path)
    except CnnError:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return network


def keep(network: Network, content: str, folder: Path | None = None) -> Path | None:
    """Write a network to the cache, and delete old ones to make room. Returns its file, or None if that fails."""
    path = _path(content, folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save(network, path)
    except (OSError, CnnError):
        return None
    _make_room(path)
    return path


def _path(content: str, folder: Path | None) -> Path:
    return (folder or default_folder()) / f"v{VERSION}-{content}.npz"


def _make_room(newest: Path) -> None:
    with contextlib.suppress(OSError, CnnError):
        kept = [path for path in list_folder(newest.parent) if path.suffix == ".npz"]
        files = [(path.stat().st_mtime, path.stat().st_size, path) for path in kept]
        total = sum(size for _time, size, _path in files)
        for _time, size, path in sorted(files):
            if total <= MOST_BYTES:
                break
            if path != newest:
                path.unlink(missing_ok=True)
                total -= size
