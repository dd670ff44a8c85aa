"""The playing walk in the real app on a pseudo-terminal: its speed, its response to keys, and the app's memory.

The state is read from the frames: "26 x 26 [3, 5]" in a title is the current cell, "5 (0-19)" the kernel.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.keys import FRAME, KEYS, Latency, Terminal, latency
from cnncore.lesson.kernels import KERNELS
from tui.walk.cursor import SPEEDS

_ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")
_CELL = re.compile(rb"(\d+) x (\d+) \[(\d+), (\d+)\]")
_KERNEL = re.compile(rb" (\d+) \(0-%d\)" % (len(KERNELS) - 1))
PAUSED, PLAYING = b"|| paused", b"> playing"
DEFAULT_SPEED = 10


class Watched:
    """A terminal whose frames are read as they arrive."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._rest = b""

    def frames(self, seconds: float) -> Iterator[tuple[float, bytes]]:
        """Yield (time, text without escapes) of each frame within `seconds`."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            data = self.terminal.read(left)
            now = time.perf_counter()
            *whole, self._rest = (self._rest + data).split(FRAME)
            for frame in whole:
                yield now, _ESCAPES.sub(b"", frame)

    def press(self, key: str) -> None:
        os.write(self.terminal.master, KEYS.get(key, key.encode()))

    def until(self, seconds: float, holds: Callable[[bytes], bool]) -> bool:
        """Return True if a frame that satisfies `holds` arrives within `seconds`."""
        return any(holds(frame) for _when, frame in self.frames(seconds))


def speed_keys(speed: int) -> list[str]:
    """Return the keys that change the initial speed to `speed`."""
    by = SPEEDS.index(speed) - SPEEDS.index(DEFAULT_SPEED)
    return ["+" if by > 0 else "-"] * abs(by)


def _index(frame: bytes) -> int | None:
    """Return the last cell that a frame names, as an index in reading order."""
    positions = _CELL.findall(frame)
    return int(positions[-1][2]) * int(positions[-1][1]) + int(positions[-1][3]) if positions else None


@dataclass(frozen=True)
class Play:
    """The result of `play`. `asked` and `walked` are cells per second, `keys` the latency from a key to the frame that
    shows its effect, `stop` that of Space. `arrived` of `held` arrow keys moved the walk."""

    asked: int
    walked: float
    frames: float
    keys: Latency
    stop: Latency
    held: int
    arrived: int

    def __str__(self) -> str:
        return (
            f"asked {self.asked} cells/s, walked {self.walked:.1f}, {self.frames:.1f} frames/s\n"
            f"from a key to its effect, playing:   {self.keys}\n"
            f"from Space to the stop:              {self.stop}\n"
            f"arrow key held, 60 per second: {self.arrived} of {self.held} arrived"
        )


def play(arguments: Sequence[str], size: tuple[int, int], speed: int, seconds: float) -> Play:
    """Play for `seconds` with a kernel key ten times a second, then stop and start, then hold down an arrow key.

    The picture should have more than speed x seconds cells.
    """
    terminal = Terminal(arguments, *size)
    watched = Watched(terminal)
    try:
        for _ in range(3):
            terminal.settle()
        for key in ["home", *speed_keys(speed)]:
            terminal.press(key)
            terminal.settle()
        walked, frames, taken = _played(watched, seconds)
        stops: list[float | None] = []
        for _ in range(20):
            start = time.perf_counter()
            watched.press(" ")
            when = next((when for when, frame in watched.frames(1) if PAUSED in frame), None)
            stops.append(None if when is None else (when - start) * 1e3)
            watched.press(" ")
            watched.until(1, lambda frame: PLAYING in frame)
            for _frame in watched.frames(0.1):
                pass
        watched.press(" ")
        watched.until(1, lambda frame: PAUSED in frame)
        held = 180
        return Play(speed, walked, frames, latency(taken), latency(stops), held, _held(watched, held))
    finally:
        terminal.close()


def _played(watched: Watched, seconds: float) -> tuple[float, float, list[float | None]]:
    """Return cells and frames per second, and the latency of each key in milliseconds."""
    watched.press(" ")
    watched.until(2, lambda frame: PLAYING in frame)
    begin = time.perf_counter()
    places: list[tuple[float, int]] = []
    taken: list[float | None] = []
    frames, turn = 0, 0
    kernel = b""
    while time.perf_counter() < begin + seconds:
        pressed = time.perf_counter()
        watched.press("kK"[turn % 2])
        turn += 1
        effect: float | None = None
        for when, frame in watched.frames(max(0.0, pressed + 0.1 - time.perf_counter())):
            frames += 1
            if (index := _index(frame)) is not None:
                places.append((when, index))
            named = _KERNEL.findall(frame)
            if effect is None and named and named[-1] != kernel:
                kernel, effect = named[-1], (when - pressed) * 1e3
        taken.append(effect)
    if len(places) < 2:
        raise SystemExit("the walk did not move: did the app start?")
    (first, low), (last, high) = places[0], places[-1]
    return (high - low) / (last - first), frames / (time.perf_counter() - begin), taken


def _held(watched: Watched, count: int) -> int:
    """Return how many of `count` arrow keys, 60 per second, moved the walk by a cell."""
    watched.press("home")
    watched.until(0.5, lambda _frame: False)
    last = 0
    begin = time.perf_counter()
    for number in range(count):
        watched.press("right")
        for _when, frame in watched.frames(max(0.0, begin + (number + 1) / 60 - time.perf_counter())):
            last = _index(frame) or last
    for _when, frame in watched.frames(1):
        last = _index(frame) or last
    return last


# Memory.

MIX = ["right", "left", "down", "up", ".", ",", "f", "F", "j", "k", "K", "n", "p", "tab", "escape", "z", "s", "m"]
"""Keys of the walk, including some that recompute the map."""


def resident(pid: int) -> float:
    """Return the resident memory of a process in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def slope(samples: Sequence[tuple[float, float]]) -> float:
    """Return the growth in megabytes per hour, by least squares through (seconds, megabytes)."""
    count = len(samples)
    x, y = sum(s for s, _ in samples) / count, sum(m for _, m in samples) / count
    spread = sum((s - x) ** 2 for s, _ in samples)
    return sum((s - x) * (m - y) for s, m in samples) / spread * 3600 if spread else 0.0


