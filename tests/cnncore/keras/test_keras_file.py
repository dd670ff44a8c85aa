"""Files of `Sequential.save` in Keras, and Keras's files here: the same weights, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore import layers, models
from cnncore.keras_file.file import network_from_file, read_keras_file

pytestmark = pytest.mark.keras
X = np.random.default_rng(0).random((4, 12, 12, 2), np.float32)


def every_kind(of: Any) -> list[Any]:
    """One layer of every kind, of Keras's or of ours."""
    return [
        of.Rescaling(0.5, offset=0.1),
        of.ZeroPadding2D(1),
        of.Conv2D(4, 3, activation="relu"),
        of.BatchNormalization(),
        of.DepthwiseConv2D(3, padding="same", use_bias=False),
        of.LeakyReLU(),
        of.MaxPooling2D(),
        of.Conv2D(4, 3, strides=2, padding="same"),
        of.ReLU(),
        of.AveragePooling2D(2),
        of.Dropout(0.3),
        of.Conv2D(6, 1),
        of.Activation("tanh"),
        of.Flatten(),
        of.Dense(5),
        of.Softmax(),
    ]


def equal(ours: list[Any], theirs: list[Any]) -> None:
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_keras_opens_our_files(keras: Any, tmp_path: Path) -> None:
    model = models.Sequential([layers.Input((12, 12, 2)), *every_kind(layers)])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(X, np.arange(4) % 5, epochs=2, batch_size=2, verbose=0)
    model.save(tmp_path / "ours.keras")
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    equal(model.get_weights(), theirs.get_weights())
    equal(read_keras_file(tmp_path / "ours.keras").optimizer, theirs.optimizer.variables)
    np.testing.assert_allclose(model.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-4, atol=1e-5)
    theirs.save(tmp_path / "back.keras")
    equal(models.load_model(tmp_path / "back.keras").get_weights(), model.get_weights())


def test_we_open_keras_files(keras: Any, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((12, 12, 2)), *every_kind(keras.layers)])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(X, np.arange(4) % 5, epochs=2, batch_size=2, verbose=0)
    model.save(tmp_path / "theirs.keras")
    ours = read_keras_file(tmp_path / "theirs.keras")
    equal(ours.optimizer, model.optimizer.variables)
    equal(models.load_model(tmp_path / "theirs.keras").get_weights(), model.get_weights())


@pytest.mark.parametrize("functional", [False, True])
def test_models_inside_models(keras: Any, tmp_path: Path, functional: bool) -> None:
    inner = keras.Sequential([keras.Input((12, 12, 2)), keras.layers.Conv2D(3, 3), keras.layers.Conv2D(2, 3)])
    chain = [keras.layers.Conv2D(2, 1), inner, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(3)]
    if functional:
        y = inputs = keras.Input((12, 12, 2))
        for layer in chain:
            y = layer(y)
        model = keras.Model(inputs, y)
    else:
        model = keras.Sequential([keras.Input((12, 12, 2)), *chain])
    model.save(tmp_path / "nested.keras")
    network = network_from_file(tmp_path / "nested.keras")
    equal([array for layer in network.layers for array in layer.weights.values()], model.get_weights())
    np.testing.assert_allclose(network.predict(X), model.predict(X, verbose=0), rtol=1e-4, atol=1e-5)
