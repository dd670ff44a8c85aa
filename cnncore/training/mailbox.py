"""The queue of events between the training thread and its reader."""

from __future__ import annotations

import threading
from collections import deque

from cnncore.training.events import Batch, Event


class Mailbox:
    """A queue that is never full: a `Batch` replaces an unread one of the same epoch, except the first. So a slow
    reader never slows down the training, and misses only batches."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, event: Event) -> None:
        with self._changed:
            last = self._events[-1] if self._events else None
            if isinstance(event, Batch) and isinstance(last, Batch) and last.batch > 1 and last.epoch == event.epoch:
                self._events.pop()
            self._events.append(event)
            self._changed.notify()

    def close(self) -> None:
        """End the queue: `get` returns the remaining events, then None."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def get(self) -> Event | None:
        """Wait for the next event; returns None after the last one."""
        with self._changed:
            while not self._events and not self._closed:
                self._changed.wait(1.0)  # an endless wait could not be interrupted on every system
            return self._events.popleft() if self._events else None
