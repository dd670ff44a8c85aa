"""The window of a value: its values, and for a convolution values x kernel = products, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.value_listing import decimals_for, plain

if TYPE_CHECKING:
    from cnncore._dtypes import Array
    from cnncore.network.explain import Explanation

MOST_ROWS = 7


def window_lines(explanation: Explanation, unfolded: int | None, width: int, colours: Palette) -> list[Text]:
    """The window of the unfolded channel, or of the only one; nothing if there is none or it does not fit.

    Padding that does not count is a dash. The largest value of a maximum is in brackets.
    """
    e = explanation
    if e.window is None or e.window == (1, 1) or e.window[0] > MOST_ROWS or (e.channels and unfolded is None):
        return []
    rows, columns = e.window
    taps = slice(0, rows * columns)
    if e.channels is not None and unfolded is not None:
        chosen = e.taps(unfolded)
        taps = slice(chosen.start, chosen.stop)
    if e.channels is None and len(e.sources) != rows * columns:  # 1x1 taps of many channels
        return []
    sources = e.sources
    left_out = sources.padded[taps].tolist() if e.sources.weights is None else None
    parts = [Grid(_("values"), sources.values[taps], columns, left_out, e.winner)]
    if sources.weights is not None:
        parts.append(Grid(_("kernel"), sources.weights[taps], columns))
        parts.append(Grid(_("products"), sources.products[taps], columns))
    return side_by_side(parts, rows, ("", "x", "="), width, colours)


def side_by_side(parts: Sequence[Grid], rows: int, signs: Sequence[str], width: int, colours: Palette) -> list[Text]:
    """Matrices of `rows` rows under their titles, with a sign before each; nothing if they do not fit."""
    lines = [Text(" ") for _row in range(rows + 1)]
    for at, part in enumerate(parts):
        between = signs[at]
        for row, line in enumerate(lines):
            sign = between if row == 1 + (rows - 1) // 2 else " " * len(between)
            line.append(f" {sign}" if at else "", colours.faint)
            line.append(part.heading(colours) if row == 0 else part.line(row - 1, colours))
    return lines if all(line.cell_len <= width for line in lines) else []


class Grid:
    """One matrix: numbers of equal width, with a cell between them for brackets."""

    def __init__(
        self, title: str, numbers: Array, columns: int, left_out: list[bool] | None = None, best: int | None = None
    ) -> None:
        decimals = decimals_for(numbers)
        texts = [plain(value, decimals) for value in numbers.tolist()]
        self._negative: list[bool] = (numbers < 0).tolist()
        self._texts = ["-" if left_out and left_out[at] else text for at, text in enumerate(texts)]
        self._columns, self._best, self._title = columns, best, title
        self._cells = max(len(text) for text in self._texts)

    @property
    def width(self) -> int:
        return max(cell_len(self._title) + 2, self._columns * (self._cells + 1) + 1)

    def heading(self, colours: Palette) -> Text:
        return Text(" " + self._title + " " * (self.width - cell_len(self._title) - 1), colours.faint)

    def line(self, row: int, colours: Palette) -> Text:
        line = Text()
        for column in range(self._columns):
            at = row * self._columns + column
            follows = column > 0 and at - 1 == self._best
            line.append("[" if at == self._best else "]" if follows else " ", colours.window)
            line.append(self._texts[at].rjust(self._cells), self._style(at, colours))
        line.append("]" if (row + 1) * self._columns - 1 == self._best else " ", colours.window)
        line.append(" " * (self.width - line.cell_len))
        return line

    def _style(self, at: int, colours: Palette) -> Style:
        if at == self._best:
            return colours.output
        return colours.negative if self._negative[at] else colours.text