LEVEL = 1.0
"""The range, in megabytes, within which memory counts as level."""


def level_from(samples: Sequence[tuple[float, float]]) -> float:
    """Return the time, in seconds, from which memory was level to the end."""
    since, least = samples[-1]
    most = least
    for seconds, megabytes in reversed(samples):
        least, most = min(least, megabytes), max(most, megabytes)
        if most - least > LEVEL:
            break
        since = seconds
    return since


def growth(samples: Sequence[tuple[float, float]], minutes: float = 10) -> list[float]:
    """Return the megabytes added in each period of `minutes`: the median of its last minute minus that of the last
    minute before it. The first period begins after the first minute."""

    def around(end: float) -> float:
        recent = [m for s, m in samples if end - 60 <= s <= end]
        return statistics.median(recent or [next(m for s, m in samples if s > end)])  # samples can be further apart

    ends = [60.0, *(turn * minutes * 60 for turn in range(1, int(samples[-1][0] / (minutes * 60)) + 1))]
    return [around(end) - around(begin) for begin, end in pairwise(ends)]


def memory(
    arguments: Sequence[str],
    size: tuple[int, int],
    speed: int,
    minutes: float,
    every: float = 5,
    seed: int = 1,
    before: Sequence[str] = (),
    only: Sequence[str] = (),
) -> Iterator[str]:
    """Press `before`, then play for `minutes`, with a key of the mix every two seconds and keys in between that keep it
    playing. With keys in `only`, press one of them every second without playing. Yields one line per minute, and at the
    end the slope after the first sixth of the time, the growth in each ten minutes, and the time from which memory was
    level."""
    chance = random.Random(seed)
    terminal = Terminal(arguments, *size)
    watched = Watched(terminal)
    samples: list[tuple[float, float]] = []
    frames = keys = said = turn = 0
    try:
        for _ in range(3):
            terminal.settle()
        for key in before:
            terminal.press(key)
            terminal.settle()
        for key in speed_keys(speed) if not only else ():
            terminal.press(key)
        begin = time.perf_counter()
        playing = False
        at = begin
        while (now := time.perf_counter()) < begin + minutes * 60:
            if only:
                watched.press(chance.choice(only))
                keys += 1
            elif turn and turn % 2 == 0:
                watched.press(chance.choice(MIX))
                keys += 1
                playing = False
            elif not playing:
                watched.press(" ")
                keys += 1
            turn += 1
            for _when, frame in watched.frames(1):
                frames += 1
                playing = PLAYING in frame or (playing and PAUSED not in frame)
            if now >= at:
                at += every
                samples.append((now - begin, resident(terminal.process.pid)))
            if now - begin >= (said + 1) * 60:
                said += 1
                yield f"{said:3} min  {samples[-1][1]:7.1f} MB  {frames} frames, {keys} keys"
            if terminal.process.poll() is not None:
                raise SystemExit("the app has ended")
    finally:
        terminal.close()
    late = [sample for sample in samples if sample[0] >= minutes * 10]
    most = max(megabytes for _seconds, megabytes in late)
    yield (
        f"{'' if only else f'{speed} cells/s, '}{minutes:g} min: from {late[0][1]:.1f} to {late[-1][1]:.1f} MB, "
        f"most {most:.1f}; slope {slope(late):+.2f} MB/hour over the last {(late[-1][0] - late[0][0]) / 60:.0f} min"
    )
    if added := growth(samples):
        yield f"added in each 10 minutes, the first without its first: {', '.join(f'{m:+.1f}' for m in added)} MB"
    yield f"within {LEVEL:g} MB from minute {level_from(samples) / 60:.1f} to the end"
