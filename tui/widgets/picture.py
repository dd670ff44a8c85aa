"""A picture that can be clicked: in half blocks, or in the terminal's own pixels if the app draws such pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.drawing.picture import Picture, changed_lines, picture_line
from tui.drawing.theme import colour_depth, palette
from tui.widgets.rows import Row, Rows, in_front

if TYPE_CHECKING:
    from tui.overlay.pictures import PlacedPicture, TerminalPictures


class PictureView(Rows):
    """Draws a `Picture` line by line, or leaves its cells blank for a picture in pixels. A click picks a pixel."""

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
        self._blank = False
        """True if the cells were last drawn as blanks, to be covered by a picture in pixels."""
        self._over = False

    @property
    def picture(self) -> Picture | None:
        return self._picture

    @property
    def terminal_pictures(self) -> TerminalPictures | None:
        """The drawer of pictures in the terminal's own pixels; None in most terminals."""
        pictures: TerminalPictures | None = getattr(self.app, "terminal_pictures", None)
        return pictures

    def show(self, picture: Picture | None) -> None:
        """Draw `picture` (None: nothing)."""
        old = self._picture
        changed = changed_lines(old, picture)
        self._picture = picture
        if self._blank and old is not None and picture is not None and old.size == picture.size:
            self.call_after_refresh(self._paint)  # its cells stay blank
        elif self.terminal_pictures is not None:
            self.refresh()
        else:
            self.redraw(changed)

    def _paint(self) -> None:
        """Paint the pictures in pixels if no frame follows that would do so."""
        if self.terminal_pictures is not None:
            self.terminal_pictures.paint()

    def on_unmount(self) -> None:
        if self.terminal_pictures is not None:
            self.terminal_pictures.remove(self)

    # As a `PictureSource`.

    def shown(self) -> PlacedPicture | None:
        if self._picture is None or not self._blank or not in_front(self):
            return None
        from tui.overlay.pictures import PlacedPicture
        from tui.overlay.pixels import tones_of

        tones = tones_of(
            palette(self.app.theme),
            self.background_colors[1].rgb,
            no_color=self.app.no_color,
            output=self._picture.output,
        )
        return PlacedPicture(self.region.x, self.region.y, self._picture, tones)

    def painted_over(self) -> bool:
        over, self._over = self._over, False
        return over

    def render_lines(self, crop: Region) -> list[Strip]:
        picture, pictures = self._picture, self.terminal_pictures
        blank = (
            picture is not None
            and pictures is not None
            and self.screen.is_active  # otherwise it is behind a dialog, and shaded
            and crop == self.size.region
            and picture.size[0] <= crop.height
            and picture.size[1] <= crop.width
        )
        if blank != self._blank:
            self._blank = blank
            self._rows.clear()
            if not blank and pictures is not None:
                pictures.remove(self)  # before it covers the cells being drawn
        if blank and pictures is not None:
            pictures.add(self)
            self._over = True
        return super().render_lines(crop)

    def draw_row(self, y: int, width: int) -> Row:  # noqa: ARG002 - a longer line is cut off
        picture = self._picture
        if self._blank or picture is None or y >= picture.size[0]:
            return []
        depth = colour_depth(self.app)
        return picture_line(picture, y, palette(self.app.theme), no_color=depth == "none", few=depth == "few")

    def on_click(self, event: events.Click) -> None:
        if self._picture is not None and event.y < self._picture.size[0]:
            place = self._picture.pixel_at(event.y, event.x)
            if place is not None:
                self.post_message(self.Picked(self, *place))
