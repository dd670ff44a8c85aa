"""Converted networks kept by the content of the file they came from."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cnncore import CnnError
from cnncore.network import Dense, Network, cache


def network(seed: int = 0) -> Network:
    kernel = np.random.default_rng(seed).random((40, 50))
    return Network([Dense(name="dense", input_shape=(40,), kernel=kernel)], (40,))


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one.keras", "two.keras", "other.keras"))
    one.write_bytes(b"x" * 3_000_000)
    two.write_bytes(b"x" * 3_000_000)
    other.write_bytes(b"x" * 2_999_999 + b"y")
    assert cache.digest(one) == cache.digest(two) != cache.digest(other)
    with pytest.raises(CnnError, match="there is no such file"):
        cache.digest(tmp_path / "none")


def test_what_is_kept_is_found_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "networks"
    assert cache.find("abc", folder) is None
    path = cache.keep(network(), "abc", folder)
    assert path is not None
    assert path.parent == folder
    cached = cache.find("abc", folder)
    assert cached is not None
    x = np.ones((1, 40), np.float32)
    np.testing.assert_array_equal(cached.predict(x), network().predict(x))
    assert cache.find("abd", folder) is None


def test_what_is_damaged_is_not_found(tmp_path: Path) -> None:
    path = cache.keep(network(), "abc", tmp_path)
    assert path is not None
    path.write_bytes(path.read_bytes()[:-100])
    assert cache.find("abc", tmp_path) is None
    assert cache.keep(network(), "abc", tmp_path) == path
    assert cache.find("abc", tmp_path) is not None


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert cache.keep(network(), "abc", tmp_path / "file") is None
    assert cache.find("abc", tmp_path / "file") is None


def test_the_longest_unused_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = cache.keep(network(), "0", tmp_path)
    assert kept is not None
    monkeypatch.setattr(cache, "MOST_BYTES", 3 * kept.stat().st_size + 10)
    for i in range(1, 3):
        cache.keep(network(i), str(i), tmp_path)
    for path, age in ((tmp_path / f"v1-{i}.npz", 300 - i) for i in range(3)):
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    assert cache.find("0", tmp_path) is not None  # which makes it the newest
    cache.keep(network(3), "3", tmp_path)
    assert [cache.find(str(i), tmp_path) is not None for i in range(4)] == [True, False, True, True]


def test_it_lies_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in cache.default_folder().parents
