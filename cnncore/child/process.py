"""The child's side of a child process: an output reserved for messages, and an exit together with the app."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from typing import Any

from cnncore.child.messages import Failed, to_json
from cnncore.errors import CnnError

NICENESS = 5
"""Lower priority than the app, so that the app stays responsive."""
CHECK_SECONDS = 0.5


class Output:
    """Standard output, reserved for messages.

    Keras and TensorFlow's C++ code always write to descriptors 1 and 2: both are redirected to the descriptor `log`, or
    discarded. `leave` is called when the reader is gone; it must end the process.
    """

    def __init__(self, leave: Callable[[], object] = lambda: os._exit(1), *, log: int | None = None) -> None:
        self.descriptor = os.dup(1)
        self._leave = leave
        target = os.open(os.devnull, os.O_WRONLY) if log is None else log
        for descriptor in (1, 2):
            os.dup2(target, descriptor)

    def say(self, message: Any) -> None:
        """Write one message. Ends the process if the reader is gone."""
        left = memoryview(to_json(message).encode() + b"\n")
        try:
            while left:
                left = left[os.write(self.descriptor, left) :]
        except OSError:
            self._leave()

    def end_with_app(self) -> None:
        """Start a thread that ends the process when the reader closes the pipe or the parent process dies, even while
        nothing is written."""
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
    """Lower the priority of this process."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def known_failure(error: BaseException) -> Failed | None:
    """Return the message for an error that has its own sentence; None for any other error."""
    if isinstance(error, CnnError):
        return Failed(error.template, error.values)
    if isinstance(error, MemoryError):
        return Failed("There is not enough memory for this.")
    return None


def reason(error: BaseException) -> dict[str, str]:
    """Return the text of any other error, to fill {reason} in a sentence."""
    return {"reason": f"{type(error).__name__}: {error}"}
