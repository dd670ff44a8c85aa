"""The frame of every screen: the header with the places, the footer with the keys, and the request for more room.

A screen derives from `FrameScreen` and defines `compose_body()`. Its BINDINGS have `N_()` descriptions, which header,
footer and help translate when they draw. When the language changes, `retranslate()` is called. By default it composes
the body again, so a screen keeps its state in itself and not in its widgets, or overrides `retranslate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, cast

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.compose import compose
from textual.reactive import var
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui.app.places import SCREENS
from tui.app.places_app import PlacesApp
from tui.drawing.theme import Palette, palette
from tui.i18n import LANGUAGES, _, language
from tui.widgets.rows import Box
from tui.widgets.textual_private import is_bound
from tui.widgets.words import LINES, Words

KEY_NAMES = {
    "space": "Space",
    "enter": "Enter",
    "tab": "Tab",
    "escape": "Esc",
    "left": "<-",
    "right": "->",
    "up": "Up",
    "down": "Down",
    "full_stop": ".",
    "comma": ",",
    "question_mark": "?",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "underscore": "_",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "backspace": "Bksp",
}


def key_name(binding: Binding) -> str:
    """Return the name of a binding's key for the screen."""
    if binding.key_display:
        return _(binding.key_display)
    return _name(binding.key.split(",")[0])


def key_names(binding: Binding) -> str:
    """Return all keys of a binding, for the help."""
    return " ".join(dict.fromkeys(_name(key) for key in binding.key.split(",")))


def _name(key: str) -> str:
    if key.startswith("ctrl+"):
        rest = key.removeprefix("ctrl+")
        return "^" + KEY_NAMES.get(rest, rest.upper())
    return KEY_NAMES.get(key, key.upper() if key[:1] == "f" and key[1:].isdigit() else key)


def current_palette(widget: Widget) -> Palette:
    """Return the palette of the current theme."""
    return palette(widget.app.theme)


class Header(Widget):
    """One line: the name, the places with their keys (the current one reversed), the language."""

    DEFAULT_CSS = "Header { dock: top; height: 1; background: $panel; }"
    auto_links = var(False)

    def render(self) -> Text:
        colours = current_palette(self)
        here = self.app.current_mode
        right = f"L {LANGUAGES[language()]} "
        line = Text(no_wrap=True, overflow="crop")
        line.append(" cnn-tui ", colours.strong)
        labels = sum(cell_len(f" {entry.key} {_(entry.title)} ") for entry in SCREENS)
        # If room is short, neighbours share the space between them.
        shared = line.cell_len + labels + 1 + cell_len(right) > self.size.width
        for at, entry in enumerate(SCREENS):
            click = Style.from_meta({"@click": f"app.show_screen('{entry.id}')"})
            label = f"{entry.key} {_(entry.title)}"
            if shared:
                line.append(" " if at else "")
            # Brackets mark the current place even without colour.
            if entry.id == here:
                line.append(f"[{label}]", colours.window + click)
            else:
                line.append(label if shared else f" {label} ", colours.text + click)
        gap = self.size.width - line.cell_len - cell_len(right)
        if gap >= 1:
            line.append(" " * gap)
            line.append(right, colours.faint + Style.from_meta({"@click": "app.switch_language"}))
        return line


class Footer(Widget):
    """One line of key hints, the most important first; the help has those that do not fit."""

    DEFAULT_CSS = "Footer { dock: bottom; height: 1; background: $panel; }"
    auto_links = var(False)

    def render(self) -> Text:
        colours = current_palette(self)
        hints = [(key_name(b), _(b.description), b.action) for b in self._shown()]
        return fit_hints(hints, self.size.width, colours)

    def _shown(self) -> Iterable[Binding]:
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            screen = self.screen
            if getattr(screen, "cramped", False) and binding.action not in ("quit", "help"):
                continue  # no keys for an invisible body
            if isinstance(screen, FrameScreen) and not screen.offers(binding.action):
                continue
            if binding.show and binding.description and binding.action not in seen and active.enabled:
                seen.add(binding.action)
                yield binding


def fit_hints(hints: list[tuple[str, str, str]], width: int, colours: Palette) -> Text:
    """Return as many hints (key, text, action) as fit `width` cells, in order; the help key is always the last."""
    last = [h for h in hints if h[2].endswith("help")]
    rest = [h for h in hints if not h[2].endswith("help")]
    room = width - 1 - sum(cell_len(k) + cell_len(t) + 3 for k, t, _a in last)
    line = Text(" ", no_wrap=True, overflow="crop")
    for key, text, action in rest:
        needs = cell_len(key) + cell_len(text) + 3
        if needs > room:
            continue
        room -= needs
        _append_hint(line, key, text, action, colours)
    for key, text, action in last:
        _append_hint(line, key, text, action, colours)
    return line


