"""Pictures in pixels without an app, and the app in a pseudo-terminal whose cells have a known size in pixels."""

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

from terminal_model import TerminalModel

from tui.overlay import Cell
from tui.overlay.pictures import TerminalPictures

CELL = Cell(10, 20)


KITTY = {"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}


def set_size(descriptor: int, columns: int, rows: int, cell: Cell | None) -> None:
    pixels = (columns * cell.width, rows * cell.height) if cell else (0, 0)
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, *pixels))


class Fixed:
    """Pictures in pixels on a terminal whose cells can change."""

    def __init__(self, protocol: Any) -> None:
        self.terminal, self.cell = TerminalModel(), CELL
        self.bytes = 0
        self.terminal_pictures = TerminalPictures(protocol, self._write, lambda: self.cell)

    def _write(self, text: str) -> None:
        self.bytes += len(text)
        self.terminal.feed(text.encode("ascii"))


class OnTerminal:
    """The app as a process. Its output goes to `terminal`, and without escape sequences to `text`."""

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
        """Read until `true()`."""
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
        """Read until nothing has come for half a second."""
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
