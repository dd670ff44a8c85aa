"""A box whose rows are drawn by a function. The function decides what is drawn, the screen when."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tui.drawing.chart import Line
from tui.widgets.rows import Row, Rows

Draw = Callable[[int, int], list[Line]]


class LinesView(Rows):
    """Shows the rows of `draw(width, height)`, each exactly `width` cells; `redraw` calls it again."""

    DEFAULT_CSS = "LinesView { height: 1fr; }"

    def __init__(self, draw: Draw, *, id: str) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._lines: list[Line] | None = None
        self._drawn_size = (0, 0)

    def redraw(self, rows: Iterable[int] | None = None) -> None:
        self._lines = None
        super().redraw(rows)

    def draw_row(self, y: int, width: int) -> Row:
        size = width, self.outer_size.height
        if self._lines is None or self._drawn_size != size:
            self._drawn_size = size
            self._lines = self._draw(*size)
        return self._lines[y] if y < len(self._lines) else []
