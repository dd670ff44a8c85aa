"""Latency from a key to its painted frame, in the real app on a pseudo-terminal: median and 99th percentile.

The simulated terminal reports support for synchronized output (mode 2026), so every frame ends with a mark. The latency
is the time from writing the key to reading the mark.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

QUERY, REPLY = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
FRAME = b"\x1b[?2026l"
QUIET = 0.4
"""Seconds without output after which the app is assumed to be idle."""
KEYS = {
    **{"right": b"\x1b[C", "left": b"\x1b[D", "down": b"\x1b[B", "up": b"\x1b[A", "home": b"\x1b[H", "end": b"\x1b[F"},
    **{"enter": b"\r", "escape": b"\x1b", "tab": b"\t", "space": b" "},
}


@contextmanager
def pixels(size: int) -> Iterator[list[str]]:
    """Write a picture of `size` x `size` as CSV, and return the app's options to open it; no options for 0."""
    if not size:
        yield []
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{size}.csv"
        rows = range(size)
        path.write_text("\n".join(",".join(str((x * y // 7 + x * 3 + y * 5) % 256) for x in rows) for y in rows))
        yield ["--image", str(path)]


@dataclass(frozen=True)
class Latency:
    """Milliseconds from a key to its frame. `missed` is the number of keys without a frame within a second."""

    median: float
    p99: float
    worst: float
    keys: int
    missed: int

    def __str__(self) -> str:
        missed = f", {self.missed} without a frame" if self.missed else ""
        return (
            f"median {self.median:.1f} ms, p99 {self.p99:.1f} ms, worst {self.worst:.1f} ms ({self.keys} keys{missed})"
        )


class Terminal:
    """The app on a pseudo-terminal of `columns` x `rows`."""

    def __init__(self, arguments: Sequence[str], columns: int, rows: int) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)

    def read(self, seconds: float) -> bytes:
        """Return the output within `seconds`, or b"", and answer the query for synchronized output."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        data = os.read(self.master, 1 << 16)
        if QUERY in data:
            os.write(self.master, REPLY)
        return data

    def settle(self) -> None:
        """Wait until the app is idle."""
        while self.read(QUIET):
            pass

    def press(self, key: str) -> float | None:
        """Press `key`, and return the milliseconds until its frame is complete; None if that takes over a second."""
        start = time.perf_counter()
        os.write(self.master, KEYS.get(key, key.encode()))
        tail = b""
        while (left := start + 1 - time.perf_counter()) > 0:
            data = self.read(left)
            if FRAME in tail + data:
                return (time.perf_counter() - start) * 1e3
            tail = data[-len(FRAME) :]
        return None

    def close(self) -> None:
        self.process.terminate()
        try:
            while self.process.poll() is None:
                self.read(0.05)
        except OSError:
            pass  # its side is closed
        self.process.wait()
        os.close(self.master)


def measure(
    arguments: Sequence[str], before: Sequence[str], keys: Sequence[str], count: int, size: tuple[int, int]
) -> Latency:
    """Press `before` once, then the `keys` in turn, `count` in total."""
    terminal = Terminal(arguments, *size)
    try:
        for _ in range(3):  # after the first paint, the results of threads, and those of child processes
            terminal.settle()
        for key in before:
            terminal.press(key)
            terminal.settle()
        taken = []
        for i in range(count):
            taken.append(terminal.press(keys[i % len(keys)]))
            while terminal.read(0.01):  # a second frame of this key does not belong to the next key
                pass
    finally:
        terminal.close()
    return latency(taken)


def latency(taken: Sequence[float | None]) -> Latency:
    """Summarise latencies; None stands for a key without a frame."""
    times = sorted(t for t in taken if t is not None)
    if not times:
        raise SystemExit("no frame was painted: did the app start?")
    late = times[min(len(times) - 1, int(len(times) * 0.99))]
    return Latency(statistics.median(times), late, times[-1], len(times), taken.count(None))
