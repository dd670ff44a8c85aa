"""Training in a child process, as a stream of events; the reader never sees a broken one.

Whatever happens to the child, the last event is `Finished` or `Failed`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence

from cnncore.training.config import TrainConfig
from cnncore.training.events import Epoch, Event, Failed, Finished, Stage, from_json
from cnncore.training.files import left_behind
from tui.app.child_process import GRACE, ChildProcess, python_module
from tui.i18n import N_

SAVE_GRACE = 120.0
"""Seconds a stopped run has to write its model: the larger network is some hundreds of megabytes."""

END_GRACE = 5.0
"""Seconds a child has to go after its last event."""


class TrainingClient:
    """One run of `config`: iterate `events()` once; `stop()` asks it to end and still save, and asked twice ends it.

    `command` takes the place of the real child's, for tests.
    """

    def __init__(self, config: TrainConfig, *, command: Sequence[str] | None = None, grace: float = GRACE) -> None:
        self._child = ChildProcess(command or training_command(config), grace=grace)
        self.config = config

    @property
    def stopping(self) -> bool:
        return self._child.stopping

    def stop(self) -> None:
        if self._child.stopping:
            self._child.kill()
        else:
            self._child.stop()

    async def close(self) -> None:
        """Returns when no process is left."""
        await self._child.close()

    async def events(self) -> AsyncIterator[Event]:
        """Every event as it comes. A line that is none is passed over; after the last event the process is gone."""
        begun = time.monotonic()
        epochs = 0
        last: Finished | Failed | None = None
        try:
            async for line in self._child.lines():
                try:
                    event = from_json(line)
                except ValueError:
                    continue
                if isinstance(event, Finished | Failed):
                    last = event
                    self._child.end_within(END_GRACE)
                    continue
                if isinstance(event, Epoch):
                    epochs = event.epoch
                if isinstance(event, Stage) and event.stage == "save" and self.stopping:
                    self._child.end_within(SAVE_GRACE)
                yield event
        except OSError as error:
            last = Failed(
                N_("The training process could not be started: {reason}"), {"reason": error.strerror or str(error)}
            )
        if last is None:
            # It did not get to save, but the model of an epoch before may be there.
            model, history = left_behind(self.config)
            if self.stopping:
                last = Finished(True, epochs, time.monotonic() - begun, model, history)
            else:
                message, values = self._child.death()
                last = Failed(message, values, "", model, history)
        yield last


def training_command(config: TrainConfig) -> list[str]:
    """The command of the child that owns Keras."""
    return python_module("cnncore.training.child", config.to_json())
