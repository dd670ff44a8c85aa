"""Rows that are drawn once and kept until they change: a key costs only the rows it changes.

A subclass draws a row with `draw_row(y, width)`; `redraw()` compares the rows and paints only those that changed. Rows
go to the terminal without Textual's styles: such a widget has no border and no padding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.dom import NoScreen
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.drawing.blocks import unwrapped
from tui.widgets.textual_private import WholeStrip

Row = Sequence[Segment]


def in_front(widget: Widget) -> bool:
    """Return true if `widget` is visible: on the current screen, with no dialog over it."""
    try:
        return widget.screen.is_active and widget.is_on_screen
    except NoScreen:
        return False


def _is_true(style: Style) -> bool:
    """Return true if both colours of the style are given as red, green and blue."""
    color, under = style.color, style.bgcolor
    both = color is not None and under is not None and color.triplet is not None and under.triplet is not None
    return both and not style.dim


class Rows(Widget):
    """See the module."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: dict[int, tuple[Row, Strip]] = {}
        self._kept_for: tuple[object, ...] = ()
        self._base = Style()
        self._under = Color(0, 0, 0)
        self._line_filters: Sequence[LineFilter] = ()
        self._final_styles: dict[Style | None, Style | None] = {}
        self._true_colours = False

    def draw_row(self, y: int, width: int) -> Row:  # noqa: ARG002
        """Return row `y`, by default empty. A shorter row is filled with blanks, a longer one is cut off."""
        return ()

    def redraw(self, rows: Iterable[int] | None = None) -> None:
        """Draw the `rows` that may have changed (None: all), and paint those that did."""
        width, height = self.outer_size
        if not self._rows or not self._keeps():
            self.refresh()
            return
        changed = []
        for y in range(height) if rows is None else rows:
            if not 0 <= y < height:
                continue
            row, known = self.draw_row(y, width), self._rows.get(y)
            if known is None or known[0] != row:
                self._rows[y] = row, self._strip(row, width)
                changed.append(Region(0, y, width, 1))
        if changed:
            super().refresh(*changed)

    def _keeps(self) -> bool:
        """True if the kept rows are still valid: they have the current size and colours."""
        return self._kept_for == (self.outer_size, self.app.theme)

    def _strip(self, row: Row, width: int) -> Strip:
        segments = [
            Segment(text, self._final_styles.get(style) or self._final_style(style)) for text, style, _control in row
        ]
        missing = width - sum([cell_len(text) for text, _style, _control in row])
        if missing > 0:
            segments.append(Segment(" " * missing, self._final_style(None)))
        elif missing < 0:
            segments = Segment.adjust_line_length(segments, width)
        return WholeStrip(segments, width)

    def _final_style(self, style: Style | None) -> Style | None:
        """Return a style as sent to the terminal: combined with the widget's own and passed through the app's
        filters."""
        if self._true_colours and style is not None and _is_true(style):
            return style  # a picture has thousands of these
        if style not in self._final_styles:
            segments = [Segment(" ", self._base + style)]
            for each in self._line_filters:
                segments = each.apply(segments, self._under)
            self._final_styles[style] = segments[0].style
        return self._final_styles[style]

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        if not regions:
            self._rows.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        self._rows.clear()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        width = self.outer_size.width
        if not self._rows or not self._keeps():
            self._rows.clear()
            self._kept_for = self.outer_size, self.app.theme
            self._base, self._under = self.rich_style, self.background_colors[1]  # each walks through all ancestors
            self._line_filters = self.get_line_filters()
            self._final_styles.clear()
            # Then a style of two true colours needs no change.
            filters = {type(each) for each in self._line_filters}
            self._true_colours = self._base.without_color == Style.null() and filters <= {ANSIToTruecolor}
        strips = []
        for y in crop.line_range:
            if y not in self._rows:
                row = self.draw_row(y, width)
                self._rows[y] = row, self._strip(row, width)
            strips.append(self._rows[y][1])
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        return self.render_lines(Region(0, y, self.outer_size.width, 1))[0]


class Box(Rows):
    """A box around other widgets that draws nothing itself. Textual's containers redraw all of their empty lines with
    every frame."""

    DEFAULT_CSS = "Box { width: 1fr; height: 1fr; layout: vertical; overflow: hidden hidden; }"


class TextRows(Rows):
    """The lines of a text, not wrapped, `indent` cells from either side."""

    def __init__(self, *, id: str, indent: int = 0) -> None:
        super().__init__(id=id)
        self._indent = indent
        self._text = Text()
        self._lines: list[list[Segment]] = []
        self._lines_for = -1
        """The width for which the lines were made; -1 if there are none."""

    def update(self, text: Text | str) -> None:
        text = text if isinstance(text, Text) else Text(text)
        if text == self._text and text.style == self._text.style:
            return
        lines = max(each.plain.count("\n") + 1 for each in (self._text, text))
        self._text, self._lines_for = text, -1
        self.redraw(range(lines))

    def draw_row(self, y: int, width: int) -> Row:
        room = max(0, width - 2 * self._indent)
        if self._lines_for != room:
            self._lines_for = room
            self._lines = unwrapped(self._text, room)
        if y >= len(self._lines):
            return []
        return [Segment(" " * self._indent), *self._lines[y]] if self._indent else self._lines[y]
