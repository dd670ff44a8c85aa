"""A network with a layer of every kind, and one explained value of each."""

from __future__ import annotations

import math

import numpy as np

from cnncore.network import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    InputLayer,
    Layer,
    MaxPooling2D,
    Network,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)
from cnncore.network.explain import Explanation, explain
from tui.drawing.theme import DARK_NAME, palette
from tui.network.value_listing import Listing
from tui.network.value_panel import ValueView, value_view

COLOURS = palette(DARK_NAME)


NAMES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


random = np.random.default_rng(11)


def normal(*shape: int) -> np.ndarray:
    return random.normal(size=shape).astype(np.float32)


def every_kind() -> Network:
    """All layers in one chain; the third convolution has many maps."""
    shape: tuple[int, ...] = (8, 9, 2)
    layers: list[Layer] = []

    def add(kind: type[Layer], **options: object) -> None:
        nonlocal shape
        layers.append(kind(name=f"{kind.__name__.lower()}_{len(layers)}", input_shape=shape, **options))
        shape = layers[-1].output_shape

    add(InputLayer)
    add(Rescaling, scale=1 / 127.5, offset=-1.0)
    add(ZeroPadding2D)
    add(Conv2D, kernel=normal(3, 3, 2, 4), bias=normal(4), padding="same", activation="sigmoid")
    add(BatchNormalization, moving_mean=normal(4), moving_variance=abs(normal(4)) + 0.1, gamma=normal(4))
    add(DepthwiseConv2D, kernel=normal(3, 3, 4, 3), bias=normal(12), padding="same", activation="tanh")
    add(ReLU, max_value=0.5, negative_slope=0.1, threshold=0.2)
    add(AveragePooling2D, pool_size=2, padding="same")
    add(Conv2D, kernel=normal(3, 3, 12, 40), bias=normal(40), padding="same", activation="relu")
    add(MaxPooling2D, padding="same")
    add(Conv2D, kernel=normal(1, 1, 40, 6), activation="softmax")
    add(Dropout, rate=0.25)
    add(Flatten)
    add(Dense, kernel=normal(math.prod(shape), 12), bias=normal(12), activation="relu")
    add(Dense, kernel=normal(12, 10), bias=normal(10), activation="softmax")
    add(Activation, activation="tanh")
    add(Softmax)
    return Network(layers, (8, 9, 2))


NETWORK = every_kind()


IMAGE = random.integers(0, 256, (8, 9, 2)).astype(np.float32)


INSIDE = NETWORK.activations(IMAGE)


KINDS = range(len(NETWORK.layers))


FOLDED, POOLED, FLAT, DENSE, PROBABILITIES, SOFTMAX = 8, 9, 12, 13, 14, 16


def middle(layer: int) -> Explanation:
    position = tuple(size // 2 for size in NETWORK.layers[layer].output_shape)
    return explain(NETWORK, IMAGE, INSIDE, layer, position)


def show(layer: int, width: int = 76, height: int = 18, **options: object) -> ValueView[Listing]:
    return value_view(middle(layer), width=width, height=height, colours=COLOURS, **options)  # type: ignore[arg-type]


def plain(view: ValueView[Listing]) -> str:
    return "\n".join(line.plain for line in view.lines)
