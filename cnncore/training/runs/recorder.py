"""The record and the event log of a run in progress. A run without a folder of its own keeps neither."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from cnncore._files import is_there
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import Event, Tested
from cnncore.training.runs.log import EventLog
from cnncore.training.runs.names import CONFIG, EVENTS_FILE
from cnncore.training.runs.record import Record, State, machine, now_text, read_record, versions, write_record


def folder_of(config: TrainConfig) -> Path | None:
    """The folder that the run of `config` has to itself; None if it only writes files that the user named."""
    folder = Path(config.output).parent
    return folder if config.output and is_there(folder / CONFIG, "file") else None


class Recorder:
    """Keeps the record of the run of `config`. What cannot be written is left out, as in the log."""

    def __init__(self, config: TrainConfig) -> None:
        self._config = config
        self._folder: Path | None = None
        self._log: EventLog | None = None
        self._test: Tested | None = None

    def begin(self) -> None:
        """The run has its folder to itself and starts, perhaps not for the first time."""
        self._folder = folder_of(self._config)
        if self._folder is None:
            return
        self._log = EventLog(self._folder / EVENTS_FILE)
        engine = "keras" if self._config.engine == "keras" else "core"
        before = self._before(self._folder)
        self._write(
            replace(
                before,
                state="running",
                started=before.started or now_text(),
                ended="",
                engine=engine,
                seed=self._config.seed,
                versions=versions(engine),
                machine=machine(),
                test_loss=None,
                test_accuracy=None,
                test_images=0,
            )
        )

    def event(self, event: Event) -> None:
        if isinstance(event, Tested):
            self._test = event
        if self._log is not None:
            self._log.add(event)

    def end(self, last: Event, state: State) -> None:
        """The run is over with its `last` event."""
        if self._folder is None:
            return
        self.event(last)
        record = replace(self._before(self._folder), state=state, ended=now_text())  # it may have been named meanwhile
        self._write(record if self._test is None else record.tested(self._test))
        if self._log is not None:
            self._log.close()

    @staticmethod
    def _before(folder: Path) -> Record:
        try:
            return read_record(folder)
        except CnnError:
            return Record()

    def _write(self, record: Record) -> None:
        assert self._folder is not None
        with contextlib.suppress(CnnError):
            write_record(self._folder, record)
