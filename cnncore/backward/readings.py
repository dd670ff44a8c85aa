"""The values of one layer that read a value of the layer before, and by how much each one grows with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnncore._dtypes import FLOAT64, Array
from cnncore.backward.layer_gradients import activation_of
from cnncore.geometry import Axis
from cnncore.network.explain.positions import Position, window_geometry
from cnncore.network.layer import Layer
from cnncore.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)


@dataclass(frozen=True)
class Readings:
    """`positions` (n, rank) int64 of the reading values, and `weights` (n,) float64: the derivative of each of them,
    before its own activation, with respect to the value. `chosen` (n,) tells for a maximum whether the value is the
    winner. `joint`: the weights hold the derivative of a softmax too."""

    positions: Array = field(repr=False)
    weights: Array = field(repr=False)
    chosen: Array | None = field(default=None, repr=False)
    joint: bool = False


def read_by(layer: Layer, inputs: Array, outputs: Array, position: Position, *, fused: bool) -> Readings:
    """The values of `layer` that read the value at `position` of its `inputs` (*input_shape), with `outputs`
    (*output_shape) of one image. `fused`: leave a softmax out, because its loss takes the logits."""
    if isinstance(layer, (Softmax, Activation)) and activation_of(layer) == "softmax" and not fused:
        return _shares(outputs, position)
    return _KINDS.get(type(layer), _same)(layer, inputs, position)


def _grid(*axes: Sequence[int]) -> Array:
    """All positions with one number of each axis, the last axis fastest: (n, rank)."""
    return np.stack([each.ravel() for each in np.meshgrid(*map(np.asarray, axes), indexing="ij")], -1).astype(np.int64)


def _one(position: Sequence[int], weight: float = 1.0) -> Readings:
    return Readings(np.array([position], np.int64), np.array([weight], FLOAT64))


def _shares(outputs: Array, position: Position) -> Readings:
    *prefix, unit = position
    p = outputs[tuple(prefix)].astype(FLOAT64)
    weights = p * (np.where(np.arange(len(p)) == unit, 1.0, 0.0) - p[unit])
    return Readings(_grid(*([at] for at in prefix), range(len(p))), weights, joint=True)


def _convolution(layer: Conv2D | DepthwiseConv2D, inputs: Array, position: Position) -> Readings:
    del inputs
    row, column, channel = position
    kernel, groups = layer.grouped()
    depth, each = kernel.shape[2], kernel.shape[3] // groups
    filters = range(channel // depth * each, (channel // depth + 1) * each)
    moves = window_geometry(layer)
    assert moves is not None
    rows, columns = moves.rows.feeds(row), moves.columns.feeds(column)
    down = np.array([moves.rows.tap_of(at, row) for at in rows], np.int64)
    right = np.array([moves.columns.tap_of(at, column) for at in columns], np.int64)
    weights = kernel[down[:, None], right, channel % depth, filters.start : filters.stop]
    return Readings(_grid(rows, columns, filters), weights.astype(FLOAT64).ravel())


def _dense(layer: Dense, inputs: Array, position: Position) -> Readings:
    del inputs
    *prefix, unit = position
    return Readings(_grid(*([at] for at in prefix), range(layer.units)), layer.kernel[unit].astype(FLOAT64))


def _windows(layer: MaxPooling2D | AveragePooling2D, position: Position) -> list[tuple[Position, list[int], list[int]]]:
    """(position, rows, columns) of each window over the value: what it covers of the input, without padding."""
    row, column, channel = position
    moves = window_geometry(layer)
    assert moves is not None

    def covered(axis: Axis, at: int) -> list[int]:
        return [tap for tap in axis.taps(at) if 0 <= tap < axis.size]

    return [
        ((top, left, channel), covered(moves.rows, top), covered(moves.columns, left))
        for top in moves.rows.feeds(row)
        for left in moves.columns.feeds(column)
    ]


def _positions(found: Sequence[Position]) -> Array:
    return np.array(found, np.int64).reshape(-1, 3)


def _maximum(layer: MaxPooling2D, inputs: Array, position: Position) -> Readings:
    windows = _windows(layer, position)
    chosen = []
    for _at, rows, columns in windows:
        # The first of the largest row by row, or the first NaN, as in `max_pool2d_backward`.
        first = divmod(int(np.argmax(inputs[np.ix_(rows, columns, [position[2]])])), len(columns))
        chosen.append((rows[first[0]], columns[first[1]]) == position[:2])
    won = np.array(chosen, bool)
    return Readings(_positions([at for at, _rows, _columns in windows]), won.astype(FLOAT64), won)


def _average(layer: AveragePooling2D, inputs: Array, position: Position) -> Readings:
    del inputs
    windows = _windows(layer, position)
    weights = np.array([1 / (len(rows) * len(columns)) for _at, rows, columns in windows], FLOAT64)
    return Readings(_positions([at for at, _rows, _columns in windows]), weights)


def _global_average(layer: GlobalAveragePooling2D, inputs: Array, position: Position) -> Readings:
    del inputs
    height, width, _channels = layer.input_shape
    return _one((0, 0, position[2]) if layer.keepdims else position[2:], 1 / (height * width))


def _normalization(layer: BatchNormalization, inputs: Array, position: Position) -> Readings:
    return _one(position, float(layer.scale(inputs.dtype)[position[-1]]))


def _rescaling(layer: Rescaling, inputs: Array, position: Position) -> Readings:
    del inputs
    scale = np.broadcast_to(np.asarray(layer.scale, np.float32), layer.input_shape[-1:])
    return _one(position, float(scale[position[-1]]))


def _flatten(layer: Flatten, inputs: Array, position: Position) -> Readings:
    del inputs
    return _one((int(np.ravel_multi_index(position, layer.input_shape)),))


def _padding(layer: ZeroPadding2D, inputs: Array, position: Position) -> Readings:
    del inputs
    (top, _bottom), (left, _right) = layer.padding
    return _one((position[0] + top, position[1] + left, position[2]))


def _same(layer: Layer, inputs: Array, position: Position) -> Readings:
    del layer, inputs
    return _one(position)


_KINDS: dict[type[Layer], Callable[[Any, Array, Position], Readings]] = {
    AveragePooling2D: _average,
    BatchNormalization: _normalization,
    Conv2D: _convolution,
    Dense: _dense,
    DepthwiseConv2D: _convolution,
    Flatten: _flatten,
    GlobalAveragePooling2D: _global_average,
    MaxPooling2D: _maximum,
    Rescaling: _rescaling,
    ZeroPadding2D: _padding,
}
"""All others give one number for one: `_same`."""
