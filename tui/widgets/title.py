"""A heading with a rule to the end of its line."""

from __future__ import annotations

from tui.drawing.blocks import title_line
from tui.drawing.theme import palette
from tui.widgets.rows import Row, Rows


class Title(Rows):
    """`text` in bold, `note` after it, and a faint rule; text that does not fit is cut off at the end."""

    DEFAULT_CSS = "Title { height: 1; }"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._text = self._note = ""

    @property
    def text(self) -> str:
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        self.say(text, self._note)

    @property
    def note(self) -> str:
        return self._note

    @note.setter
    def note(self, note: str) -> None:
        self.say(self._text, note)

    def say(self, text: str, note: str = "") -> None:
        if (text, note) != (self._text, self._note):
            self._text, self._note = text, note
            self.redraw()

    def draw_row(self, y: int, width: int) -> Row:  # noqa: ARG002 - there is only one row
        return title_line(self._text, self._note, width, palette(self.app.theme))
