"""Timing calls in turns: A B C A B C ..., so that whatever the machine does meanwhile hits all of them alike.

A turn waits until the threads of the call before have gone to sleep, makes one call that does not count (it wakes the
thread pool and fills the cache), then times several. What a turn gives is their median; for calls under 20 us, which
an interrupt spoils easily, their minimum, each taken over a batch of calls long enough for the clock. The figure of a
call is the median of its turns.
"""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Call = Callable[[], Any]

SHORT = 20e-6
"""Seconds below which a call counts as short."""
BATCH = 60e-6
"""Seconds a batch of short calls lasts at least."""
LONG = 20e-3
"""Seconds above which a call needs no warming up in each turn."""
SAMPLES = 40
"""Samples a turn takes at most."""
QUIET = 0.25
"""Seconds to wait at most for other threads to sleep."""


@dataclass(frozen=True)
class Plan:
    """How long to measure: rounds, seconds a turn, seconds for all turns of one call. One that takes long sits out some
    rounds, evenly, but has at least 3 turns."""

    rounds: int = 15
    turn: float = 20e-3
    call: float = 2.0

    def turns(self, expected: float) -> int:
        """For a call that takes `expected` seconds."""
        return max(3, min(self.rounds, int(self.call / max(self.turn, expected))))


QUICK = Plan(rounds=5, turn=4e-3, call=0.5)


@dataclass(frozen=True)
class Timing:
    """Seconds a call: the median of the turns and their quartiles. `cpus`: processors kept busy while timed."""

    median: float
    low: float
    high: float
    rounds: int
    cpus: float


def settle() -> None:
    """Waits until no thread of this process spins any more."""
    end = time.perf_counter() + QUIET
    while time.perf_counter() < end:
        before = time.process_time()
        time.sleep(1e-3)
        if time.process_time() - before < 0.15e-3:
            return


def estimate(call: Call) -> float:
    """Seconds a call, roughly, of one that was called before."""
    best, spent = math.inf, 0.0
    while spent < 5e-3:
        start = time.perf_counter()
        call()
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
    return best


def _turn(call: Call, expected: float, seconds: float) -> tuple[float, float, float]:
    """One turn: seconds a call; processor time of all threads and time that passed while it was timed."""
    short = expected < SHORT
    batch = math.ceil(BATCH / expected) if short else 1
    samples = max(1, min(SAMPLES, int(seconds / (batch * expected))))
    settle()
    if expected < LONG:
        call()
    times = []
    busy, begin = time.process_time(), time.perf_counter()
    for _ in range(samples):
        start = time.perf_counter()
        for _ in range(batch):
            call()
        times.append((time.perf_counter() - start) / batch)
    busy, lasted = time.process_time() - busy, time.perf_counter() - begin
    return (min(times) if short else statistics.median(times)), busy, lasted


def interleave(calls: Mapping[str, Call], plan: Plan, say: Callable[[str], object] = str) -> dict[str, Timing]:
    """Times the calls against each other; `say` is told each one's name before its turn."""
    expected = {}
    for name, call in calls.items():
        say(name)
        expected[name] = estimate(call)
    wanted = {name: plan.turns(seconds) for name, seconds in expected.items()}
    rounds = max(wanted.values(), default=0)
    turns: dict[str, list[tuple[float, float, float]]] = {name: [] for name in calls}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for number in range(rounds):
            for name, call in calls.items():
                if (number + 1) * wanted[name] // rounds == number * wanted[name] // rounds:
                    continue
                say(name)
                turns[name].append(_turn(call, expected[name], plan.turn))
            gc.collect()
    finally:
        if collecting:
            gc.enable()
    timings = {}
    for name, taken in turns.items():
        low, median, high = statistics.quantiles([seconds for seconds, _, _ in taken], n=4, method="inclusive")
        cpus = sum(busy for _, busy, _ in taken) / sum(lasted for _, _, lasted in taken)
        timings[name] = Timing(median, low, high, len(taken), cpus)
    return timings
