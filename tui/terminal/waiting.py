"""Keys, clicks and pastes on their way to the app, one at a time.

Textual hands over all it reads at once. What a key does may be two queues away from it, though, and the next key was
dealt with meanwhile: Ctrl+U emptied a field of what was typed after it. What Enter does in a dialog may come from a
thread, and a screen is only ready once it is drawn: keys went into the dialog that was about to close, and to the
screen that had yet to begin. And whatever ends the app stood in the same queue, behind forty thousand keys. Here the
next one is given when the app has done with the one before.

No clock measures how long: one goes on while the process is stopped, or has no processor.
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
"""Seconds of work that an event is waited for: where things never come to rest, the next one comes all the same."""
LOOK: Final = 0.01
"""Seconds between two looks for an answer that is on its way."""
LOOKS: Final = 100
"""So often at most: a picture on a network drive may never come, and Esc leaves a dialog that waits for it."""
MOST: Final = 100_000
"""So many may wait. No hand types more; what else comes then is noise, and would fill the memory."""


class Waiting:
    """`put` events from any thread; each is given to `give`, in the thread of `loop`, once `to_come` has none of the
    answers that those before it asked for."""

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
        """Answers that were waited for in vain; nothing waits for them again."""
        self._events: deque[Message] = deque()
        self._lock = threading.Lock()
        self._feeding = False
        self._task: asyncio.Task[None] | None = None
        self._open = False
        self._ending = False

    def open(self) -> None:
        self._open, self._ending = True, False

    def close(self) -> None:
        """What waits is dropped, and what comes."""
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
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is there to give it to
                self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._feed())

    async def _feed(self) -> None:
        while (message := self._next()) is not None:
            self._give(message)
            await self._at_rest()
            await self._answered()

    def _next(self) -> Message | None:
        with self._lock:
            if self._events:
                return self._events.popleft()
            self._feeding = False
            return None

    async def _at_rest(self) -> None:
        """Returns when the loop has nothing more to run: every queue was worked through that the event came into."""
        end = time.thread_time() + PATIENCE
        await asyncio.sleep(0)
        while not has_nothing_to_run(self._loop) and time.thread_time() < end:
            await asyncio.sleep(0)

    async def _answered(self) -> None:
        """Returns when no answer is to come, or those that are take too long."""
        for _ in range(LOOKS):
            to_come = self._to_come()
            if self._ending or to_come <= set(self._too_long):
                break
            await asyncio.sleep(LOOK)
            await self._at_rest()
        self._too_long = WeakSet(self._to_come())
