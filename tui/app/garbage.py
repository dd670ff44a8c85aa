"""Schedules Python's garbage collections between keys: otherwise a frame now and then waits 20 ms for one.

Python collects after a number of allocations, which happen while drawing. Here it collects when no key was pressed for
a moment; if there is no such moment, as during long playback, it collects from time to time anyway.

At the same time Textual's caches of colours (see `CODES`) and of removed widgets are cleared.
"""

from __future__ import annotations

import gc

from tui.widgets.textual_private import forget_removed_widgets, limit_style_codes

AT_LEAST = 20.0
"""Seconds after which it collects without waiting for a pause."""
REST = 0.5
"""Seconds without a key or a click that count as a pause."""
YOUNG, MIDDLE, OLD = 20_000, 50, 1000
"""Python's own thresholds in the meantime, high because one drawing makes some thousand objects."""

CODES = 2048
"""The most styles whose terminal codes Textual may cache; see `limit_style_codes`. Visible lines keep their codes
themselves, and any other takes two microseconds to make."""


class Sweeper:
    """Call `touched` at every key and click, and `look` now and then; times are seconds of any clock."""

    def __init__(self, now: float) -> None:
        self._before = gc.get_threshold()
        gc.set_threshold(YOUNG, MIDDLE, OLD)
        self._last_touch = self._last_sweep = now

    def touched(self, now: float) -> None:
        self._last_touch = now

    def look(self, now: float) -> bool:
        """Collect if it is time. Return true if it collected."""
        limit_style_codes(CODES)
        due = self._last_touch > self._last_sweep and now - self._last_touch >= REST
        if not due and now - self._last_sweep < AT_LEAST:
            return False
        forget_removed_widgets()
        gc.collect()
        self._last_sweep = now
        return True

    def end(self) -> None:
        """Restore Python's own collection, including the objects excluded by `gc.freeze`."""
        gc.set_threshold(*self._before)
        gc.unfreeze()
