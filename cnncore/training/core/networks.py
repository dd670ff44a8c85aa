"""The mission's two networks as models of `cnncore.models`, with the layers of `cnncore.training.plan`."""

from __future__ import annotations

import numpy as np

from cnncore.layers import Conv2D, Dense, Dropout, Flatten, Input, Layer, MaxPooling2D
from cnncore.models import Sequential
from cnncore.training.config import TrainConfig
from cnncore.training.plan import INPUTS, KERNEL, planned


def network(config: TrainConfig) -> Sequential:
    """The network that `config` names, compiled: adam, cross-entropy, accuracy. The same seed gives the same weights,
    the same order of the images and the same dropped values."""
    rows = planned(config).layers
    layers: list[Layer] = []
    for row in rows:
        match row.kind:
            case "Conv2D":
                layers.append(Conv2D(row.output_shape[-1], KERNEL, activation="relu", name=row.name))
            case "Dense":
                last = "softmax" if row.output_shape[0] > 1 else "sigmoid"
                activation = last if row is rows[-1] else "relu"
                layers.append(Dense(row.output_shape[0], activation=activation, name=row.name))
            case "MaxPooling2D":
                layers.append(MaxPooling2D(name=row.name))
            case "Dropout":
                layers.append(Dropout(config.dropout, name=row.name))
            case _:
                layers.append(Flatten(name=row.name))
    model = Sequential(
        [Input(INPUTS[config.network]), *layers], name=config.network, seed=np.random.SeedSequence(config.seed)
    )
    several = rows[-1].output_shape[0] > 1
    model.compile("adam", "sparse_categorical_crossentropy" if several else "binary_crossentropy", ["accuracy"])
    return model
