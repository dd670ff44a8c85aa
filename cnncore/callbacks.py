"""Callbacks of `Sequential.fit`, with Keras's names, arguments and rules.

Any object with methods of Keras's names is a callback, a subclass of `Callback` or not:

    class StopAt(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["accuracy"] > 0.95:
                self.model.stop_training = True

`epoch` and `batch` count from 0; `logs` holds the loss and the metrics, after an epoch those of the validation too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from cnncore._arguments import described, integer, number
from cnncore._dtypes import Array
from cnncore._files import is_there, make_folder_of, read_text, write_atomically
from cnncore.errors import CnnError

Logs: TypeAlias = Mapping[str, float]

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]


class Callback:
    """Base class of callbacks: every method does nothing. `model` and `params` are set before training."""

    model: Any = None
    params: Mapping[str, Any] = {}

    def set_model(self, model: Any) -> None:
        self.model = model

    def set_params(self, params: Mapping[str, Any]) -> None:
        self.params = params

    def on_train_begin(self, logs: Any = None) -> None: ...
    def on_train_end(self, logs: Any = None) -> None: ...
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None: ...
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None: ...
    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None: ...
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None: ...
    def on_test_begin(self, logs: Any = None) -> None: ...
    def on_test_end(self, logs: Any = None) -> None: ...
    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None: ...
    def on_test_batch_end(self, batch: int, logs: Any = None) -> None: ...
    def on_predict_begin(self, logs: Any = None) -> None: ...
    def on_predict_end(self, logs: Any = None) -> None: ...
    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None: ...
    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None: ...


class History(Callback):
    """What `fit` returns: `history` holds a list for each figure, with a number for each epoch."""

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class LambdaCallback(Callback):
    """A callback of functions: LambdaCallback(on_epoch_end=lambda epoch, logs: print(logs))."""

    def __init__(self, **functions: Callable[..., object]) -> None:
        for name, function in functions.items():
            if not name.startswith("on_") or not hasattr(Callback, name):
                raise CnnError("LambdaCallback has no argument {name}", name=described(name))
            setattr(self, name, function)


class _Monitor:
    """A figure that is watched, and the direction in which it improves: down for losses, up for accuracies."""

    def __init__(self, name: str, mode: str, min_delta: float = 0.0) -> None:
        if mode not in ("auto", "min", "max"):
            raise CnnError("mode is {value}; it must be auto, min or max", value=described(mode))
        self.name = name
        self.upwards = mode == "max" or (mode == "auto" and ("acc" in name or name.endswith("auc")))
        self.min_delta = abs(min_delta)
        self.best: float | None = None
        """None before the first value, which improves on nothing."""

    def value(self, logs: Any, params: Mapping[str, Any]) -> float | None:
        """The figure; None after an epoch without validation, where `validation_freq` leaves it out."""
        if not logs or self.name not in logs:
            validated = any(name.startswith("val_") for name in logs or ())
            if self.name.startswith("val_") and params.get("do_validation") and not validated:
                return None
            raise CnnError(
                "monitor is {name}; these figures are known: {names}",
                name=repr(self.name),
                names=", ".join(logs or ()),
            )
        return float(logs[self.name])

    def improves(self, value: float, on: float | None = None) -> bool:
        best = self.best if on is None else on
        if best is None:
            return True
        return value - self.min_delta > best if self.upwards else value + self.min_delta < best


class EarlyStopping(Callback):
    """Stop when `monitor` has not improved by `min_delta` for `patience` epochs; `restore_best_weights` then puts the
    weights of the best epoch back."""

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        self.monitor, self.verbose, self.mode = monitor, verbose, mode
        self.min_delta = number(min_delta, "min_delta", finite=True)
        self.patience = integer(patience, "patience", at_least=0)
        self.baseline = None if baseline is None else number(baseline, "baseline", finite=True)
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = integer(start_from_epoch, "start_from_epoch", at_least=0)
        self.on_train_begin()

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002 - Keras's signatures
        self._watched = _Monitor(self.monitor, self.mode, self.min_delta)
        self.best: float | None = None
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best_weights: list[Array] | None = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch < self.start_from_epoch:
            return
        value = self._watched.value(logs, self.params)
        if value is None:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self._watched.improves(value):
            self.best, self._watched.best, self.best_epoch = value, value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._watched.improves(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch, self.model.stop_training = epoch, True

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)


class ModelCheckpoint(Callback):
    """Save the model after each epoch, or with `save_best_only` when `monitor` improved. `filepath` ends in .keras and
    may hold fields: "net-{epoch:02d}-{val_loss:.2f}.keras", with epochs from 1."""

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        if save_weights_only or save_freq != "epoch":
            raise CnnError("ModelCheckpoint saves whole models after each epoch; leave out {names}",
                           names="save_weights_only, save_freq")  # fmt: skip
        self.filepath, self.monitor, self.verbose = str(filepath), monitor, verbose
        self.save_best_only = save_best_only
        self._watched = _Monitor(monitor, mode)
        if initial_value_threshold is not None:
            self._watched.best = float(initial_value_threshold)
        if not self.filepath.endswith(".keras"):
            raise CnnError("filepath is {path}; it must end in .keras", path=self.filepath)

    @property
    def best(self) -> float | None:
        return self._watched.best

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        try:
            path = self.filepath.format(epoch=epoch + 1, **(logs or {}))
        except (KeyError, IndexError, ValueError) as error:
            raise CnnError(
                "filepath {path} cannot be filled in: {reason}", path=self.filepath, reason=str(error)
            ) from error
        if not self._wanted(epoch, logs, path):
            return
        make_folder_of(path)
        self.model.save(path)
        self._say(epoch, f"finished saving model to {path}")

    def _wanted(self, epoch: int, logs: Any, path: str) -> bool:
        if not self.save_best_only:
            self._say(epoch, f"saving model to {path}")
            return True
        value, best = self._watched.value(logs, self.params), self._watched.best
        if value is None:
            return False
        before = "None" if best is None else f"{best:.5f}"
        if not self._watched.improves(value):
            self._say(epoch, f"{self.monitor} did not improve from {before}")
            return False
        self._watched.best = value
        self._say(epoch, f"{self.monitor} improved from {before} to {value:.5f}, saving model to {path}")
        return True

    def _say(self, epoch: int, words: str) -> None:
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: {words}")


class ReduceLROnPlateau(Callback):
    """Multiply the learning rate by `factor` when `monitor` has not improved for `patience` epochs."""

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        self.monitor, self.verbose, self.mode = monitor, verbose, mode
        self.factor = number(factor, "factor", at_least=0)
        if self.factor >= 1:
            raise CnnError("factor is {value}; it must be below 1", value=self.factor)
        self.patience = integer(patience, "patience", at_least=0)
        self.min_delta = number(min_delta, "min_delta", at_least=0)
        self.cooldown = integer(cooldown, "cooldown", at_least=0)
        self.min_lr = number(min_lr, "min_lr", at_least=0)
        self.on_train_begin()

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        self._watched = _Monitor(self.monitor, self.mode, self.min_delta)
        self.wait = self.cooldown_counter = 0

    @property
    def best(self) -> float | None:
        return self._watched.best

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        _note_learning_rate(self.model, logs)
        value = self._watched.value(logs, self.params)
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self._watched.improves(value):
            self._watched.best, self.wait = value, 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        before = float(self.model.optimizer.learning_rate)
        if before <= self.min_lr:
            return
        after = max(before * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = after
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {after}.")
        self.cooldown_counter, self.wait = self.cooldown, 0


class LearningRateScheduler(Callback):
    """Set the learning rate at the beginning of each epoch to schedule(epoch, learning_rate)."""

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        rate = float(self.model.optimizer.learning_rate)
        try:
            rate = self.schedule(epoch, rate)
        except TypeError:
            rate = self.schedule(epoch)
        self.model.optimizer.learning_rate = number(rate, "the learning rate of the schedule", at_least=0)
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        _note_learning_rate(self.model, logs)


def _note_learning_rate(model: Any, logs: Any) -> None:
    """Add the learning rate of the epoch to its figures, as Keras's callbacks do."""
    if isinstance(logs, dict):
        logs["learning_rate"] = float(model.optimizer.learning_rate)


class CSVLogger(Callback):
    """Write the figures of each epoch into a CSV file: `epoch`, counted from 0, then the figures by name, "NA" where an
    epoch has none."""

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        self.filename, self.separator, self.append = str(filename), separator, append
        self._text = ""
        self._columns: list[str] | None = None

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        self._text, self._columns = "", None
        if self.append and is_there(self.filename, "file"):
            self._text = read_text(self.filename)
            header = next(csv.reader(io.StringIO(self._text), delimiter=self.separator), None)
            self._columns = header[1:] if header else None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        figures = dict(logs or {})
        out = io.StringIO()
        rows = csv.writer(out, delimiter=self.separator)
        if self._columns is None:
            self._columns = sorted(figures)
            if not any(name.startswith("val_") for name in figures):  # validation may come in a later epoch
                self._columns += [f"val_{name}" for name in self._columns]
            rows.writerow(["epoch", *self._columns])
        rows.writerow([epoch, *(figures.get(name, "NA") for name in self._columns)])
        self._text += out.getvalue()
        text = self._text
        write_atomically(self.filename, lambda file: file.write(text.encode()))


class TerminateOnNaN(Callback):
    """For scripts that name it: `fit` itself ends with a `CnnError` when the loss is no longer a number."""
