"""The maps of several kernels in a row; a click picks one."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message

from tui.drawing.theme import colour_depth, palette
from tui.walk.kernel_maps import Tile, changed, in_sight, maps_line, tile_at, tile_width
from tui.widgets.rows import Row, Rows


class MapsView(Rows):
    """Draws tiles line by line and keeps the current one visible."""

    DEFAULT_CSS = "MapsView { height: 0; }"

    class Picked(Message):
        """A tile was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._tiles: Sequence[Tile] = ()
        self._current = 0
        self._first = 0

    @property
    def tiles(self) -> Sequence[Tile]:
        return self._tiles

    def show(self, tiles: Sequence[Tile], current: int) -> None:
        """Draw `tiles`; `current` is the index of the selected one."""
        same = current == self._current and not changed(self._tiles, tiles)
        self._tiles, self._current = tiles, current
        if not same:
            self.redraw()

    def _shown(self) -> range:
        shown = in_sight(
            len(self._tiles), self.outer_size.width - 2, tile_width(self._tiles), self._current, self._first
        )
        self._first = shown.start
        return shown

    def draw_row(self, y: int, width: int) -> Row:  # noqa: ARG002 - a longer line is cut off
        if not self._tiles:
            return []
        depth = colour_depth(self.app)
        line = maps_line(
            self._tiles,
            self._shown(),
            tile_width(self._tiles),
            y,
            self._current,
            palette(self.app.theme),
            no_color=depth == "none",
            few=depth == "few",
        )
        return [Segment(" "), *line]

    def on_click(self, event: events.Click) -> None:
        if self._tiles:
            index = tile_at(event.x - 1, tile_width(self._tiles), self._shown())
            if index is not None:
                self.post_message(self.Picked(index))
