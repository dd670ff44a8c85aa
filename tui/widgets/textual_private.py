"""Every private part of Textual (and one of asyncio) that the app relies on, each with its reason.

Nothing else in `tui` may reach for one, and pyproject.toml pins Textual to the versions this was tested with.
`tests/tui/widgets/test_textual_private.py` says which part a new Textual has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final

from textual._styles_cache import StylesCache
from textual._xterm_parser import BRACKETED_PASTE_END as PASTE_END
from textual._xterm_parser import BRACKETED_PASTE_START as PASTE_START
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.command import CommandPalette
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import OptionList
from textual.worker import Worker

__all__ = [
    "PASTE_END", "PASTE_START", "OpenApp", "OpenDriver", "OpenParser", "WholeStrip", "bind_keys", "driver_of",
    "end_with_error", "finds_commands", "forget_removed_widgets", "has_nothing_to_run", "has_screens", "is_bound",
    "is_in_a_stack", "is_in_front", "limit_style_codes", "own_actions", "page_once_laid_out", "waits_to_be_drawn",
]  # fmt: skip


def limit_style_codes(most: int) -> None:
    """Forget the terminal codes of styles once Textual remembers more than `most`.

    By itself it keeps the last 16,384, a third of a kilobyte each. A cell of a picture is two pixels, so every new
    picture brings hundreds that are never seen again, and a playing app grew for most of an hour.
    """
    if Strip.render_ansi.cache_info().currsize > most:
        Strip.render_ansi.cache_clear()


def forget_removed_widgets() -> None:
    """Release what Textual still holds of widgets that were removed.

    It remembers a thousand pairs of colours, each together with the cache it was made for, which has all the lines that
    the widget drew. Opening and closing dialogs took 30 MB.
    """
    StylesCache.get_inner_outer.cache_clear()


_move_page: Final = OptionList._move_page


def page_once_laid_out() -> None:
    """Let every option list, Textual's own too, ignore Page Up and Page Down until it has lines to move by.

    It has none within a frame of its first option, or in a terminal of a few cells, and raises `KeyError` then.
    """

    def move_page(options: OptionList, direction: Any) -> None:
        if options.scrollable_content_region:
            _move_page(options, direction)

    OptionList._move_page = move_page  # type: ignore[method-assign, assignment]


class WholeStrip(Strip):
    """A strip that is its own only part.

    Textual's remembers that in a circle, and hundreds of circles a key are work for the garbage collector.
    """

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        cuts = list(cuts)
        return [self] if cuts == [self.cell_length] else super().divide(cuts)


def driver_of(app: App[Any]) -> Driver | None:
    """The app's driver, through which pictures and the cursor's codes reach the terminal."""
    return app._driver


def is_in_front(app: App[Any], screen: Screen[Any]) -> bool:
    """Return true if `screen` is on top of the current stack. Before the first screen there is none, which
    `App.screen`
    answers with an error."""
    return bool(app._screen_stack) and app._screen_stack[-1] is screen


def has_screens(app: App[Any]) -> bool:
    """Return true if there is a screen at all: `App.focused` raises an error without one."""
    return bool(app._screen_stack)


def is_in_a_stack(app: App[Any], screen: Screen[Any]) -> bool:
    """Return true if `screen` is in the stack of any mode; the public API only tells about a known mode."""
    return any(screen in stack for stack in app._screen_stacks.values())


def is_bound(screen: Screen[Any], key: str) -> bool:
    """Return true if `key` is bound here. The public `active_bindings` also asks every action whether it is enabled,
    and a key would wait for that."""
    return any(key in bindings.key_to_bindings for _node, bindings in screen._binding_chain)


def bind_keys(screen: Screen[Any], keys: Iterable[Binding]) -> None:
    """Bind `keys` on this one screen. Publicly keys are bound by a class, in BINDINGS, or by the whole app."""
    screen._bindings = BindingsMap.from_keys(
        {**screen._bindings.key_to_bindings, **BindingsMap(keys).key_to_bindings},
    )


def own_actions(screen: Screen[Any], key: str) -> list[str]:
    """The actions that this screen itself binds to `key`, whether or not they are enabled now."""
    return [binding.action for binding in screen._bindings.key_to_bindings.get(key, ())]


def has_nothing_to_run(loop: asyncio.AbstractEventLoop) -> bool:
    """Return true if no callback of asyncio waits to be run. asyncio has no public name for its queue."""
    return not getattr(loop, "_ready", None)


def waits_to_be_drawn(app: App[Any]) -> Screen[Any] | None:
    """The screen in front if it is yet to be laid out, or something was put off until it is drawn
    (`call_after_refresh`). A timer does both: asyncio has nothing to run meanwhile. Publicly one can only put off
    something oneself."""
    front = app._screen_stack[-1] if app._screen_stack else None
    waits = front is not None and (front._callbacks or front._layout_required or app._batch_count)
    return front if waits else None


def finds_commands(worker: Worker[Any]) -> bool:
    """Whether `worker` brings the command palette what was asked for."""
    return worker.group == CommandPalette._GATHER_COMMANDS_GROUP


def end_with_error(app: App[Any], error: Exception) -> None:
    """End the app because of `error`, as Textual does for an error in a handler."""
    app._handle_exception(error)


class OpenApp(App[None]):
    """An app that hears of the error that ends it. Textual only prints it, and its end may hang."""

    def on_fatal_error(self, error: Exception) -> None:
        """Called before Textual ends the app."""

    def _handle_exception(self, error: Exception) -> None:
        self.on_fatal_error(error)
        super()._handle_exception(error)


class OpenParser(XTermParser):
    """Textual's parser of what a terminal sends, with a public hook for the keys of one sequence: it raises errors for
    codes that are no character, and does not know shortcuts typed under a Korean input method."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)

    def keys_of(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        """The keys that a sequence means."""
        return super()._sequence_to_key_events(sequence, alt)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        return self.keys_of(sequence, alt)


class OpenDriver(LinuxDriver):
    """Textual's driver with public hooks: what it writes to, the terminal's size, and the thread that reads keys."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.app = app
        self.loop = self._loop
        self.debug = self._debug

    def write_to(self, file: Any) -> None:
        """Write to `file` instead of a stream that waits for the terminal for ever."""
        self._file = file

    def terminal_size(self) -> tuple[int, int]:
        """Columns and lines. Textual believes the variables COLUMNS and LINES, which tell of the past."""
        return super()._get_terminal_size()

    def read_failed(self, error: Exception) -> None:
        """Called in the reading thread when it ends with an error. Textual then waits behind all keys."""
        self.loop.call_soon_threadsafe(end_with_error, self.app, error)

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.terminal_size()

    def _query_in_band_window_resize(self) -> None:
        """Do not ask: a size that comes as a key waits behind the keys. SIGWINCH tells of it at once."""

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:
            self.read_failed(error)
