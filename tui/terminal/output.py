"""What is drawn, on its way to the terminal. It waits for a terminal that does not read, but not for ever.

Textual writes to a buffered stream, and waits for it wherever it draws: where the terminal stands still (an ssh
connection that hangs, a window that is stopped) nothing could end the app, and where it is gone the first write ended
the thread that writes.
"""

from __future__ import annotations

import contextlib
import os
import select
import time
from typing import Final, TextIO

LINGER: Final = 1.0
"""Seconds that a terminal which does not read is waited for, once the app is to end."""


class Output:
    """In the place of the stream `file`; `hurry` when the end has come."""

    def __init__(self, file: TextIO) -> None:
        self._encoding = file.encoding
        self._fd = self._own = file.fileno()
        with contextlib.suppress(OSError):  # somebody else's terminal, after su: then it is waited for
            # Opened anew: the shell shares the stream, and would find it unwilling to wait for ever after.
            self._own = os.open(os.ttyname(self._fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        self._gone = False
        self._hurried = False

    def fileno(self) -> int:
        return self._fd

    def flush(self) -> None:
        """Nothing is kept back."""

    def hurry(self) -> None:
        self._hurried = True

    def write(self, text: str) -> None:
        data = memoryview(text.encode(self._encoding, "replace"))
        waited = 0.0
        while data and not self._gone:
            try:
                data = data[os.write(self._own, data) :]
                waited = 0.0
            except BlockingIOError:
                begun = time.monotonic()
                select.select([], [self._own], [], 0.1)
                waited += time.monotonic() - begun if self._hurried else 0.0
                self._gone = waited >= LINGER
            except OSError:
                self._gone = True
