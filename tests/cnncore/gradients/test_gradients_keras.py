"""Gradients beside TensorFlow's on the CPU: which of equal values takes it, overlapping windows, "same"."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest

import cnncore
from cnncore.gradients import pointwise

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("pool_size", "strides"), [(2, 2), (3, 1), (3, 2), ((2, 3), (1, 2)), (1, 2)])
@pytest.mark.parametrize("channels", [1, 3, 16, 20])
def test_pooling_is_tensorflow(
    average: bool, padding: Literal["valid", "same"], pool_size: Any, strides: Any, channels: int
) -> None:
    import tensorflow as tf

    rng = np.random.default_rng(channels)
    x = rng.integers(-1, 2, (2, 7, 8, channels)).astype(np.float32)  # most windows have several largest values
    variable = tf.Variable(x)
    pool = tf.nn.avg_pool2d if average else tf.nn.max_pool2d
    with tf.GradientTape() as tape:
        value = pool(variable, pool_size, strides, padding.upper())
        grad = rng.standard_normal(value.shape).astype(np.float32)
        total = tf.reduce_sum(value * grad)
    want = tape.gradient(total, variable).numpy()
    backward = cnncore.avg_pool2d_backward if average else cnncore.max_pool2d_backward
    got = backward(x, grad, pool_size, strides, padding)
    np.testing.assert_allclose(got, want, atol=1e-5 * np.abs(want).max())


def test_dense_is_tensorflow() -> None:
    import tensorflow as tf

    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal(shape).astype(np.float32) for shape in ((100, 160), (160, 33), (33,))]
    grad = rng.standard_normal((100, 33)).astype(np.float32)
    x, w, b = (tf.Variable(array) for array in arrays)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum((x @ w + b) * grad)
    for got, want in zip(
        cnncore.dense_backward(arrays[0], arrays[1], grad), tape.gradient(total, [x, w, b]), strict=True
    ):
        np.testing.assert_allclose(got, want.numpy(), atol=1e-4 * np.abs(want).max())


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "sigmoid", "tanh", "softmax"])
def test_activations_are_keras(name: str) -> None:
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(2)
    x, grad = (rng.standard_normal((5, 9)).astype(np.float32) for _ in range(2))
    x[0, :3] = [0, -0.0, 5]
    layer = keras.layers.LeakyReLU() if name == "leaky_relu" else getattr(keras.activations, name)
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        value = layer(variable)
        total = tf.reduce_sum(value * grad)
    want = tape.gradient(total, variable).numpy()
    given = x if "relu" in name else value.numpy()
    got = getattr(pointwise, f"{name}_backward")(given, grad)
    np.testing.assert_allclose(got, want, atol=1e-4 * np.abs(want).max())
