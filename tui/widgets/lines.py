"""A box whose rows a function draws: what is to be seen is a renderable's business, when to draw it the screen's."""

from __future__ import annotations

from collections.abc import Callable

from textual.strip import Strip
from textual.widget import Widget

from tui.renderables.chart import Line

Draw = Callable[[int, int], list[Line]]


class LinesView(Widget):
    """Shows `draw(width, height)`, rows of exactly that many cells; `redraw` asks for it again."""

    DEFAULT_CSS = "LinesView { height: 1fr; }"

    def __init__(self, draw: Draw, *, id: str) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._strips: list[Strip] | None = None
        self._drawn_size = (0, 0)

    def redraw(self) -> None:
        self._strips = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        if self._strips is None or self._drawn_size != (width, height):
            self._drawn_size = (width, height)
            self._strips = [Strip(line, width) for line in self._draw(width, height)]
        base = self.rich_style
        if y >= len(self._strips):
            return Strip.blank(width, base)
        return self._strips[y].apply_style(base)
