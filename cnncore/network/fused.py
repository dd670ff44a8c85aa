"""A network as few calls of the C core: packed weights, ReLU and 2x2 pooling fused with the convolution before them,
and consecutive layers in one call.

The result equals that of the separate layers within float32 rounding; the maps between fused layers are never stored.
`Network.predict` uses this; `Network.activations` needs every map and does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from cnncore._dtypes import Array
from cnncore.activations import activate
from cnncore.geometry import Axis, Geometry
from cnncore.geometry import geometry as geometry_of
from cnncore.network.layer import Layer, Shape
from cnncore.network.layers import Conv2D, Dense, DepthwiseConv2D, Dropout, Flatten, InputLayer, MaxPooling2D
from cnncore.network.plans import Chain, ConvPlan

_POINT = Axis(1, 1, 1, 1, 0, 0)


class Segment(Protocol):
    """A sequence of layers, which maps float32 (N, ...) to a new array or `out`. Only N and the sizes must match."""

    def __call__(self, x: Array, out: Array | None = None) -> Array: ...


class _InPython:
    """A layer computed by numpy or by a single operation of the core."""

    def __init__(self, function: Callable[[Array], Array], input_shape: Shape) -> None:
        self._function, self._input_shape = function, input_shape

    def __call__(self, x: Array, out: Array | None = None) -> Array:
        output = self._function(x.reshape(len(x), *self._input_shape))
        if out is None:
            return output
        out[...] = output.reshape(out.shape)
        return out


def fuse(layers: Sequence[Layer]) -> tuple[Segment, ...]:
    """Return the segments, at least one, that compute all `layers` on (N, *input_shape) float32."""
    steps: list[Segment] = []
    plans: list[ConvPlan] = []  # of the layers since the last segment

    def add(function: Callable[[Array], Array], input_shape: Shape) -> None:
        finish()
        steps.append(_InPython(function, input_shape))

    def finish() -> None:
        if plans:
            steps.append(Chain(plans))
            plans.clear()

    position = 0
    while position < len(layers):
        layer = layers[position]
        position += 1
        if isinstance(layer, (Conv2D, DepthwiseConv2D)):
            following = layers[position] if position < len(layers) else None
            pool = layer.activation in ("linear", "relu") and _is_halving(following)
            plans.append(_convolution(layer, pool))
            position += pool
        elif isinstance(layer, Dense) and len(layer.input_shape) == 1:
            plans.append(_dense(layer))
        elif not isinstance(layer, (InputLayer, Dropout, Flatten)):  # these keep the numbers and their order
            add(layer.forward, layer.input_shape)
            continue
        else:
            continue
        if layer.activation not in ("linear", "relu", "softmax"):
            add(partial(activate, name=layer.activation), layer.output_shape)
    finish()
    if not steps:
        add(layers[-1].forward, layers[-1].input_shape)
    return tuple(steps)


def _is_halving(layer: Layer | None) -> bool:
    return (
        isinstance(layer, MaxPooling2D)
        and layer.pool_size == layer.strides == (2, 2)
        and layer.padding == "valid"
        and min(layer.input_shape[:2]) >= 2
    )


def _convolution(layer: Conv2D | DepthwiseConv2D, pool: bool) -> ConvPlan:
    kernel, groups = layer.grouped()
    height, width, channels = layer.input_shape
    geometry = geometry_of(
        (height, width),
        (kernel.shape[0], kernel.shape[1]),
        strides=layer.strides,
        padding=layer.padding,
        dilation_rate=layer.dilation_rate,
    )
    relu, softmax = layer.activation == "relu", layer.activation == "softmax"
    return ConvPlan(geometry, channels, kernel, layer.bias, groups=groups, relu=relu, pool=pool, softmax=softmax)


def _dense(layer: Dense) -> ConvPlan:
    """Return a dense layer as a 1x1 convolution of one pixel; the C core treats the batch as one long row."""
    return ConvPlan(
        Geometry(_POINT, _POINT),
        layer.input_shape[0],
        layer.kernel[None, None],
        layer.bias,
        relu=layer.activation == "relu",
        softmax=layer.activation == "softmax",
    )
