"""A picture in half blocks that can be clicked."""

from __future__ import annotations

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.renderables.picture import Picture, changed_lines, picture_line
from tui.theme import palette
from tui.widgets.rows import WholeStrips


class PictureView(WholeStrips):
    """Draws a `Picture` line by line. A click picks a pixel."""

    DEFAULT_CSS = "PictureView { height: auto; }"

    class Picked(Message):
        """A pixel was clicked."""

        def __init__(self, view: PictureView, row: int, column: int) -> None:
            super().__init__()
            self.view, self.row, self.column = view, row, column

        @property
        def control(self) -> PictureView:
            return self.view

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._picture: Picture | None = None
        self._base: Style | None = None

    @property
    def picture(self) -> Picture | None:
        return self._picture

    def show(self, picture: Picture | None) -> None:
        """Draws `picture` (None: nothing)."""
        changed = changed_lines(self._picture, picture)
        self._picture, self._base = picture, None
        if changed is None:
            self.refresh()
        elif changed:
            self.refresh(*(Region(0, line, self.size.width, 1) for line in changed))

    def render_line(self, y: int) -> Strip:
        picture = self._picture
        if picture is None or y >= picture.size[0]:
            return Strip.blank(self.size.width, self.rich_style)
        segments = picture_line(picture, y, palette(self.app.theme), no_color=self.app.no_color)
        if self._base is None:  # asked for once a frame: it looks at all ancestors
            self._base = self.rich_style
        base = self._base
        return Strip(segments).apply_style(base).adjust_cell_length(self.size.width, base)

    def on_click(self, event: events.Click) -> None:
        if self._picture is not None and event.y < self._picture.size[0]:
            place = self._picture.pixel_at(event.y, event.x)
            if place is not None:
                self.post_message(self.Picked(self, *place))
