"""Pictures in pixels: their tones, and that PNG and Sixel carry them unchanged."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from terminal_model import decode_sixel

from cnncore.display.greys import overview
from tui.drawing.picture import Picture, Scale, scale_to_fit
from tui.drawing.theme import DARK_NAME, PALETTES
from tui.overlay import Cell
from tui.overlay.pixels import CELL, EDGE, GROUND, HIDDEN, WINDOW, Tones, draw, png, registers, tones_of
from tui.overlay.sixel import encode

TONES = Tones(((1, 2, 3), (40, 50, 60), (250, 180, 70), (50, 190, 180), (0, 0, 0)))


def levels_of(rows: int, columns: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (rows, columns), np.uint8)


def as_rgb(drawn: Any, tones: Tones) -> Any:
    """The slow, obvious way."""
    colours = [*((level,) * 3 for level in range(256)), *tones.colours]
    return np.array([[colours[value] for value in row] for row in drawn.tolist()], np.uint8)


@pytest.mark.parametrize("cell", [Cell(10, 20), Cell(9, 17), Cell(7, 15), Cell(1, 2)], ids=str)
@pytest.mark.parametrize(("rows", "columns", "zoom"), [(28, 28, 1), (13, 13, 2), (3, 5, 7), (1, 1, 1)])
def test_every_pixel_is_as_large_and_as_bright_as_it_should(rows: int, columns: int, zoom: int, cell: Cell) -> None:
    levels = levels_of(rows, columns)
    picture = Picture(levels, Scale(zoom))
    drawn = draw(picture, cell)
    lines, cells = picture.size
    assert drawn.shape == (lines * cell.height, cells * cell.width)
    for y in range(drawn.shape[0]):
        row = y * 2 // (zoom * cell.height)
        for x in range(drawn.shape[1]):
            column = x // (zoom * cell.width)
            assert drawn[y, x] == (levels[row, column] if row < rows else GROUND)


def test_a_pixel_is_where_a_click_finds_it() -> None:
    picture = Picture(levels_of(28, 28), Scale(2))
    for row, column in ((0, 0), (13, 7), (27, 27)):
        drawn = draw(Picture(picture.levels, picture.scale, cell=(row, column)), Cell(10, 20))
        ys, xs = np.nonzero(drawn == CELL)
        for y, x in zip(ys.tolist(), xs.tolist(), strict=True):
            assert picture.pixel_at(y // 20, x // 10, y % 20 // 10) == (row, column)


def test_the_window_is_outlined_and_what_is_in_it_stays_as_it_is() -> None:
    levels = levels_of(28, 28)
    plain, marked = draw(Picture(levels), Cell(10, 20)), draw(Picture(levels, window=(4, 5, 7, 8)), Cell(10, 20))
    assert {WINDOW} == set(marked[40, 50:80].tolist()) == set(marked[40:70, 79].tolist())  # its first row, last column
    changed = marked != plain
    assert not changed[:40].any() and not changed[70:].any() and not changed[:, :50].any() and not changed[:, 80:].any()
    assert not changed[46:64, 56:74].any()
    assert set(marked[changed].tolist()) == {WINDOW, EDGE}


def test_a_window_that_leaves_the_picture_is_open_there() -> None:
    marked = draw(Picture(np.zeros((8, 8), np.uint8), window=(-1, -1, 2, 2)), Cell(10, 20))
    assert WINDOW not in marked[:15, :15]
    assert WINDOW in marked[19, :10] and WINDOW in marked[:10, 19]
    assert WINDOW not in draw(Picture(np.zeros((8, 8), np.uint8), window=(-3, 0, 0, 3)), Cell(10, 20))


def test_of_a_window_with_gaps_each_pixel_that_counts_is_outlined() -> None:
    marked = draw(
        Picture(np.zeros((9, 9), np.uint8), window=(0, 0, 5, 5), used=(range(0, 5, 2), range(0, 5, 2))), Cell(10, 20)
    )
    for row in range(5):
        for column in range(5):
            inside = marked[row * 10 : row * 10 + 10, column * 10 : column * 10 + 10]
            assert (WINDOW in inside) == (row % 2 == 0 and column % 2 == 0)


@pytest.mark.parametrize("known", [0, 1, 27, 28, 29, 500, 784])
def test_unknown_pixels_are_not_shown(known: int) -> None:
    levels = levels_of(28, 28)
    drawn = draw(Picture(levels, revealed=known), Cell(10, 20))
    for index in range(784):
        row, column = divmod(index, 28)
        here = drawn[row * 10 : row * 10 + 10, column * 10 : column * 10 + 10]
        assert set(here.ravel().tolist()) == {levels[row, column] if index < known else HIDDEN}


def test_a_photograph_shows_as_much_as_there_are_pixels_for() -> None:
    levels = levels_of(300, 400)
    scale = scale_to_fit(300, 400, 15, 40)
    assert scale == Scale(1, 10)
    drawn = draw(Picture(levels, scale), Cell(10, 20))
    np.testing.assert_array_equal(drawn, levels)  # a pixel for a pixel
    half = draw(Picture(levels, scale), Cell(10, 20), 2)
    np.testing.assert_array_equal(half[::2, ::2], overview(levels, 2))
    np.testing.assert_array_equal(half[1::2, 1::2], overview(levels, 2))
    # A window of nine pixels is still found.
    assert (draw(Picture(levels, scale, window=(0, 0, 3, 3)), Cell(10, 20)) == WINDOW).sum() >= 30


def test_without_colour_there_are_only_greys_and_the_outline_has_two_of_them() -> None:
    tones = tones_of(PALETTES[DARK_NAME], (20, 24, 29), no_color=True)
    assert all(len(set(colour)) == 1 for colour in tones.colours)
    assert tones.colours[WINDOW - 256] == (255, 255, 255)
    assert tones.colours[EDGE - 256] == (0, 0, 0)


@pytest.mark.parametrize("everything", [False, True])
def test_a_png_has_every_pixel(everything: bool) -> None:
    drawn = levels_of(40, 30).astype(np.uint16)
    if everything:
        drawn.ravel()[:261] = np.arange(261)
    else:
        drawn[drawn > 240] = HIDDEN
    image = Image.open(io.BytesIO(png(drawn, TONES)))
    assert image.mode == ("RGB" if everything else "P")
    np.testing.assert_array_equal(np.asarray(image.convert("RGB")), as_rgb(drawn, TONES))


@pytest.mark.parametrize(("height", "width"), [(1, 1), (6, 3), (7, 10), (40, 61), (12, 300)])
@pytest.mark.parametrize("tones", [2, 17, 261])
def test_sixel_has_every_pixel_to_a_hundredth(height: int, width: int, tones: int) -> None:
    drawn = np.random.default_rng(height * width).integers(0, tones, (height, width)).astype(np.uint16)
    if tones == 261:
        drawn[:, : width // 2] = drawn[:, :1]  # runs
    decoded = decode_sixel(encode(*registers(drawn, TONES)).removeprefix("\x1bP").removesuffix("\x1b\\"))
    expected = as_rgb(drawn, TONES)
    assert np.abs(decoded.astype(int) - expected).max() <= 2
    assert {tuple(c) for c in decoded[drawn == HIDDEN].tolist()} <= {(41, 51, 61)}  # 40, 50, 60 in hundredths


def test_a_picture_that_is_walked_over_is_short_in_sixel() -> None:
    drawn = draw(Picture(levels_of(28, 28), window=(3, 4, 6, 7)), Cell(10, 20))
    assert len(encode(*registers(drawn, TONES))) < 28 * 28 * 40
