"""A layer in two models: it keeps its weights where they fit, and is refused where they do not, as in Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncore import CnnError, layers
from cnncore.models import Sequential

BODY = [("Conv2D", (4, 3)), ("BatchNormalization", ()), ("MaxPooling2D", ()), ("GlobalAveragePooling2D", ())]


def two_sizes(kinds: Any, sequential: Any) -> tuple[Any, Any]:
    """Two models of the same layers, for pictures of two sizes."""
    shared = [*(getattr(kinds, name)(*given) for name, given in BODY), kinds.Dense(3, activation="softmax")]
    return sequential([kinds.Input((8, 9, 2)), *shared]), sequential([kinds.Input((12, 7, 2)), *shared])


def images(model: Any) -> Any:
    return np.random.default_rng(1).random((5, *model.input_shape[1:]), np.float32)


def test_weights_are_kept_and_both_models_work() -> None:
    first, second = two_sizes(layers, Sequential)
    before = first.get_weights()
    labels = np.arange(5) % 3
    assert (first.output_shape, second.output_shape) == ((None, 3), (None, 3))
    assert second.layers[0].output_shape == (10, 5, 4)
    outputs = first.predict(images(first), verbose=0)
    for model in (second, first, second):
        model.compile("sgd", "sparse_categorical_crossentropy")
    for model in (first, second, first):
        model.fit(images(model), labels, verbose=0)
        for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
    assert any(not np.array_equal(a, b) for a, b in zip(before, first.get_weights(), strict=True))
    first.set_weights(before)
    second.predict(images(second), verbose=0)
    np.testing.assert_array_equal(first.predict(images(first), verbose=0), outputs)


def test_a_layer_is_added_behind_one_that_was_used_elsewhere() -> None:
    shared = layers.Conv2D(4, 3)
    first = Sequential([layers.Input((8, 8, 1)), shared])
    Sequential([layers.Input((5, 5, 1)), shared])
    first.add(layers.Flatten())
    assert first.output_shape == (None, 6 * 6 * 4)


UNFIT = [("Conv2D", (4, 3), (6, 6, 1), (6, 6, 2)), ("Dense", (3,), (4,), (5,)), ("BatchNormalization", (), (4,), (5,))]


@pytest.mark.parametrize(("kind", "given", "shape", "other"), UNFIT)
def test_weights_that_do_not_fit_are_refused(kind: str, given: Any, shape: Any, other: Any) -> None:
    shared = getattr(layers, kind)(*given)
    first = Sequential([layers.Input(shape), shared])
    before = first.get_weights()
    with pytest.raises(CnnError, match="has weights for inputs of shape"):
        Sequential([layers.Input(other), shared])
    assert first.output_shape[1:] == shared.output_shape
    for one, now in zip(before, first.get_weights(), strict=True):
        np.testing.assert_array_equal(one, now)


@pytest.mark.keras
def test_keras_does_the_same() -> None:
    import keras

    ours, theirs = two_sizes(layers, Sequential), two_sizes(keras.layers, keras.Sequential)
    theirs[0].set_weights(ours[0].get_weights())
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(
            mine.predict(images(mine), verbose=0), other.predict(images(mine), verbose=0), atol=1e-5
        )
    for kind, given, shape, other in UNFIT:
        shared = getattr(keras.layers, kind)(*given)
        keras.Sequential([keras.Input(shape), shared])
        with pytest.raises(ValueError, match=r"incompatible|shape"):
            keras.Sequential([keras.Input(other), shared])
