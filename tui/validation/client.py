"""Validation in a child process, as a stream of messages; whatever happens to the child, the last one is `Checked` or
`Failed`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from cnncore.keras.validate_child import Checked, Failed, Message, Request, from_json
from tui.app.child_process import ChildProcess, python_module
from tui.i18n import N_


class ValidationClient:
    """One validation: iterate `messages()` once, `stop()` at any time.

    `command` takes the place of the real child's, for tests.
    """

    def __init__(self, request: Request, *, command: Sequence[str] | None = None) -> None:
        self.request = request
        self._child = ChildProcess(command or python_module("cnncore.keras.validate_child", request.to_json()), grace=1)

    def stop(self) -> None:
        self._child.stop()

    async def close(self) -> None:
        """Returns when no process is left."""
        await self._child.close()

    async def messages(self) -> AsyncIterator[Message]:
        last: Checked | Failed | None = None
        try:
            async for line in self._child.lines():
                try:
                    message = from_json(line)
                except ValueError:
                    continue
                if isinstance(message, Checked | Failed):
                    last = message
                else:
                    yield message
        except OSError as error:
            last = Failed(N_("The process could not be started: {reason}"), {"reason": error.strerror or str(error)})
        if last is None:
            last = Failed(N_("Stopped.")) if self._child.stopping else Failed(*self._child.death())
        yield last
