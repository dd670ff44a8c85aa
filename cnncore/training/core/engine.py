"""The C core as an engine of training runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cnncore._dtypes import Array
from cnncore._files import shown
from cnncore.errors import CnnError
from cnncore.models.sequential import Sequential
from cnncore.runtime import isa
from cnncore.training.checkpoint import Checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.core.networks import network
from cnncore.training.engine import Listener
from cnncore.training.events import LayerRow


class CoreEngine:
    """See `cnncore.training.engine.ResumableEngine`. `model` is the compiled model, once built."""

    model: Sequential | None = None
    slow_start = False
    _done = 0

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
            initial_epoch=self._done,
            validation_split=config.validation_split,
            verbose=0,
            callbacks=[_Bridge(listener)],
        )

    def evaluate(
        self, images: Array, labels: Array, config: TrainConfig, after_batch: Callable[[], None]
    ) -> tuple[float, float]:
        assert self.model is not None
        logs = self.model.evaluate(
            images, labels, batch_size=config.batch_size, verbose=0, callbacks=[_After(after_batch)], return_dict=True
        )
        return logs["loss"], logs["accuracy"]

    def save(self, path: str) -> None:
        assert self.model is not None
        self.model.save(path)

    def save_checkpoint(self, path: str, checkpoint: Checkpoint) -> None:
        from cnncore.models.files import save_model

        assert self.model is not None
        state = self.model.random.bit_generator.state if checkpoint.epochs else None
        save_model(self.model, path, others=replace(checkpoint, random=state, isa=isa()).members())

    def restore(self, path: str, checkpoint: Checkpoint) -> None:
        from cnncore.keras_file.file import read_keras_file
        from cnncore.training.core.compiled import put_variables

        assert self.model is not None
        contents = read_keras_file(path)
        try:
            if checkpoint.random is None:
                raise CnnError("the position of the random stream is missing")
            self.model.random.bit_generator.state = checkpoint.random
            for layer, saved in zip(self.model.layers, contents.layers, strict=True):
                layer.set_weights(list(saved.values.values()))
            if not contents.optimizer:
                raise CnnError("the optimizer's state is missing")
            put_variables(self.model.optimizer, contents.optimizer)
        except (CnnError, ValueError, TypeError, KeyError) as error:
            reason = error if isinstance(error, CnnError) else str(error) or type(error).__name__
            raise CnnError("{path} cannot be resumed: {reason}", path=shown(path), reason=reason) from error
        self._done = len(checkpoint.epochs)


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


class _After:
    """A callback that calls a function after each batch of an evaluation."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call

    def on_test_batch_end(self, _batch: int, _logs: Any) -> None:
        self._call()
