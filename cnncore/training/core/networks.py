"""The network of a run as a model of `cnncore.models`."""

from __future__ import annotations

import numpy as np

from cnncore.layers import Input
from cnncore.models import Sequential
from cnncore.training.architecture import check, loss_of
from cnncore.training.config import TrainConfig


def network(config: TrainConfig) -> Sequential:
    """The network of `config`, compiled with its optimizer, cross-entropy and accuracy. The same seed gives the same
    weights, the same order of the images and the same dropped values. Raises `CnnError`."""
    design = config.design
    layers = [row.spec.layer(row.name) for row in check(design)]
    model = Sequential(
        [Input(design.input_shape), *layers], name=config.network, seed=np.random.SeedSequence(config.seed)
    )
    model.compile(config.optimizer_config, loss_of(design), ["accuracy"])
    return model
