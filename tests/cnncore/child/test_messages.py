"""The messages of all child processes: each kind survives the round trip, and nothing else is accepted."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cnncore.child.messages import Failed, Messages, Progress, Stage, to_json
from cnncore.child.process import known_failure, reason
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import EVENTS, Batch, Data, Epoch, Event, Finished, Kept, LayerRow, Model, TrainBegin

COMMON: Messages[Any] = Messages(Stage, Progress, ends=(Failed,))


@pytest.mark.parametrize(
    "event",
    [
        Stage("import"),
        Progress("data", 500, 1000, "images"),
        Data("drawn", 75, 25, (28, 28, 1), ("a", "b"), True, "no {what}", {"what": "network"}),
        Model((LayerRow("conv2d", "Conv2D", (26, 26, 64), 640), LayerRow("flatten", "Flatten", (1600,), 0)), 640),
        TrainBegin(6, 450, 100),
        Batch(1, 2, 3, 0.5, 0.75, 1.0, 9.0),
        Epoch(1, 0.5, 0.75, None, None, 3.0),
        Epoch(1, math.inf, 0.75, 0.5, 1.0, 3.0),
        Kept("model.keras", "history.csv"),
        Finished(True, 2, 3.5, "model.keras"),
        Failed("{path} is empty", {"path": "x"}, "a\ntraceback"),
    ],
)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    line = to_json(event)
    assert "\n" not in line
    assert EVENTS.from_json(line) == event


def test_nan_comes_back_as_nan() -> None:
    epoch = EVENTS.from_json(to_json(Epoch(1, math.nan, 0.1, math.nan, 0.1, 1.0)))
    assert isinstance(epoch, Epoch)
    assert math.isnan(epoch.loss)


@pytest.mark.parametrize(
    "line", ["", "x", "3", "[]", "{}", '{"kind": []}', '{"kind": "Stage"}', '{"kind": "Stage", "stage": "a", "b": 1}',
             '{"kind": "Epoch", "epoch": 1}'],
)  # fmt: skip
def test_what_is_no_message_is_a_value_error(line: str) -> None:
    with pytest.raises(ValueError, match="not a message"):
        COMMON.from_json(line)


def test_a_child_reads_only_its_own_kinds() -> None:
    with pytest.raises(ValueError, match="not a message"):
        COMMON.from_json(to_json(Kept("model.keras")))


def test_an_error_with_a_sentence_keeps_it() -> None:
    assert known_failure(CnnError("{path} is empty", path="x")) == Failed("{path} is empty", {"path": "x"})
    assert "memory" in getattr(known_failure(MemoryError()), "message", "")
    assert known_failure(OSError(2, "gone")) is None
    assert reason(KeyError("a")) == {"reason": "KeyError: 'a'"}


def test_a_configuration_of_an_earlier_version_is_read() -> None:
    text = '{"network": "binary", "data": "", "epochs": 2, "batch_size": 10, "validation_split": 0.5, "limit": 0}'
    assert TrainConfig.from_json(text) == TrainConfig("binary", epochs=2, batch_size=10, validation_split=0.5)
