"""Output cells of a map that are worth a look: extremes, clamped sums, the strongest edge.

    for highlight in conv_highlights(steps.geometry, image, sums, output, clamped=True):
        highlight.kind, highlight.row, highlight.column, highlight.value

Among equal candidates the first in reading order is taken.
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

    kind: "negative", the first sum below 0; "high", the first sum above 255; "largest", the largest result; "edge", the
    cell with the strongest edge in the middle of its window; "widest", the pooled window with the largest range.
    value: the sum before clamp or ReLU; the result; the gradient; the range.
    """

    kind: Kind
    row: int
    column: int
    value: Number


def conv_highlights(geometry: Geometry, inputs: Array, sums: Array, output: Array, *, clamped: bool) -> list[Highlight]:
    """Return the highlights of a convolution of `inputs` (H, W). `sums` (h, w) is the map before, `output` (h, w) the
    map after the clamp to 0..255 (`clamped`) or the ReLU. Kinds that do not occur are left out."""
    highlights = []
    wanted: list[tuple[Kind, Array]] = [("negative", sums < 0)]
    if clamped:
        wanted.append(("high", sums > 255))
    for kind, mask in wanted:
        index = int(np.argmax(mask))
        if mask.flat[index]:
            highlights.append(_highlight(kind, index, sums))
    highlights.append(_highlight("largest", _largest(output), output))
    edge = _strongest_edge(geometry, inputs)
    return highlights if edge is None else [*highlights, edge]


def pool_highlights(steps: PoolSteps, inputs: Array, output: Array) -> list[Highlight]:
    """Return the highlights of a maximum pooling of `inputs` (H, W) to `output` (h, w)."""
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
    index = int(np.argmax(values))  # NaN counts as largest
    if values.dtype.kind == "f" and np.isnan(values.flat[index]):
        index = int(np.argmax(np.where(np.isnan(values), -np.inf, values)))
    return index


def _highlight(kind: Kind, index: int, values: Array) -> Highlight:
    row, column = divmod(index, values.shape[1])
    value = values[row, column].item()
    if kind in ("negative", "high") and float(value).is_integer():
        value = int(value)
    return Highlight(kind, row, column, value)


def _strongest_edge(geometry: Geometry, inputs: Array) -> Highlight | None:
    """Return the cell with the largest Sobel gradient at the centre of its window; None if no centre has neighbours."""
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
    """Return the input index at the centre of the window for every output position."""
    return np.arange(axis.output) * axis.stride - axis.before + (axis.extent - 1) // 2
