"""Tables as text: columns as wide as their contents, two spaces apart, at most 80 terminal columns in total.

If the table would be wider, the first column (a name) is truncated with "..". Korean and other wide characters count
as two columns, as terminals draw them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

WIDTH = 80
_SHORTEST = 8


def cells(text: str) -> int:
    """Return the width of `text` in terminal columns."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _cut(text: str, width: int) -> str:
    if cells(text) <= width:
        return text
    while cells(text) > width - 2:
        text = text[:-1]
    return text + ".."


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, align: str) -> str:
    """Format a table; `align` has one letter per column, "l" or "r"."""
    widths = [max(cells(row[i]) for row in (headers, *rows)) for i in range(len(headers))]
    excess = sum(widths) + 2 * (len(widths) - 1) - WIDTH
    if excess > 0:
        widths[0] = max(min(_SHORTEST, widths[0]), widths[0] - excess)

    def line(row: Sequence[str]) -> str:
        parts = []
        for text, width, side in zip(row, widths, align, strict=True):
            shown = _cut(text, width)
            gap = " " * (width - cells(shown))
            parts.append(gap + shown if side == "r" else shown + gap)
        return "  ".join(parts).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([line(headers), rule, *(line(row) for row in rows)])
