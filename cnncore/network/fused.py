"""The layers of a network as few steps over the C core: weights ready, ReLU and 2x2 pooling fused behind convolutions.

What it gives equals the layers' own forward passes one by one (within float32's rounding); only the maps between fused
layers are never stored. `Network.predict` uses it, `Network.activations` needs every map and does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from cnncore._arrays import Array
from cnncore.activations import activate
from cnncore.geometry import Axis, Geometry
from cnncore.geometry import geometry as geometry_of
from cnncore.network.layer import Layer
from cnncore.network.layers import Conv2D, Dense, DepthwiseConv2D, Dropout, InputLayer, MaxPooling2D
from cnncore.plans import ConvPlan

Step: TypeAlias = Callable[[Array], Array]

_IN_C = ("linear", "relu")
_POINT = Axis(1, 1, 1, 1, 0, 0)


def fuse(layers: Sequence[Layer]) -> tuple[Step, ...]:
    """The steps that take (N, *input_shape) float32 through all `layers`."""
    steps: list[Step] = []
    position = 0
    while position < len(layers):
        layer = layers[position]
        position += 1
        if isinstance(layer, (InputLayer, Dropout)):
            continue
        if isinstance(layer, (Conv2D, DepthwiseConv2D)):
            following = layers[position] if position < len(layers) else None
            pool = layer.activation in _IN_C and _is_halving(following)
            steps += _convolution(layer, pool)
            position += pool
        elif isinstance(layer, Dense) and len(layer.input_shape) == 1:
            steps += _dense(layer)
        else:
            steps.append(layer.forward)
    return tuple(steps)


def _is_halving(layer: Layer | None) -> bool:
    return (
        isinstance(layer, MaxPooling2D)
        and layer.pool_size == layer.strides == (2, 2)
        and layer.padding == "valid"
        and min(layer.input_shape[:2]) >= 2
    )


def _activated(plan: Step, activation: str) -> list[Step]:
    return [plan] if activation in _IN_C else [plan, lambda x: activate(x, activation)]


def _convolution(layer: Conv2D | DepthwiseConv2D, pool: bool) -> list[Step]:
    kernel, groups = layer.grouped()
    height, width, channels = layer.input_shape
    geometry = geometry_of(
        (height, width),
        (kernel.shape[0], kernel.shape[1]),
        strides=layer.strides,
        padding=layer.padding,
        dilation_rate=layer.dilation_rate,
    )
    relu = layer.activation == "relu"
    plan = ConvPlan(geometry, channels, kernel, layer.bias, groups=groups, relu=relu, pool=pool)
    return _activated(plan, layer.activation)


def _dense(layer: Dense) -> list[Step]:
    """A 1x1 convolution of one pixel; the C core makes one long row of the batch."""
    plan = ConvPlan(
        Geometry(_POINT, _POINT),
        layer.input_shape[0],
        layer.kernel[None, None],
        layer.bias,
        relu=layer.activation == "relu",
    )
    units = layer.units
    return _activated(lambda x: plan(x).reshape(len(x), units), layer.activation)
