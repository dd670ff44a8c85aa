"""A loss that is no number ends a run with a sentence that names the epoch, the batch and the likely cause."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from small_runs import OPTIONS, drawn_garments, in_folder, sentence

from cnncore._dtypes import Array
from cnncore.training.checkpoint import find_checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.core.engine import CoreEngine
from cnncore.training.engine import Listener
from cnncore.training.events import Epoch, Kept
from cnncore.training.run import run


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    drawn_garments(monkeypatch, tmp_path_factory)


class TooFast(CoreEngine):
    """Takes enormous steps after the first epoch."""

    def fit(self, images: Array, labels: Array, config: TrainConfig, listener: Listener) -> None:
        super().fit(images, labels, config, Spoiling(self, listener))


class Spoiling:
    def __init__(self, engine: CoreEngine, listener: Listener) -> None:
        self.engine, self.batch, self.validating, self.told = engine, listener.batch, listener.validating, listener

    def epoch(self, *figures: float | None) -> None:
        self.told.epoch(*figures)  # type: ignore[arg-type]
        assert self.engine.model is not None
        self.engine.model.optimizer.learning_rate = 1e30


def test_the_core_names_epoch_batch_and_learning_rate(tmp_path: Path) -> None:
    config = in_folder(tmp_path, "m", replace(OPTIONS, dropout=0.0))
    *events, end = run(config, engine=TooFast())
    assert "the loss is no longer a number in epoch 2, batch " in sentence(end)
    assert "(1e+30) is too large" in sentence(end)
    assert [event.epoch for event in events if isinstance(event, Epoch)] == [1]
    assert isinstance(events[-1], Kept)
    kept = find_checkpoint(config.output)
    assert kept is not None
    assert len(kept[1].epochs) == 1


class Foreign(CoreEngine):
    """Tells a loss as an engine does that goes on with NaN."""

    def fit(self, images: Array, labels: Array, config: TrainConfig, listener: Listener) -> None:
        del images, labels, config
        listener.batch(1, 1, 0.5, 0.5)
        listener.batch(1, 2, math.nan, 0.1)


def test_another_engine_may_not_go_on_with_it(tmp_path: Path) -> None:
    *_, end = run(in_folder(tmp_path, "m"), engine=Foreign())
    assert sentence(end).startswith("the loss is no longer a number in epoch 1, batch 2: most often the learning rate")
