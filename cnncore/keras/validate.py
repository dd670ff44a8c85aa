"""Comparison of Keras and the C core on the same inputs: layer by layer, and `Network.predict` as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore._arguments import number
from cnncore._dtypes import Array
from cnncore._table import table
from cnncore.errors import CnnError
from cnncore.keras._import import import_keras, without_warnings
from cnncore.keras.convert import convert, open_model
from cnncore.network.layer import Shape, as_float32
from cnncore.network.network import BATCH_SIZE, Network


@dataclass(frozen=True, slots=True)
class LayerCheck:
    """The comparison of one layer's outputs, or of the network's. `shape` is without the batch.

    `max_absolute` is the largest |ours - Keras's|, and `max_relative` the largest such difference divided by the
    largest magnitude of the layer's output for that input. Both are infinite if only one side is finite. `nan` is the
    number of inputs for which our output contains NaN; NaN on both sides agrees.
    """

    name: str
    kind: str
    shape: Shape
    max_absolute: float
    max_relative: float
    ok: bool
    nan: int = 0


@dataclass(frozen=True, slots=True)
class Validation:
    """The result of `validate`: one row per layer, and `predict`, which compares the fused layers of
    `Network.predict` with Keras's last layer.

    `ok`, and the truth value, is True if all agree. `str()` gives a table of at most 80 columns. Iteration and `len`
    are those of `rows`.
    """

    rows: tuple[LayerCheck, ...]
    inputs: int
    rtol: float
    atol: float
    predict: LayerCheck | None = None

    @property
    def checks(self) -> tuple[LayerCheck, ...]:
        """All comparisons: `rows`, then `predict`."""
        return self.rows if self.predict is None else (*self.rows, self.predict)

    @property
    def ok(self) -> bool:
        return all(row.ok for row in self.checks)

    @property
    def first_disagreement(self) -> LayerCheck | None:
        """The first layer outside the tolerance, or `predict` if all layers agree and it does not. Later layers inherit
        an error."""
        return next((row for row in self.checks if not row.ok), None)

    @property
    def first_nan(self) -> LayerCheck | None:
        """The first layer that gives NaN; later layers inherit it."""
        return next((row for row in self.checks if row.nan), None)

    def __repr__(self) -> str:
        verdict = "all agree" if self.ok else "they differ"
        return f"<Validation: {len(self.rows)} layers, {self.inputs} inputs, {verdict}>"

    def __iter__(self) -> Iterator[LayerCheck]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        lines = table(
            ("Layer", "Kind", "Shape", "Abs. diff", "Rel. diff", ""),
            [
                (
                    row.name,
                    row.kind,
                    "x".join(map(str, row.shape)),
                    f"{row.max_absolute:.2e}",
                    f"{row.max_relative:.2e}",
                    ("ok" if row.ok else "differs") + (", NaN" if row.nan else ""),
                )
                for row in self.checks
            ],
            align="lllrrl",
        )
        first = self.first_disagreement
        verdict = "All layers agree" if first is None else f"First to disagree: {first.name}"
        text = f"{lines}\n{verdict} ({self.inputs:,} inputs, rtol {self.rtol:g}, atol {self.atol:g})"
        if (nan := self.first_nan) is not None:
            text += f"\nNaN comes from {nan.name}, for {nan.nan:,} of {self.inputs:,} inputs"
        return text


@without_warnings()
def validate(
    keras_model: Any | str | os.PathLike[str],
    inputs: npt.ArrayLike,
    *,
    rtol: float = 1e-4,
    atol: float = 1e-5,
) -> Validation:
    """Compare a Keras model with `Network.from_keras` of it on `inputs`: the output of every layer, and
    `Network.predict`.

    `keras_model` is a model or the path of a `.keras` file. `inputs` is a batch (N, *input_shape), or anything else
    that `Network.predict` takes. Each side computes its own chain, so a row shows the error accumulated up to that
    layer. `predict`, which fuses layers, is compared in batches, and for the first batch also one input at a time.

    A value agrees if |ours - Keras's| <= atol + rtol * the largest magnitude of the layer's output for that input. The
    tolerance is not relative to the value itself, because a sum of hundreds of products may cancel to nearly zero, and
    two correct orders of summation then differ by a large part of it. NaN agrees with NaN, infinity with the same
    infinity.

    Raises `CnnError` for a model that cannot be converted and for invalid inputs, `MissingExtraError` without Keras.
    """
    rtol, atol = number(rtol, "rtol", at_least=0), number(atol, "atol", at_least=0)
    keras = import_keras()
    network, keras_layers = convert(open_model(keras_model))
    batch, _ = network.as_batch(inputs)
    if not len(batch):
        raise CnnError("inputs is empty; at least one input is needed")
    checks = [_Check(layer.name, layer.kind, layer.output_shape) for layer in network.layers]
    whole = _Check("predict", "fused", network.output_shape)
    for start in range(0, len(batch), BATCH_SIZE):
        inputs = ours = as_float32(batch[start : start + BATCH_SIZE], "inputs")
        theirs = keras.ops.convert_to_tensor(ours)
        for check, layer, keras_layer in zip(checks, network.layers, keras_layers, strict=True):
            ours = layer.forward(ours)
            if not isinstance(
                keras_layer, keras.layers.InputLayer
            ):  # an InputLayer computes nothing and cannot be called
                theirs = keras_layer(theirs)
            check.compare(ours, keras.ops.convert_to_numpy(theirs), rtol, atol)
        last = keras.ops.convert_to_numpy(theirs)
        whole.compare(network.predict(inputs), last, rtol, atol)
        if not start:
            whole.compare(_one_by_one(network, inputs), last, rtol, atol, again=True)
    return Validation(tuple(check.result() for check in checks), len(batch), rtol, atol, whole.result())


def _one_by_one(network: Network, inputs: Array) -> Array:
    return np.stack([network.predict(one) for one in inputs])


class _Check:
    """A `LayerCheck` being collected batch by batch."""

    def __init__(self, name: str, kind: str, shape: Shape) -> None:
        self._about = (name, kind, shape)
        self._worst = np.zeros(3)  # absolute, relative, beyond the tolerance
        self._nan = 0

    def compare(self, ours: Array, theirs: Array, rtol: float, atol: float, *, again: bool = False) -> None:
        """Compare one batch; with `again`, the inputs were counted before."""
        np.maximum(self._worst, _compare(ours, theirs, rtol, atol), out=self._worst)
        if not again:
            self._nan += int(np.isnan(ours.reshape(len(ours), -1)).any(axis=1).sum())

    def result(self) -> LayerCheck:
        absolute, relative, beyond = self._worst.tolist()
        return LayerCheck(*self._about, absolute, relative, beyond <= 0, self._nan)


def _compare(ours: Array, theirs: Array, rtol: float, atol: float) -> tuple[float, float, float]:
    """Return the largest absolute and relative difference, and the largest excess over the tolerance."""
    if ours.shape != theirs.shape:
        return np.inf, np.inf, np.inf
    a, b = (x.reshape(len(x), -1).astype(np.float64) for x in (ours, theirs))
    with np.errstate(invalid="ignore"):
        difference = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
    difference = np.where(np.isnan(difference), np.inf, difference).max(axis=1)
    scale = np.where(np.isfinite(b), np.abs(b), 0.0).max(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(difference == 0, 0.0, difference / scale)
    return float(difference.max()), float(relative.max()), float((difference - (atol + rtol * scale)).max())
