"""Waits until an app has finished its work, in place of Textual's own wait in tests.

Textual sleeps twenty milliseconds at a time, twice for every key, and considers an app idle once the process has used
little CPU time: that takes most of a test's time and guesses on a busy machine. Here the wait checks that the event
loop has nothing to run, that no worker thread is busy, and that the screen is drawn.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from textual._context import active_app
from textual.app import App

PATIENCE = 3.0
"""The most seconds of a wait. Threads that have worked longer are ignored: some never end."""
FRAMES = 10
"""The most frames of a wait: a callback after one frame may request another, and an animation always does."""


class Settled:
    def __init__(self) -> None:
        self._jobs: dict[Future[Any], float] = {}

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make the pilot wait this way for one test. If Textual's private parts change, its own wait stays."""
        submit = ThreadPoolExecutor.submit

        def counted(pool: ThreadPoolExecutor, *args: Any, **kwargs: Any) -> Future[Any]:
            job = submit(pool, *args, **kwargs)
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                return job
            self._jobs[job] = loop.time()
            # Added after the loop's own callback: once a job is removed here, its result has reached the loop.
            loop.call_soon(job.add_done_callback, lambda job: self._jobs.pop(job, None))
            return job

        monkeypatch.setattr(ThreadPoolExecutor, "submit", counted)
        monkeypatch.setattr("textual.pilot.wait_for_idle", self.wait, raising=False)
        monkeypatch.setattr("textual.app.wait_for_idle", self.wait, raising=False)

    async def wait(self, *_bounds: float) -> None:
        end = asyncio.get_running_loop().time() + PATIENCE
        await self._nothing_to_do(end)
        app = active_app.get()
        for _ in range(FRAMES):
            while app._batch_count and not app._exit and asyncio.get_running_loop().time() < end:
                await asyncio.sleep(0.002)  # another screen is drawn after 50 ms
            if not _next_frame(app):
                break
            await self._nothing_to_do(end)

    async def _nothing_to_do(self, end: float) -> None:
        """Wait until a turn of the loop has nothing to run and no job is in progress."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0)
        while (now := loop.time()) < end:
            if loop._ready:  # type: ignore[attr-defined]
                await asyncio.sleep(0)
            elif any(now - begun < PATIENCE for begun in list(self._jobs.values())):
                await asyncio.sleep(0.001)
            else:
                return


def _next_frame(app: App[Any]) -> bool:
    """Do at once what Textual's timers would do some milliseconds later. Return true if there was anything to do."""
    if app._exit or not app.screen_stack:
        return False
    screen = app.screen
    resized = app._resize_event is not None
    if resized:
        app._check_resize()
    waits = screen._layout_required, screen._scroll_required, screen._repaint_required, screen._recompose_required
    drawn = any(waits) or bool(screen._dirty_widgets or screen._callbacks)
    if drawn:
        screen._on_timer_update()
    return resized or drawn
