"""Marked cells: windows with gaps in a matrix and in a picture, and rows of small maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len
from rich.segment import Segment

from cnncore import conv2d_steps, max_pool2d_steps
from cnncore.geometry import geometry
from cnncore.lesson.contributions import conv_feeds, pool_feeds
from tui.drawing.matrix import matrix_line
from tui.drawing.picture import Picture, Scale, picture_line
from tui.drawing.theme import DARK_NAME, palette
from tui.i18n import set_language
from tui.walk.feeds import feeds_text, pool_feeds_text
from tui.walk.kernel_maps import Tile, in_sight, maps_line, tile_at, tile_lines, tile_width
from tui.walk.matrices import fed_cells, taps_of, values_matrix, window_of

COLOURS = palette(DARK_NAME)
IMAGE = np.arange(49, dtype=np.uint8).reshape(7, 7)


def text_of(segments: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def in_brackets(matrix: Any) -> set[tuple[int, int]]:
    """The cells that a reader sees in brackets, read from the text alone."""
    bracketed = set()
    for row in range(matrix.rows):
        line = text_of(matrix_line(matrix, row, 0, 200, COLOURS))
        inside = False
        for column in range(matrix.columns):
            mark = line[column * matrix.pitch]
            inside = mark == "[" or (inside and mark != "]")
            if inside:
                bracketed.add((row, column))
    return bracketed


@pytest.mark.parametrize("options", [{}, {"strides": 2}, {"dilation_rate": 2}, {"dilation_rate": (1, 3)}])
def test_from_the_output_exactly_the_receptive_field_is_in_brackets(options: dict[str, Any]) -> None:
    windows = geometry((7, 7), (3, 2), **options)
    for row, column in np.ndindex(*windows.output):
        window, used = window_of(windows, row, column)
        shown = in_brackets(values_matrix(IMAGE, windows, window=window, used=used))
        assert shown == {(r, c) for r in windows.rows.taps(row) for c in windows.columns.taps(column)}


@pytest.mark.parametrize("options", [{}, {"strides": 2}, {"dilation_rate": 2}, {"padding": "same", "strides": 3}])
def test_from_the_input_exactly_the_fed_cells_are_in_brackets(options: dict[str, Any]) -> None:
    windows = geometry((7, 7), (3, 3), **options)
    output = np.zeros(windows.output, np.uint8)
    for row, column in np.ndindex(7, 7):
        expected = {
            (r, c)
            for r, c in np.ndindex(*windows.output)
            if row in windows.rows.taps(r) and column in windows.columns.taps(c)
        }
        fed = fed_cells(windows, row, column)
        if fed is None:
            assert not expected
            continue
        assert in_brackets(values_matrix(output, window=fed[0], used=fed[1])) == expected
        taps = {windows.rows.tap_of(r, row) for r in fed[1][0]}
        assert set(taps_of(windows.rows, fed[1][0], row)) == taps


def test_a_picture_marks_the_same_pixels_and_not_the_gaps() -> None:
    window, used = (1, 1, 6, 6), (range(1, 6, 2), range(1, 6, 2))
    plain = Picture(np.full((8, 8), 90, np.uint8), Scale(1, 1))
    shown = Picture(plain.levels, Scale(1, 1), window=window, used=used)
    for line in range(4):
        cells = [cell for s in picture_line(shown, line, COLOURS) for cell in [s.style] * len(s.text)]
        before = [cell for s in picture_line(plain, line, COLOURS) for cell in [s.style] * len(s.text)]
        for column in range(8):
            for half in (0, 1):
                inside = line * 2 + half in used[0] and column in used[1]
                style, was = cells[column], before[column]
                assert style is not None
                assert was is not None
                changed = style.color != was.color if half == 0 else style.bgcolor != was.bgcolor
                assert changed == inside


TILES = [Tile(name, Picture(IMAGE, Scale(2, 1))) for name in ("Sharpen", "Blur", "Outline")]


def test_maps_are_side_by_side_with_the_selected_one_in_brackets() -> None:
    width = tile_width(TILES)
    assert width == 14
    assert tile_lines(TILES) == 8
    names = text_of(maps_line(TILES, range(3), width, 0, 1, COLOURS))
    assert names.split() == ["Sharpen", "[Blur]", "Outline"]
    for y in range(8):
        assert len(text_of(maps_line(TILES, range(3), width, y, 1, COLOURS))) == 3 * (width + 1)


def test_the_selected_map_is_always_visible_and_clicks_find_the_drawn_map() -> None:
    for count in (1, 3, 20):
        for width in (10, 40, 200):
            first = 0
            for current in [*range(count), *reversed(range(count))]:
                shown = in_sight(count, width, 14, current, first)
                first = shown.start
                assert current in shown
                assert shown.stop <= count
    shown = range(4, 8)
    assert [tile_at(x, 14, shown) for x in (0, 13, 14, 15, 59, 60)] == [4, 4, None, 5, None, None]


def test_a_map_that_cannot_be_computed_is_only_a_name() -> None:
    tiles = [Tile("A", None), *TILES]
    assert text_of(maps_line(tiles, range(2), tile_width(tiles), 3, 0, COLOURS)).startswith(" " * 14)


@pytest.mark.parametrize("level", range(0, 256, 5))
def test_without_colour_a_chosen_pixel_is_reversed(level: int) -> None:
    levels = np.full((2, 1), level, np.uint8)
    (chosen,) = picture_line(Picture(levels, window=(0, 0, 1, 1)), 0, COLOURS, no_color=True)
    assert chosen.style is not None
    assert chosen.style.reverse
    assert chosen.style.color is None


@pytest.mark.parametrize("width", [21, 24, 40])
def test_the_cells_that_a_value_feeds_fit_the_panel_and_keep_their_products(width: int) -> None:
    rng = np.random.default_rng(1)
    inputs = rng.random((28, 28), np.float32)
    steps = conv2d_steps(inputs, rng.normal(size=(3, 3)).astype(np.float32))
    feeds = conv_feeds(steps, inputs, 20, 20)
    value = inputs[20, 20].item()
    lines = feeds_text(value, feeds, width, 20, COLOURS).plain.splitlines()
    assert len(lines) == 9
    assert max(map(len, lines)) <= width
    for line, feed in zip(lines, feeds, strict=True):
        assert line.startswith(f"[{feed.row}, {feed.column}]")
        assert float(line.split("=")[1]) == pytest.approx(feed.product, abs=0.5 if width == 21 else 0.006)
    assert feeds_text(value, feeds, width, 4, COLOURS).plain.splitlines()[-1] == "and 6 more"


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [23, 40])
def test_the_windows_that_hold_a_value_fit_the_panel(language: str, width: int) -> None:
    set_language("ko" if language == "ko" else "en")
    inputs = np.random.default_rng(1).random((28, 28), np.float32)
    feeds = pool_feeds(max_pool2d_steps(inputs, 3, 1), 20, 20)
    lines = pool_feeds_text(feeds, width, 20, COLOURS).plain.splitlines()
    assert len(lines) == 9
    assert max(map(cell_len, lines)) <= width
    ends = {line.split(" ", 3)[3] for line in lines}
    # The end of every line says if the maximum is this value.
    assert len(ends) == len({feed.wins for feed in feeds})
