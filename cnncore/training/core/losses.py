"""Losses and their gradients, with the formulas of `keras.losses`.

Each function takes what was wanted and what the network gave, and returns the loss of each sample with the gradient of
their mean, Keras's default reduction, with respect to `y_pred`. Logarithms and sums are float64.

A network that ends in softmax or sigmoid: Keras's `fit` and `evaluate` compute cross-entropy from what goes into that
activation, so that nothing is clipped and the two gradients become one, (p - y) / N. Do the same: give the logits and
`from_logits=True`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore._arrays import as_array
from cnncore._dtypes import FLOAT64, Array, accept_numbers
from cnncore.activations import sigmoid, softmax
from cnncore.errors import CnnError
from cnncore.gradients._arguments import floats

EPSILON = 1e-7
"""Probabilities are clipped to EPSILON..1 - EPSILON (keras.config.epsilon()), and have no gradient outside."""


@dataclass(frozen=True, slots=True)
class Loss:
    """`values`: the loss of each sample, float64, of the shape of y_pred without its last axis. `gradient`: of the mean
    of `values` with respect to y_pred, in its shape and dtype."""

    values: npt.NDArray[np.float64] = field(repr=False)
    gradient: Array = field(repr=False)

    @property
    def mean(self) -> float:
        """The mean over the samples, which Keras prints."""
        return float(np.mean(self.values))


def sparse_categorical_crossentropy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, from_logits: bool = False) -> Loss:
    """-log of the probability of the right class.

    y_true: class numbers, of y_pred's shape without its last axis, or with 1 there. y_pred: (N, ..., classes)
    probabilities, or with `from_logits` what goes into a softmax. As in Keras, probabilities are clipped, then divided
    by their sum. Raises `CnnError`.
    """
    given = _predictions(y_pred)
    labels = _labels(y_true, given)
    logits, inside = _logits(given, from_logits)
    p = softmax(logits)
    right = labels[..., None]
    values = _log_of_sum(logits) - np.take_along_axis(logits, right, -1)[..., 0]
    gradient = p
    np.put_along_axis(gradient, right, np.take_along_axis(p, right, -1) - 1, -1)
    return _loss(values, gradient if inside is None else gradient * inside, given)


def categorical_crossentropy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, from_logits: bool = False) -> Loss:
    """-(the sum of y_true * log of the probabilities over the last axis).

    y_true: of y_pred's shape, each row a distribution, one-hot for instance. y_pred: (N, ..., classes) probabilities,
    or with `from_logits` what goes into a softmax. As in Keras, probabilities are divided by their sum, then clipped.
    Raises `CnnError`.
    """
    given = _predictions(y_pred)
    wanted = _like(y_true, given)
    if from_logits:
        logits = given.astype(FLOAT64)
        shifted = logits - _log_of_sum(logits)[..., None]
        gradient = softmax(logits) * wanted.sum(axis=-1, keepdims=True) - wanted
        return _loss(-_product_sum(wanted, shifted), gradient, given)
    wide = given.astype(FLOAT64)
    total = wide.sum(axis=-1, keepdims=True)
    p = wide / total
    clipped, inside = _clipped(p, given.dtype)
    by_p = -wanted / clipped * inside
    gradient = (by_p - (by_p * p).sum(axis=-1, keepdims=True)) / total
    return _loss(-_product_sum(wanted, np.log(clipped)), gradient, given)


def binary_crossentropy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, from_logits: bool = False) -> Loss:
    """The mean over the last axis of -(y log p + (1 - y) log(1 - p)).

    y_true: of y_pred's shape, 0..1; (N,) with y_pred (N, 1) too. y_pred: (N, ...) probabilities p, or with
    `from_logits` what goes into a sigmoid, where the gradient is (p - y) / (all values). Raises `CnnError`.
    """
    given = _predictions(y_pred)
    wanted = _like(y_true, given)
    wide = given.astype(FLOAT64)
    if from_logits:
        values = np.maximum(wide, 0) - wide * wanted + np.log1p(np.exp(-np.abs(wide)))
        return _loss(values.mean(axis=-1), (sigmoid(wide) - wanted) / given.shape[-1], given)
    p, inside = _clipped(wide, given.dtype)
    values = -(wanted * np.log(p) + (1 - wanted) * np.log(1 - p))
    gradient = ((1 - wanted) / (1 - p) - wanted / p) * inside / given.shape[-1]
    return _loss(values.mean(axis=-1), gradient, given)


def mean_squared_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Loss:
    """The mean over the last axis of (y_pred - y_true) ** 2.

    y_true: of y_pred's shape; (N,) with y_pred (N, 1) too. Raises `CnnError`.
    """
    given = _predictions(y_pred)
    difference = given.astype(FLOAT64) - _like(y_true, given)
    return _loss(np.mean(difference**2, axis=-1), 2 * difference / given.shape[-1], given)


def _predictions(value: Any) -> Array:
    array = floats(value, "y_pred")
    if array.ndim == 0 or array.shape[-1] == 0:
        raise CnnError("y_pred has shape {shape}; it must be (N, ..., values)", shape=array.shape)
    return array


def _like(value: Any, given: Array) -> Array:
    """y_true in float64 and in the shape of y_pred."""
    array = as_array(value, "y_true")
    if array.dtype.kind != "b":
        accept_numbers(array, "y_true")
    if given.shape[-1] == 1 and array.shape == given.shape[:-1]:
        array = array[..., None]
    if array.shape != given.shape:
        raise CnnError(
            "y_true has shape {shape}; with y_pred of shape {needs} it must be {needs} too",
            shape=array.shape,
            needs=given.shape,
        )
    return array.astype(FLOAT64)


def _labels(value: Any, given: Array) -> npt.NDArray[np.int64]:
    array = as_array(value, "y_true")
    accept_numbers(array, "y_true")
    needs = given.shape[:-1]
    if array.shape == (*needs, 1):
        array = array[..., 0]
    if array.shape != needs:
        raise CnnError(
            "y_true has shape {shape}; with y_pred of shape {given} it must be {needs}, a class number each",
            shape=array.shape,
            given=given.shape,
            needs=needs,
        )
    classes = given.shape[-1]
    wrong = ~((array >= 0) & (array < classes) & (array == np.floor(array)))  # NaN too
    if wrong.any():
        raise CnnError(
            "y_true holds {value}; it must hold class numbers from 0 to {last}",
            value=array[wrong].flat[0],
            last=classes - 1,
        )
    return array.astype(np.int64)


def _clipped(p: Array, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Probabilities within the limits, rounded to `dtype` as in Keras, and where they were within."""
    low, high = float(dtype.type(EPSILON)), float(dtype.type(1 - EPSILON))
    inside = ~((p < low) | (p > high))
    return np.clip(p, low, high), inside


def _logits(given: Array, from_logits: bool) -> tuple[Array, Array | None]:
    """Logits in float64; of probabilities their logarithms, and the derivatives of those."""
    wide = given.astype(FLOAT64)
    if from_logits:
        return wide, None
    p, inside = _clipped(wide, given.dtype)
    return np.log(p), inside / p


def _log_of_sum(logits: Array) -> Array:
    largest = np.max(logits, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore"):  # infinity minus infinity is NaN, as in Keras
        result: Array = np.log(np.exp(logits - largest).sum(axis=-1)) + largest[..., 0]
    return result


def _product_sum(wanted: Array, logarithms: Array) -> Array:
    """The sum of the products over the last axis; 0 times minus infinity is 0."""
    with np.errstate(invalid="ignore"):
        result: Array = np.where(wanted == 0, 0.0, wanted * logarithms).sum(axis=-1)
    return result


def _loss(values: Array, gradient: Array, given: Array) -> Loss:
    return Loss(values, (gradient / max(values.size, 1)).astype(given.dtype))
