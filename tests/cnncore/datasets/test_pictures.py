"""Picture files: every format gives the same numbers, and a file that cannot be opened gives an error."""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnncore.datasets.pictures import fit_picture, load_picture, save_picture
from cnncore.errors import CnnError

GREY = np.arange(0, 240, 4, dtype=np.uint8).reshape(6, 10)
COLOUR = np.random.default_rng(0).integers(0, 256, (6, 10, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".gif", "", ".PNG"])
def test_grey_round_trip(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    save_picture(GREY, path)
    got = load_picture(path)
    assert got.dtype == np.uint8 and np.array_equal(got, GREY) and got.flags.writeable
    assert np.array_equal(load_picture(path, "rgb"), np.repeat(GREY[:, :, None], 3, axis=2))


@pytest.mark.parametrize("suffix", [".png", ".bmp"])
def test_colour_round_trip(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    save_picture(COLOUR, path)
    assert np.array_equal(load_picture(path, "rgb"), COLOUR)
    grey = COLOUR @ np.array([0.299, 0.587, 0.114])
    assert np.abs(load_picture(path).astype(float) - grey).max() <= 1


def test_jpeg_is_near(tmp_path: Path) -> None:
    smooth = np.linspace(0, 255, 32 * 48).reshape(32, 48).astype(np.uint8)
    save_picture(smooth[:, :, None], tmp_path / "picture.jpg")
    assert np.abs(load_picture(tmp_path / "picture.jpg").astype(int) - smooth).max() < 12


def test_any_view_can_be_saved(tmp_path: Path) -> None:
    save_picture(GREY[::-1, ::2].T, tmp_path / "x.png")
    assert np.array_equal(load_picture(tmp_path / "x.png"), GREY[::-1, ::2].T)


def test_exif_rotation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be seen upright, turn it a quarter clockwise
    Image.fromarray(GREY).save(tmp_path / "turned.png", exif=exif)
    assert np.array_equal(load_picture(tmp_path / "turned.png"), np.rot90(GREY, -1))


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0, :, 3] = (0, 255, 51)
    Image.fromarray(rgba).save(tmp_path / "alpha.png")
    assert load_picture(tmp_path / "alpha.png").tolist() == [[255, 0, 204]]
    Image.fromarray(np.array([[0, 1]], np.uint8)).save(tmp_path / "key.png", transparency=0)
    assert load_picture(tmp_path / "key.png").tolist() == [[255, 1]]
    palette = Image.fromarray(np.array([[0, 1]], np.uint8))
    palette.putpalette([10, 10, 10, 200, 200, 200])
    palette.save(tmp_path / "palette.gif", transparency=0)
    assert load_picture(tmp_path / "palette.gif").tolist() == [[255, 200]]


def test_other_depths(tmp_path: Path) -> None:
    deep = np.array([[0, 257 * 100, 65535, 257 * 7 + 128]], np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert load_picture(tmp_path / "deep.png").tolist() == [[0, 100, 255, 7]]
    assert load_picture(tmp_path / "deep.png", "rgb").shape == (1, 4, 3)
    Image.fromarray(np.array([[True, False]])).save(tmp_path / "bits.png")
    assert load_picture(tmp_path / "bits.png").tolist() == [[255, 0]]
    Image.new("CMYK", (8, 8), (0, 0, 0, 0)).save(tmp_path / "cmyk.jpg")
    assert load_picture(tmp_path / "cmyk.jpg", "rgb").min() > 250
    palette = Image.fromarray(np.array([[0, 1]], np.uint8))
    palette.putpalette([10, 20, 30, 200, 100, 50])
    palette.save(tmp_path / "palette.png")
    assert load_picture(tmp_path / "palette.png", "rgb").tolist() == [[[10, 20, 30], [200, 100, 50]]]


def test_first_frame_of_a_gif(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((4, 4), v, np.uint8)) for v in (10, 200)]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    assert load_picture(tmp_path / "film.gif").tolist() == [[10] * 4] * 4


def test_content_counts_and_not_the_name(tmp_path: Path) -> None:
    save_picture(GREY, tmp_path / "x.png")
    (tmp_path / "x.png").rename(tmp_path / "x.jpg")
    assert np.array_equal(load_picture(tmp_path / "x.jpg"), GREY)


def refused(path: Path) -> str:
    with pytest.raises(CnnError) as caught:
        load_picture(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_other_formats_are_named(tmp_path: Path) -> None:
    for suffix, kind in ((".webp", "WebP"), (".tiff", "TIFF"), (".ppm", "Netpbm"), (".ico", "ICO")):
        path = tmp_path / f"x{suffix}"
        Image.fromarray(COLOUR).save(path)
        assert f"is a {kind} file; save it as one of PNG, JPEG, BMP, GIF" in refused(path)
    (tmp_path / "x.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert "SVG" in refused(tmp_path / "x.svg")
    (tmp_path / "x.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    assert "is not a picture" in refused(tmp_path / "x.eps")
    (tmp_path / "empty.png").write_bytes(b"")
    assert "is empty" in refused(tmp_path / "empty.png")


def test_cut_off_and_damaged(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64), np.uint8)
    for suffix in (".png", ".jpg", ".bmp", ".gif"):
        path = tmp_path / f"cut{suffix}"
        save_picture(noise, path)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        assert "cut off" in refused(path) or "damaged" in refused(path)
        path.write_bytes(data[:12])
        assert "cut off" in refused(path)


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header claims a size, with next to nothing behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height"), [(8001, 8000), (10_000, 10_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)]
)
def test_bombs_are_refused_from_their_header(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of(width, height))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "pixels; it must have at most 64,000,000" in refused(path)


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_damage_gives_a_picture_or_a_cnn_error(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged"
    suffix = data.draw(st.sampled_from([".png", ".jpg", ".bmp", ".gif"]))
    save_picture(COLOUR, path.with_suffix(suffix))
    content = bytearray(path.with_suffix(suffix).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    try:
        got = load_picture(path, data.draw(st.sampled_from(["grey", "rgb"])))
    except CnnError as error:
        assert str(path) in str(error)
    else:
        assert got.dtype == np.uint8 and got.size


@pytest.mark.parametrize(
    "array",
    [GREY.astype(float), GREY[None, :, :, None], np.zeros((0, 4), np.uint8), GREY[0], np.zeros((2, 2, 2), np.uint8)],
)
def test_what_is_no_picture_is_not_saved(tmp_path: Path, array: Any) -> None:
    with pytest.raises(CnnError, match="a picture is"):
        save_picture(array, tmp_path / "x.png")
    assert list(tmp_path.iterdir()) == []


def test_saving_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.png"
    save_picture(GREY, path)
    before = path.read_bytes()

    def fail(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(CnnError, match="cannot be written: No space left"):
        save_picture(GREY, path)
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["x.png"]


def test_where_nothing_can_be_saved(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match=r"ends in \.webp; it must end in one of"):
        save_picture(GREY, tmp_path / "x.webp")
    with pytest.raises(CnnError, match="cannot be written"):
        save_picture(GREY, tmp_path / "none" / "x.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(CnnError, match="is a folder"):
        save_picture(GREY, tmp_path / "folder.png")
    with pytest.raises(CnnError, match="mode must be"):
        load_picture(tmp_path / "x.png", "gray")  # type: ignore[arg-type]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    save_picture(GREY, tmp_path / "real.png")
    (tmp_path / "link.png").symlink_to("real.png")
    save_picture(255 - GREY, tmp_path / "link.png")
    assert (tmp_path / "link.png").is_symlink()
    assert np.array_equal(load_picture(tmp_path / "real.png"), 255 - GREY)


@pytest.mark.parametrize(("height", "width"), [(10, 10), (300, 20), (20, 300), (150, 105), (1, 5000)])
def test_fit_keeps_proportions(height: int, width: int) -> None:
    got = fit_picture(np.full((height, width), 200, np.uint8), 150, 105)
    assert got.shape == (150, 105)
    rows, columns = np.flatnonzero(got.any(axis=1)), np.flatnonzero(got.any(axis=0))
    assert len(rows) == 150 or len(columns) == 105
    assert abs(len(rows) / len(columns) - height / width) / (height / width) < 0.05 or len(rows) == 1
    assert abs(rows[0] - (149 - rows[-1])) <= 1 and abs(columns[0] - (104 - columns[-1])) <= 1
    assert set(np.unique(got)) <= {0, 200}
