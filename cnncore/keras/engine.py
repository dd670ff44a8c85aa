"""Keras as the engine of a training run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cnncore._dtypes import Array
from cnncore._files import replacing
from cnncore.keras._import import import_keras, without_warnings
from cnncore.keras.build import build
from cnncore.training.config import TrainConfig
from cnncore.training.engine import Listener
from cnncore.training.events import LayerRow


class KerasEngine:
    """See `cnncore.training.engine.Engine`. `model` is the compiled Keras model, once built."""

    model: Any = None
    slow_start = True

    def start(self) -> None:
        import_keras()

    @without_warnings()
    def build(self, config: TrainConfig) -> tuple[LayerRow, ...]:
        with _memory_errors():
            self.model = build(config)
        return tuple(
            LayerRow(layer.name, type(layer).__name__, tuple(layer.output.shape[1:]), int(layer.count_params()))
            for layer in self.model.layers
        )

    @without_warnings()
    def fit(self, images: Array, labels: Array, config: TrainConfig, listener: Listener) -> None:
        with _memory_errors():
            self.model.fit(
                images,
                labels,
                batch_size=config.batch_size,
                epochs=config.epochs,
                validation_split=config.validation_split,
                verbose=0,
                callbacks=[_bridge(listener)],
            )

    @without_warnings()
    def evaluate(
        self, images: Array, labels: Array, config: TrainConfig, after_batch: Callable[[], None]
    ) -> tuple[float, float]:
        told = import_keras().callbacks.LambdaCallback(
            on_test_batch_end=lambda batch, logs: after_batch()  # noqa: ARG005 - Keras's names
        )
        with _memory_errors():
            logs = self.model.evaluate(
                images,
                labels,
                batch_size=config.batch_size,
                verbose=0,
                callbacks=[told],
                return_dict=True,
            )
        return float(logs["loss"]), float(logs["accuracy"])

    @without_warnings()
    def save(self, path: str) -> None:
        with replacing(path) as beside:
            self.model.save(beside)


@contextmanager
def _memory_errors() -> Iterator[None]:
    """Turn TensorFlow's errors for lack of memory into `MemoryError`. Status 1 of oneDNN is `dnnl_out_of_memory`."""
    try:
        yield
    except Exception as error:
        kind = type(error).__name__
        if kind == "ResourceExhaustedError" or (kind == "AbortedError" and "Status: 1," in str(error)):
            raise MemoryError(str(error)) from error
        raise


def _bridge(listener: Listener) -> Any:
    """Return a Keras callback that reports to `listener`. An exception of the listener ends `fit` at once, also during
    validation; `model.stop_training` would wait for the epoch's validation."""

    class Bridge(import_keras().callbacks.Callback):  # type: ignore[misc]
        epoch = 0

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras's signatures
            self.epoch = epoch + 1

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            listener.batch(self.epoch, batch + 1, float(logs["loss"]), float(logs["accuracy"]))

        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
            listener.validating()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            validation = [None if (value := logs.get(name)) is None else float(value) for name in _VALIDATION]
            listener.epoch(epoch + 1, float(logs["loss"]), float(logs["accuracy"]), *validation)

    return Bridge()


_VALIDATION = ("val_loss", "val_accuracy")
