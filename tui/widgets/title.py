"""A heading with a rule to the end of its line."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from tui.theme import palette


class Title(Widget):
    """`text` in bold, `note` after it, and a faint rule; what does not fit is cut off at the end."""

    DEFAULT_CSS = "Title { height: 1; padding-right: 1; }"

    text = reactive("")
    note = reactive("")

    def render(self) -> Text:
        colours = palette(self.app.theme)
        line = Text(self.text, colours.title, no_wrap=True, overflow="ellipsis")
        if self.note:
            line.append(f" {self.note}", colours.faint)
        line.truncate(self.content_size.width, overflow="crop")
        rest = self.content_size.width - line.cell_len - 1
        if rest > 0:
            line.append(" " + "─" * rest, colours.rule)
        return line
