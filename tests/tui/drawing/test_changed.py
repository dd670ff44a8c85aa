"""Only changed lines are drawn again: lines not reported as changed look the same as before."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.drawing.matrix import Matrix, changed_rows, column_ruler, matrix_line
from tui.drawing.picture import Picture, Scale, changed_lines, picture_line
from tui.drawing.theme import DARK_NAME, PALETTES
from tui.walk.kernel_maps import Tile, changed

COLOURS = PALETTES[DARK_NAME]
ROWS, COLUMNS = 9, 11
LEVELS = np.random.default_rng(0).integers(0, 256, (ROWS, COLUMNS), dtype=np.uint8)


@st.composite
def marks(draw: Any) -> dict[str, Any]:
    top, left = draw(st.integers(-1, ROWS - 1)), draw(st.integers(-1, COLUMNS - 1))
    return {
        "window": draw(st.sampled_from([None, (top, left, top + 3, left + 3)])),
        "cell": draw(st.sampled_from([None, (max(0, top), max(0, left))])),
        "revealed": draw(st.one_of(st.none(), st.integers(0, ROWS * COLUMNS))),
        "used": draw(st.sampled_from([None, (range(top, top + 3, 2), range(left, left + 3, 2))])),
    }


@given(marks(), marks(), st.sampled_from([Scale(1, 1), Scale(3, 1), Scale(2, 1), Scale(1, 2), Scale(1, 4)]))
def test_lines_of_a_picture(before: dict[str, Any], after: dict[str, Any], scale: Scale) -> None:
    old, new = Picture(LEVELS, scale, **before), Picture(LEVELS, scale, **after)
    drawn = changed_lines(old, new)
    assert drawn is not None
    for line in set(range(new.size[0])) - set(drawn):
        assert picture_line(old, line, COLOURS) == picture_line(new, line, COLOURS)
    if before == after:
        assert not drawn


def test_another_picture_or_scale_is_drawn_whole() -> None:
    old = Picture(LEVELS)
    assert changed_lines(old, Picture(LEVELS.copy())) is None
    assert changed_lines(old, Picture(LEVELS, Scale(2))) is None
    assert changed_lines(None, old) is None


def matrix(source: Any, **given: Any) -> Matrix:
    return Matrix(ROWS, COLUMNS, lambda r, c: source[r, c].item(), digits=3, source=source, **given)


@given(marks(), marks())
def test_rows_of_a_matrix(before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = matrix(LEVELS, **before), matrix(LEVELS, **after)
    drawn = changed_rows(old, new)
    if drawn is None:
        assert (before["revealed"] is None) != (after["revealed"] is None)
        return
    for row in set(range(ROWS)) - drawn:
        assert matrix_line(old, row, 0, 60, COLOURS) == matrix_line(new, row, 0, 60, COLOURS)
    if before == after:
        assert not drawn


def test_other_values_are_drawn_whole() -> None:
    old = matrix(LEVELS)
    assert changed_rows(old, matrix(LEVELS.copy())) is None
    assert changed_rows(old, matrix(LEVELS, output=True)) is None
    assert changed_rows(old, matrix(LEVELS, cell=(1, 1), asked=True)) is None


def test_column_numbers_of_a_wide_picture_are_read() -> None:
    wide = Matrix(9, 4000, lambda _r, _c: 7, digits=3, cell=(0, 2001))
    text = "".join(segment.text for segment in column_ruler(wide, 1998, 33, COLOURS))
    assert text == "    1999    2001    2003    2005"
    narrow = Matrix(9, 1000, lambda _r, _c: 7, digits=3)
    assert "".join(s.text for s in column_ruler(narrow, 997, 33, COLOURS)) == " 997 998 999"


def test_a_large_picture_is_drawn_by_its_means() -> None:
    levels = np.zeros((40, 40), np.uint8)
    levels[::2, ::2] = 200
    (segment,) = picture_line(Picture(levels, Scale(1, 4)), 0, COLOURS)
    assert segment.style is not None and segment.style.color is not None
    assert segment.style.color.triplet is not None and segment.style.color.triplet.red == 50


def test_small_maps_are_drawn_again_where_one_of_them_changed() -> None:
    tiles = [Tile("a", Picture(LEVELS)), Tile("b", None)]
    assert not changed(tiles, [Tile("a", Picture(LEVELS)), Tile("b", None)])
    assert changed(tiles, tiles[:1])
    assert changed(tiles, [Tile("c", Picture(LEVELS)), Tile("b", None)])
    assert changed(tiles, [Tile("a", Picture(LEVELS.copy())), Tile("b", None)])
    assert changed(tiles, [Tile("a", Picture(LEVELS, Scale(2))), Tile("b", None)])
    assert changed(tiles, [Tile("a", None), Tile("b", None)])
    assert changed(tiles, [Tile("a", Picture(LEVELS)), Tile("b", Picture(LEVELS))])
