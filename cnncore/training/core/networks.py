"""The network of a run as a model of `cnncore.models`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncore import optimizers
from cnncore.layers import Input
from cnncore.models import Sequential
from cnncore.training.architecture import check, loss_of
from cnncore.training.config import OptimizerName, TrainConfig
from cnncore.training.core.optimizers import Rule


def network(config: TrainConfig) -> Sequential:
    """The network of `config`, compiled with its optimizer, cross-entropy and accuracy. The same seed gives the same
    weights, the same order of the images and the same dropped values. Raises `CnnError`."""
    design = config.design
    layers = [row.spec.layer(row.name) for row in check(design)]
    model = Sequential(
        [Input(design.input_shape), *layers], name=config.network, seed=np.random.SeedSequence(config.seed)
    )
    model.compile(optimizer(config.optimizer, config.learning_rate), loss_of(design), ["accuracy"])
    return model


_OPTIMIZERS: dict[OptimizerName, Callable[..., Rule]] = {
    "adam": optimizers.Adam,
    "adamw": optimizers.AdamW,
    "rmsprop": optimizers.RMSprop,
    "sgd": optimizers.SGD,
}


def optimizer(name: OptimizerName, learning_rate: float) -> Rule:
    """The optimizer with Keras's defaults, and `learning_rate` unless that is 0."""
    make = _OPTIMIZERS[name]
    return make(learning_rate=learning_rate) if learning_rate else make()
