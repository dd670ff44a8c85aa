"""The inputs and targets of `fit` and `evaluate`: checked against the model, taken batch by batch.

Inputs keep the dtype they are given in; a batch becomes float32 when it is taken, so that uint8 images need no room
four times their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncore._arrays import as_array
from cnncore._dtypes import Array
from cnncore.errors import CnnError
from cnncore.network.layer import Shape, as_float32

if TYPE_CHECKING:
    from cnncore.losses import Loss

LABELS = np.dtype(np.int64)


@dataclass(frozen=True)
class Samples:
    """Inputs (N, *input_shape), and targets: labels (N,) int64 or values (N, *output_shape) float32."""

    inputs: Array = field(repr=False)
    targets: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.inputs)

    def batch(self, which: Any) -> tuple[Array, Array]:
        """The samples of a slice or of an array of indices: inputs as contiguous float32, targets."""
        inputs = as_float32(self.inputs[which], "x")
        return np.ascontiguousarray(inputs), self.targets[which]

    def part(self, begin: int, end: int) -> Samples:
        return Samples(self.inputs[begin:end], self.targets[begin:end])


def samples(x: Any, y: Any, input_shape: Shape, output_shape: Shape, loss: Loss) -> Samples:
    """`x` and `y` as the model and its loss take them. Raises `CnnError` naming what does not fit."""
    inputs = _inputs(as_array(x, "x"), input_shape)
    given = as_array(y, "y")
    if not len(inputs):
        raise CnnError("x holds no samples; at least one is needed")
    if given.ndim == 0 or len(given) != len(inputs):
        raise CnnError(
            "x has {inputs} samples and y has shape {shape}; both need as many",
            inputs=len(inputs),
            shape=given.shape,
        )
    targets = _labels(given, output_shape[-1]) if loss.takes_labels else _values(given, output_shape)
    return Samples(inputs, targets)


def _inputs(given: Array, shape: Shape) -> Array:
    if given.ndim == len(shape) + 1 and given.shape[1:] == shape:
        return given
    if len(shape) == 3 and shape[2] == 1 and given.ndim == 3 and given.shape[1:] == shape[:2]:
        return given[..., None]
    raise CnnError(
        "x has shape {shape}; the model takes batches of {needs}: (N, {sizes})",
        shape=given.shape,
        needs=shape,
        sizes=", ".join(map(str, shape)),
    )


def _labels(given: Array, classes: int) -> Array:
    if given.ndim == 2 and given.shape[1] == 1:
        given = given[:, 0]
    if given.ndim != 1:
        raise CnnError(
            "y has shape {shape}; this loss takes one label a sample, (N,): for one-hot rows use "
            "loss='categorical_crossentropy'",
            shape=given.shape,
        )
    if given.dtype.kind not in "iub" and not (given.dtype.kind == "f" and bool(np.all(given == np.floor(given)))):
        raise CnnError("y has dtype {dtype}; labels are whole numbers from 0", dtype=given.dtype)
    low, high = int(given.min()), int(given.max())
    if low < 0 or high >= classes:
        raise CnnError(
            "y holds the label {label}; the model tells {classes} classes apart, labelled from 0 to {last}",
            label=low if low < 0 else high,
            classes=classes,
            last=classes - 1,
        )
    return given.astype(LABELS)


def _values(given: Array, output_shape: Shape) -> Array:
    if given.shape[1:] == output_shape:
        return as_float32(given, "y")
    if output_shape == (1,) and given.ndim == 1:
        return as_float32(given, "y")[:, None]
    raise CnnError(
        "y has shape {shape}; for this loss it must have the shape of the model's outputs, (N, {sizes})",
        shape=given.shape,
        sizes=", ".join(map(str, output_shape)),
    )
