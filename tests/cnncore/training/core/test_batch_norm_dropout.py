"""Batch normalization and dropout in training."""

from __future__ import annotations

import numpy as np
import pytest

from cnncore import CnnError
from cnncore.training.core.batch_norm import normalize, normalize_backward
from cnncore.training.core.dropout import dropout_mask


def drawn(dtype: str) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(7)
    x, grad = rng.standard_normal((2, 3, 4, 5)) * 3 + 1, rng.standard_normal((2, 3, 4, 5))
    gamma, beta = rng.random(5) + 0.5, rng.standard_normal(5)
    return tuple(array.astype(dtype) for array in (x, grad, gamma, beta))


def test_normalize_agrees_with_differences() -> None:
    x, grad, gamma, beta = drawn("float64")

    def forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> np.ndarray:
        return normalize(x, gamma, beta, np.zeros(5), np.ones(5)).output

    got = normalize_backward(normalize(x, gamma, beta, np.zeros(5), np.ones(5)), grad)
    for which, array in enumerate((x, gamma, beta)):
        for i in np.ndindex(array.shape):
            sides = []
            for step in (1e-6, -1e-6):
                moved = [x, gamma, beta]
                moved[which] = array.copy()
                moved[which][i] += step
                sides.append(np.sum(forward(*moved) * grad))
            assert got[which][i] == pytest.approx((sides[0] - sides[1]) / 2e-6, abs=1e-6)


@pytest.mark.keras
def test_normalize_is_keras() -> None:
    import keras
    import tensorflow as tf

    x, grad, gamma, beta = drawn("float32")
    layer = keras.layers.BatchNormalization()
    layer.build(x.shape)
    layer.set_weights([gamma, beta, np.full(5, 0.3, "f4"), np.full(5, 2, "f4")])
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        value = layer(variable, training=True)
        total = tf.reduce_sum(value * grad)
    moving_mean, moving_variance = np.full(5, 0.3, "f4"), np.full(5, 2, "f4")
    got = normalize(x, gamma, beta, moving_mean, moving_variance)
    assert got.output.dtype == np.float32
    np.testing.assert_allclose(got.output, value.numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(moving_mean, layer.moving_mean.numpy(), rtol=1e-5)
    np.testing.assert_allclose(moving_variance, layer.moving_variance.numpy(), rtol=1e-5)
    want = tape.gradient(total, [variable, layer.gamma.value, layer.beta.value])
    for ours, theirs in zip(normalize_backward(got, grad), want, strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-4, atol=1e-4 * np.abs(theirs).max())


def test_dropout_keeps_the_mean_and_goes_on_where_it_was() -> None:
    random = np.random.default_rng(3)
    mask = dropout_mask((200, 500), 0.25, random, np.dtype(np.float32))
    assert mask.dtype == np.float32
    assert set(np.unique(mask)) == {np.float32(0), np.float32(1 / 0.75)}
    assert (mask == 0).mean() == pytest.approx(0.25, abs=0.01)
    state = random.bit_generator.state
    following = dropout_mask((9,), 0.5, random, np.dtype(np.float64))
    random.bit_generator.state = state
    np.testing.assert_array_equal(dropout_mask((9,), 0.5, random, np.dtype(np.float64)), following)
    assert (dropout_mask((50,), 0, random, np.dtype(np.float32)) == 1).all()


@pytest.mark.parametrize("rate", [-0.1, 1, float("nan")])
def test_dropout_refuses_a_rate_that_is_none(rate: float) -> None:
    with pytest.raises(CnnError, match="rate must be at least 0 and below 1"):
        dropout_mask((3,), rate, np.random.default_rng(0), np.dtype(np.float32))
