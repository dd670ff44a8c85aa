"""Predictions for pictures that differ from a base picture only in a strip of rows, without recomputing the rest.

    row_strips = RowStrips(network, picture)
    outputs = row_strips.predict(changed, top, bottom)    # as network.predict, if only rows top .. bottom - 1 differ

A change stays local through convolutions and pooling: in each map, only the rows whose windows reach the changed rows
are recomputed; the others are those of the base picture. At a dense layer after Flatten only the changed numbers count,
because it is linear:

    W x' + b = (W x + b) + W[changed] (x' - x)[changed]

The result equals `Network.predict` within float32 rounding. For a first dense layer of 60,384 x 512 weights, which is
most of a network's work, only an eighth is left: the part that a patch can reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnncore import ops
from cnncore._dtypes import FLOAT32, Array
from cnncore.activations import activate
from cnncore.geometry import Axis, Geometry, geometry, pool_geometry
from cnncore.network.layer import Layer
from cnncore.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    InputLayer,
    MaxPooling2D,
    ReLU,
    Rescaling,
    Softmax,
)
from cnncore.network.network import Network

POINTWISE = (InputLayer, ReLU, Activation, BatchNormalization, Rescaling, Dropout, Softmax)
"""Layers that compute each value of a map from the same position alone."""
WORTH = 3
"""The reduction of work from which row strips are faster than the whole network, whose layers are fused."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows `first` .. `end` - 1."""

    first: int
    end: int

    def __len__(self) -> int:
        return self.end - self.first


def _geometry(layer: Layer) -> Geometry | None:
    """Return the geometry of a layer's window; None for a layer without one."""
    if isinstance(layer, (Conv2D, DepthwiseConv2D)):
        kernel = layer.grouped()[0]
        return geometry(
            (layer.input_shape[0], layer.input_shape[1]), (kernel.shape[0], kernel.shape[1]),
            strides=layer.strides, padding=layer.padding, dilation_rate=layer.dilation_rate,
        )  # fmt: skip
    if isinstance(layer, (MaxPooling2D, AveragePooling2D)):
        return pool_geometry(
            (layer.input_shape[0], layer.input_shape[1]), layer.pool_size, layer.strides, layer.padding
        )
    return None


