"""Pictures in pixels on a pseudo-terminal, from the first key to the last, stopped and continued."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest
from graphics import CELL, KITTY, OnTerminal, on_terminal
from terminal_model import QUERIES

from tui.overlay import Cell, Protocol


@pytest.mark.parametrize(
    ("protocol", "environment", "arguments"),
    [("kitty", KITTY, ()), ("sixel", {"CNN_TUI_GRAPHICS": "sixel"}, ()), ("sixel", KITTY, ("--graphics", "sixel"))],
)
def test_on_a_terminal_from_the_first_key_to_the_last(
    protocol: Protocol, environment: dict[str, str], arguments: tuple[str, ...]
) -> None:
    # A key typed before anything is there reaches the app: L changes the language.
    with on_terminal(*arguments, typed=b"L", **environment) as run:
        run.until(lambda: len(run.terminal.pictures) >= 2 and "합성곱" in run.text)
        before = run.terminal.sent
        run.press(b"\x1b[C")
        run.until(lambda: run.terminal.sent > before)
        if protocol == "kitty":
            run.press(b"4")
            run.until(lambda: not run.terminal.pictures)
            run.press(b"1")
            run.until(lambda: len(run.terminal.pictures) == 2)
            run.resize(20, 5)
            run.until(lambda: not run.terminal.pictures)
            run.resize(100, 36)
            run.until(lambda: len(run.terminal.pictures) == 2)
        run.press(b"q")
        run.until(run.ended)
        run.until(lambda: run.terminal.left is not None)
        assert run.process.returncode == 0
        if protocol == "kitty":
            assert run.terminal.left == {} and not run.terminal.memory
        assert not any(query in run.output for query in QUERIES)
        assert "Traceback" not in run.text


def test_keys_for_the_pictures_typed_before_these_are_there_wait_for_them() -> None:
    # Twice the next picture, three cells on from the first, another language.
    with on_terminal(typed=b"nn\x1b[H\x1b[C\x1b[C\x1b[CL", **KITTY) as run:
        run.until(lambda: len(run.terminal.pictures) == 2 and "합성곱" in run.text)
        run.until_quiet()
        run.output = b""
        run.press(b"T")  # paints everything
        run.until(lambda: "5 " in run.text)
        run.until_quiet()
        assert " 2 (0-" in run.text and "[0, 3]" in run.text  # the third: pictures are counted from 0
        run.press(b"q")
        run.until(run.ended)


def stop_and_go_on(run: OnTerminal) -> None:
    """Suspend and resume like a shell; `run.output` is then the output afterwards."""
    os.kill(run.process.pid, signal.SIGTSTP)
    run.until(lambda: run.terminal.left is not None)
    while os.waitpid(run.process.pid, os.WUNTRACED | os.WNOHANG) == (0, 0):
        time.sleep(0.01)
    run.output = b""
    os.kill(run.process.pid, signal.SIGCONT)


@pytest.mark.parametrize("environment", [KITTY, {"CNN_TUI_GRAPHICS": "blocks"}])
def test_stopped_and_gone_on_with_it_paints_everything_again(environment: dict[str, str]) -> None:
    with on_terminal(**environment) as run:
        expected = 2 if environment is KITTY else 0
        run.until(lambda: "5 Validation" in run.text and len(run.terminal.pictures) == expected)
        run.until_quiet()
        stop_and_go_on(run)
        run.until(lambda: "5 Validation" in run.text and "? Help" in run.text)
        run.until(lambda: len(run.terminal.pictures) == expected)
        run.press(b"q")
        run.until(run.ended)
        assert run.process.returncode == 0


SHELL = "import fcntl, os, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp('sh', ['sh', '-i'])"


def test_ctrl_z_goes_to_the_shell_and_fg_comes_back() -> None:
    with on_terminal(program=(sys.executable, "-c", SHELL), PS1="ready> ", ENV="", **KITTY) as run:
        run.until(lambda: "ready>" in run.text)
        run.press(f"{sys.executable} -m tui\n".encode())
        run.until(lambda: len(run.terminal.pictures) == 2)
        run.output = b""
        run.press(b"\x1a")
        run.until(lambda: "ready>" in run.text)
        assert run.terminal.left == {}
        run.press(b"fg\n")
        run.until(lambda: len(run.terminal.pictures) == 2 and "5 Validation" in run.text)
        run.output = b""
        run.press(b"q")
        run.until(lambda: "ready>" in run.text)
        run.press(b"exit\n")
        run.until(run.ended)


def test_gone_on_with_it_shows_a_screen_reader_its_cursor() -> None:
    with on_terminal("--screen-reader", CNN_TUI_GRAPHICS="blocks") as run:
        run.until(lambda: "\x1b[?25h" in run.output.decode("utf-8", "replace") and "5 Validation" in run.text)
        run.until_quiet()
        stop_and_go_on(run)
        run.until(lambda: run.output.rfind(b"\x1b[?25h") > run.output.rfind(b"\x1b[?25l") > 0)


def test_ctrl_z_stops_nothing_where_no_shell_would_go_on_with_it() -> None:
    with on_terminal(**KITTY) as run:
        run.until(lambda: len(run.terminal.pictures) == 2)
        sent = run.terminal.sent
        run.press(b"\x1a\x1b[C")
        run.until(lambda: run.terminal.sent > sent)
        run.press(b"q")
        run.until(run.ended)
        assert run.process.returncode == 0


def test_ended_from_outside_it_takes_its_pictures_along() -> None:
    with on_terminal(**KITTY) as run:
        run.until(lambda: len(run.terminal.pictures) == 2)
        run.process.terminate()
        run.until(run.ended)
        run.until(lambda: run.terminal.left is not None)
        assert run.terminal.left == {} and not run.terminal.memory


@pytest.mark.parametrize(
    ("arguments", "environment", "cell"),
    [((), {"TERM": "xterm-256color"}, CELL), (("--graphics", "blocks"), KITTY, CELL), ((), KITTY, None)],
)
def test_on_other_terminals_there_are_half_blocks(
    arguments: tuple[str, ...], environment: dict[str, str], cell: Cell | None
) -> None:
    with on_terminal(*arguments, cell=cell, **environment) as run:
        run.until(lambda: "▀" in run.text)
        run.press(b"q")
        run.until(run.ended)
        assert not run.terminal.sent


@pytest.mark.parametrize(
    ("arguments", "environment", "cell", "said"),
    [
        (("--graphics", "sixel"), {}, None, "sixel needs the size of a terminal cell in pixels"),
        ((), {"CNN_TUI_GRAPHICS": "tektronix"}, CELL, "CNN_TUI_GRAPHICS must be one of auto, kitty, sixel, blocks"),
        (("--graphics", "png"), {}, CELL, "png"),
    ],
)
def test_a_wrong_graphics_option_is_reported_before_the_screen_opens(
    arguments: tuple[str, ...], environment: dict[str, str], cell: Cell | None, said: str
) -> None:
    with on_terminal(*arguments, cell=cell, **environment) as run:
        run.until(run.ended)
        run.until(lambda: said in run.text)
        assert run.process.returncode == 2
        assert b"\x1b[?1049h" not in run.output
