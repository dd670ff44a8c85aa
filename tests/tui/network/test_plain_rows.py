"""Rows without marks are drawn all at once; they look as if drawn cell by cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from tui.drawing.blocks import unwrapped
from tui.drawing.matrix import Matrix, matrix_line
from tui.drawing.theme import DARK_NAME, PALETTES
from tui.walk.matrices import values_matrix

COLOURS = PALETTES[DARK_NAME]


def cells(line: list[Segment]) -> list[tuple[str, Style | None]]:
    """Each character with its style; of what is blank the style shows nothing."""
    return [(sign, None if sign == " " else style) for text, style, _ in line for sign in text]


def slow(matrix: Matrix) -> Matrix:
    """The same, with nothing known of where its values come from."""
    return replace(matrix, source=None)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("revealed", [None, 0, 1, 13, 17, 40])
@pytest.mark.parametrize("first", [0, 2])
def test_they_look_the_same(whole: bool, revealed: int | None, first: int) -> None:
    rng = np.random.default_rng(3)
    values = rng.integers(-300, 300, (5, 8)).astype(np.int16) if whole else rng.normal(0, 40, (5, 8))
    values[3, 4] = -30000 if whole else np.nan
    marked = values_matrix(values, cell=(2, 3), revealed=revealed)
    every = replace(slow(marked), window=(0, 0, 0, 0))  # a window of no rows marks nothing
    for row in range(5):
        fast, plain = matrix_line(marked, row, first, 60, COLOURS), matrix_line(slow(marked), row, first, 60, COLOURS)
        assert cells(fast) == cells(plain)
        if row != 2:
            by_cell: list[tuple[str, Style | None]] = []
            for column in range(first, 8):
                by_cell.append((" ", None))
                text = every.text(row, column)
                style = marked.style(row, column, text, COLOURS)
                by_cell += [(sign, None if sign == " " else style) for sign in text]
            assert cells(fast) == [*by_cell, (" ", None)]
            assert len(fast) < 2 * (8 - first)


def test_lines_of_a_text_are_cut_and_not_wrapped() -> None:
    text = Text("one two three\n", overflow="ellipsis").append("four", "bold").append("\n\nfive")
    lines = ["".join(segment.text for segment in line) for line in unwrapped(text, 8)]
    assert lines == ["one two…", "four", "", "five"]
    assert [segment.style for segment in unwrapped(text, 8)[1]] == [Style(bold=True)]


def test_a_text_looks_as_rich_draws_it() -> None:
    appended = Text("a", "red").append("b", "bold").append("c").append("d\ne", "italic").append("f")
    over = Text("abcdef", "red")
    over.stylize("bold", 1, 4)
    over.stylize("italic", 2, 6)
    for text in (appended, over, Text.assemble("x", appended, over)):
        drawn = [cells(line) for line in unwrapped(text, 60)]
        assert drawn == [cells(line) for line in Segment.split_lines(text.render(Console()))]
    assert unwrapped(Text("a", "red"), 60) == [[Segment("a", Style(color="red"))]]
