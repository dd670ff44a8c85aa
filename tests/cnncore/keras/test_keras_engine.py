"""The Keras engine: TensorFlow's memory errors, an immediate end of `fit`, evaluation, and what a run keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_runs import drawn_garments

from cnncore.keras.engine import KerasEngine, _memory_errors
from cnncore.models import load_model
from cnncore.training.config import TrainConfig
from cnncore.training.data import load, prepared
from cnncore.training.engine import StopTraining
from cnncore.training.events import Finished
from cnncore.training.run import run
from cnncore.training.runs import new_run
from cnncore.training.runs.folder import read_run

pytestmark = pytest.mark.keras


def test_tensorflows_words_for_no_memory(keras: Any) -> None:  # noqa: ARG001 - skips without it
    from tensorflow import errors

    full = errors.AbortedError(None, None, "Operation received an exception:Status: 1, message: could not create")
    for error in (errors.ResourceExhaustedError(None, None, "OOM when allocating tensor"), full):
        with pytest.raises(MemoryError), _memory_errors():
            raise error
    with pytest.raises(errors.AbortedError), _memory_errors():
        raise errors.AbortedError(None, None, "Status: 2, message: invalid arguments")


class Listener:
    """Stops after a number of calls."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.told: list[str] = []

    def _tell(self, what: str) -> None:
        self.told.append(what)
        if len(self.told) == self.most:
            raise StopTraining

    def batch(self, epoch: int, batch: int, _loss: float, _accuracy: float) -> None:
        self._tell(f"batch {epoch}.{batch}")

    def validating(self) -> None:
        self._tell("validating")

    def epoch(self, epoch: int, *_figures: Any) -> None:
        self._tell(f"epoch {epoch}")


@pytest.mark.parametrize("most", [2, 4, 5])
def test_stopping_leaves_fit_at_once(keras: Any, most: int) -> None:
    config = TrainConfig(epochs=3, batch_size=4, validation_split=0.25)
    engine = KerasEngine()
    engine.start()
    small = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])
    small.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    engine.model = small
    before = small.get_weights()[0]
    listener = Listener(most)
    with pytest.raises(StopTraining):
        engine.fit(np.ones((16, 2, 2, 1), np.float32), np.zeros(16, np.uint8), config, listener)
    order = ["batch 1.1", "batch 1.2", "batch 1.3", "validating", "epoch 1"]
    assert listener.told == order[:most]
    assert np.abs(small.get_weights()[0] - before).max() > 0


def test_an_evaluation_can_be_stopped(keras: Any) -> None:
    engine = KerasEngine()
    small = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])
    small.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    engine.model = small
    listener = Listener(2)
    images, labels = np.ones((16, 2, 2, 1), np.float32), np.zeros(16, np.uint8)
    with pytest.raises(StopTraining):
        engine.evaluate(images, labels, TrainConfig(batch_size=4), listener.validating)
    assert listener.told == ["validating"] * 2
    loss, accuracy = engine.evaluate(images, labels, TrainConfig(batch_size=4), listener.validating)
    assert (loss, accuracy) == pytest.approx(small.evaluate(images, labels, verbose=0))


def test_a_run_is_tested_and_its_epochs_kept(
    keras: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    drawn_garments(monkeypatch, tmp_path_factory)
    one = new_run(TrainConfig("tiny", epochs=2, limit=60, batch_size=15, engine="keras"), tmp_path)
    *_others, last = run(one.config)
    assert isinstance(last, Finished), last
    done = read_run(one.folder)
    assert (done.state(), done.record.engine, done.record.test_images) == ("finished", "keras", 60)
    assert done.record.versions["tensorflow"]
    assert done.record.versions["keras"] == keras.__version__
    assert list(done.epoch_paths()) == [0, 1, 2]
    dataset = load(one.config, lambda *_: None)
    ours = load_model(one.config.output).evaluate(prepared(dataset.test_images), dataset.test_labels, verbose=0)
    assert [done.record.test_loss, done.record.test_accuracy] == pytest.approx(ours, rel=1e-4)
