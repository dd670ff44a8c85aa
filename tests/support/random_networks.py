"""Small random networks with every kind of layer, for the tests of explanations and their drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from cnncore.errors import CnnError
from cnncore.network import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    InputLayer,
    Layer,
    MaxPooling2D,
    Network,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)

ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh", "softmax")
KINDS: tuple[type[Layer], ...] = (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    InputLayer,
    MaxPooling2D,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)
FOR_MAPS = (Conv2D, DepthwiseConv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, ZeroPadding2D)

Draw = Callable[..., Any]


def _weights(draw: Draw, *shape: int) -> np.ndarray:
    seed = draw(st.integers(0, 2**16))
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def _window(draw: Draw) -> dict[str, Any]:
    return {
        "strides": draw(st.sampled_from([1, 2, (1, 2), 3])),
        "padding": draw(st.sampled_from(["valid", "same", ((1, 0), (0, 1))])),
    }


def _options(draw: Draw, kind: type[Layer], shape: tuple[int, ...]) -> dict[str, Any]:
    if kind in (Conv2D, DepthwiseConv2D):
        size = draw(st.sampled_from([(1, 1), (2, 2), (3, 3), (1, 3)]))
        dilation = draw(st.sampled_from([1, 2]))
        options = _window(draw) | {"activation": draw(st.sampled_from(ACTIVATIONS)), "dilation_rate": dilation}
        if dilation > 1:
            options["strides"] = 1
        if kind is Conv2D:
            groups = draw(st.sampled_from([g for g in (1, 2) if shape[2] % g == 0]))
            filters = groups * draw(st.integers(1, 2))
            options |= {"kernel": _weights(draw, *size, shape[2] // groups, filters), "groups": groups}
        else:
            filters = shape[2] * (multiplier := draw(st.integers(1, 2)))
            options["kernel"] = _weights(draw, *size, shape[2], multiplier)
        return options | ({"bias": _weights(draw, filters)} if draw(st.booleans()) else {})
    if kind in (MaxPooling2D, AveragePooling2D):
        return _window(draw) | {"pool_size": draw(st.sampled_from([2, 3, (2, 3)]))}
    if kind is Dense:
        units = draw(st.integers(1, 5))
        bias = {"bias": _weights(draw, units)} if draw(st.booleans()) else {}
        return bias | {"kernel": _weights(draw, shape[-1], units), "activation": draw(st.sampled_from(ACTIVATIONS))}
    if kind is BatchNormalization:
        size = shape[-1]
        numbers = {"moving_mean": _weights(draw, size), "moving_variance": np.abs(_weights(draw, size)) + 0.1}
        return numbers | {name: _weights(draw, size) for name in ("gamma", "beta") if draw(st.booleans())}
    if kind is Rescaling:
        per_channel = tuple(float(v) for v in _weights(draw, shape[-1]))
        return {
            "scale": draw(st.sampled_from([0.5, 1 / 255, per_channel])),
            "offset": draw(st.sampled_from([0.0, -1.0])),
        }
    if kind is ReLU:
        settings: dict[str, Any] = draw(
            st.sampled_from(
                [{}, {"max_value": 0.5}, {"negative_slope": 0.1}, {"threshold": 0.3, "negative_slope": 0.2}]
            )
        )
        return settings
    if kind is Activation:
        return {"activation": draw(st.sampled_from(ACTIVATIONS))}
    if kind is ZeroPadding2D:
        return {"padding": draw(st.sampled_from([1, ((0, 1), (2, 0))]))}
    if kind is GlobalAveragePooling2D:
        return {"keepdims": draw(st.booleans())}
    return {"rate": draw(st.sampled_from([0.25, 0.5, 1.0]))} if kind is Dropout else {}


@st.composite
def layers(draw: Draw, kind: type[Layer], shape: tuple[int, ...], name: str) -> Layer | None:
    """A layer of `kind` for inputs of `shape`; None if it does not fit."""
    if kind in FOR_MAPS and len(shape) != 3:
        return None
    try:
        return kind(name=name, input_shape=shape, **_options(draw, kind, shape))
    except CnnError:  # a window larger than what is left of the maps
        return None


@st.composite
def networks(draw: Draw, first: type[Layer] | None = None, most: int = 3) -> tuple[Network, np.ndarray]:
    """A network of at most `most` layers, the first of kind `first`, and one input for it."""
    shape: tuple[int, ...] = (draw(st.integers(3, 6)), draw(st.integers(3, 6)), draw(st.integers(1, 3)))
    if first in (Dense, Softmax) and draw(st.booleans()):
        shape = (draw(st.integers(1, 9)),)
    chain: list[Layer] = []
    given = shape
    for at in range(draw(st.integers(1, most))):
        kind = first if at == 0 and first is not None else draw(st.sampled_from(KINDS))
        layer = draw(layers(kind, given, f"l{at}"))
        if layer is not None:
            chain.append(layer)
            given = layer.output_shape
    if not chain:
        chain.append(InputLayer(name="only", input_shape=shape))
    return Network(chain, shape), _weights(draw, *shape)
