"""The C core as an engine of training runs."""

from __future__ import annotations

from typing import Any

from cnncore._dtypes import Array
from cnncore.models.sequential import Sequential
from cnncore.training.config import TrainConfig
from cnncore.training.core.networks import network
from cnncore.training.engine import Listener
from cnncore.training.events import LayerRow


class CoreEngine:
    """See `cnncore.training.engine.Engine`. `model` is the compiled model, once built."""

    model: Sequential | None = None
    slow_start = False

    def start(self) -> None:
        """Nothing to load: the C core is there."""

    def build(self, config: TrainConfig) -> tuple[LayerRow, ...]:
        self.model = network(config)
        return tuple(
            LayerRow(layer.label, layer.kind, layer.output_shape or (), layer.count_params())
            for layer in self.model.layers
        )

    def fit(self, images: Array, labels: Array, config: TrainConfig, listener: Listener) -> None:
        assert self.model is not None
        self.model.fit(
            images,
            labels,
            batch_size=config.batch_size,
            epochs=config.epochs,
            validation_split=config.validation_split,
            verbose=0,
            callbacks=[_Bridge(listener)],
        )

    def save(self, path: str) -> None:
        assert self.model is not None
        self.model.save(path)


class _Bridge:
    """A callback that tells the listener, whose `StopTraining` leaves `fit` at once."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, _logs: Any) -> None:
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: Any) -> None:
        self._listener.batch(self._epoch, batch + 1, logs["loss"], logs["accuracy"])

    def on_test_batch_end(self, _batch: int, _logs: Any) -> None:
        self._listener.validating()

    def on_epoch_end(self, epoch: int, logs: Any) -> None:
        self._listener.epoch(epoch + 1, logs["loss"], logs["accuracy"], logs.get("val_loss"), logs.get("val_accuracy"))
