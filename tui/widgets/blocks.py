"""A widget that shows blocks of lines. A click reports its target, and only changed lines are painted again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.drawing.blocks import Placed, Target, compose, target_at
from tui.drawing.chart import Line
from tui.widgets.rows import Row, Rows

if TYPE_CHECKING:
    from tui.widgets.block_pictures import BlockPictures

Draw = Callable[[int, int], Sequence[Placed]]


class BlocksView(Rows):
    """Shows the blocks that `draw(width, height)` gives; `redraw` asks for them again."""

    DEFAULT_CSS = "BlocksView { height: 1fr; width: 1fr; }"

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
        self._pictures: BlockPictures | None = None

    def on_mount(self) -> None:
        terminal_pictures = getattr(self.app, "terminal_pictures", None)
        if terminal_pictures is not None:
            from tui.widgets.block_pictures import BlockPictures

            self._pictures = BlockPictures(self, terminal_pictures)

    def on_unmount(self) -> None:
        if self._pictures is not None:
            self._pictures.lay([])

    def redraw(self, rows: Iterable[int] | None = None) -> None:
        width, height = self.outer_size
        if width and height:
            self._draw_lines(width, height)
            super().redraw(rows)

    def _draw_lines(self, width: int, height: int) -> None:
        self._placed = self._draw(width, height)
        self._lines = compose(self._placed, width, height)
        self._drawn_size = (width, height)
        if self._pictures is not None:
            self._pictures.lay([each for each in self._placed if each.block.picture is not None])
            self.call_after_refresh(self._pictures.terminal_pictures.paint)

    def draw_row(self, y: int, width: int) -> Row:
        if self._drawn_size != tuple(self.outer_size):
            self._draw_lines(width, self.outer_size.height)
        return self._lines[y] if y < len(self._lines) else []

    def targets(self, name: str) -> set[Target]:
        """Return all targets of one kind that can be clicked now."""
        targets = set()
        for each in self._placed:
            if each.block.pick is not None:
                for y in range(each.block.height):
                    for x in range(each.block.width):
                        target = each.block.pick(x, y)
                        if target is not None and target[0] == name:
                            targets.add(target)
        return targets

    def on_resize(self) -> None:
        self.redraw()

    def repaint(self) -> None:
        """Draw everything again, for example after a change of colours."""
        self._drawn_size = (0, 0)
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._pictures is not None:
            self._pictures.drawn()
        return super().render_lines(crop)

    def on_click(self, event: events.Click) -> None:
        target = target_at(self._placed, event.x, event.y)
        if target is not None:
            self.post_message(self.Picked(target, twice=event.chain > 1))
