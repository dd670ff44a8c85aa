"""The two built-in networks as compiled Keras models.

Pixels are divided by 255 when the data is prepared (`cnncore.training`), not by a layer, so that the summary shows only
the network. If `dropout` is above 0, a Dropout layer follows each pooling and the last hidden Dense layer.

The same seed gives the same initial weights with and without dropout, so that two runs can be compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncore.keras._import import import_keras
from cnncore.training.config import TrainConfig

INPUT_SHAPES = {"fashion": (28, 28, 1), "binary": (150, 105, 1)}
"""(height, width, channels) of the input of each network."""


def build(config: TrainConfig) -> Any:
    """Build the network that `config` names, compiled with adam, cross-entropy and accuracy. "fashion" has 243,786
    parameters, "binary" 30,917,793. Seeds Python, numpy and the backend, so that the same configuration gives the same
    run."""
    keras = import_keras()
    layers, seeds = keras.layers, _seeds(config.seed)
    keras.utils.set_random_seed(seeds[0])
    convolutions = (64, 64) if config.network == "fashion" else (16,)
    hidden, outputs = (128, 10) if config.network == "fashion" else (512, 1)
    drops = iter(seeds[1:])
    ours = {"dtype": "float32"}  # whatever floatx or dtype policy is set
    last = {"data_format": "channels_last", **ours}

    def numbered(name: str, index: int) -> str:
        return name if not index else f"{name}_{index}"

    def dropout(index: int) -> list[Any]:
        # A seed of its own leaves the random stream of the initial weights unchanged.
        name = numbered("dropout", index)
        return [layers.Dropout(config.dropout, seed=next(drops), name=name, **ours)] if config.dropout else []

    chain: list[Any] = [keras.Input(INPUT_SHAPES[config.network], dtype="float32")]
    for i, filters in enumerate(convolutions):
        chain += [
            layers.Conv2D(filters, 3, activation="relu", name=numbered("conv2d", i), **last),
            layers.MaxPooling2D(2, name=numbered("max_pooling2d", i), **last),
            *dropout(i),
        ]
    chain += [
        layers.Flatten(name="flatten", **last),
        layers.Dense(hidden, activation="relu", name="dense", **ours),
        *dropout(len(convolutions)),
        layers.Dense(
            outputs,
            activation="softmax" if outputs > 1 else "sigmoid",
            name="dense_1",
            **ours,
        ),
    ]
    model = keras.Sequential(chain, name=config.network)
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy" if outputs > 1 else "binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


def _seeds(seed: int) -> list[int]:
    """Return independent seeds, each below 2 ** 31, derived from one."""
    return [int(s) >> 1 for s in np.random.SeedSequence(seed).generate_state(4)]
