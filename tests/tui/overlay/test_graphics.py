"""Pictures in the terminal's own pixels: which protocol, what the board writes, and the app on a pseudo-terminal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from screens_of import ready
from terminal_model import QUERIES, Laid, TerminalModel
from textual.pilot import Pilot

from tui.cnn_app import CnnApp, Options
from tui.drawing.picture import Picture
from tui.drawing.theme import PALETTES
from tui.overlay import Cell, Protocol, cell_size, choose
from tui.overlay.pictures import Board, Shown
from tui.overlay.pixels import Tones, draw, tones_of
from tui.widgets.picture import PictureView

CELL = Cell(10, 20)
KITTY = {"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}


@pytest.mark.parametrize(
    ("environment", "protocol"),
    [
        ({}, "blocks"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "blocks"),
        (KITTY, "kitty"),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "blocks"),  # another one that was started from it
        ({"TERM": "foot"}, "sixel"),
        ({"TERM": "foot-extra"}, "sixel"),
        ({"TERM": "mlterm"}, "sixel"),
        ({"TERM": "contour"}, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, "blocks"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "blocks"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "220401"}, "kitty"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "211201"}, "blocks"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "what"}, "blocks"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm", "VTE_VERSION": "7006"}, "blocks"),
        ({"TERM": "xterm", "TERM_PROGRAM": "WezTerm", "XTERM_VERSION": "XTerm(379)"}, "blocks"),
        ({**KITTY, "TMUX": "/tmp/tmux"}, "blocks"),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "WezTerm"}, "blocks"),
        ({"TERM": "foot", "SSH_CONNECTION": "1.2.3.4"}, "blocks"),
        ({"TERM": "linux", "TERM_PROGRAM": "ghostty"}, "blocks"),
    ],
)
def test_the_protocol_is_read_from_the_environment(environment: dict[str, str], protocol: str) -> None:
    assert choose("auto", environment, CELL) == protocol
    assert choose("auto", environment, None) == "blocks"
    assert choose("blocks", environment, CELL) == "blocks"
    assert choose("kitty", environment, None) == "kitty"
    assert choose("sixel", environment, CELL) == "sixel"
    assert choose("sixel", environment, None) == "blocks"


def set_size(descriptor: int, columns: int, rows: int, cell: Cell | None) -> None:
    pixels = (columns * cell.width, rows * cell.height) if cell else (0, 0)
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, *pixels))


def test_the_size_of_a_cell_comes_from_the_system() -> None:
    master, slave = pty.openpty()
    try:
        assert cell_size(slave) is None
        set_size(slave, 80, 24, None)
        assert cell_size(slave) is None
        set_size(slave, 80, 24, Cell(9, 18))
        assert cell_size(slave) == Cell(9, 18)
    finally:
        os.close(master)
        os.close(slave)
    read, write = os.pipe()
    try:
        assert cell_size(read) is None
    finally:
        os.close(read)
        os.close(write)


# The board.

TONES = Tones(((0, 0, 0),) * 5)


class FakeSheet:
    def __init__(self, shown: Shown | None) -> None:
        self.now = shown
        self.over = True

    def shown(self) -> Shown | None:
        return self.now

    def painted_over(self) -> bool:
        over, self.over = self.over, False
        return over


class Fixed:
    """A board on a terminal whose cells can change."""

    def __init__(self, protocol: Any) -> None:
        self.terminal, self.cell = TerminalModel(), CELL
        self.bytes = 0
        self.board = Board(protocol, self._write, lambda: self.cell)

    def _write(self, text: str) -> None:
        self.bytes += len(text)
        self.terminal.feed(text.encode("ascii"))


def shown(x: int = 3, y: int = 2, **marks: Any) -> Shown:
    return Shown(x, y, Picture(LEVELS, **marks), TONES)


LEVELS = np.random.default_rng(1).integers(0, 256, (8, 6), np.uint8)


@pytest.mark.parametrize("protocol", ["kitty", "sixel"])
def test_what_a_sheet_shows_is_on_the_terminal_once(protocol: str) -> None:
    fixed = Fixed(protocol)
    sheet = FakeSheet(shown())
    fixed.board.add(sheet)
    fixed.board.paint()
    (laid,) = fixed.terminal.pictures.values()
    assert (laid.x, laid.y) == (3, 2)
    assert laid.pixels.shape == (80, 60, 3)
    assert np.abs(laid.pixels[::10, ::10, 0].astype(int) - LEVELS).max() <= (0 if protocol == "kitty" else 2)
    before = fixed.bytes
    fixed.board.paint()
    assert fixed.bytes == before  # nothing changed, nothing is written
    sheet.over = True
    fixed.board.paint()
    assert fixed.terminal.sent == (1 if protocol == "kitty" else 2)  # Sixel was painted over, Kitty's lies above
    sheet.now = shown(window=(0, 0, 3, 3))
    fixed.board.paint()
    assert len(fixed.terminal.pictures) == 1
    sheet.now = Shown(3, 2, Picture(LEVELS.copy(), window=(0, 0, 3, 3)), TONES)
    sent = fixed.terminal.sent
    fixed.board.paint()
    assert fixed.terminal.sent == sent  # other levels, the same to look at


def test_kitty_moves_and_removes_and_keeps_nothing_in_memory() -> None:
    fixed = Fixed("kitty")
    sheet, other = FakeSheet(shown()), FakeSheet(shown(30))
    fixed.board.add(sheet)
    fixed.board.add(other)
    fixed.board.paint()
    sheet.now = shown(5, 7)
    fixed.board.paint()
    assert sorted((laid.x, laid.y) for laid in fixed.terminal.pictures.values()) == [(5, 7), (30, 2)]
    assert fixed.terminal.sent == 2
    for column in range(4):
        sheet.now = shown(5, 7, cell=(0, column))
        fixed.board.paint()
        assert len(fixed.terminal.memory) == len(fixed.terminal.pictures) == 2
        assert max(fixed.terminal.memory) <= 3  # numbers are used again: Konsole keeps what it has of every number
    sheet.now = None
    fixed.board.paint()
    assert [laid.x for laid in fixed.terminal.pictures.values()] == [30]
    fixed.board.remove(other)
    assert not fixed.terminal.pictures and not fixed.terminal.memory
    fixed.board.add(other)
    fixed.board.paint()
    assert len(fixed.terminal.pictures) == 1
    fixed.board.forget()
    assert not fixed.terminal.memory
    fixed.board.paint()
    assert len(fixed.terminal.pictures) == 1
    fixed.board.close()
    fixed.board.paint()
    assert not fixed.terminal.pictures and not fixed.terminal.memory


@pytest.mark.parametrize("protocol", ["kitty", "sixel"])
def test_a_larger_font_gets_a_larger_picture(protocol: str) -> None:
    fixed = Fixed(protocol)
    fixed.board.add(FakeSheet(shown()))
    fixed.board.paint()
    fixed.cell = Cell(30, 60)
    fixed.board.paint()
    (laid,) = fixed.terminal.pictures.values()
    # Kitty enlarges by itself, so that of 30 x 60 every third pixel is sent.
    assert laid.pixels.shape == ((80, 60, 3) if protocol == "kitty" else (240, 180, 3))


# The app, on its own.


@contextlib.asynccontextmanager
async def app_with_board(protocol: Any, size: tuple[int, int] = (100, 36)) -> Any:
    app = CnnApp(Options())
    fixed = Fixed(protocol)
    app.board = fixed.board
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        yield app, pilot, fixed


def views(app: CnnApp) -> list[PictureView]:
    return list(app.screen.query(PictureView))


def check_pictures(app: CnnApp, fixed: Fixed) -> None:
    """What lies on the terminal is what the walk's screen shows, pixel for pixel, where its cells are."""
    pictures = fixed.terminal.pictures
    if fixed.board.protocol == "kitty":
        assert len(pictures) == sum(view.picture is not None for view in views(app))
    places: dict[tuple[int, int], Laid] = {(laid.x, laid.y): laid for laid in pictures.values()}
    for view in views(app):
        if view.picture is None:  # its kernel does not fit
            continue
        laid = places[view.region.x, view.region.y]
        tones = tones_of(PALETTES[app.theme], view.background_colors[1].rgb, output=view.picture.output)
        colours = np.array([*((level,) * 3 for level in range(256)), *tones.colours], np.uint8)
        expected = colours[draw(view.picture, CELL)]
        assert laid.pixels.shape == expected.shape
        assert np.abs(laid.pixels.astype(int) - expected).max() <= (0 if fixed.board.protocol == "kitty" else 2)
        if fixed.board.protocol == "kitty":
            assert (laid.lines, laid.cells) == view.picture.size


