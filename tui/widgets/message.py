"""What there is to say now and then, in a line below the rest, or two."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from tui.widgets.rows import TextRows

MOST = 2


class MessageLine(TextRows):
    """As high as what it says; with `stays` one line at least, so that nothing moves when there is nothing to say."""

    DEFAULT_CSS = "MessageLine { height: 0; }"

    def __init__(self, *, id: str, indent: int = 0) -> None:
        super().__init__(id=id, indent=indent)
        self._said: tuple[object, ...] = ()
        self.lines = 0

    def say(self, text: str, style: Style, width: int, *, stays: bool) -> None:
        """Writes `text` in `width` cells, the indents among them."""
        if (text, style, width, stays) == self._said:
            return
        self._said = text, style, width, stays
        room = max(1, width - 2 * self._indent)
        lines = [line.plain.rstrip() for line in Text(text).wrap(self.app.console, room)][:MOST] if text else []
        self.lines = max(len(lines), int(stays))
        self.styles.height = self.lines
        self.update(Text("\n".join(lines), style))
