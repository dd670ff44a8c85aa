"""A run as named values: its options, how far it came and its best figures. Lists, filters and comparisons use them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from cnncore.training.config import OWN, TrainConfig
from cnncore.training.events import Epoch
from cnncore.training.runs.folder import Run
from cnncore.training.runs.kept import best

OPTIONS = (
    "network",
    "engine",
    "optimizer",
    "learning_rate",
    "batch_size",
    "epochs",
    "dropout",
    "limit",
    "validation_split",
    "normalize",
    "stop_at_accuracy",
    "seed",
    "data",
)
"""The options of a run that decide what comes out of it."""
FIGURES = (
    "done",
    "val_accuracy",
    "best_epoch",
    "final_accuracy",
    "final_val_accuracy",
    "gap",
    "val_loss",
    "test_accuracy",
    "test_loss",
    "test_images",
)
NAMES = ("id", "name", "state", "started", "ended", *OPTIONS, *FIGURES)
"""The names of all facts."""


def facts(run: Run) -> dict[str, Any]:
    """The values of a run by the names in `NAMES`; None for what is not known or no number.

    `done` counts the finished epochs. `val_accuracy` is the highest validation accuracy, after `best_epoch`, and
    `val_loss` the lowest loss; `gap` is training minus validation accuracy after the last epoch. Raises `CnnError` for
    a damaged history.
    """
    record = run.record
    values: dict[str, Any] = {
        "id": run.id,
        "name": run.name,
        "state": run.state(),
        "started": run.started.isoformat(sep=" ", timespec="seconds"),
        "ended": _local(record.ended),
        **options(run.config),
        **figures(run.history()),
        "test_accuracy": _number(record.test_accuracy),
        "test_loss": _number(record.test_loss),
        "test_images": record.test_images or None,
    }
    return {name: values[name] for name in NAMES}


def options(config: TrainConfig) -> dict[str, Any]:
    """The values of `OPTIONS`. The engine "auto" is the one it stands for, a network of one's own has its own name."""
    values = {name: getattr(config, name) for name in OPTIONS}
    values["engine"] = "keras" if config.engine == "keras" else "core"
    if config.network == OWN:
        values["network"] = config.design.name
    return values


def figures(epochs: Sequence[Epoch]) -> dict[str, Any]:
    """The values of `FIGURES` that come from the epochs."""
    best_epoch = best(epochs)
    top = next((one for one in epochs if one.epoch == best_epoch), None)
    last = epochs[-1] if epochs else None
    losses = [one.val_loss for one in epochs if one.val_loss is not None and isfinite(one.val_loss)]
    gap = None if last is None or last.val_accuracy is None else last.accuracy - last.val_accuracy
    return {
        "done": len(epochs),
        "val_accuracy": None if top is None else _number(top.val_accuracy),
        "best_epoch": None if top is None else top.epoch,
        "final_accuracy": None if last is None else _number(last.accuracy),
        "final_val_accuracy": None if last is None else _number(last.val_accuracy),
        "gap": _number(gap),
        "val_loss": min(losses, default=None),
    }


def _local(when: str) -> str | None:
    """A time of a record, written as `started` is."""
    try:
        return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
