"""`events.jsonl` in a run's folder: its events, one as JSON per line, each with its time.

    {"time": 1738329901.25, "kind": "Epoch", "epoch": 1, "loss": 0.57, ...}

Lines are only ever appended, each in one write: a killed process leaves at most a cut last line, which is passed over.
Of the batches of an epoch it has the first, the last, and one a second in between; it has no `Progress`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnncore._files import open_to_read
from cnncore.child.messages import to_json
from cnncore.training.events import EVENTS, Batch, Event, Progress

BETWEEN_BATCHES = 1.0
"""Seconds."""
MOST_LINE = 2**20
"""The longest line that is read, in bytes."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An event, and when it happened in seconds since 1970."""

    time: float
    event: Event


class EventLog:
    """The open file. What cannot be written is left out: a log must not end the run that it tells of, and a full disk
    is reported where the model is saved."""

    def __init__(self, path: Path) -> None:
        self._batch_at = 0.0
        self._file: int | None = None
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o666)
            self._end_cut_line()
        except OSError:
            self.close()

    def add(self, event: Event) -> None:
        now = time.time()
        if self._file is None or isinstance(event, Progress) or not self._wanted(event, now):
            return
        line = json.dumps({"time": round(now, 3), **json.loads(to_json(event))})
        try:
            os.write(self._file, line.encode() + b"\n")
        except OSError:
            self.close()

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _wanted(self, event: Event, now: float) -> bool:
        if not isinstance(event, Batch):
            return True
        if event.batch not in (1, event.batches) and now - self._batch_at < BETWEEN_BATCHES:
            return False
        self._batch_at = now
        return True

    def _end_cut_line(self) -> None:
        """Begin a new line if a killed process left half of one."""
        assert self._file is not None
        if size := os.fstat(self._file).st_size:
            os.lseek(self._file, size - 1, os.SEEK_SET)
            if os.read(self._file, 1) != b"\n":
                os.write(self._file, b"\n")


def read_events(path: Path) -> Iterator[Logged]:
    """The events of a log in order, without lines that hold none. Raises `CnnError` if the file cannot be read."""
    with open_to_read(path) as file:
        while line := file.readline(MOST_LINE):
            try:
                fields = json.loads(line)
                when = float(fields.pop("time"))
                yield Logged(when, EVENTS.from_json(json.dumps(fields)))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                continue
