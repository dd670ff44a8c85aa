"""Keys, clicks and pastes on their way to the app, one at a time.

Textual hands over all it reads at once. What a key does may be two queues away from it, though, and the next key was
dealt with meanwhile: Ctrl+U emptied a field of what was typed after it. And whatever ends the app stood in the same
queue, behind forty thousand keys. Here the next one is given when the app has done with the one before.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from textual import events
from textual.message import Message

from tui.terminal.keyboard import ENDING
from tui.widgets.textual_private import has_nothing_to_run

PATIENCE: Final = 0.25
"""Seconds an event is waited for: where things never come to rest, the next one comes all the same."""
MOST: Final = 100_000
"""So many may wait. No hand types more; what else comes then is noise, and would fill the memory."""


class Waiting:
    """`put` events from any thread; each is given to `give`, in the thread of `loop`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, give: Callable[[Message], object]) -> None:
        self._loop = loop
        self._give = give
        self._events: deque[Message] = deque()
        self._lock = threading.Lock()
        self._feeding = False
        self._task: asyncio.Task[None] | None = None
        self._open = False

    def open(self) -> None:
        self._open = True

    def close(self) -> None:
        """What waits is dropped, and what comes."""
        self._open = False
        self._events.clear()

    def put(self, message: Message) -> None:
        if not self._open:
            return
        with self._lock:
            if isinstance(message, events.Key) and message.key in ENDING:
                self._events.clear()
            if len(self._events) >= MOST:
                return
            self._events.append(message)
            begin, self._feeding = not self._feeding, True
        if begin:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is there to give it to
                self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._feed())

    async def _feed(self) -> None:
        while (message := self._next()) is not None:
            self._give(message)
            await self._at_rest()

    def _next(self) -> Message | None:
        with self._lock:
            if self._events:
                return self._events.popleft()
            self._feeding = False
            return None

    async def _at_rest(self) -> None:
        """Returns when the loop has nothing more to run: every queue was worked through that the event came into."""
        end = self._loop.time() + PATIENCE
        await asyncio.sleep(0)
        while not has_nothing_to_run(self._loop) and self._loop.time() < end:
            await asyncio.sleep(0)
