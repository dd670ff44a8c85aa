"""Metrics of a model, by Keras's names. Each gives one number a sample; an epoch's figure is their mean.

"accuracy" is the one that fits the outputs and the targets, as Keras chooses it: one output, binary; whole-number
labels, sparse categorical; else categorical.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from cnncore._arguments import described, items
from cnncore._dtypes import Array
from cnncore.errors import CnnError

PerSample: TypeAlias = Callable[[Array, Array], Array]
"""(targets (N, ...), outputs (N, ...)) -> (N,)."""

THRESHOLD = 0.5
"""An output above it is a yes (Keras's default)."""


@dataclass(frozen=True)
class Metric:
    """`name` is the key in the history."""

    name: str
    per_sample: PerSample

    def total(self, targets: Array, outputs: Array) -> float:
        """The sum over the samples."""
        return float(np.sum(self.per_sample(targets, outputs), dtype=np.float64))


def binary_accuracy(targets: Array, outputs: Array) -> Array:
    """The share of the outputs on the right side of 0.5."""
    right = (outputs > THRESHOLD) == (targets.reshape(outputs.shape) > THRESHOLD)
    return _mean(right.astype(np.float64))


def sparse_categorical_accuracy(targets: Array, outputs: Array) -> Array:
    """1 where the largest output is that of the label."""
    return _mean((np.argmax(outputs, axis=-1).reshape(-1) == targets.reshape(-1)).astype(np.float64))


def categorical_accuracy(targets: Array, outputs: Array) -> Array:
    """1 where the largest output and the largest target are the same one."""
    return _mean((np.argmax(outputs, axis=-1) == np.argmax(targets, axis=-1)).astype(np.float64))


def mean_squared_error(targets: Array, outputs: Array) -> Array:
    """The mean of the squared differences."""
    return _mean(np.square(outputs.astype(np.float64) - targets.reshape(outputs.shape)))


def mean_absolute_error(targets: Array, outputs: Array) -> Array:
    """The mean of the differences without their signs."""
    return _mean(np.abs(outputs.astype(np.float64) - targets.reshape(outputs.shape)))


def _mean(values: Array) -> Array:
    result: Array = values.reshape(len(values), -1).mean(axis=1)
    return result


_BY_NAME: dict[str, tuple[str, PerSample]] = {
    "binary_accuracy": ("binary_accuracy", binary_accuracy),
    "categorical_accuracy": ("categorical_accuracy", categorical_accuracy),
    "mae": ("mae", mean_absolute_error),
    "mean_absolute_error": ("mean_absolute_error", mean_absolute_error),
    "mean_squared_error": ("mean_squared_error", mean_squared_error),
    "mse": ("mse", mean_squared_error),
    "sparse_categorical_accuracy": ("sparse_categorical_accuracy", sparse_categorical_accuracy),
}
_ACCURACY = ("accuracy", "acc")


def metrics_of(given: Any, *, loss: str, outputs: int) -> tuple[Metric, ...]:
    """The metrics called `given`: a name, a list of names or `Metric`s, or None. `loss` and the number of `outputs`
    choose what "accuracy" is. Raises `CnnError`."""
    if given is None:
        return ()
    listed = [given] if isinstance(given, (str, Metric)) else items(given)
    if listed is None:
        raise CnnError("metrics must be a list of names, got {value}", value=described(given))
    return tuple(_metric(one, loss, outputs) for one in listed)


def _metric(given: Any, loss: str, outputs: int) -> Metric:
    if isinstance(given, Metric):
        return given
    if isinstance(given, str) and given in _ACCURACY:
        return Metric(given, _accuracy(loss, outputs))
    if isinstance(given, str) and given in _BY_NAME:
        return Metric(*_BY_NAME[given])
    raise CnnError(
        "there is no metric {value} here; these are: {names}",
        value=described(given),
        names=", ".join(("accuracy", *_BY_NAME)),
    )


def _accuracy(loss: str, outputs: int) -> PerSample:
    if loss == "sparse_categorical_crossentropy":
        return sparse_categorical_accuracy
    return binary_accuracy if outputs == 1 or loss == "binary_crossentropy" else categorical_accuracy