async def check_when_settled(app: CnnApp, pilot: Pilot[None], fixed: Fixed) -> None:
    """As `check_pictures`, as soon as the frame is there."""
    for _ in range(100):
        await pilot.pause(0.01)
        with contextlib.suppress(AssertionError, KeyError):
            return check_pictures(app, fixed)
    return check_pictures(app, fixed)


@pytest.mark.parametrize("protocol", ["kitty", "sixel"])
async def test_both_pictures_follow_the_keys(protocol: str) -> None:
    async with app_with_board(protocol) as (app, pilot, fixed):
        await check_when_settled(app, pilot, fixed)
        workbench = app.open_workbench()
        assert views(app)[0].picture.levels is workbench.convolution().input_levels
        walk = workbench.convolution()
        np.testing.assert_array_equal(walk.input_levels, walk.inputs)  # its very pixels
        for key in ("right", "down", "full_stop", "tab", "left", "escape", "end", "k", "T", "s", "T", "d", "s", "n"):
            await pilot.press(key)
            await pilot.pause()
            if app.screen is not app.get_screen_stack()[0]:  # a question for a number
                await pilot.press("escape")
            await check_when_settled(app, pilot, fixed)


async def test_kitty_takes_pictures_away_for_dialogs_other_screens_and_no_room() -> None:
    async with app_with_board("kitty") as (app, pilot, fixed):

        async def settled(count: int) -> None:
            for _ in range(100):
                await pilot.pause(0.02)
                if len(fixed.terminal.pictures) == count:
                    return
            raise AssertionError(f"{len(fixed.terminal.pictures)} pictures, not {count}")

        for away, back in (("question_mark", "escape"), ("ctrl+p", "escape"), ("4", "1"), ("5", "1")):
            await pilot.press(away)
            await settled(0)
            assert not fixed.terminal.memory
            await pilot.press(back)
            await settled(2)
            await check_when_settled(app, pilot, fixed)
        await pilot.press("2")
        await settled(2)
        await check_when_settled(app, pilot, fixed)
        await pilot.resize_terminal(20, 5)
        await settled(0)
        await pilot.resize_terminal(120, 40)
        await settled(2)
        await check_when_settled(app, pilot, fixed)
        await pilot.press("q")
        assert not fixed.terminal.pictures


