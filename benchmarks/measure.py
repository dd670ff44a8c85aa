"""Timing of calls in turns, A B C A B C ..., so that other load on the machine affects all of them equally.

A turn waits until the threads of the previous call sleep, makes one uncounted call (to wake the thread pool and fill
the cache), then times several. Its result is their median; for calls under 20 us, which interrupts distort, it is the
minimum over batches that are long enough for the clock. The result of a call is the median of its turns.
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
"""The time below which a call is short, in seconds."""
BATCH = 60e-6
"""The shortest batch of short calls, in seconds."""
LONG = 20e-3
"""The time above which a call needs no warm-up in each turn, in seconds."""
SAMPLES = 40
"""The largest number of samples of a turn."""
QUIET = 0.25
"""The longest wait for other threads to sleep, in seconds."""


@dataclass(frozen=True)
class Plan:
    """The duration of a measurement: rounds, seconds per turn, and seconds for all turns of a call. A slow call skips
    some rounds, evenly, but has at least 3 turns."""

    rounds: int = 15
    turn: float = 20e-3
    call: float = 2.0

    def turns(self, expected: float) -> int:
        """Return the number of turns of a call that takes `expected` seconds."""
        return max(3, min(self.rounds, int(self.call / max(self.turn, expected))))


QUICK = Plan(rounds=5, turn=4e-3, call=0.5)


@dataclass(frozen=True)
class Timing:
    """Seconds per call: median and quartiles of the turns. `cpus` is the number of processors that were busy, `work`
    the median of the processor time per call, which other load on the machine hardly changes."""

    median: float
    low: float
    high: float
    rounds: int
    cpus: float
    work: float


def settle() -> None:
    """Wait until all other threads of this process sleep."""
    end = time.perf_counter() + QUIET
    while time.perf_counter() < end:
        before = time.process_time()
        time.sleep(1e-3)
        if time.process_time() - before < 0.15e-3:
            return


def estimate(call: Call) -> float:
    """Estimate the seconds per call, after an earlier call."""
    best, spent = math.inf, 0.0
    while spent < 5e-3:
        start = time.perf_counter()
        call()
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
    return best


def _turn(call: Call, expected: float, seconds: float) -> tuple[float, float, float, int]:
    """Run one turn. Returns the seconds per call, the processor time of all threads, the elapsed time, and the calls
    made in it."""
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
    return (min(times) if short else statistics.median(times)), busy, lasted, samples * batch


def interleave(calls: Mapping[str, Call], plan: Plan, say: Callable[[str], object] = str) -> dict[str, Timing]:
    """Time the calls against each other; `say` gets the name of each before its turn."""
    expected = {}
    for name, call in calls.items():
        say(name)
        expected[name] = estimate(call)
    wanted = {name: plan.turns(seconds) for name, seconds in expected.items()}
    rounds = max(wanted.values(), default=0)
    turns: dict[str, list[tuple[float, float, float, int]]] = {name: [] for name in calls}
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
        low, median, high = statistics.quantiles([seconds for seconds, *_ in taken], n=4, method="inclusive")
        cpus = sum(busy for _, busy, _, _ in taken) / sum(lasted for _, _, lasted, _ in taken)
        work = statistics.median(busy / calls for _, busy, _, calls in taken)
        timings[name] = Timing(median, low, high, len(taken), cpus, work)
    return timings
