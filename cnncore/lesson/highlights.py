"""Cells worth a look in a whole map, found by looking at all of them.

    for place in conv_highlights(steps.geometry, image, sums, output):
        place.kind, place.row, place.column, place.value

Of several equal ones the first in reading order is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from cnncore._dtypes import Array
from cnncore.geometry import Axis, Geometry
from cnncore.lesson.stepping import Number, PoolSteps
from cnncore.ops import conv2d, max_pool2d

Kind: TypeAlias = Literal["negative", "high", "largest", "edge", "widest"]

_ACROSS = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@dataclass(frozen=True, slots=True)
class Highlight:
    """An output cell and why it is worth a look.

    kind: "negative", the first sum below 0; "high", the first above 255; "largest", the largest result; "edge", where
    the input changes most in the middle of the window; "widest", the pooled window whose values differ most.
    value: the sum before it is clamped or rectified; the result; the change; the difference.
    """

    kind: Kind
    row: int
    column: int
    value: Number


def conv_highlights(geometry: Geometry, inputs: Array, sums: Array, output: Array, *, clamped: bool) -> list[Highlight]:
    """The places of a convolution of `inputs` (H, W), whose map is `sums` (h, w) before and `output` (h, w) after it is
    clamped to 0..255 (`clamped`) or rectified. What is not there is left out."""
    found = []
    wanted: list[tuple[Kind, Array]] = [("negative", sums < 0)]
    if clamped:
        wanted.append(("high", sums > 255))
    for kind, mask in wanted:
        place = int(np.argmax(mask))
        if mask.flat[place]:
            found.append(_highlight(kind, place, sums))
    found.append(_highlight("largest", _largest(output), output))
    edge = _strongest_edge(geometry, inputs)
    return found if edge is None else [*found, edge]


def pool_highlights(steps: PoolSteps, inputs: Array, output: Array) -> list[Highlight]:
    """The places of a maximum pooling of `inputs` (H, W) to `output` (h, w)."""
    rows, columns = steps.geometry.rows, steps.geometry.columns
    wide = inputs.astype(np.float64)
    smallest = -max_pool2d(
        -wide,
        (rows.window, columns.window),
        (rows.stride, columns.stride),
        ((rows.before, rows.after), (columns.before, columns.after)),
    )
    spread = output - smallest
    widest = _highlight("widest", _largest(spread), spread)
    if inputs.dtype.kind != "f":
        widest = Highlight("widest", widest.row, widest.column, int(widest.value))
    return [_highlight("largest", _largest(output), output), widest]


def _largest(values: Array) -> int:
    place = int(np.argmax(values))  # NaN counts as largest
    if values.dtype.kind == "f" and np.isnan(values.flat[place]):
        place = int(np.argmax(np.where(np.isnan(values), -np.inf, values)))
    return place


def _highlight(kind: Kind, index: int, values: Array) -> Highlight:
    row, column = divmod(index, values.shape[1])
    value = values[row, column].item()
    if kind in ("negative", "high") and float(value).is_integer():
        value = int(value)
    return Highlight(kind, row, column, value)


def _strongest_edge(geometry: Geometry, inputs: Array) -> Highlight | None:
    """The cell with the largest Sobel gradient in the middle of its window; None where no middle has neighbours."""
    ys, xs = _middles(geometry.rows), _middles(geometry.columns)
    rows = np.flatnonzero((ys >= 1) & (ys < inputs.shape[0] - 1))
    columns = np.flatnonzero((xs >= 1) & (xs < inputs.shape[1] - 1))
    if not rows.size or not columns.size:
        return None
    wide = inputs.astype(np.float32)
    across = conv2d(wide, _ACROSS.astype(np.float32))
    down = conv2d(wide, np.ascontiguousarray(_ACROSS.T.astype(np.float32)))
    across *= across
    down *= down
    across += down
    squares = across[ys[rows[0]] - 1 :: geometry.rows.stride, xs[columns[0]] - 1 :: geometry.columns.stride]
    squares = squares[: rows.size, : columns.size]
    row, column = divmod(_largest(squares), squares.shape[1])
    value = math.sqrt(squares[row, column].item())
    return Highlight("edge", int(rows[row]), int(columns[column]), value) if value > 0 else None


def _middles(axis: Axis) -> Array:
    """The input index in the middle of the window, for every output position."""
    return np.arange(axis.output) * axis.stride - axis.before + (axis.extent - 1) // 2
