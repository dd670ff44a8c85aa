"""The help: a description of the screen and its keys in groups, in a window that scrolls."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.app.screen import FrameScreen, key_names
from tui.drawing.theme import Palette, palette
from tui.i18n import N_, _


class HelpScreen(ModalScreen[None]):
    """Shows the help of `about`; any of its keys closes it."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen VerticalScroll {
        width: 76; max-width: 100%; height: auto; max-height: 100%; background: $surface;
        border: round $primary; border-title-color: $primary; border-subtitle-color: $foreground; padding: 0 1;
    }
    HelpScreen Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,h,q,enter", "close", N_("Close")),
        Binding("l,L", "app.switch_language", N_("Language")),
    ]

    def __init__(self, about: FrameScreen) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=True) as box:
            box.border_title = _("Help")
            box.border_subtitle = _("Esc closes, arrows scroll")
            yield Static(help_text(self._about, palette(self.app.theme)))

    def action_close(self) -> None:
        self.dismiss()


def help_text(screen: FrameScreen, colours: Palette) -> Text:
    """Return the description of the screen, then its keys by group, keys in one aligned column."""
    text = Text()
    if screen.help_text:
        text.append(_(screen.help_text) + "\n", colours.text)
    groups: dict[str, dict[str, str]] = {}
    for binding in (*screen.help_keys, *screen.app.BINDINGS):
        if isinstance(binding, Binding) and binding.description:
            title = binding.group.description if binding.group else N_("This screen")
            # Keys and bindings of one meaning share a row.
            rows = groups.setdefault(title, {})
            keys = rows.get(binding.description, "")
            rows[binding.description] = f"{keys} {key_names(binding)}".strip()
    column = max((cell_len(keys) for rows in groups.values() for keys in rows.values()), default=0)
    for title, rows in groups.items():
        text.append(f"\n{_(title)}\n", colours.title)
        for description, keys in rows.items():
            text.append("  " + keys + " " * (column - cell_len(keys)), colours.key)
            text.append(f"  {_(description)}\n", colours.text)
    text.rstrip()
    return text
