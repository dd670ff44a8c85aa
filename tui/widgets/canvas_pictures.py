"""The pictures of a canvas in the terminal's own pixels: they lie over its half blocks, which are drawn as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from tui.drawing.theme import palette
from tui.overlay.pictures import Board, Shown
from tui.overlay.pixels import tones_of
from tui.widgets.rows import in_front

if TYPE_CHECKING:
    from tui.drawing.canvas import Placed


class Sheets:
    """The pictures of one canvas. `lay` says which they are, `drawn` that its cells were written."""

    def __init__(self, canvas: Widget, board: Board) -> None:
        self.canvas, self.board = canvas, board
        self._sheets: list[_Sheet] = []

    def lay(self, placed: list[Placed]) -> None:
        while len(self._sheets) > len(placed):
            self.board.remove(self._sheets.pop())
        while len(self._sheets) < len(placed):
            self._sheets.append(_Sheet(self.canvas))
        for sheet, each in zip(self._sheets, placed, strict=True):
            sheet.placed = each
            self.board.add(sheet)

    def drawn(self) -> None:
        for sheet in self._sheets:
            sheet.over = True
            if in_front(self.canvas):
                self.board.add(sheet)
            else:  # now, before a dialog is drawn that it would cover
                self.board.remove(sheet)


class _Sheet:
    def __init__(self, canvas: Widget) -> None:
        self.canvas = canvas
        self.placed: Placed | None = None
        self.over = True

    def shown(self) -> Shown | None:
        picture = None if self.placed is None else self.placed.block.picture
        if self.placed is None or picture is None or not in_front(self.canvas):
            return None
        (lines, cells), region = picture.size, self.canvas.region
        if self.placed.x + cells > region.width or self.placed.y + lines > region.height:
            return None
        app = self.canvas.app
        tones = tones_of(palette(app.theme), self.canvas.background_colors[1].rgb, no_color=app.no_color)
        return Shown(region.x + self.placed.x, region.y + self.placed.y, picture, tones)

    def painted_over(self) -> bool:
        over, self.over = self.over, False
        return over
