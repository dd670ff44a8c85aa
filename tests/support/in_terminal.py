"""The app as a process in a pseudo-terminal, as for a user: keys are bytes, and its output is always read."""

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
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

SHOWN = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")
WRITTEN_AT_ONCE = 512
"""Bytes written at a time: a terminal that is not read holds 4096 bytes and blocks the rest."""

LEADER = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


class InTerminal:
    """`program` with `arguments` as the leader of its own terminal: closing the terminal sends SIGHUP."""

    def __init__(
        self,
        *arguments: str,
        program: Sequence[str] = (sys.executable, "-m", "tui"),
        size: tuple[int, int] = (100, 36),
        **environment: str,
    ) -> None:
        self.master, slave = pty.openpty()
        self.resize(*size)
        self.output = b""
        plain = {name: value for name, value in os.environ.items() if name not in ("TMUX", "COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", LEADER, *program, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**plain, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor", **environment},
            start_new_session=True,
        )
        os.close(slave)
        self._reading = True
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while self._reading:
            try:
                if select.select([self.master], [], [], 0.05)[0]:
                    data = os.read(self.master, 1 << 16)
                    with self._lock:
                        self.output += data
            except (OSError, ValueError):  # closed, on one side or the other
                return

    @property
    def text(self) -> str:
        """The output without escape sequences."""
        return SHOWN.sub(b"", self.output).decode("utf-8", "replace")

    def forget(self, but: int) -> None:
        """Keeps the last `but` bytes of the output alone: a long one takes longer and longer to look through."""
        with self._lock:
            self.output = self.output[-but:]

    def type(self, keys: str | bytes) -> None:
        """Write all of it, as fast as it is read."""
        data = memoryview(keys.encode() if isinstance(keys, str) else keys)
        while data:
            data = data[os.write(self.master, data[:WRITTEN_AT_ONCE]) :]

    def resize(self, columns: int, rows: int) -> None:
        """Resize the terminal and notify the process."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, holds: Callable[[], object], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"it did not come; the last of it: {self.output[-3000:]!r}"
            time.sleep(0.02)

    def shows(self, text: str, seconds: float = 30) -> None:
        self.until(lambda: text in self.text, seconds)

    def until_quiet(self, quiet: float = 0.4, seconds: float = 30) -> None:
        """Wait until nothing has come for a moment."""
        length, since, end = -1, 0.0, time.monotonic() + seconds
        while length != len(self.output) or time.monotonic() - since < quiet:
            if length != len(self.output):
                length, since = len(self.output), time.monotonic()
            assert time.monotonic() < end, "it draws and draws"
            time.sleep(0.02)

    def ended(self) -> bool:
        return self.process.poll() is not None

    def status(self, seconds: float) -> int:
        """The exit status, which must come within some seconds."""
        return self.process.wait(seconds)

    def stop_reading(self) -> None:
        """Stop reading: the terminal soon takes no more output."""
        self._reading = False
        self._reader.join()

    def close_terminal(self) -> None:
        """Close the terminal like a window: the leader gets SIGHUP, and reads find the end."""
        self.stop_reading()
        os.close(self.master)
        self.master = -1


@contextlib.contextmanager
def in_terminal(*arguments: str, **options: object) -> Iterator[InTerminal]:
    run = InTerminal(*arguments, **options)  # type: ignore[arg-type]
    try:
        yield run
    finally:
        if not run.ended():
            os.kill(run.process.pid, signal.SIGCONT)
            run.process.kill()
        run.process.wait()
        if run.master >= 0:
            run.close_terminal()


def children(pid: int) -> list[int]:
    """The running processes that `pid` started."""
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                children.append(int(status.parent.name))
    return children
