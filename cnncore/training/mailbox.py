"""Events from the thread that trains to whoever reads them."""

from __future__ import annotations

import threading
from collections import deque

from cnncore.training.events import Batch, Event


class Mailbox:
    """Never full and never waits to be emptied: a `Batch` takes the place of an earlier one that nobody has read yet,
    but for the first of an epoch. So a slow reader holds up nothing, and misses nothing but batches."""

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
        """After this `get` gives what is left, then None."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def get(self) -> Event | None:
        """The next event, waiting for it; None when there will be no more."""
        with self._changed:
            while not self._events and not self._closed:
                self._changed.wait(1.0)  # a wait without end could not be interrupted on every system
            return self._events.popleft() if self._events else None
