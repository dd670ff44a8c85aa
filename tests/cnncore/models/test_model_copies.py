"""A copied or pickled model trains on as the original would."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

from cnncore import layers as kinds
from cnncore.models import Sequential
from cnncore.optimizers import RMSprop

IMAGES = np.random.default_rng(3).standard_normal((5, 12, 12, 2)).astype(np.float32)


def a_model() -> Sequential:
    """A model of every kind of layer, trained for a while."""
    model = Sequential(
        [
            kinds.Input((12, 12, 2)),
            kinds.Rescaling(0.5),
            kinds.ZeroPadding2D(1),
            kinds.Conv2D(4, 3, activation="relu"),
            kinds.MaxPooling2D(),
            kinds.BatchNormalization(),
            kinds.DepthwiseConv2D(2),
            kinds.LeakyReLU(),
            kinds.AveragePooling2D(),
            kinds.ReLU(max_value=6),
            kinds.Conv2D(8, 1),
            kinds.GlobalAveragePooling2D(keepdims=True),
            kinds.Flatten(),
            kinds.Dropout(0.2),
            kinds.Dense(3),
            kinds.Activation("tanh"),
            kinds.Softmax(),
        ],
        seed=np.random.SeedSequence(4),
    )
    model.compile(RMSprop(momentum=0.5), "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(IMAGES, np.arange(len(IMAGES)) % 3, batch_size=2, epochs=2, verbose=0)
    return model


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copied_model_trains_on_alike(copied: Callable[[Sequential], Sequential]) -> None:
    model = a_model()
    other = copied(model)
    np.testing.assert_array_equal(other.predict(IMAGES), model.predict(IMAGES), strict=True)
    for each in (model, other):
        each.fit(IMAGES, np.arange(len(IMAGES)) % 3, batch_size=2, epochs=2, verbose=0)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b, strict=True)
