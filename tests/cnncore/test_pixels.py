"""Pictures of every Pillow mode give their visible colours, from a file and as an object."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import cnncore
from cnncore._pixels import in_eight_bits, pixels_of
from cnncore.datasets.pictures import load_picture

RANDOM = np.random.default_rng(0)
GREY = np.arange(0, 240, 4, dtype=np.uint8).reshape(6, 10)
COLOUR = RANDOM.integers(0, 256, (6, 10, 3)).astype(np.uint8)
IDENTITY = [[1]]


def seen(image: Image.Image) -> Any:
    """Return the pixels that cnncore reads, by an identity filter."""
    found = cnncore.filter2d(image, IDENTITY)
    assert found.dtype == np.uint8 and np.array_equal(found, pixels_of(image))
    return found


@pytest.mark.parametrize("mode", ["L", "LA", "La", "I", "F", "PA"])
def test_grey_modes(mode: str) -> None:
    base = Image.fromarray(GREY)
    image = base.convert("RGBA").convert("RGBa") if mode == "RGBa" else base
    image = base.convert("LA").convert("La") if mode == "La" else image.convert(mode)
    want = np.repeat(GREY[:, :, None], 3, axis=2) if mode == "PA" else GREY
    assert np.array_equal(seen(image), want)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "RGBX", "RGBa", "CMYK"])
def test_colour_modes_without_loss(mode: str) -> None:
    image = Image.fromarray(COLOUR)
    image = image.convert("RGBA").convert("RGBa") if mode == "RGBa" else image.convert(mode)
    assert np.array_equal(seen(image), COLOUR)


@pytest.mark.parametrize(("mode", "off"), [("YCbCr", 3), ("HSV", 8), ("LAB", 8)])
def test_colour_modes_that_round(mode: str, off: int) -> None:
    smooth = np.add.outer(np.arange(6) * 20, np.arange(10) * 10).astype(np.uint8)
    colours = np.stack([smooth // 2 + 60, 190 - smooth // 2, smooth // 3 + 80], axis=2)
    found = seen(Image.fromarray(colours).convert(mode)).astype(int)
    assert np.abs(found - colours).max() <= off


def test_a_palette_is_looked_up_and_bits_are_black_and_white() -> None:
    palette = Image.fromarray(np.array([[0, 1, 2]], np.uint8))
    palette.putpalette([10, 20, 30, 200, 100, 50, 1, 2, 3])
    assert seen(palette).tolist() == [[[10, 20, 30], [200, 100, 50], [1, 2, 3]]]
    palette.info["transparency"] = 1
    assert seen(palette).tolist() == [[[10, 20, 30], [255, 255, 255], [1, 2, 3]]]
    assert seen(Image.fromarray(np.array([[True, False]]))).tolist() == [[255, 0]]


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I;16L"])
def test_sixteen_bits_are_scaled(mode: str) -> None:
    deep = np.array([[0, 128, 129, 192, 257 * 100, 65535]], np.uint16)
    raw = deep.astype(">u2" if mode == "I;16B" else "<u2").tobytes()
    image = Image.frombytes(mode, (6, 1), raw)
    assert seen(image).tolist() == [[0, 0, 1, 1, 100, 255]]
    image.info["transparency"] = 192
    assert seen(image).tolist() == [[0, 0, 1, 255, 100, 255]]


def test_whole_numbers_and_floats_are_clamped() -> None:
    assert seen(Image.fromarray(np.array([[-5, 0, 7, 255]], np.int32))).tolist() == [[0, 0, 7, 255]]
    assert seen(Image.fromarray(np.array([[-5, 192, 65535, 10**6]], np.int32))).tolist() == [[0, 1, 255, 255]]
    floats = np.array([[-1, 1.6, 300, np.nan, np.inf]], np.float32)
    assert seen(Image.fromarray(floats)).tolist() == [[0, 2, 255, 0, 255]]


@pytest.mark.parametrize(("mode", "alpha"), [("LA", 51), ("La", 51), ("RGBA", 51), ("RGBa", 51)])
def test_what_is_transparent_is_laid_on_white(mode: str, alpha: int) -> None:
    straight = "LA" if mode[0] == "L" else "RGBA"
    image = Image.new(straight, (2, 1), (0,) * (len(straight) - 1) + (alpha,))
    got = seen(image.convert(mode))
    assert np.abs(got.astype(int) - 204).max() <= 1


def png(values: Any, kind: int, transparent: bytes = b"", *, interlaced: bool = False) -> bytes:
    """A PNG of 16 bits: (H, W, C); written here, since Pillow writes none with colours."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width = values.shape[:2]
    passes = (
        [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        if interlaced
        else [(0, 0, 1, 1)]
    )
    parts = [values[row::rows, column::columns] for row, column, rows, columns in passes]
    # Each row after the first is written as what it adds to the one above (filter 2), as encoders do.
    raw = b""
    for part in parts:
        above = np.zeros(part.shape[1:], ">u2").tobytes()
        for row in part if part.size else []:
            here = row.astype(">u2").tobytes()
            raw += b"\2" + bytes((a - b) & 255 for a, b in zip(here, above, strict=True))
            above = here
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + (chunk(b"tRNS", transparent) if transparent else b"")
        + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    )  # fmt: skip


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("kind", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_png_of_sixteen_bits(kind: int, channels: int, interlaced: bool, tmp_path: Path) -> None:
    values = RANDOM.integers(0, 65536, (9, 11, channels))
    values[0, 0] = 192
    values[0, 1, -1] = 65535
    path = tmp_path / "deep.png"
    path.write_bytes(png(values, kind, interlaced=interlaced))
    want = values.astype(float)
    if channels in (2, 4):
        alpha = want[:, :, -1:] / 65535
        want = want[:, :, :-1] * alpha + 65535 * (1 - alpha)
    want = np.rint(want / 257)
    got = load_picture(path, "rgb")
    assert np.array_equal(got, np.broadcast_to(want, got.shape))
    if channels in (1, 3):
        assert got[0, 0].tolist() == [1, 1, 1]
    grey = load_picture(path)
    assert grey.shape == (9, 11) and np.abs(grey - got @ [0.299, 0.587, 0.114]).max() <= 1


@pytest.mark.parametrize(("kind", "channels"), [(0, 1), (2, 3)])
def test_png_of_sixteen_bits_with_a_transparent_value(kind: int, channels: int, tmp_path: Path) -> None:
    values = np.array([[[0x1234] * channels, [0x1235] * channels, [0] * channels]])
    path = tmp_path / "key.png"
    path.write_bytes(png(values, kind, b"\x12\x34" * channels))
    # The value beside it has the same upper half, and is seen.
    assert load_picture(path).tolist() == [[255, round(0x1235 / 257), 0]]


def test_rounding_of_every_value() -> None:
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    want = np.rint(every[:, :, 0] / 257)
    assert np.array_equal(in_eight_bits(every), want)
    opaque = np.concatenate([every, np.full_like(every, 65535)], axis=2)
    assert np.array_equal(in_eight_bits(opaque), want)
