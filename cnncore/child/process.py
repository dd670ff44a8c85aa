"""The child's side of a child process: an output for messages alone, and an end together with the app."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from typing import Any

from cnncore.child.messages import Failed, to_json
from cnncore.errors import CnnError

NICENESS = 5
"""The app that shows the work comes first."""
CHECK_SECONDS = 0.5


class Output:
    """Standard output, for messages alone.

    Keras and TensorFlow's C++ write on descriptors 1 and 2 whatever they are told: both go to the descriptor `log`, or
    nowhere. `leave` is called once nobody reads any more; it must end the process.
    """

    def __init__(self, leave: Callable[[], object] = lambda: os._exit(1), *, log: int | None = None) -> None:
        self.descriptor = os.dup(1)
        self._leave = leave
        target = os.open(os.devnull, os.O_WRONLY) if log is None else log
        for descriptor in (1, 2):
            os.dup2(target, descriptor)

    def say(self, message: Any) -> None:
        """Writes one message; leaves when nobody reads it."""
        left = memoryview(to_json(message).encode() + b"\n")
        try:
            while left:
                left = left[os.write(self.descriptor, left) :]
        except OSError:
            self._leave()

    def end_with_app(self) -> None:
        """Leaves, from a thread, when the reader closes the pipe or the parent process dies, although nothing is being
        written."""
        poll = select.poll()
        poll.register(self.descriptor, 0)
        parent = os.getppid()

        def watch() -> None:
            while os.getppid() == parent:
                ready = poll.poll(CHECK_SECONDS * 1000)
                if any(event & (select.POLLERR | select.POLLHUP) for _descriptor, event in ready):
                    break
            self._leave()

        threading.Thread(target=watch, name="app", daemon=True).start()


def be_nice() -> None:
    """Lets other processes go first."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def known_failure(error: BaseException) -> Failed | None:
    """The message for an error that has a sentence of its own; None for any other."""
    if isinstance(error, CnnError):
        return Failed(error.template, error.values)
    if isinstance(error, MemoryError):
        return Failed("The machine has not enough memory for this.")
    return None


def reason(error: BaseException) -> dict[str, str]:
    """What any other error says, to fill {reason} in a sentence."""
    return {"reason": f"{type(error).__name__}: {error}"}
