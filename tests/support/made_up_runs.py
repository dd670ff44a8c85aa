"""Folders of runs that nobody trained, for lists, filters and archives."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cnncore.training.config import TrainConfig
from cnncore.training.events import Epoch
from cnncore.training.history import write_history
from cnncore.training.runs import Run, new_run
from cnncore.training.runs.record import write_record

BEGAN = datetime(2025, 1, 31, 14, 25, 1)


def made_up(
    root: Path, accuracies: tuple[float, ...] = (0.5, 0.75), *, day: int = 0, name: str = "", **options: Any
) -> Run:
    """A finished run with these validation accuracies; training was 0.125 above each."""
    config = TrainConfig(**{"epochs": max(1, len(accuracies)), **options})
    run = new_run(config, root, now=BEGAN + timedelta(days=day), name=name)
    epochs = [Epoch(at, 1 / at, one + 0.125, 2 / at, one, 0.0) for at, one in enumerate(accuracies, 1)]
    write_history(run.config.history, epochs)
    Path(run.config.output).write_bytes(b"model of " + run.id.encode())
    best = max(accuracies, default=None)
    record = replace(run.record, state="finished", test_accuracy=best, test_images=1000)
    write_record(run.folder, record)
    return replace(run, record=record)
