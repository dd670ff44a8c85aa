"""A few lines of plain text that take no room while they are empty."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.widgets import Static


class Note(Static):
    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)

    def say(self, text: str, style: Style) -> None:
        self.update(Text(text, style))
        self.display = bool(text)
