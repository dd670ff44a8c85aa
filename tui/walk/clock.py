"""The clock that plays a walk."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.dom import DOMNode

from tui.walk.cursor import Cursor

FRAMES_PER_SECOND = 60


class Clock:
    """Advances a playing cursor at every frame, and calls `moved` after each move."""

    def __init__(self, node: DOMNode, cursor: Cursor, moved: Callable[[], None]) -> None:
        self._cursor, self._moved = cursor, moved
        self._last_tick = 0.0
        self._running = False
        self._timer = node.set_interval(1 / FRAMES_PER_SECOND, self._tick, pause=True)

    def follow_cursor(self) -> None:
        """Run while the cursor plays."""
        playing = self._cursor.playing
        if playing and not self._running:  # a running clock is kept: a key must not lose the time since the last tick
            self._last_tick = time.monotonic()
            self._timer.resume()
        elif not playing:
            self._timer.pause()
        self._running = playing

    def _tick(self) -> None:
        now = time.monotonic()
        moved = self._cursor.tick(now - self._last_tick)
        self._last_tick = now
        if moved:
            self._moved()
        if not self._cursor.playing:
            self.follow_cursor()
