"""The end of the process when nothing else ends it.

What is told to end comes to its end through much that may hang: a thread that reads from a dead network, a dialog that
waits, a child that saves. Here a thread of its own watches the clock.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Final

from tui.app import child_process

AFTER: Final = 3.0
"""Seconds that whatever is ours has to end."""
CHILDREN: Final = child_process.GRACE
"""Seconds more where a child still runs: it saves what it has."""


class Ending:
    """`begin` once the end has come, `closed` when the app has given the terminal back and returned; later calls change
    nothing. `leave` gives the terminal back, whatever else stands still."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave
        self._begun = False
        self._closed = threading.Event()

    def begin(self, status: int) -> None:
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._watch, args=(status,), name="ending", daemon=True).start()

    def closed(self) -> None:
        self._closed.set()

    def _watch(self, status: int) -> None:
        if self._closed.wait(AFTER) or (child_process.running() and self._closed.wait(CHILDREN)):
            # Python itself waits for threads once the program is through, whoever goes on until then.
            threading.main_thread().join()
            time.sleep(AFTER)
        child_process.kill_all()
        self._leave()
        os._exit(status)
