"""Writes frames to the terminal. It waits for a terminal that does not read, but not for ever.

Textual writes to a buffered stream and waits for it whenever it draws. If the terminal hangs (a broken ssh connection,
a stopped window), nothing could end the app; if it is gone, the first write ended the writing thread.
"""

from __future__ import annotations

import contextlib
import os
import select
import time
from typing import Final, TextIO

LINGER: Final = 1.0
"""Seconds to wait for a terminal that does not read, once the app is ending."""


class Output:
    """Replaces the stream `file`; call `hurry` when the app is ending."""

    def __init__(self, file: TextIO) -> None:
        self._encoding = file.encoding
        self._fd = self._own = file.fileno()
        with contextlib.suppress(OSError):  # another user's terminal, after su: then it waits
            # Opened a second time, because the shell shares the stream and would keep it non-blocking.
            self._own = os.open(os.ttyname(self._fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        self._gone = False
        self._hurried = False

    def fileno(self) -> int:
        return self._fd

    def flush(self) -> None:
        """Do nothing: writes are not buffered."""

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
