"""Waiting until an app has done what it was asked, in place of Textual's own way for its tests.

That one sleeps twenty milliseconds at a time, twice for every key, and takes an app for idle once the process has used
little of the processor meanwhile: most of a test's time, and on a busy machine a guess. Here it is looked at: nothing
is left that the event loop could run, no thread that was set to work is still at it, and the screen is drawn.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from textual._context import active_app
from textual.app import App

PATIENCE = 3.0
"""Seconds a wait takes at most. A thread that was set to work longer ago is not waited for: some work on and on."""
FRAMES = 10
"""How often a screen is drawn at most: what is to happen after one frame may ask for another, and what moves always
does."""


class Settled:
    def __init__(self) -> None:
        self._jobs: dict[Future[Any], float] = {}

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From here on, in one test, the pilot waits so. Should Textual change within, its own way is left."""
        submit = ThreadPoolExecutor.submit

        def counted(pool: ThreadPoolExecutor, *args: Any, **kwargs: Any) -> Future[Any]:
            job = submit(pool, *args, **kwargs)
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                return job
            self._jobs[job] = loop.time()
            # After the loop has asked to be told: once a job is gone from here, its answer has reached the loop.
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
                await asyncio.sleep(0.002)  # another place is drawn after 50 ms
            if not _next_frame(app):
                break
            await self._nothing_to_do(end)

    async def _nothing_to_do(self, end: float) -> None:
        """Until a turn of the loop found nothing to run, and no job that is waited for is under way."""
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
    """What Textual's timers would do some milliseconds later, done now; whether there was anything."""
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
