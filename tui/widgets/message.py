"""A line or two for messages below the rest of the screen."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from tui.widgets.rows import TextRows

MOST = 2


class MessageLine(TextRows):
    """As high as its text. With `stays` it keeps at least one line, so that nothing moves when it is empty."""

    DEFAULT_CSS = "MessageLine { height: 0; }"

    def __init__(self, *, id: str, indent: int = 0) -> None:
        super().__init__(id=id, indent=indent)
        self._said: tuple[object, ...] = ()
        self.lines = 0

    def say(self, text: str, style: Style, width: int, *, stays: bool) -> None:
        """Write `text` in `width` cells, indents included."""
        if (text, style, width, stays) == self._said:
            return
        self._said = text, style, width, stays
        room = max(1, width - 2 * self._indent)
        lines = [line.plain.rstrip() for line in Text(text).wrap(self.app.console, room)][:MOST] if text else []
        self.lines = max(len(lines), int(stays))
        self.styles.height = self.lines
        self.update(Text("\n".join(lines), style))
