"""Aligned columns of text, wide characters counted as the two cells they take."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from tui.drawing.chart import Line


def align(rows: Sequence[Sequence[str]], right: Collection[int] = (), gap: int = 2) -> list[str]:
    """Return a line for each row; the columns in `right` are aligned right, the others left."""
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [
        (" " * gap).join(
            " " * (cells - cell_len(text)) + text if column in right else text + " " * (cells - cell_len(text))
            for column, (text, cells) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def fitted(rows: Sequence[Sequence[str]], right: Collection[int], width: int) -> list[str]:
    """Like `align`, with the widest gap of three, two or one that fits `width` cells."""
    for gap in (3, 2, 1):
        lines = align(rows, right, gap)
        if not lines or cell_len(lines[0]) <= width:
            break
    return lines


def box(lines: Sequence[tuple[str, Style]], width: int, height: int) -> list[Line]:
    """Return exactly `height` rows of exactly `width` cells: longer lines are cut, missing ones are blank."""
    drawn = [[Segment(set_cell_size(text, width), style)] for text, style in lines[:height]]
    return drawn + [[Segment(" " * width)] for _ in range(height - len(drawn))]
