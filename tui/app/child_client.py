"""The client of a child process: its lines of JSON as messages. The last one always tells how the process ended.

Each place gives the command with its request, and the kinds of message (`cnncore.child.messages`).
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Generic, TypeVar

from cnncore._files import reason_of
from cnncore.child.messages import Failed, Messages
from tui.app.child_process import GRACE, ChildProcess
from tui.i18n import N_

M = TypeVar("M")

END_GRACE = 5.0
"""Seconds that a child has to exit after its last message."""


class ChildClient(Generic[M]):
    """One child process: iterate `messages()` once; `stop()` and `close()` at any time.

    A line that is no message is skipped. The last message, one of the `ends` of its kinds, comes when the process is
    gone: the child's own, or a `Failed` with the reason why there is none. A child that was stopped may end without.
    """

    def __init__(
        self, command: Sequence[str], kinds: Messages[M], *, grace: float = GRACE, listens: bool = False
    ) -> None:
        self._process = ChildProcess(command, grace=grace, listens=listens)
        self._kinds = kinds
        self.died = False
        """True once the process has ended by itself without a last message."""

    @property
    def stopping(self) -> bool:
        """True once `stop` was called."""
        return self._process.stopping

    @property
    def pid(self) -> int | None:
        """The process's number; None before it was started."""
        return self._process.pid

    def stop(self) -> None:
        """Ask the child to end, and end it by force after the grace period."""
        self._process.stop()

    def kill(self) -> None:
        """End the child at once."""
        self._process.kill()

    def end_within(self, seconds: float) -> None:
        """End the child by force if it still runs after `seconds`."""
        self._process.end_within(seconds)

    def send(self, line: str) -> bool:
        """Send a line to a child that listens. Return False if none runs."""
        return self._process.write_line(line)

    async def close(self) -> None:
        """Return when no process is left."""
        await self._process.close()

    async def messages(self) -> AsyncGenerator[M | Failed]:
        """Yield every message as it comes."""
        last: M | Failed | None = None
        try:
            async with contextlib.aclosing(self._process.lines()) as lines:
                async for line in lines:
                    message = self._message(line)
                    if isinstance(message, self._kinds.ends):
                        last = message
                        self.end_within(END_GRACE)
                    elif message is not None:
                        yield message
        except OSError as error:
            last = Failed(N_("The process could not be started: {reason}"), {"reason": reason_of(error)})
        if last is None and not self.stopping:
            last = Failed(*self._process.death())
            self.died = True
        if last is not None:
            yield last

    def _message(self, line: str) -> M | None:
        try:
            return self._kinds.from_json(line)
        except ValueError:
            return None
