"""The screen in words: the first sentence below the screen, or all sentences in place of it.

The terminal's cursor goes to the first line and is shown there: screen readers and braille displays follow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Offset
from textual.widgets import Input, Static

WordsMode: TypeAlias = Literal["off", "line", "all"]
LINES = 2
"""The lines for the first sentence below a screen, whatever its length, so that nothing moves."""


class Words(VerticalScroll, can_focus=False):
    """See the module. `say` sets the sentences, `show` the number of them that is visible."""

    DEFAULT_CSS = """
    Words { display: none; padding: 0 1; }
    Words.-line { display: block; height: 2; overflow: hidden; scrollbar-size: 0 0; }
    Words.-all { display: block; height: 1fr; }
    Words Static { height: auto; }
    """

    def __init__(self) -> None:
        super().__init__(id="words")
        self._said: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def show(self, mode: WordsMode) -> None:
        self.set_class(mode == "line", "-line")
        self.set_class(mode == "all", "-all")
        self._said = ()

    def say(self, sentences: Sequence[str]) -> None:
        """Write the changed sentences; do nothing without a sentence."""
        said = tuple(sentences if self.has_class("-all") else sentences[:1])
        if said != self._said:
            self._said = said
            self.query_one(Static).update(Text("\n".join(said)))
        self.call_after_refresh(self._point)

    def _point(self) -> None:
        """Move the terminal's cursor to the first line, unless a field has the focus."""
        if self.display and self.screen.is_current and not isinstance(self.app.focused, Input):
            place = self.content_region.offset
            self.app.cursor_position = Offset(place.x, place.y)
