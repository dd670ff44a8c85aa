"""Keras and the C core side by side, layer by layer, on the same inputs."""

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
from cnncore.network.network import BATCH_SIZE


@dataclass(frozen=True, slots=True)
class LayerCheck:
    """One layer's outputs compared. `shape` is without the batch.

    `max_absolute` is the largest |ours - Keras's|; `max_relative` the same as a part of the largest magnitude that
    the layer gives for that input. Infinite where one side is finite and the other is not.
    """

    name: str
    kind: str
    shape: Shape
    max_absolute: float
    max_relative: float
    ok: bool


@dataclass(frozen=True, slots=True)
class Validation:
    """A row a layer. True, and `.ok`, where all agree; `str()` makes a table of at most 80 columns."""

    rows: tuple[LayerCheck, ...]
    inputs: int
    rtol: float
    atol: float

    @property
    def ok(self) -> bool:
        return all(row.ok for row in self.rows)

    @property
    def first_disagreement(self) -> LayerCheck | None:
        """The first layer that differs by more than allowed: what follows it was fed with its error."""
        return next((row for row in self.rows if not row.ok), None)

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
                    "ok" if row.ok else "differs",
                )
                for row in self.rows
            ],
            align="lllrrl",
        )
        first = self.first_disagreement
        verdict = "All layers agree" if first is None else f"First to disagree: {first.name}"
        return f"{lines}\n{verdict} ({self.inputs:,} inputs, rtol {self.rtol:g}, atol {self.atol:g})"


@without_warnings()
def validate(
    keras_model: Any | str | os.PathLike[str],
    inputs: npt.ArrayLike,
    *,
    rtol: float = 1e-4,
    atol: float = 1e-5,
) -> Validation:
    """Runs `inputs` through Keras and through `Network.from_keras`, and compares what every layer gives.

    `keras_model` is a model or the path of a `.keras` file; `inputs` is what `Network.predict` takes. Each side runs
    its own whole chain, so a row shows the error as it has grown up to there.

    A value agrees where |ours - Keras's| <= atol + rtol * the largest magnitude of that layer's output for that
    input. Not of the value itself: a sum of hundreds of products of either sign may come out near zero, and two right
    ways of summing then differ by much of it. NaN agrees with NaN, infinity with the same infinity.

    Raises `CnnError` for what cannot be taken over or fed in, `MissingExtraError` without Keras.
    """
    rtol, atol = number(rtol, "rtol", at_least=0), number(atol, "atol", at_least=0)
    keras = import_keras()
    network, keras_layers = convert(open_model(keras_model))
    batch, _ = network.as_batch(inputs)
    if not len(batch):
        raise CnnError("inputs are empty: at least one is needed to compare")
    worst = np.zeros((len(network.layers), 3))  # absolute, relative, beyond what is allowed
    for start in range(0, len(batch), BATCH_SIZE):
        ours = as_float32(batch[start : start + BATCH_SIZE], "inputs")
        theirs = keras.ops.convert_to_tensor(ours)
        for i, (layer, keras_layer) in enumerate(zip(network.layers, keras_layers, strict=True)):
            ours = layer.forward(ours)
            if not isinstance(keras_layer, keras.layers.InputLayer):  # which is no step, and cannot be called
                theirs = keras_layer(theirs)
            np.maximum(worst[i], _compare(ours, keras.ops.convert_to_numpy(theirs), rtol, atol), out=worst[i])
    rows = tuple(
        LayerCheck(layer.name, layer.kind, layer.output_shape, float(absolute), float(relative), bool(beyond <= 0))
        for layer, (absolute, relative, beyond) in zip(network.layers, worst, strict=True)
    )
    return Validation(rows, len(batch), rtol, atol)


def _compare(ours: Array, theirs: Array, rtol: float, atol: float) -> tuple[float, float, float]:
    """The largest absolute and relative difference, and how far the worst goes beyond what is allowed."""
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
