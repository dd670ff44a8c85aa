"""When a walk is drawn: at its start, when its screen comes back, and while it plays, at the ticks of a clock."""

from __future__ import annotations

import time

from tui.walk.painter import WalkView

FRAMES_PER_SECOND = 60


class WalkClock(WalkView):
    """See the module. What keys do is in `tui.walk.screen`."""

    def __init__(self) -> None:
        super().__init__()
        self._last_tick = 0.0
        self._ticking = False

    def end_edit(self) -> None:
        """Something else begins: whatever is being edited is done."""

    # Start and end.

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._tick, pause=True)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """After the first paint: what brings numpy."""
        self._workbench = self.cnn_app.open_workbench()
        self.show()

    def on_screen_resume(self) -> None:
        self.show()
        if self._workbench is not None and self._workbench.network and self.cnn_app.workbench_loader.layer_is_old():
            self.cnn_app.workbench_loader.load_layer()

    def on_screen_suspend(self) -> None:
        self.end_edit()
        self.cursor.pause()
        self._set_clock()

    # The clock.

    def _set_clock(self) -> None:
        if self._clock is None:
            return
        if self.cursor.playing:
            if not self._ticking:  # what runs goes on: else a key would cost the time since the last tick
                self._last_tick = time.monotonic()
                self._clock.resume()
        else:
            self._clock.pause()
        self._ticking = self.cursor.playing

    def _tick(self) -> None:
        now = time.monotonic()
        moved = self.cursor.tick(now - self._last_tick)
        self._last_tick = now
        if moved:
            self.show()
        if not self.cursor.playing:
            self._set_clock()
