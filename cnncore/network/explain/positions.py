"""Connections between the positions of adjacent layers, from their geometry alone.

Every set of connected positions is a product of ranges, one per axis, so even "all 28 x 28 x 64" costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from cnncore._arguments import described, integer, items
from cnncore._rows import RowSequence
from cnncore.errors import CnnError
from cnncore.geometry import Axis, Geometry, geometry, pool_geometry
from cnncore.network.layer import Layer, Shape
from cnncore.network.layers import (
    Activation,
    AveragePooling2D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Softmax,
    ZeroPadding2D,
)
from cnncore.network.network import Network

Position: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Positions(RowSequence[Position]):
    """A sequence of positions in one layer (-1: the network's input), last axis fastest. May be empty.

    `axes` has one range per axis.
    """

    layer: int
    axes: tuple[range, ...]

    def __len__(self) -> int:
        return math.prod(len(axis) for axis in self.axes)

    def _row(self, index: int) -> Position:
        rest, position = index, []
        for axis in reversed(self.axes):
            rest, at = divmod(rest, len(axis))
            position.append(axis[at])
        return tuple(reversed(position))

    def __contains__(self, position: object) -> bool:
        return (
            isinstance(position, tuple)
            and len(position) == len(self.axes)
            and all(at in axis for at, axis in zip(position, self.axes, strict=True))
        )

    @property
    def representative(self) -> Position | None:
        """The middle of each range; None if there are no positions."""
        return tuple(axis[len(axis) // 2] for axis in self.axes) if len(self) else None


def feeds(network: Network, layer: int, position: Position) -> Positions:
    """Return the positions of the next layer that read the value at `position` of `layer` (-1: the network's input).

    Empty after the last layer (its `layer` is then `len(network.layers)`), and if no window reaches the value.
    """
    shape = network.input_shape if layer == -1 else _layer(network, layer).output_shape
    position = checked(position, shape)
    if layer + 1 == len(network.layers):
        return Positions(layer + 1, tuple(range(0) for _ in shape))
    return Positions(layer + 1, _up(network.layers[layer + 1], position))


def sources_of(network: Network, layer: int, position: Position) -> Positions:
    """Return the positions of the layer before that the value at `position` of `layer` reads, without padding.

    A grouped convolution with softmax reads every group, because the sum of exponentials covers all filters.
    """
    reader = _layer(network, layer)
    return Positions(
        layer - 1, _down(reader, tuple(range(at, at + 1) for at in checked(position, reader.output_shape)))
    )


def receptive_field(network: Network, layer: int, position: Position) -> Positions:
    """Return the smallest box of the network's input that the value at `position` of `layer` can depend on."""
    reader = _layer(network, layer)
    axes = tuple(range(at, at + 1) for at in checked(position, reader.output_shape))
    for at in range(layer, -1, -1):
        axes = tuple(_hull(axis) for axis in _down(network.layers[at], axes))
    return Positions(-1, axes)


def checked(position: Sequence[int], shape: Shape) -> Position:
    """Return `position` as a tuple of ints inside `shape`. Raises `CnnError` otherwise."""
    given = items(position) or []
    if len(given) == len(shape):
        with suppress(CnnError):  # not an integer, or negative
            indices = tuple(integer(at, "position", at_least=0) for at in given)
            if all(at < size for at, size in zip(indices, shape, strict=True)):
                return indices
    raise CnnError("{value} is not a position in an output of shape {shape}", value=described(position), shape=shape)


def window_geometry(layer: Layer) -> Geometry | None:
    """Return the geometry of the layer's window; None for a layer without one."""
    height, width = layer.input_shape[:2] if len(layer.input_shape) == 3 else (0, 0)
    if isinstance(layer, (Conv2D, DepthwiseConv2D)):
        return geometry(
            (height, width),
            (layer.kernel.shape[0], layer.kernel.shape[1]),
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
        )
    if isinstance(layer, (MaxPooling2D, AveragePooling2D)):
        return pool_geometry((height, width), layer.pool_size, layer.strides, layer.padding)
    return None


def _layer(network: Network, layer: int) -> Layer:
    if not 0 <= layer < len(network.layers):
        raise CnnError(
            "{name} is {value}; it must be from 0 to {last}", name="layer", value=layer, last=len(network.layers) - 1
        )
    return network.layers[layer]


def _one(at: int) -> range:
    return range(at, at + 1)


def _up(layer: Layer, position: Position) -> tuple[range, ...]:
    """Return the ranges of the layer's output that read the value at `position` of its input."""
    moves = window_geometry(layer)
    if moves is not None:
        row, column, channel = position
        if isinstance(layer, (Conv2D, DepthwiseConv2D)):
            depth, each = _group(layer)
            group = channel // depth
            channels = range(group * each, (group + 1) * each)
        else:
            channels = _one(channel)
        return moves.rows.feeds(row), moves.columns.feeds(column), channels
    if isinstance(layer, Flatten):
        return (_one(int(np.ravel_multi_index(position, layer.input_shape))),)
    if isinstance(layer, GlobalAveragePooling2D):
        return tuple(_one(at) for at in ((0, 0, position[2]) if layer.keepdims else position[2:]))
    if isinstance(layer, ZeroPadding2D):
        (top, _bottom), (left, _right) = layer.padding
        return _one(position[0] + top), _one(position[1] + left), _one(position[2])
    if _over_last_axis(layer):
        return (*map(_one, position[:-1]), range(layer.output_shape[-1]))
    return tuple(map(_one, position))


def _down(layer: Layer, axes: tuple[range, ...]) -> tuple[range, ...]:
    """Return the ranges of the layer's input that `axes` of its output read; for more than one position, a hull."""
    moves = window_geometry(layer)
    if moves is not None:
        if isinstance(layer, (Conv2D, DepthwiseConv2D)):
            depth, each = _group(layer)
            channels = range(axes[2][0] // each * depth, (axes[2][-1] // each + 1) * depth) if axes[2] else range(0)
        else:
            channels = axes[2]
        return _taps(moves.rows, axes[0]), _taps(moves.columns, axes[1]), channels
    if isinstance(layer, Flatten):
        shape = layer.input_shape
        if len(axes[0]) == 1:
            return tuple(_one(int(at)) for at in np.unravel_index(axes[0][0], shape))
        return tuple(range(size if axes[0] else 0) for size in shape)
    if isinstance(layer, GlobalAveragePooling2D):
        return range(layer.input_shape[0]), range(layer.input_shape[1]), axes[-1]
    if isinstance(layer, ZeroPadding2D):
        (top, _bottom), (left, _right) = layer.padding
        height, width, _channels = layer.input_shape
        return _shifted(axes[0], top, height), _shifted(axes[1], left, width), axes[2]
    if _over_last_axis(layer):
        return (*axes[:-1], range(layer.input_shape[-1]))
    return axes


def _group(layer: Conv2D | DepthwiseConv2D) -> tuple[int, int]:
    """Return the channels and filters per group. A softmax divides by all filters, whatever their group."""
    kernel, groups = layer.grouped()
    together = 1 if layer.activation == "softmax" else groups
    return kernel.shape[2] * groups // together, kernel.shape[3] // together


def _over_last_axis(layer: Layer) -> bool:
    """Return True if every value along the last axis depends on all of that axis."""
    return isinstance(layer, (Dense, Softmax)) or (isinstance(layer, Activation) and layer.activation == "softmax")


def _taps(axis: Axis, positions: range) -> range:
    """Return the input indices, without padding, that windows at `positions` read."""
    if not positions:
        return range(0)
    first, last = axis.taps(positions[0])[0], axis.taps(positions[-1])[-1]
    step = axis.dilation if len(positions) == 1 else 1
    if first < 0:  # the first tap inside the input
        first += -(first // step) * step
    return range(first, min(last, axis.size - 1) + 1, step)


def _shifted(axis: range, before: int, size: int) -> range:
    return range(max(0, axis.start - before), min(size, axis.stop - before)) if axis else axis


def _hull(axis: range) -> range:
    return range(axis[0], axis[-1] + 1) if axis else range(0)
