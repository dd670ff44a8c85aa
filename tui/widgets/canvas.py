"""A sheet that blocks are put on; a click says what it hit, and only lines that changed are painted again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual import events
from textual.message import Message

from tui.renderables.canvas import Placed, Target, compose, target_at
from tui.renderables.chart import Line
from tui.widgets.rows import Row, Rows

Draw = Callable[[int, int], Sequence[Placed]]


class Canvas(Rows):
    """Shows the blocks that `draw(width, height)` gives; `redraw` asks for them again."""

    DEFAULT_CSS = "Canvas { height: 1fr; width: 1fr; }"

    class Picked(Message):
        """Something was clicked."""

        def __init__(self, target: Target, *, twice: bool) -> None:
            super().__init__()
            self.target, self.twice = target, twice

    def __init__(self, draw: Draw, *, id: str) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._placed: Sequence[Placed] = ()
        self._lines: list[Line] = []
        self._drawn_size = (0, 0)

    def redraw(self, rows: Iterable[int] | None = None) -> None:
        width, height = self.outer_size
        if width and height:
            self._draw_lines(width, height)
            super().redraw(rows)

    def _draw_lines(self, width: int, height: int) -> None:
        self._placed = self._draw(width, height)
        self._lines = compose(self._placed, width, height)
        self._drawn_size = (width, height)

    def draw_row(self, y: int, width: int) -> Row:
        if self._drawn_size != tuple(self.outer_size):
            self._draw_lines(width, self.outer_size.height)
        return self._lines[y] if y < len(self._lines) else []

    def targets(self, name: str) -> set[Target]:
        """What of one kind can be clicked now."""
        found = set()
        for each in self._placed:
            if each.block.pick is not None:
                for y in range(each.block.height):
                    for x in range(each.block.width):
                        target = each.block.pick(x, y)
                        if target is not None and target[0] == name:
                            found.add(target)
        return found

    def on_resize(self) -> None:
        self.redraw()

    def repaint(self) -> None:
        """Draws everything anew, as after a change of colours."""
        self._drawn_size = (0, 0)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        target = target_at(self._placed, event.x, event.y)
        if target is not None:
            self.post_message(self.Picked(target, twice=event.chain > 1))
