"""Losses: gradients against differences, values against Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnncore import CnnError
from cnncore.training.core import losses

LABELS = np.array([0, 2, 1, 2, 0])
ONE_HOT = np.eye(3)[LABELS]
CASES: dict[str, tuple[Callable[..., losses.Loss], np.ndarray, dict[str, Any]]] = {
    "SparseCategoricalCrossentropy": (losses.sparse_categorical_crossentropy, LABELS, {}),
    "SparseCategoricalCrossentropy logits": (
        losses.sparse_categorical_crossentropy,
        LABELS[:, None],
        {"from_logits": True},
    ),
    "CategoricalCrossentropy": (losses.categorical_crossentropy, 0.8 * ONE_HOT + 0.1, {}),
    "CategoricalCrossentropy logits": (losses.categorical_crossentropy, ONE_HOT, {"from_logits": True}),
    "BinaryCrossentropy": (losses.binary_crossentropy, ONE_HOT, {}),
    "BinaryCrossentropy logits": (losses.binary_crossentropy, 0.8 * ONE_HOT, {"from_logits": True}),
    "MeanSquaredError": (losses.mean_squared_error, ONE_HOT, {}),
}


def predictions(options: dict[str, Any]) -> np.ndarray:
    rng = np.random.default_rng(1)
    given = rng.standard_normal((5, 3)) * 3 if options else rng.random((5, 3))
    if not options:
        given /= given.sum(axis=1, keepdims=True)
    return given


@pytest.mark.parametrize("name", CASES)
def test_gradients_agree_with_differences(name: str) -> None:
    loss, wanted, options = CASES[name]
    given = predictions(options)
    got = loss(wanted, given, **options)
    assert got.gradient.dtype == np.float64
    assert got.values.shape == (5,)
    for i in np.ndindex(given.shape):
        up, down = given.copy(), given.copy()
        up[i] += 1e-6
        down[i] -= 1e-6
        want = (loss(wanted, up, **options).mean - loss(wanted, down, **options).mean) / 2e-6
        assert got.gradient[i] == pytest.approx(want, abs=1e-6)


def test_the_fused_gradients() -> None:
    logits = np.array([[1, 2, 4]], np.float32)
    p = np.exp(logits) / np.exp(logits).sum()
    got = losses.sparse_categorical_crossentropy([1], logits, from_logits=True)
    np.testing.assert_allclose(got.gradient, p - [[0, 1, 0]], rtol=1e-6)
    assert got.gradient.dtype == np.float32
    assert got.mean == pytest.approx(-np.log(p[0, 1]), rel=1e-6)
    got = losses.binary_crossentropy([1, 0], [[0.0], [0.0]], from_logits=True)
    np.testing.assert_allclose(got.gradient, [[-0.25], [0.25]])


def test_certain_predictions_are_clipped_and_have_no_gradient() -> None:
    got = losses.sparse_categorical_crossentropy([0, 1], np.array([[1, 0], [1, 0]], np.float32))
    assert not got.gradient.any()
    assert got.values[1] == pytest.approx(-np.log(1e-7), rel=1e-5)
    got = losses.binary_crossentropy([1, 0], np.ones((2, 1)))
    assert not got.gradient.any()
    assert got.values[1] == pytest.approx(-np.log(1e-7), rel=1e-5)
    big = losses.categorical_crossentropy([[1, 0]], [[1e4, -1e4]], from_logits=True)
    assert big.mean == 0
    assert np.isnan(losses.mean_squared_error([[1.0]], [[np.nan]]).mean)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.sparse_categorical_crossentropy([0, 3], np.ones((2, 3))), "y_true holds 3; .* from 0 to 2"),
        (lambda: losses.sparse_categorical_crossentropy([0, 0.5], np.ones((2, 3))), "y_true holds 0.5"),
        (lambda: losses.sparse_categorical_crossentropy([0, np.nan], np.ones((2, 3))), "y_true holds nan"),
        (lambda: losses.sparse_categorical_crossentropy([0], np.ones((2, 3))), r"y_true has shape \(1,\)"),
        (lambda: losses.categorical_crossentropy([0, 1], np.ones((2, 3))), r"y_true has shape \(2,\)"),
        (lambda: losses.mean_squared_error(["a"], np.ones((1, 1))), "y_true has dtype"),
        (lambda: losses.binary_crossentropy([1], 1.0), "y_pred has shape"),
    ],
)
def test_bad_arguments(call: Callable[[], object], message: str) -> None:
    with pytest.raises(CnnError, match=message):
        call()


@pytest.mark.keras
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_keras(name: str) -> None:
    import keras
    import tensorflow as tf

    loss, wanted, options = CASES[name]
    given = predictions(options).astype(np.float32)
    if name == "BinaryCrossentropy":
        given[0] = [0, 1, 1e-8]
    theirs = getattr(keras.losses, name.split(maxsplit=1)[0])(**options)
    variable = tf.Variable(given)
    with tf.GradientTape() as tape:
        value = theirs(wanted.astype(np.float32 if wanted.dtype.kind == "f" else np.int64), variable)
    got = loss(wanted, given, **options)
    assert got.mean == pytest.approx(float(value), rel=1e-4)
    want = tape.gradient(value, variable).numpy()
    np.testing.assert_allclose(got.gradient, want, rtol=1e-4, atol=1e-4 * np.abs(want).max())
