"""What `fit` and `evaluate` print: in Keras's words; one line drawn over and over in a terminal, plain lines elsewhere.

Epoch 1/6
450/450 ━━━━━━━━━━━━━━━━━━━━ 2s 4ms/step - accuracy: 0.8012 - loss: 0.5521 - val_accuracy: 0.8634 - val_loss: 0.3789
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from cnncore._arguments import described
from cnncore.errors import CnnError

BAR = 20
"""Cells of the bar."""
SECONDS_BETWEEN = 0.1
"""The least time between two drawings."""


def verbosity(given: Any) -> int:
    """0, 1 or 2 from Keras's `verbose`; "auto" is 1. Raises `CnnError`."""
    if given == "auto":
        return 1
    if isinstance(given, bool) or (isinstance(given, int) and given in (0, 1, 2)):
        return int(given)
    raise CnnError('verbose is {value}; it must be 0, 1, 2 or "auto"', value=described(given))


class Silent:
    """Prints nothing."""

    def epoch(self, epoch: int, epochs: int) -> None: ...
    def begin(self, steps: int) -> None: ...
    def step(self, done: int, logs: Mapping[str, float]) -> None: ...
    def end(self, logs: Mapping[str, float]) -> None: ...
    def close(self) -> None: ...


class Lines(Silent):
    """One line at the end of each epoch, for a pipe, a log file and verbose=2."""

    def __init__(self) -> None:
        self.steps, self.begun = 0, 0.0

    def epoch(self, epoch: int, epochs: int) -> None:
        if epochs > 1:
            print(f"Epoch {epoch + 1}/{epochs}", flush=True)

    def begin(self, steps: int) -> None:
        self.steps, self.begun = steps, time.monotonic()

    def end(self, logs: Mapping[str, float]) -> None:
        seconds = time.monotonic() - self.begun
        each = step_text(seconds / max(1, self.steps))
        print(f"{self.steps}/{self.steps} - {seconds:.0f}s - {each}{figures(logs)}", flush=True)


class Bar(Lines):
    """A bar drawn by rich, which knows how to draw over a line in every terminal. The line that stays at the end is
    printed, because it may be longer than the terminal is wide."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn = self._first = 0.0
        self._live: Any = None

    def begin(self, steps: int) -> None:
        from rich.live import Live

        super().begin(steps)
        self._drawn = 0.0
        self._live = Live(auto_refresh=False, vertical_overflow="crop")
        self._live.start()

    def step(self, done: int, logs: Mapping[str, float]) -> None:
        now = time.monotonic()
        if done == 1:
            self._first = now
        if now - self._drawn < SECONDS_BETWEEN:
            return
        self._drawn = now
        each = self._each(done, now)
        self._show(f"{self._bar(done)} {left_text(each * (self.steps - done))} {step_text(each)}{figures(logs)}")

    def end(self, logs: Mapping[str, float]) -> None:
        now = time.monotonic()
        self._live.transient = True
        self.close()
        each = step_text(self._each(self.steps, now))
        print(f"{self._bar(self.steps)} {now - self.begun:.0f}s {each}{figures(logs)}", flush=True)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _each(self, done: int, now: float) -> float:
        """The seconds of a step. The first is left out, as in Keras: it prepares what the others use."""
        return (now - self._first) / (done - 1) if done > 1 else (now - self.begun) / max(1, done)

    def _bar(self, done: int) -> str:
        full = BAR * done // max(1, self.steps)
        return f"{done:{len(str(self.steps))}}/{self.steps} {'━' * full}{'─' * (BAR - full)}"

    def _show(self, line: str) -> None:
        from rich.text import Text

        self._live.update(Text(line, overflow="ellipsis", no_wrap=True), refresh=True)


def reporter(verbose: int) -> Silent:
    """What prints for this verbosity, on this standard output."""
    if verbose == 0:
        return Silent()
    return Bar() if verbose == 1 and sys.stdout.isatty() else Lines()


def figures(logs: Mapping[str, float]) -> str:
    """The figures as Keras writes them behind the times: four decimals, or with an exponent where small."""
    return "".join(
        f" - {name}: {value:.4f}" if abs(value) > 1e-3 else f" - {name}: {value:.4e}" for name, value in logs.items()
    )


def step_text(seconds: float) -> str:
    """The time of one step, in the unit that fits."""
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/step"
    return f"{seconds * 1e3:.0f}ms/step" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/step"


def left_text(seconds: float) -> str:
    """The time that is left, as seconds, minutes:seconds or hours:minutes:seconds."""
    whole = int(seconds)
    if seconds > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
    return f"{whole // 60}:{whole % 60:02}" if seconds > 60 else f"{whole}s"
