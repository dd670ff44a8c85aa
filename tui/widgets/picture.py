"""A picture that can be clicked: in half blocks, or in the terminal's own pixels where the app has a board for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.drawing.picture import Picture, changed_lines, picture_line
from tui.drawing.theme import inks_of, palette
from tui.widgets.rows import Row, Rows, in_front

if TYPE_CHECKING:
    from tui.overlay.pictures import Board, Shown


class PictureView(Rows):
    """Draws a `Picture` line by line, or leaves its cells blank for the board. A click picks a pixel."""

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
        """Whether the cells were last drawn as blanks, under which the board puts the picture."""
        self._over = False

    @property
    def picture(self) -> Picture | None:
        return self._picture

    @property
    def board(self) -> Board | None:
        """Where the terminal's own pixels come from; None in most terminals."""
        board: Board | None = getattr(self.app, "board", None)
        return board

    def show(self, picture: Picture | None) -> None:
        """Draws `picture` (None: nothing)."""
        old = self._picture
        changed = changed_lines(old, picture)
        self._picture = picture
        if self._blank and old is not None and picture is not None and old.size == picture.size:
            self.call_after_refresh(self._paint)  # its cells stay blank
        elif self.board is not None:
            self.refresh()
        else:
            self.redraw(changed)

    def _paint(self) -> None:
        """The board, where no frame came that it would have followed."""
        if self.board is not None:
            self.board.paint()

    def on_unmount(self) -> None:
        if self.board is not None:
            self.board.remove(self)

    # The board's questions.

    def shown(self) -> Shown | None:
        if self._picture is None or not self._blank or not in_front(self):
            return None
        from tui.overlay.pictures import Shown
        from tui.overlay.pixels import tones_of

        tones = tones_of(
            palette(self.app.theme),
            self.background_colors[1].rgb,
            no_color=self.app.no_color,
            output=self._picture.output,
        )
        return Shown(self.region.x, self.region.y, self._picture, tones)

    def painted_over(self) -> bool:
        over, self._over = self._over, False
        return over

    def render_lines(self, crop: Region) -> list[Strip]:
        picture, board = self._picture, self.board
        blank = (
            picture is not None
            and board is not None
            and self.screen.is_active  # else it is behind a dialog, and shaded
            and crop == self.size.region
            and picture.size[0] <= crop.height
            and picture.size[1] <= crop.width
        )
        if blank != self._blank:
            self._blank = blank
            self._rows.clear()
            if not blank and board is not None:
                board.remove(self)  # before the cells are drawn that it would cover
        if blank and board is not None:
            board.add(self)
            self._over = True
        return super().render_lines(crop)

    def draw_row(self, y: int, width: int) -> Row:  # noqa: ARG002 - what is too much is cut off
        picture = self._picture
        if self._blank or picture is None or y >= picture.size[0]:
            return []
        inks = inks_of(self.app)
        return picture_line(picture, y, palette(self.app.theme), no_color=inks == "none", few=inks == "few")

    def on_click(self, event: events.Click) -> None:
        if self._picture is not None and event.y < self._picture.size[0]:
            place = self._picture.pixel_at(event.y, event.x)
            if place is not None:
                self.post_message(self.Picked(self, *place))
