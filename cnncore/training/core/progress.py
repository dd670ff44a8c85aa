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
        print(f"Epoch {epoch + 1}/{epochs}", flush=True)

    def begin(self, steps: int) -> None:
        self.steps, self.begun = steps, time.monotonic()

    def end(self, logs: Mapping[str, float]) -> None:
        seconds = time.monotonic() - self.begun
        each = step_text(seconds / max(1, self.steps))
        print(f"{self.steps}/{self.steps} - {seconds:.0f}s - {each} - {figures(logs)}", flush=True)


class Bar(Lines):
    """A bar drawn by rich, which knows how to draw over a line in every terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn = 0.0
        self._live: Any = None

    def begin(self, steps: int) -> None:
        from rich.live import Live

        super().begin(steps)
        self._drawn = 0.0
        self._live = Live(auto_refresh=False, vertical_overflow="crop")
        self._live.start()

    def step(self, done: int, logs: Mapping[str, float]) -> None:
        now = time.monotonic()
        if now - self._drawn < SECONDS_BETWEEN:
            return
        self._drawn = now
        each = (now - self.begun) / done
        self._show(f"{self._bar(done)} {each * (self.steps - done):.0f}s {step_text(each)} - {figures(logs)}")

    def end(self, logs: Mapping[str, float]) -> None:
        seconds = time.monotonic() - self.begun
        self._show(
            f"{self._bar(self.steps)} {seconds:.0f}s {step_text(seconds / max(1, self.steps))} - {figures(logs)}"
        )
        self.close()

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _bar(self, done: int) -> str:
        full = BAR * done // max(1, self.steps)
        return f"{done}/{self.steps} {'━' * full}{'─' * (BAR - full)}"

    def _show(self, line: str) -> None:
        from rich.text import Text

        self._live.update(Text(line, overflow="ellipsis", no_wrap=True), refresh=True)


def reporter(verbose: int) -> Silent:
    """What prints for this verbosity, on this standard output."""
    if verbose == 0:
        return Silent()
    return Bar() if verbose == 1 and sys.stdout.isatty() else Lines()


def figures(logs: Mapping[str, float]) -> str:
    """The figures as Keras writes them: four decimals, or three significant digits of a very small one."""
    return " - ".join(
        f"{name}: {value:.4f}" if abs(value) > 1e-3 or value == 0 else f"{name}: {value:.4e}"
        for name, value in logs.items()
    )


def step_text(seconds: float) -> str:
    """The time of one step, in the unit that fits."""
    if seconds >= 1:
        return f"{seconds:.0f}s/step"
    return f"{seconds * 1e3:.0f}ms/step" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/step"
