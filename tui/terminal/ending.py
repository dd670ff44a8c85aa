"""The end of the process when nothing else ends it.

What is told to end comes to its end through much that may hang: a thread that reads from a dead network, a dialog that
waits, a child that saves. Here a thread of its own watches the clock.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple

AFTER: Final = 3.0
"""Seconds that whatever is ours has to end."""


class Children(NamedTuple):
    """The app's child processes, whatever they are: `grace` is the seconds that one gets to save what it has. Both
    functions can be called from any thread."""

    running: Callable[[], bool]
    kill_all: Callable[[], None]
    grace: float


class Ending:
    """`begin` once the end has come, `closed` when the app has given the terminal back and returned; later calls change
    nothing. `leave` gives the terminal back, whatever else stands still."""

    def __init__(self, leave: Callable[[], None], children: Children) -> None:
        self._leave = leave
        self._children = children
        self._begun = False
        self._closed = threading.Event()

    def begin(self, status: int) -> None:
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._watch, args=(status,), name="ending", daemon=True).start()

    def closed(self) -> None:
        self._closed.set()

    def _watch(self, status: int) -> None:
        if self._closed.wait(AFTER) or (self._children.running() and self._closed.wait(self._children.grace)):
            # Python itself waits for threads once the program is through, whoever goes on until then.
            threading.main_thread().join()
            time.sleep(AFTER)
        self._children.kill_all()
        self._leave()
        os._exit(status)
