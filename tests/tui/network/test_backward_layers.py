"""The backward view of layers of every kind, at every depth."""

from __future__ import annotations

import numpy as np
import pytest
from backward_views import View

from cnncore.network import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Network,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)
from tui.network.backward_spoken import backward_lines
from tui.network.cursor import Depth


def every_kind_of_layer(*last: Layer) -> Network:
    random = np.random.default_rng(3)

    def some(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float32)

    layers: list[Layer] = [
        Rescaling(name="scale", input_shape=(12, 12, 1), scale=0.5, offset=0.1),
        ZeroPadding2D(name="border", input_shape=(12, 12, 1), padding=((1, 1), (1, 1))),
        Conv2D(name="tanh", input_shape=(14, 14, 1), kernel=some(3, 3, 1, 4), bias=some(4), activation="tanh"),
        DepthwiseConv2D(name="depthwise", input_shape=(12, 12, 4), kernel=some(3, 3, 4, 2), padding="same"),
        BatchNormalization(
            name="norm",
            input_shape=(12, 12, 8),
            gamma=some(8),
            beta=some(8),
            moving_mean=some(8),
            moving_variance=np.abs(some(8)),
        ),
        ReLU(name="relu", input_shape=(12, 12, 8)),
        AveragePooling2D(name="mean", input_shape=(12, 12, 8)),
        MaxPooling2D(name="most", input_shape=(6, 6, 8), pool_size=(3, 3), strides=(1, 1), padding="same"),
        Conv2D(name="groups", input_shape=(6, 6, 8), kernel=some(3, 3, 4, 6), groups=2, padding="same"),
        GlobalAveragePooling2D(name="all", input_shape=(6, 6, 6)),
        Activation(name="squash", input_shape=(6,), activation="sigmoid"),
    ]
    return Network([*layers, *last], (12, 12, 1))


@pytest.mark.parametrize("size", [(80, 18), (200, 58)])
@pytest.mark.parametrize("end", ["softmax", "sigmoid"])
def test_every_kind_of_layer_is_drawn_and_described_backwards(end: str, size: tuple[int, int]) -> None:
    kernel = np.random.default_rng(1).normal(size=(6, 3 if end == "softmax" else 1)).astype(np.float32)
    dense = Dense(name="last", input_shape=(6,), kernel=kernel, activation="linear" if end == "softmax" else "sigmoid")
    last = [dense, Softmax(name="softmax", input_shape=(3,))] if end == "softmax" else [dense]
    view = View(every_kind_of_layer(*last), pictures=False)
    assert view.backwards.toggle() == ""
    cursor, backward = view.state.cursor, view.state.backward
    for layer in range(len(view.state.network.layers)):
        cursor.to_layer(layer)
        for depth in Depth:
            cursor.to_depth(depth)
            for backward.weight in (None, 0):
                view.drawn(*size)
                assert backward_lines(view.state)[0]
        explained = backward.explained(cursor)
        assert explained is not None
        assert explained.value == pytest.approx(explained.core, rel=1e-4, abs=1e-7)
        cursor.to_depth(Depth.NETWORK)


def test_a_network_that_goes_on_after_its_softmax_has_no_loss() -> None:
    kernel = np.ones((6, 3), np.float32)
    last = Dense(name="last", input_shape=(6,), kernel=kernel, activation="softmax")
    view = View(every_kind_of_layer(last, Dropout(name="drop", input_shape=(3,), rate=0.5)), pictures=False)
    assert view.backwards.toggle().startswith("No gradient: this network does not end in softmax")
