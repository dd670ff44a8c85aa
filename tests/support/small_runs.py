"""Small runs to stop and to resume, in tests: drawn garments, dropout on, seconds each."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnncore._dtypes import Array
from cnncore.keras_file.file import read_keras_file
from cnncore.training.checkpoint import Checkpoint, read_checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.core.engine import CoreEngine
from cnncore.training.engine import Listener, StopTraining
from cnncore.training.events import Epoch, Event, Failed, Finished
from cnncore.training.run import run

OPTIONS = TrainConfig(epochs=3, limit=120, batch_size=15, dropout=0.3, seed=5)
EPOCHS = (Epoch(1, 0.5, 0.8, 0.4, 0.85, 1.5), Epoch(2, 0.1 + 0.2, 0.9, None, None, 2.5))


def drawn_garments(patch: pytest.MonkeyPatch, factory: pytest.TempPathFactory) -> None:
    """Drawn garments, in the children too; and no checkpoint is too slow here, however busy the machine."""
    patch.setenv("CNN_TUI_DATA", str(factory.getbasetemp() / "missing"))
    patch.setenv("XDG_CACHE_HOME", str(factory.getbasetemp() / "cache"))
    patch.setattr("cnncore.training.keeper.CHEAP", 60.0)


def in_folder(folder: Path, name: str, options: TrainConfig = OPTIONS) -> TrainConfig:
    return replace(options, output=str(folder / f"{name}.keras"), history=str(folder / f"{name}.csv"))


class StopsAfter(CoreEngine):
    """Ends its run after some batches, of training and of validation."""

    def __init__(self, batches: int) -> None:
        self.left = batches

    def fit(self, images: Array, labels: Array, config: TrainConfig, listener: Listener) -> None:
        super().fit(images, labels, config, Counting(self, listener))


class Counting:
    def __init__(self, engine: StopsAfter, listener: Listener) -> None:
        self.engine, self.listener, self.epoch = engine, listener, listener.epoch

    def batch(self, epoch: int, batch: int, loss: float, accuracy: float) -> None:
        self.listener.batch(epoch, batch, loss, accuracy)
        self.count()

    def validating(self) -> None:
        self.listener.validating()
        self.count()

    def count(self) -> None:
        self.engine.left -= 1
        if not self.engine.left:
            raise StopTraining


def stopped(config: TrainConfig, batches: int) -> None:
    last = list(run(config, engine=StopsAfter(batches)))[-1]
    assert isinstance(last, Finished)
    assert last.stopped


def assert_same(one: TrainConfig, other: TrainConfig) -> None:
    """The weights, the optimizer, the position of the random stream and the figures are equal to the last bit."""
    files = [read_keras_file(config.output) for config in (one, other)]
    arrays = [[*(a for layer in file.layers for a in layer.get_weights()), *file.optimizer] for file in files]
    assert len(arrays[0]) > 20
    for a, b in zip(*arrays, strict=True):
        np.testing.assert_array_equal(a, b)
    states = [read_checkpoint(Path(config.output)) for config in (one, other)]
    assert states[0] is not None
    assert states[1] is not None
    assert states[0].random == states[1].random
    assert Path(one.history).read_bytes() == Path(other.history).read_bytes()


def sentence(failed: Event) -> str:
    assert isinstance(failed, Failed), failed
    return failed.message.format(**failed.values)


def stub(path: Path, checkpoint: Checkpoint) -> None:
    """A file with a run's state alone."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in checkpoint.members().items():
            archive.writestr(name, content)
