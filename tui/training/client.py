"""Training in a child process, as a stream of events: the last one is always `Finished` or `Failed`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import astuple

from cnncore.training.config import TrainConfig
from cnncore.training.events import EVENTS, Epoch, Event, Failed, Finished, Stage
from cnncore.training.files import keep_checkpoint
from tui.app.child_client import ChildClient
from tui.app.child_process import GRACE, python_module

SAVE_GRACE = 120.0
"""Seconds that a stopped run has to write its model, which may take some hundreds of megabytes."""


class TrainingClient:
    """One run of `config`: iterate `events()` once. The first `stop()` ends it and lets it save; the second ends it at
    once.

    `command` replaces the real child's, for tests.
    """

    def __init__(self, config: TrainConfig, *, command: Sequence[str] | None = None, grace: float = GRACE) -> None:
        self.child: ChildClient[Event] = ChildClient(command or training_command(config), EVENTS, grace=grace)
        self.config = config

    @property
    def stopping(self) -> bool:
        return self.child.stopping

    def stop(self) -> None:
        if self.child.stopping:
            self.child.kill()
        else:
            self.child.stop()

    async def close(self) -> None:
        """Return when no process is left."""
        await self.child.close()

    async def events(self) -> AsyncIterator[Event]:
        """Yield every event as it comes; after the last one the process is gone.

        A process that ends without a last event did not get to save, but may have left a checkpoint.
        """
        start, epochs, ended = time.monotonic(), 0, False
        async for event in self.child.messages():
            match event:
                case Epoch():
                    epochs = event.epoch
                case Stage("save") if self.stopping:
                    self.child.end_within(SAVE_GRACE)
                case Failed() if self.child.died and any(astuple(kept := keep_checkpoint(self.config))):
                    yield kept
            ended = isinstance(event, Finished | Failed)
            yield event
        if not ended:
            kept = keep_checkpoint(self.config)
            yield Finished(True, epochs, time.monotonic() - start, kept.model_path, kept.history_path)


def training_command(config: TrainConfig) -> list[str]:
    """The command of the child that trains."""
    return python_module("cnncore.training.child", config.to_json())
