"""IDX files: right ones are read exactly, wrong ones give an error that says what is wrong."""

from __future__ import annotations

import gzip
import os
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from idx_files import CODES, idx_bytes

from cnncore.datasets.idx import load_idx_pair, read_idx
from cnncore.errors import CnnError


def arrays() -> st.SearchStrategy[Any]:
    return st.sampled_from(sorted(CODES)).flatmap(
        lambda name: hnp.arrays(name, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5))
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("idx")


@given(array=arrays(), packed=st.booleans())
@settings(max_examples=60, deadline=None)
def test_round_trip(folder: Path, array: Any, packed: bool) -> None:
    path = folder / "round"
    data = idx_bytes(array)
    path.write_bytes(gzip.compress(data) if packed else data)
    got = read_idx(path)
    assert got.dtype == array.dtype and got.dtype.isnative and got.shape == array.shape
    assert got.tobytes() == array.tobytes()
    assert got.flags.writeable and got.flags.c_contiguous


@given(data=st.data(), packed=st.booleans())
@settings(max_examples=150, deadline=None)
def test_damage_gives_an_array_or_a_cnn_error(folder: Path, data: st.DataObject, packed: bool) -> None:
    whole = idx_bytes(np.arange(60, dtype=np.int16).reshape(3, 4, 5))
    content = bytearray(gzip.compress(whole) if packed else whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    path = folder / "damaged"
    path.write_bytes(bytes(content))
    try:
        got = read_idx(path)
    except CnnError as error:
        assert str(path) in str(error)
    else:
        assert isinstance(got, np.ndarray)


@given(content=st.binary(max_size=64))
@settings(max_examples=100, deadline=None)
def test_any_bytes(folder: Path, content: bytes) -> None:
    path = folder / "any"
    path.write_bytes(content)
    try:
        read_idx(path)
    except CnnError as error:
        assert str(path) in str(error)


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(CnnError) as caught:
        read_idx(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x-ubyte"
    good = idx_bytes(np.arange(12, dtype=np.uint8).reshape(3, 4))
    assert "89 50 4e 47" in refused(path, b"\x89PNG\r\n")
    assert "not an IDX file" in refused(path, b"")
    assert "0x0a" in refused(path, good[:2] + b"\x0a" + good[3:])
    assert "0 dimensions" in refused(path, b"\0\0\x08\0")
    assert "inside its header" in refused(path, good[:7])
    assert "cut off" in refused(path, good[:-1])
    assert "has bytes after the 3x4 values" in refused(path, good + b"!")
    assert "cut off" in refused(path, gzip.compress(good)[:-12])
    assert "12 bytes, but only 11 follow" in refused(path, gzip.compress(good[:-1]))
    assert "has bytes after" in refused(path, gzip.compress(good + b"!"))
    packed = bytearray(gzip.compress(good))
    packed[-6] ^= 0xFF  # inside the checksum
    assert "CRC" in refused(path, bytes(packed))


def test_absurd_sizes_are_refused_without_taking_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    huge = b"\0\0\x0e\x03" + struct.pack(">3I", *[2**32 - 1] * 3)
    zero = b"\0\0\x0e\x03" + struct.pack(">3I", 0, 2**32 - 1, 2**32 - 1)
    large = b"\0\0\x08\x01" + struct.pack(">I", 2**31)
    tracemalloc.start()
    try:
        assert "promises 4294967295x4294967295x4294967295" in refused(path, huge)
        assert "promises 0x4294967295" in refused(path, zero)
        assert "cut off" in refused(path, large)
        assert "cut off" in refused(path, gzip.compress(large))
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    bomb = gzip.compress(b"\0\0\x08\x01\0\0\0\x04" + bytes(2**26))
    tracemalloc.start()
    try:
        assert "has bytes after the 4 values" in refused(path, bomb)
        assert tracemalloc.get_traced_memory()[1] < 2**23
    finally:
        tracemalloc.stop()


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match="no such file"):
        read_idx(tmp_path / "none")
    with pytest.raises(CnnError, match="folder"):
        read_idx(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CnnError, match="not a regular file"):
        read_idx(tmp_path / "pipe")


def pair(folder: Path, images: Any, labels: Any) -> tuple[Path, Path]:
    (folder / "images").write_bytes(idx_bytes(np.asarray(images)))
    (folder / "labels").write_bytes(idx_bytes(np.asarray(labels)))
    return folder / "images", folder / "labels"


def test_pair(tmp_path: Path) -> None:
    images = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    got = load_idx_pair(*pair(tmp_path, images, np.array([1, 9], np.uint8)), classes=10)
    assert np.array_equal(got[0], images) and got[1].tolist() == [1, 9]


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((2, 3, 4), np.uint8), np.array([1, 2, 3], np.uint8), "holds 2 images, but .* holds 3 labels"),
        (np.zeros((2, 3), np.uint8), np.array([1, 2], np.uint8), "holds 2x3 values of uint8; images are"),
        (np.zeros((2, 3, 4), np.int16), np.array([1, 2], np.uint8), "values of int16; images are"),
        (np.zeros((0, 3, 4), np.uint8), np.zeros(0, np.uint8), "holds 0x3x4 values"),
        (np.zeros((2, 3, 4), np.uint8), np.zeros((2, 1), np.uint8), "labels are"),
        (np.zeros((2, 3, 4), np.uint8), np.array([3, 10], np.uint8), "label 10 at position 1; labels go from 0 to 9"),
    ],
)
def test_pairs_that_do_not_belong_together(tmp_path: Path, images: Any, labels: Any, message: str) -> None:
    with pytest.raises(CnnError, match=message):
        load_idx_pair(*pair(tmp_path, images, labels), classes=10)
