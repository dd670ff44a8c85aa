"""Property tests: every layer equals Keras's, whatever its arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnncore.keras.convert import convert

pytestmark = pytest.mark.keras
few = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

sizes, seeds = st.integers(1, 9), st.integers(0, 2**32 - 1)
paddings = st.sampled_from(["valid", "same"])
activations = st.sampled_from([None, "relu", "sigmoid", "softmax", "tanh", "linear"])


def agree(keras: Any, layer: Any, shape: tuple[int, ...], seed: int, scale: float = 1.0) -> None:
    """The layer in both engines, with random weights, on three random inputs."""
    random = np.random.default_rng(seed)
    model = keras.Sequential([keras.Input(shape), layer])
    layer.set_weights([random.normal(size=w.shape) ** (2 if "variance" in w.path else 1) for w in layer.weights])
    x = (random.normal(size=(3, *shape)) * scale).astype(np.float32)
    network, _ = convert(model)
    theirs = keras.ops.convert_to_numpy(layer(x))
    assert network.output_shape == theirs.shape[1:]
    assert network.parameters == model.count_params()
    np.testing.assert_allclose(network.predict(x), theirs, rtol=1e-4, atol=1e-4)


@st.composite
def windows(draw: st.DrawFn, most: int = 4) -> dict[str, Any]:
    """A kernel size, and strides or dilation: Keras does not take both."""
    pairs = st.tuples(st.integers(1, most), st.integers(1, most))
    arguments: dict[str, Any] = {"kernel_size": draw(pairs), "padding": draw(paddings)}
    if draw(st.booleans()):
        arguments["strides"] = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    else:
        arguments["dilation_rate"] = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    return arguments


def fits(window: dict[str, Any], size: tuple[int, int]) -> bool:
    dilation = window.get("dilation_rate", (1, 1))
    extents = [(k - 1) * d + 1 for k, d in zip(window["kernel_size"], dilation, strict=True)]
    return window["padding"] == "same" or all(e <= s for e, s in zip(extents, size, strict=True))


@few
@given(windows(), sizes, sizes, st.integers(1, 4), st.integers(1, 5), st.booleans(), activations, seeds)
def test_conv2d(
    keras: Any, window: Any, h: int, w: int, c: int, f: int, bias: bool, activation: str | None, seed: int
) -> None:
    assume(fits(window, (h, w)))
    agree(keras, keras.layers.Conv2D(f, **window, use_bias=bias, activation=activation), (h, w, c), seed)


@settings(few, max_examples=5)  # Keras recompiles a grouped convolution for each shape
@given(windows(3), st.integers(2, 3), st.integers(1, 2), st.integers(1, 2), seeds)
def test_conv2d_in_groups(keras: Any, window: Any, groups: int, c: int, f: int, seed: int) -> None:
    layer = keras.layers.Conv2D(f * groups, **window, groups=groups, activation="relu")
    agree(keras, layer, (8, 7, c * groups), seed)


@few
@given(windows(), sizes, sizes, st.integers(1, 3), st.integers(1, 3), st.booleans(), activations, seeds)
def test_depthwise_conv2d(
    keras: Any, window: Any, h: int, w: int, c: int, m: int, bias: bool, activation: str | None, seed: int
) -> None:
    if "strides" in window:
        window = {**window, "strides": window["strides"][0]}  # TensorFlow wants them equal here
    assume(fits(window, (h, w)))
    layer = keras.layers.DepthwiseConv2D(**window, depth_multiplier=m, use_bias=bias, activation=activation)
    agree(keras, layer, (h, w, c), seed)


@pytest.mark.parametrize("kind", ["MaxPooling2D", "AveragePooling2D"])
@few
@given(
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4)),
    paddings, sizes, sizes, seeds,
)  # fmt: skip
def test_pooling(keras: Any, kind: str, pool: Any, strides: Any, padding: str, h: int, w: int, seed: int) -> None:
    assume(padding == "same" or (pool[0] <= h and pool[1] <= w))
    agree(keras, getattr(keras.layers, kind)(pool, strides=strides, padding=padding), (h, w, 3), seed)


@few
@given(sizes, sizes, st.integers(1, 4), st.booleans(), seeds)
def test_global_average_pooling2d(keras: Any, h: int, w: int, c: int, keepdims: bool, seed: int) -> None:
    agree(keras, keras.layers.GlobalAveragePooling2D(keepdims=keepdims), (h, w, c), seed)


@few
@given(st.none() | st.floats(0, 6), st.floats(0, 1), st.floats(0, 2), seeds)
def test_relu(keras: Any, max_value: float | None, slope: float, threshold: float, seed: int) -> None:
    layer = keras.layers.ReLU(max_value=max_value, negative_slope=slope, threshold=threshold)
    agree(keras, layer, (4, 5, 2), seed, scale=4)


@few
@given(sizes, sizes, st.integers(1, 4), st.booleans(), st.booleans(), st.floats(1e-5, 0.1), seeds)
def test_batch_normalization(
    keras: Any, h: int, w: int, c: int, center: bool, scale: bool, epsilon: float, seed: int
) -> None:
    agree(keras, keras.layers.BatchNormalization(center=center, scale=scale, epsilon=epsilon), (h, w, c), seed)


@few
@given(st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 3))] * 2), sizes, sizes, seeds)
def test_zero_padding2d(keras: Any, padding: Any, h: int, w: int, seed: int) -> None:
    agree(keras, keras.layers.ZeroPadding2D(padding), (h, w, 2), seed)


@few
@given(st.integers(1, 40), st.integers(1, 30), st.booleans(), activations, st.sampled_from([(), (3,), (2, 3)]), seeds)
def test_dense(
    keras: Any, k: int, m: int, bias: bool, activation: str | None, before: tuple[int, ...], seed: int
) -> None:
    agree(keras, keras.layers.Dense(m, use_bias=bias, activation=activation), (*before, k), seed)


@pytest.mark.parametrize("shape", [(6,), (4, 5, 3)])
@pytest.mark.parametrize(
    "make",
    [
        lambda layers: layers.Flatten(),
        lambda layers: layers.Dropout(0.5),
        lambda layers: layers.Softmax(),
        lambda layers: layers.Activation("tanh"),
        lambda layers: layers.Activation(layers.ReLU()),
        lambda layers: layers.Rescaling(1 / 255, offset=-0.5),
        lambda layers: layers.BatchNormalization(),
    ],
)
def test_layers_that_keep_the_shape_or_flatten(keras: Any, make: Any, shape: tuple[int, ...]) -> None:
    agree(keras, make(keras.layers), shape, 3, scale=10)


def test_rescaling_by_channel(keras: Any) -> None:
    agree(keras, keras.layers.Rescaling([0.5, 2.0, 3.0], offset=[1.0, 0.0, -1.0]), (4, 5, 3), 3)