def _append_hint(line: Text, key: str, text: str, action: str, colours: Palette) -> None:
    target = action if action.startswith(("app.", "screen.")) else f"screen.{action}"
    click = Style.from_meta({"@click": target if "(" in target else f"{target}()"})
    line.append(key, colours.key + click)
    line.append(f" {text}", colours.text + click)
    line.append("  ")


class FrameScreen(Screen[None], inherit_bindings=False):
    """The base of every screen; see the module."""

    MIN_SIZE: ClassVar[tuple[int, int]] = (80, 22)
    HELP_TEXT: ClassVar[str] = ""
    """A description of the screen for the help: a few English sentences marked with `N_`."""

    AUTO_FOCUS = ""
    # Textual's own Tab and Shift+Tab have no fields to visit here.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("super+c", "screen.copy_text", show=False)]
    DEFAULT_CSS = """
    FrameScreen { background: $background; color: $foreground; layout: vertical; }
    FrameScreen #cramped { display: none; height: 1fr; content-align: center middle; text-align: center; }
    FrameScreen.-cramped #body { display: none; }
    FrameScreen.-cramped #cramped { display: block; }
    FrameScreen.-in-words #body { display: none; }
    """

    @property
    def help_text(self) -> str:
        """The description of the screen in the help, in English."""
        return self.HELP_TEXT

    @property
    def help_keys(self) -> Sequence[BindingType]:
        """The keys that the help lists."""
        return self.BINDINGS

    cramped = var(False)
    """True if the terminal is too small for this screen."""

    def compose(self) -> ComposeResult:
        yield Header()
        with Box(id="body"):
            yield from self.compose_body()
        yield Static(id="cramped", markup=False)
        yield Words()
        yield Footer()

    def compose_body(self) -> ComposeResult:
        """The screen's own widgets, between header and footer."""
        yield from ()

    @property
    def cnn_app(self) -> PlacesApp:
        return cast(PlacesApp, self.app)

    def offers(self, action: str) -> bool:  # noqa: ARG002
        """Return true if the footer shows an action's key now. A key without effect is not shown; pressed, it says
        why."""
        return True

    def say(self, text: str) -> None:
        """Show a sentence until the next key."""

    def on_key(self, event: events.Key) -> None:
        """Answer an unknown key, so that the learner knows it was received."""
        if not self.cramped and not is_bound(self, event.key):
            key = event.character if event.is_printable and event.character else _name(event.key)
            self.say(_("The key {key} does nothing here: ? lists all keys.").format(key=key))

    def on_resize(self, event: events.Resize) -> None:
        self.cramped = event.size.width < self.MIN_SIZE[0] or event.size.height < self.MIN_SIZE[1]
        self.set_class(self.cramped, "-cramped")
        self._say_cramped()

    def _say_cramped(self) -> None:
        for static in self.query("#cramped").results(Static):
            static.update(
                _(
                    "This needs {width} columns and {height} lines; the terminal has {now_width} and {now_height}."
                ).format(
                    width=self.MIN_SIZE[0],
                    height=self.MIN_SIZE[1],
                    now_width=self.app.size.width,
                    now_height=self.app.size.height,
                )
            )

    # In words.

    def spoken(self) -> Sequence[str]:
        """Return the screen in sentences; the first describes the cursor's position."""
        return ()

    def speak(self) -> None:
        """Describe the screen in words, if they are on. Called after each drawing."""
        mode = self.cnn_app.words
        if mode != "off" and self.is_current:
            self.query_one(Words).say(self.spoken())

    def show_words(self) -> None:
        """Show or hide the words, in place of the body or of two lines of it."""
        mode = self.cnn_app.words
        self.set_class(mode == "all", "-in-words")
        self.query_one(Words).show(mode)
        self.speak()

    @property
    def words_lines(self) -> int:
        """The lines that the words take from the body."""
        return LINES if self.cnn_app.words == "line" else 0

    def on_mount(self) -> None:
        self.show_words()

    def retranslate(self) -> None:
        """Draw again after a change of language or theme."""
        self._say_cramped()
        self.refresh_frame()
        self.call_later(self._recompose_body)

    def workbench_changed(self, notice: str) -> None:
        """Called when pictures or kernels have arrived for the walking screens, or with a `notice` that says why
        not."""

    def action_open_picture(self) -> None:
        """Ask for a picture: for the walking screens, unless the screen has pictures of its own."""
        self.cnn_app.ask_picture()

    def palette_commands(self) -> Iterable[SystemCommand]:
        """Yield the commands that the palette offers on this screen only."""
        return ()

    def refresh_frame(self) -> None:
        """Draw header and footer again."""
        for widget in self.query("Header, Footer"):
            widget.refresh()

    async def _recompose_body(self) -> None:
        body = self.query_one("#body")
        async with self.batch():
            await body.remove_children()
            await body.mount_all(compose(self, self.compose_body()))
