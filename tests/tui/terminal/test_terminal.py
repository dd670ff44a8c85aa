"""The app in a real pseudo-terminal: it ends when it is told to, and what is typed arrives in order."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from in_terminal import InTerminal, children, in_terminal
from odd_codes import ODD
from screen_model import screen_after
from screens_of import SUPPORT
from terminal_app import MARK

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")

WITH_CHILD = (sys.executable, str(SUPPORT / "terminal_app.py"))
ENDS = 12
"""Seconds an end may take: it needs one, and these machines are busy."""


@contextmanager
def opened(*arguments: str, **options: Any) -> Iterator[InTerminal]:
    with in_terminal(*arguments, **options) as app:
        app.shows("cnn-tui", 60)
        app.until_quiet()
        yield app


# The end.


@pytest.mark.parametrize(("how", "status"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130), ("closed", 129)])
def test_the_end_comes_before_keys_that_wait(how: str, status: int) -> None:
    with opened() as app:
        app.type(".jk,z" * 2000)
        if how == "closed":
            app.close_terminal()
        else:
            os.kill(app.process.pid, getattr(signal, how))
        assert app.status(ENDS) == status


@pytest.mark.parametrize(
    "key", ["\x03", "\x11", "\x1b[99;5u", "\x1b[12618;5u", "\x1b[12618:12618:99;5u", "\x1b[27;5;12618~"]
)
def test_ctrl_c_comes_before_keys_that_wait_in_latin_and_in_hangul(key: str) -> None:
    with opened() as app:
        app.type(".jk,z" * 8000)
        app.type(key)
        assert app.status(ENDS) == 0
        assert b"\x1b[?1049l" in app.output, "the shell's screen is back"


@pytest.mark.parametrize("how", ["SIGTERM", "closed", "ctrl+c"])
def test_no_child_is_left(how: str) -> None:
    with opened(program=WITH_CHILD, CNN_TUI_TEST_CHILD="hangs") as app:
        app.type("4")
        app.until_quiet()
        app.type("t")
        app.until(lambda: children(app.process.pid))
        (child,) = children(app.process.pid)
        app.type("vz" * 3000)
        if how == "closed":
            app.close_terminal()
        elif how == "ctrl+c":
            app.type("\x03")
        else:
            os.kill(app.process.pid, getattr(signal, how))
        app.status(ENDS)
        assert not Path(f"/proc/{child}").exists()


@pytest.mark.parametrize("how", ["SIGTERM", "ctrl+c"])
def test_a_terminal_that_does_not_read_keeps_nobody(how: str) -> None:
    with opened() as app:
        app.stop_reading()
        app.type("j" * 300)
        time.sleep(2)
        if how == "ctrl+c":
            app.type("\x03")
        else:
            os.kill(app.process.pid, getattr(signal, how))
        assert app.status(ENDS) in (143, 0)


def test_what_hangs_does_not_keep_the_process() -> None:
    """A thread at work on something that never comes, and a screen that waits for ever when it is closed."""
    with opened(program=WITH_CHILD, CNN_TUI_TEST_HANGS="1") as app:
        app.type(".")
        app.until_quiet()
        os.kill(app.process.pid, signal.SIGTERM)
        assert app.status(ENDS) == 143
        assert b"\x1b[?1049l" in app.output, "the shell's screen is back"


# Order.

ESCAPE = "\x1b[27u"
"""As terminals with Kitty's protocol say it: a bare one, with a letter behind it, would be Alt and the letter."""
F24 = "\x1b[57387u"
TYPED = {
    "options": ["4", "o", "\x1b[B", "\x15", "1", "2", "\x7f", "3", "\t", "\x15", "7", "\x01", "9"],
    "jump": ["g", "\x15", "9", "\x7f", "4", ",", "1", "0", "\r", ".", "."],
    "guess": ["v", "1", "2", "\x7f", "3", "\r", "\r", "4"],
    "padding": ["Z", "\x15", "2", "\r", "."],
    "kernel": ["e", "5", "\x1b[C", "7", "\r"],
    "screen": ["2", "."],
    "palette": ["\x10", "p", "o", "o", "l", "\r", "."],
    "palette's second": ["\x10", "o", "n", "\x1b[B", "\r", "."],
    "palette's dialog": ["\x10", "p", "i", "c", "t", "\r", "/", "n", "o", "\r", "x", ESCAPE, "."],
    "palette to 3": ["\x10", "n", "e", "t", "w", "\r", "\r", "j", "n"],
    "new screens": ["2", ".", "3", "\r", "n", "2", ".", "4", "o", "1", "\r", "1", "."],
    "path": ["o", "/", "e", "t", "\t", "h", "o", "s", "t", "\r", "x"],
    "dialogs": ["?", ESCAPE, "g", "1", ESCAPE, "o", "\x7f", "x", ESCAPE, "2", "g", "3", ",", "4", "\r"],
}


