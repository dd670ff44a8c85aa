"""Python's collections of garbage, kept out of the way of keys: a frame waited 20 ms for one, now and then.

Python collects when so many objects were made, which is while something is drawn. Here it does so when nothing was
pressed for a moment; where things never come to rest, as in a long play, from time to time all the same.

What Textual remembers of colours is let go meanwhile (see `CODES`), and of widgets that are gone.
"""

from __future__ import annotations

import gc

from tui.widgets.textual_private import forget_removed_widgets, limit_style_codes

AT_LEAST = 20.0
"""Seconds after which no rest is waited for."""
REST = 0.5
"""Seconds without a key or a click that are a rest."""
YOUNG, MIDDLE, OLD = 20_000, 50, 1000
"""Python's own thresholds meanwhile, for what may come between: one drawing makes some thousand objects."""

CODES = 2048
"""The most styles whose terminal codes Textual may remember; see `limit_style_codes`. What is on the screen keeps its
codes in its lines, and those of the others are made again in two microseconds each."""


class Sweeper:
    """`touched` is told of every key and click, `look` called now and then; times are seconds of any clock."""

    def __init__(self, now: float) -> None:
        self._before = gc.get_threshold()
        gc.set_threshold(YOUNG, MIDDLE, OLD)
        self._last_touch = self._last_sweep = now

    def touched(self, now: float) -> None:
        self._last_touch = now

    def look(self, now: float) -> bool:
        """Collects where it is time to, and says whether it did."""
        limit_style_codes(CODES)
        due = self._last_touch > self._last_sweep and now - self._last_touch >= REST
        if not due and now - self._last_sweep < AT_LEAST:
            return False
        forget_removed_widgets()
        gc.collect()
        self._last_sweep = now
        return True

    def end(self) -> None:
        """Python collects as it did before, and what was kept from it (`gc.freeze`) too."""
        gc.set_threshold(*self._before)
        gc.unfreeze()
