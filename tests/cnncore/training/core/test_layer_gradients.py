"""The gradient of every layer against float64 differences: its inputs' and its weights', as training computes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import drawn_layers
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncore import CnnError, available_isas, layers, use_isa
from cnncore._dtypes import Array
from cnncore.layers import Layer
from cnncore.training.core.chain import _of_layer

STEP = 1e-6
SMOOTH = st.sampled_from([None, "sigmoid", "tanh", "softmax"])
CHANNELS = st.sampled_from([1, 2, 3, 6])
SIZES = st.tuples(st.integers(1, 2), st.integers(2, 6), st.integers(2, 6))


def in_row(channels: int) -> st.SearchStrategy[drawn_layers.Drawn]:
    del channels
    return st.just(("Flatten", {})) | drawn_layers.dense(SMOOTH)


def averaged(channels: int) -> st.SearchStrategy[drawn_layers.Drawn]:
    del channels
    return st.tuples(st.just("GlobalAveragePooling2D"), st.fixed_dictionaries({"keepdims": st.booleans()}))


KINDS: dict[str, Callable[[int], st.SearchStrategy[drawn_layers.Drawn]]] = {
    "Conv2D": lambda channels: drawn_layers.convolutions(channels, SMOOTH),
    "DepthwiseConv2D": lambda _: drawn_layers.depthwise(SMOOTH),
    "MaxPooling2D and AveragePooling2D": lambda _: drawn_layers.poolings(),
    "GlobalAveragePooling2D": averaged,
    "Flatten and Dense": in_row,
    "Dropout": lambda _: drawn_layers.dropouts(),
    "BatchNormalization": lambda _: drawn_layers.normalizations(),
    "Activation": lambda _: drawn_layers.functions(st.sampled_from(["linear", "relu", "sigmoid", "softmax", "tanh"])),
    "ReLU and LeakyReLU": lambda _: drawn_layers.rectifiers(),
    "Softmax": lambda _: st.just(("Softmax", {})),
    "Rescaling": drawn_layers.scalings,
    "ZeroPadding2D": lambda _: drawn_layers.paddings_of_zeros(),
}


def distinct(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Values from -2 to 2, so far apart that a small step changes no order, and none near a bend of a rectifier."""
    count = int(np.prod(shape))
    return ((rng.permutation(count) + 0.37) / count * 4 - 2).reshape(shape)


def built(kind: str, arguments: dict[str, Any], shape: tuple[int, ...], rng: np.random.Generator) -> Layer | None:
    """The layer with float64 weights, drawn anew so that no bias is 0; None where a window is too large."""
    layer: Layer = getattr(layers, kind)(**arguments, **({"seed": 7} if kind == "Dropout" else {}))
    try:
        layer.build(shape, rng)
    except CnnError:
        return None
    layer.values = {name: rng.uniform(0.2, 1.2, array.shape) for name, array in layer.values.items()}
    return layer


def passed(layer: Layer, x: Array, grad: Array | None = None) -> tuple[Array, dict[str, Array]]:
    """What training makes of `x`; with `grad`, its gradients instead: "x", and the weights by name."""
    stages = _of_layer(layer, np.random.default_rng(3))
    for stage in stages:
        x = np.ascontiguousarray(stage.forward(x, True))
    if grad is None:
        return x.copy(), {}  # Flatten gives a view, and the inputs are moved in place
    for stage in reversed(stages):
        back = stage.backward(np.ascontiguousarray(grad), True)
        assert back is not None
        grad = back
    return x, {"x": grad, **{name: array for stage in stages for name, array in stage.gradients.items()}}


def differences(layer: Layer, x: Array, name: str, grad: Array) -> Array:
    """Central differences of the sum of output times `grad`, with respect to `x` or to a weight."""
    moved = x if name == "x" else layer.values[name]
    before, slopes = moved.copy(), np.empty_like(moved)
    for index in np.ndindex(moved.shape):
        outputs = []
        for step in (STEP, -STEP):
            moved[index] = before[index] + step
            outputs.append(passed(layer, x)[0])
        moved[index] = before[index]
        slopes[index] = ((outputs[0] - outputs[1]) * grad).sum() / (2 * STEP)
    return slopes


@pytest.mark.parametrize("isa", available_isas())
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(st.data())
def test_gradients_are_differences(isa: str, kind: str, data: st.DataObject) -> None:
    channels = data.draw(CHANNELS, "channels")
    name, arguments = data.draw(KINDS[kind](channels), "layer")
    rng = np.random.default_rng(data.draw(st.integers(0, 1000), "seed"))
    batch, height, width = data.draw(SIZES, "batch and size")
    with use_isa(isa):
        layer = built(name, arguments, (height, width, channels), rng)
        assume(layer is not None)
        assert layer is not None
        x = distinct((batch, height, width, channels), rng)
        grad = rng.standard_normal(passed(layer, x)[0].shape)
        _, gradients = passed(layer, x, grad)
        assert set(gradients) == {"x", *layer.trainable_names()}
        for which, got in gradients.items():
            want = differences(layer, x, which, grad)
            assert got.shape == want.shape
            np.testing.assert_allclose(got, want, atol=1e-6 * max(1.0, np.abs(want).max()), err_msg=which)