def _reached(axis: Axis, rows: Rows) -> Rows:
    """Return the output rows whose windows span any of these input rows, including the gaps of dilation."""
    first = max(0, -(-(rows.first + axis.before - axis.extent + 1) // axis.stride))
    return Rows(first, max(first, min(axis.output, (rows.end - 1 + axis.before) // axis.stride + 1)))


class RowStrips:
    """Predictions from row strips (see the module). `local` layers are computed in strips; `rest` are the others."""

    def __init__(self, network: Network, picture: Array) -> None:
        self.network = network
        self.local = local_layers(network)
        self.rest = network.layers[len(self.local) :]
        self._geometries = [_geometry(layer) for layer in self.local]
        outputs = network.activations(picture)
        self._maps: list[Array] = [picture, *outputs[: len(self.local)]]
        """The base picture, and the output of each local layer for it."""
        self._dense, self._behind = _first_dense(self.rest)
        self._base: Array | None = None
        if self._dense is not None:
            self._base = ops.dense(self._maps[-1].reshape(1, -1), self._dense.kernel, self._dense.bias)
        self.finite = all(bool(np.isfinite(values).all()) for values in (*self._maps, *outputs))

    def predict(self, changed: Array, top: int, bottom: int) -> Array:
        """Return `network.predict` of pictures (N, H, W, C) float32 that differ from the base picture only in rows
        `top` .. `bottom` - 1."""
        rows = Rows(top, bottom)
        values: Array = changed[:, top:bottom]
        for layer, moves, base in zip(self.local, self._geometries, self._maps[:-1], strict=True):
            if moves is None:
                values = layer._forward(np.ascontiguousarray(values))
                continue
            reached = _reached(moves.rows, rows)
            values = _windows(layer, moves, _beside(values, rows, base, moves.rows, reached), reached)
            rows = reached
        return self._finish(values, rows)

    def _finish(self, values: Array, rows: Rows) -> Array:
        base = self._maps[-1]
        count = len(values)
        if self._dense is None or self._base is None:
            output = np.repeat(base[None], count, axis=0)
            output[:, rows.first : rows.end] = values
            behind: Sequence[Layer] = self.rest
        else:
            each = base[0].size
            change = (values - base[rows.first : rows.end]).reshape(count, len(rows) * each)
            output = np.repeat(self._base, count, axis=0)
            if len(rows):
                output += ops.dense(change, self._dense.kernel[rows.first * each : rows.end * each])
            output = activate(output, self._dense.activation)
            behind = self._behind
        for layer in behind:
            output = layer.forward(output)
        return output.astype(FLOAT32, copy=False)


def _beside(values: Array, rows: Rows, base: Array, axis: Axis, reached: Rows) -> Array:
    """Return the input rows that the windows of the `reached` output rows span: changed rows, completed from `base`."""
    first = max(0, axis.start(reached.first))
    end = min(axis.size, axis.start(reached.end - 1) + axis.extent)
    spanned = np.empty((len(values), max(0, end - first), *base.shape[1:]), FLOAT32)
    spanned[...] = base[first : max(first, end)]
    low, high = max(first, rows.first), min(end, rows.end)
    if low < high:
        spanned[:, low - first : high - first] = values[:, low - rows.first : high - rows.first]
    return spanned


def _windows(layer: Layer, moves: Geometry, values: Array, reached: Rows) -> Array:
    """Compute the `reached` output rows from the input rows that their windows span."""
    if not len(reached):
        return np.empty((len(values), 0, *layer.output_shape[1:]), FLOAT32)
    axis = moves.rows
    above = max(0, -axis.start(reached.first))
    below = max(0, axis.start(reached.end - 1) + axis.extent - axis.size)
    padding = ((above, below), (moves.columns.before, moves.columns.after))
    if isinstance(layer, (Conv2D, DepthwiseConv2D)):
        kernel, groups = layer.grouped()
        return ops.conv2d(
            values, kernel, layer.bias, strides=layer.strides, padding=padding, dilation_rate=layer.dilation_rate,
            groups=groups, activation=layer.activation,
        )  # fmt: skip
    assert isinstance(layer, (MaxPooling2D, AveragePooling2D))
    pool = ops.max_pool2d if isinstance(layer, MaxPooling2D) else ops.avg_pool2d
    return pool(values, layer.pool_size, layer.strides, padding)


def local_layers(network: Network) -> tuple[Layer, ...]:
    """Return the first layers of the network, through which a change stays a strip of rows."""
    kinds = (Conv2D, DepthwiseConv2D, MaxPooling2D, AveragePooling2D, *POINTWISE)
    local: list[Layer] = []
    for layer in network.layers:
        if not isinstance(layer, kinds) or len(layer.input_shape) != 3:
            break
        local.append(layer)
    return tuple(local)


def _first_dense(rest: Sequence[Layer]) -> tuple[Dense | None, Sequence[Layer]]:
    """Return the dense layer that reads the flattened maps, or None, and the layers after it."""
    flat = False
    for at, layer in enumerate(rest):
        if isinstance(layer, Flatten):
            flat = True
        elif isinstance(layer, Dense) and flat:
            return layer, rest[at + 1 :]
        elif not isinstance(layer, (Dropout, InputLayer)):
            break
    return None, ()


def _products(layer: Layer) -> int:
    """Return the number of multiplications of a layer for one input."""
    if isinstance(layer, (Conv2D, DepthwiseConv2D)):
        kernel = layer.grouped()[0]
        return math.prod(layer.output_shape) * math.prod(kernel.shape[:3])
    return layer.kernel.size if isinstance(layer, Dense) else 0


def are_worth_it(network: Network, rows: int) -> bool:
    """Return True if changes of `rows` rows are computed faster in strips than by the whole network."""
    local = local_layers(network)
    rest = network.layers[len(local) :]
    reached = Rows(0, min(rows, network.input_shape[0])) if len(network.input_shape) == 3 else Rows(0, 0)
    whole = sum(map(_products, network.layers))
    part = 0.0
    for layer in local:
        moves = _geometry(layer)
        if moves is not None:
            reached = _reached(moves.rows, reached)
            # In the middle of the picture windows reach it from above as well.
            most = min(moves.rows.output, len(reached) + (moves.rows.extent - 1) // moves.rows.stride)
            reached = Rows(0, most)
        part += _products(layer) * len(reached) / layer.output_shape[0]
    dense, behind = _first_dense(rest)
    if dense is None:
        part += sum(map(_products, rest))
    else:
        part += dense.kernel.size * len(reached) / local[-1].output_shape[0] if local else dense.kernel.size
        part += sum(map(_products, behind))
    return bool(local) and whole > WORTH * part
