"""Keys, clicks and pastes on their way to the app, one at a time.

Textual passes on all that it reads at once, but a key's effect may be two queues away. Meanwhile the next key was
handled: Ctrl+U deleted text that was typed after it. The effect of Enter in a dialog may come from a thread, and a
screen takes keys only once it is drawn, so keys went into a dialog that was about to close, or to a screen that had not
started. And a key that ends the app stood in the same queue, behind forty thousand others. Here each event is given
when the app has finished with the one before it.

Time is not measured by a clock, which runs on while the process is stopped or has no processor.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Set
from typing import Final
from weakref import WeakSet

from textual import events
from textual.message import Message

from tui.terminal.keyboard import ENDING
from tui.widgets.textual_private import has_nothing_to_run

PATIENCE: Final = 0.25
"""The most seconds of work to wait for one event. If the app never comes to rest, the next event follows anyway."""
LOOK: Final = 0.01
"""Seconds between two checks for an answer that is still to come."""
LOOKS: Final = 100
"""The most checks for one answer: a picture on a network drive may never come, and Esc must leave its dialog."""
MOST: Final = 100_000
"""The most events that wait. Nobody types more, and anything beyond would fill the memory."""


class Waiting:
    """`put` takes events from any thread. Each is passed to `give`, in the thread of `loop`, once `to_come` has none of
    the answers to the events before it."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        give: Callable[[Message], object],
        to_come: Callable[[], Set[object]] = frozenset,
    ) -> None:
        self._loop = loop
        self._give = give
        self._to_come = to_come
        self._too_long: WeakSet[object] = WeakSet()
        """Answers that took too long. Nothing waits for them again."""
        self._events: deque[Message] = deque()
        self._lock = threading.Lock()
        self._feeding = False
        self._task: asyncio.Task[None] | None = None
        self._open = False
        self._ending = False

    def open(self) -> None:
        self._open, self._ending = True, False

    def close(self) -> None:
        """Drop the waiting events and all that follow."""
        self._open = False
        self._ending = True
        self._events.clear()

    def put(self, message: Message) -> None:
        if not self._open:
            return
        with self._lock:
            if isinstance(message, events.Key) and message.key in ENDING:
                self._events.clear()
                self._ending = True
            if len(self._events) >= MOST:
                return
            self._events.append(message)
            begin, self._feeding = not self._feeding, True
        if begin:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        """Give the first event now: a task would begin only after what the loop has to run, a frame perhaps."""
        if (message := self._next()) is not None:
            self._give(message)
            self._task = self._loop.create_task(self._feed())

    async def _feed(self) -> None:
        """Give each event that follows, once the app has dealt with the one before it."""
        while True:
            await self._at_rest()
            await self._answered()
            if (message := self._next()) is None:
                return
            self._give(message)

    def _next(self) -> Message | None:
        with self._lock:
            if self._events:
                return self._events.popleft()
            self._feeding = False
            return None

    async def _at_rest(self) -> None:
        """Return when the loop has nothing more to run, so that every queue that the event entered is empty."""
        end = time.thread_time() + PATIENCE
        await asyncio.sleep(0)
        while not has_nothing_to_run(self._loop) and time.thread_time() < end:
            await asyncio.sleep(0)

    async def _answered(self) -> None:
        """Return when no answer is to come, or when the remaining ones take too long."""
        for _ in range(LOOKS):
            to_come = self._to_come()
            if self._ending or to_come <= set(self._too_long):
                break
            await asyncio.sleep(LOOK)
            await self._at_rest()
        self._too_long = WeakSet(self._to_come())