def still(app: InTerminal, seconds: float) -> list[str]:
    """The screen, once the app has dealt with all keys and nothing changes; a field's cursor blinks for ever."""
    marks = app.output.count(MARK) + 1
    app.type(F24)
    app.until(lambda: app.output.count(MARK) == marks, 60)
    shown, length, since, end = [""], -1, time.monotonic(), time.monotonic() + 60
    while time.monotonic() - since < seconds:
        if length != len(app.output):
            length = len(app.output)
            if (now := screen_after(app.output, 100, 36)) != shown:
                shown, since = now, time.monotonic()
        assert time.monotonic() < end, "it changes and changes"
        time.sleep(0.02)
    return shown


def typed_one_by_one(app: InTerminal, keys: Sequence[str]) -> None:
    for key in keys:
        app.type(key)
        still(app, 0.2)


def typed_at_once(app: InTerminal, keys: Sequence[str]) -> None:
    """All of it lies there when the process goes on."""
    os.kill(app.process.pid, signal.SIGSTOP)
    app.type("".join(keys))
    os.kill(app.process.pid, signal.SIGCONT)


def typed_between_stops(app: InTerminal, keys: Sequence[str]) -> None:
    """As on a machine that has no time for it: while it works on a key, it stands still for longer than it waits."""
    typed_at_once(app, keys)
    for _ in range(4):
        time.sleep(0.05)
        os.kill(app.process.pid, signal.SIGSTOP)
        time.sleep(0.3)
        os.kill(app.process.pid, signal.SIGCONT)


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_at_once_does_what_it_does_one_by_one(name: str) -> None:
    shown = []
    for typed, late in ((typed_one_by_one, ""), (typed_at_once, ""), (typed_between_stops, "1")):
        with opened(program=WITH_CHILD, CNN_TUI_TEST_STAYS="1", CNN_TUI_TEST_LATE=late) as app:
            typed(app, TYPED[name])
            shown.append(still(app, 0.6))
    assert shown[0] == shown[1]
    assert shown[0] == shown[2]


# What is no key.

PASTES = [b"abc", b"a\nb" * 200, b"\x1b", b"", b"x" * 200_000]


def test_odd_codes_and_pastes_without_an_end_leave_the_keys_what_they_are() -> None:
    with opened() as app:

        def goes_to(number: int) -> None:
            app.type(str(number))
            app.until(lambda: f"[{number} " in screen_after(app.output[-200_000:], 100, 36)[0])

        for at, odd in enumerate(ODD):
            app.type(odd)
            goes_to(2 if at % 2 else 1)
        for at, text in enumerate(PASTES):
            app.type(b"\x1b[200~" + text)
            app.until_quiet(1.5)
            goes_to(2 if at % 2 else 1)
        app.type("\x1b[200~abc")
        # As by somebody who wonders why nothing happens: struck so fast that the paste never seems to be over.
        for _ in range(60):
            app.type("2")
            time.sleep(0.05)
        app.until(lambda: "[2 " in screen_after(app.output[-200_000:], 100, 36)[0], 5)


# The size.


def test_the_size_is_the_terminals_whatever_the_environment_says() -> None:
    with opened(COLUMNS="80", LINES="24", size=(110, 40)) as app:
        assert "? Help" in screen_after(app.output, 110, 40)[-1]
        begun = len(app.output)
        app.resize(120, 30)
        app.until(lambda: "? Help" in screen_after(app.output[begun:], 120, 30)[-1])