async def test_behind_a_dialog_there_are_half_blocks_of_now() -> None:
    async with app_with_board("sixel") as (app, pilot, _fixed):
        view = views(app)[0]
        blank = view.render_lines(view.size.region)
        assert not "".join(strip.text for strip in blank).strip()
        await pilot.press("right")
        await pilot.press("question_mark")
        await pilot.pause()
        drawn = view.render_lines(view.size.region)
        assert any("▀" in strip.text for strip in drawn)
        await pilot.press("escape")
        await pilot.pause()
        assert not "".join(strip.text for strip in view.render_lines(view.size.region)).strip()


async def test_without_graphics_nothing_is_written_and_nothing_loaded() -> None:
    code = (
        "import sys, tui.cnn_app, tui.walk.convolution; "
        "print(*[m for m in sys.modules if m.startswith('tui.overlay') or m == 'tui.overlay.pixels'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["tui.overlay"]
    app = CnnApp(Options())
    async with app.run_test(size=(100, 36)) as pilot:
        await ready(pilot)
        assert app.board is None
        assert any("▀" in strip.text for strip in views(app)[0].render_lines(views(app)[0].size.region))


async def test_hammered_keys_and_sizes_leave_what_should_be_there() -> None:
    random = np.random.default_rng(4)
    keys = ["right", "down", "up", "left", "full_stop", "tab", "question_mark", "escape", "1", "2", "4", "n", "k", "T"]
    async with app_with_board("kitty") as (app, pilot, fixed):
        for _ in range(150):
            await pilot.press(str(random.choice(keys)))
            if random.random() < 0.06:
                await pilot.resize_terminal(*((20, 5), (80, 24), (120, 40))[random.integers(3)])
        await pilot.press("escape", "escape", "1")
        await pilot.resize_terminal(100, 36)
        await check_when_settled(app, pilot, fixed)
        assert set(fixed.terminal.memory) == set(fixed.terminal.pictures)


# The app on a pseudo-terminal.


class OnTerminal:
    """The app as a process. What it writes goes to `terminal`, and to `text` without escape sequences."""

    def __init__(
        self,
        *arguments: str,
        program: tuple[str, ...] = (sys.executable, "-m", "tui"),
        cell: Cell | None = CELL,
        typed: bytes = b"",
        **environment: str,
    ) -> None:
        self.master, slave = pty.openpty()
        self.slave = slave
        set_size(slave, 100, 36, cell)
        if typed:
            os.write(self.master, typed)
        plain = {name: value for name, value in os.environ.items() if name not in ("TMUX", "SSH_CONNECTION", "SSH_TTY")}
        self.process = subprocess.Popen(
            [*program, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**plain, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor", **environment},
            start_new_session=True,
        )
        self.terminal = TerminalModel()
        self.output = b""

    def until(self, true: Any, seconds: float = 60) -> None:
        """Reads until `true()`."""
        end = time.monotonic() + seconds
        while not true():
            left = end - time.monotonic()
            assert left > 0, f"it did not come; the last of it: {self.output[-2000:]!r}"
            if select.select([self.master], [], [], min(left, 0.1))[0]:
                try:
                    data = os.read(self.master, 1 << 16)
                except OSError:
                    data = b""
                self.output += data
                self.terminal.feed(data)

    def until_quiet(self) -> None:
        """Reads until nothing has come for half a second."""
        length = -1
        while length != len(self.output):
            length, end = len(self.output), time.monotonic() + 0.5
            self.until(lambda end=end: time.monotonic() > end)

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def resize(self, columns: int, rows: int) -> None:
        set_size(self.slave, columns, rows, CELL)
        os.kill(self.process.pid, signal.SIGWINCH)

    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def text(self) -> str:
        return re.sub(rb"\x1b\[[^A-Za-z]*[A-Za-z]", b"", self.output).decode("utf-8", "replace")


@contextlib.contextmanager
def on_terminal(*arguments: str, **options: Any) -> Iterator[OnTerminal]:
    run = OnTerminal(*arguments, **options)
    try:
        yield run
    finally:
        if not run.ended():
            run.process.kill()
        run.process.wait()
        os.close(run.master)
        os.close(run.slave)


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
    """As a shell does, without one; `run.output` is then what came after it."""
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
def test_what_cannot_be_is_said_before_the_screen_opens(
    arguments: tuple[str, ...], environment: dict[str, str], cell: Cell | None, said: str
) -> None:
    with on_terminal(*arguments, cell=cell, **environment) as run:
        run.until(run.ended)
        run.until(lambda: said in run.text)
        assert run.process.returncode == 2
        assert b"\x1b[?1049h" not in run.output
