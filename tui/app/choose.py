"""A small window with a long list from which one line is chosen; only the visible lines are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.drawing.blocks import text_line
from tui.drawing.chart import Line
from tui.drawing.theme import palette
from tui.i18n import N_, _
from tui.widgets.lines import LinesView

MOST_LINES = 14


class ChooseLine(ModalScreen[int | None]):
    """Answers with the number of the chosen one of `count` lines, or None."""

    DEFAULT_CSS = """
    ChooseLine { align: center middle; background: $background 60%; }
    ChooseLine > Vertical {
        width: 56; max-width: 100%; height: auto; max-height: 100%; background: $surface;
        border: round $primary; border-title-color: $primary; border-subtitle-color: $foreground; padding: 0 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", N_("Close")),
        Binding("enter", "choose", N_("Choose")),
        Binding("up", "move(-1)", N_("Row up"), show=False),
        Binding("down", "move(1)", N_("Row down"), show=False),
        Binding("pageup", "move(-14)", N_("Page"), show=False),
        Binding("pagedown", "move(14)", N_("Page"), show=False),
        Binding("home", "move(-1000000000)", N_("To the start"), show=False),
        Binding("end", "move(1000000000)", N_("To the end"), show=False),
    ]

    def __init__(self, heading: str, count: int, line: Callable[[int], str]) -> None:
        super().__init__()
        self._heading, self._count, self._line = heading, count, line
        self._at = 0
        self._first = 0

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self._heading
            box.border_subtitle = _("Enter accepts, Esc closes")
            view = LinesView(self._draw, id="lines")
            view.styles.height = min(MOST_LINES, self._count)
            yield view

    def _draw(self, width: int, height: int) -> list[Line]:
        colours = palette(self.app.theme)
        self._first = max(0, min(max(self._first, self._at - height + 1), self._at, self._count - height))
        lines: list[Line] = []
        for i in range(self._first, min(self._count, self._first + height)):
            here = i == self._at
            style = colours.window if here else colours.text
            lines.append(text_line([(">" if here else " ", colours.window), (f" {self._line(i)}", style)], width))
        return lines + [[Segment(" " * width)] for _row in range(height - len(lines))]

    def action_move(self, by: int) -> None:
        self._at = max(0, min(self._at + by, self._count - 1))
        self.query_one(LinesView).redraw()

    def action_choose(self) -> None:
        self.dismiss(self._at)

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        if isinstance(event.widget, LinesView):
            row = self._first + event.y
            if row < self._count:
                self.dismiss(row)
