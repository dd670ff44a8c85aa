"""The network of a run as a compiled Keras model.

Pixels are divided by 255 when the data is prepared (`cnncore.training`), not by a layer, so that the summary shows only
the network.

The same seed gives the same initial weights with and without dropout, so that two runs can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnncore.keras._import import import_keras
from cnncore.training.architecture import Row, check, loss_of
from cnncore.training.config import TrainConfig


def build(config: TrainConfig) -> Any:
    """Build the network of `config`, compiled with its optimizer, cross-entropy and accuracy. "fashion" has 243,786
    parameters, "binary" 30,917,793. Seeds Python, numpy and the backend, so that the same configuration gives the same
    run. Raises `CnnError` for a network that cannot be trained."""
    keras = import_keras()
    design = config.design
    rows = check(design)
    first, *drops = _seeds(config.seed, 1 + sum(row.spec.kind == "Dropout" for row in rows))
    keras.utils.set_random_seed(first)
    left = iter(drops)
    chain = [keras.Input(design.input_shape, dtype="float32"), *(_layer(keras, row, left) for row in rows)]
    model = keras.Sequential(chain, name=config.network)
    model.compile(
        optimizer=keras.optimizers.get(config.optimizer_config),
        loss=loss_of(design),
        metrics=["accuracy"],
    )
    return model


def _layer(keras: Any, row: Row, seeds: Iterator[int]) -> Any:
    arguments = dict(row.spec.arguments)
    if row.spec.kind == "Dropout":
        # A seed of its own leaves the random stream of the initial weights unchanged.
        arguments["seed"] = next(seeds)
    if len(row.input_shape or ()) == 3 and row.spec.kind in _MAPS:
        arguments["data_format"] = "channels_last"
    # Whatever floatx or dtype policy is set.
    return getattr(keras.layers, row.spec.kind)(**arguments, name=row.name, dtype="float32")


_MAPS = {
    "Conv2D", "DepthwiseConv2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D", "Flatten",
    "ZeroPadding2D",
}  # fmt: skip


def _seeds(seed: int, count: int) -> list[int]:
    """Return independent seeds, each below 2 ** 31, derived from one. The first ones do not depend on `count`."""
    return [int(s) >> 1 for s in np.random.SeedSequence(seed).generate_state(count)]
