"""The walk played in the real app on a pseudo-terminal: how fast it really goes, whether keys are lost meanwhile, and
what it does to memory in the long run.

What is on the screen is read from the frames: "26 x 26 [3, 5]" in a title is the cell walked, "5/20" the kernel.
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
_KERNEL = re.compile(rb" (\d+)/%d\b" % len(KERNELS))
PAUSED, PLAYING = b"|| paused", b"> playing"
DEFAULT_SPEED = 10


class Watched:
    """A terminal whose frames are read as they come."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._rest = b""

    def frames(self, seconds: float) -> Iterator[tuple[float, bytes]]:
        """(when, text without escapes) of each frame within `seconds`."""
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
        """Whether a frame comes within `seconds` of which that holds."""
        return any(holds(frame) for _when, frame in self.frames(seconds))


def speed_keys(speed: int) -> list[str]:
    """The keys from the speed at the start to `speed`."""
    by = SPEEDS.index(speed) - SPEEDS.index(DEFAULT_SPEED)
    return ["+" if by > 0 else "-"] * abs(by)


def _index(frame: bytes) -> int | None:
    """The last cell, in reading order, that a frame names."""
    found = _CELL.findall(frame)
    return int(found[-1][2]) * int(found[-1][1]) + int(found[-1][3]) if found else None


@dataclass(frozen=True)
class Play:
    """`asked` and `walked`: cells a second. `keys`: from a key to the frame that shows what it did; `stop`: the same
    of Space. Of `held` arrow keys `arrived` moved the walk."""

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
            f"a key while it plays, to its effect: {self.keys}\n"
            f"Space, to a stop:                    {self.stop}\n"
            f"an arrow key held, 60 a second: {self.arrived} of {self.held} arrived"
        )


def play(arguments: Sequence[str], size: tuple[int, int], speed: int, seconds: float) -> Play:
    """Plays for `seconds` with a kernel key ten times a second, then stops and starts, then holds an arrow key down.

    For cells to last, the picture should have more than speed x seconds of them.
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
    """Cells and frames a second, and the milliseconds of each key."""
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
        raise SystemExit("nothing was walked: did the app start?")
    (first, low), (last, high) = places[0], places[-1]
    return (high - low) / (last - first), frames / (time.perf_counter() - begin), taken


def _held(watched: Watched, count: int) -> int:
    """How many of `count` arrow keys, one every 60th of a second, moved the walk by a cell."""
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
"""Keys of the walk, those that recompute the map among them."""


def resident(pid: int) -> float:
    """Megabytes that a process holds in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def slope(samples: Sequence[tuple[float, float]]) -> float:
    """Megabytes an hour: the line of least squares through (seconds, megabytes)."""
    count = len(samples)
    x, y = sum(s for s, _ in samples) / count, sum(m for _, m in samples) / count
    spread = sum((s - x) ** 2 for s, _ in samples)
    return sum((s - x) * (m - y) for s, m in samples) / spread * 3600 if spread else 0.0


LEVEL = 1.0
"""Megabytes from the least to the most between which memory is called level."""


def level_from(samples: Sequence[tuple[float, float]]) -> float:
    """The seconds from which on, up to the end, memory was level."""
    since, least = samples[-1]
    most = least
    for seconds, megabytes in reversed(samples):
        least, most = min(least, megabytes), max(most, megabytes)
        if most - least > LEVEL:
            break
        since = seconds
    return since


def growth(samples: Sequence[tuple[float, float]], minutes: float = 10) -> list[float]:
    """Megabytes that each whole stretch of so many minutes added: the median of its last minute less that of the last
    minute before it. The first stretch begins with the first whole minute."""

    def around(end: float) -> float:
        found = [m for s, m in samples if end - 60 <= s <= end]
        return statistics.median(found or [next(m for s, m in samples if s > end)])  # looks can be further apart

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
    """Presses `before`, then plays for `minutes`: every other second a key of the mix, in between what keeps it
    playing. With keys in `only` nothing plays, and one of them comes every second. A line a minute, and at the end the
    slope after the first sixth of the time, what each ten minutes added, and since when memory was level."""
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
