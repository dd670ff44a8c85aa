"""The pictures of a `BlocksView` in the terminal's own pixels: they cover its half blocks, which are drawn as
always."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from tui.drawing.theme import palette
from tui.overlay.pictures import PlacedPicture, TerminalPictures
from tui.overlay.pixels import tones_of
from tui.widgets.rows import in_front

if TYPE_CHECKING:
    from tui.drawing.blocks import Placed


class BlockPictures:
    """The pictures of one view. `lay` sets them; call `drawn` after the view's cells were written."""

    def __init__(self, view: Widget, terminal_pictures: TerminalPictures) -> None:
        self.view, self.terminal_pictures = view, terminal_pictures
        self._pictures: list[_BlockPicture] = []

    def lay(self, placed: list[Placed]) -> None:
        while len(self._pictures) > len(placed):
            self.terminal_pictures.remove(self._pictures.pop())
        while len(self._pictures) < len(placed):
            self._pictures.append(_BlockPicture(self.view))
        for picture, each in zip(self._pictures, placed, strict=True):
            picture.placed = each
            self.terminal_pictures.add(picture)

    def drawn(self) -> None:
        for picture in self._pictures:
            picture.over = True
            if in_front(self.view):
                self.terminal_pictures.add(picture)
            else:  # at once, before it covers the dialog being drawn
                self.terminal_pictures.remove(picture)


class _BlockPicture:
    def __init__(self, view: Widget) -> None:
        self.view = view
        self.placed: Placed | None = None
        self.over = True

    def shown(self) -> PlacedPicture | None:
        picture = None if self.placed is None else self.placed.block.picture
        if self.placed is None or picture is None or not in_front(self.view):
            return None
        (lines, cells), region = picture.size, self.view.region
        if self.placed.x + cells > region.width or self.placed.y + lines > region.height:
            return None
        app = self.view.app
        tones = tones_of(palette(app.theme), self.view.background_colors[1].rgb, no_color=app.no_color)
        return PlacedPicture(region.x + self.placed.x, region.y + self.placed.y, picture, tones)

    def painted_over(self) -> bool:
        over, self.over = self.over, False
        return over
