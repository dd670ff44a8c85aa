"""A network with random initial weights, drawn by Keras's rule but without Keras."""

from __future__ import annotations

import math

import numpy as np

from cnncore._dtypes import FLOAT32, Array
from cnncore.activations import ActivationName
from cnncore.network import Conv2D, Dense, Dropout, Flatten, Layer, MaxPooling2D, Network
from cnncore.training.config import NetworkName, TrainConfig
from cnncore.training.plan import INPUTS, KERNEL, planned


def fresh_network(name: NetworkName = "fashion", *, seed: int = 0, dropout: float = 0.0) -> Network:
    """Return the network of `planned` with Glorot-uniform kernels and zero biases. The same seed gives
    the same weights.

    Glorot and Bengio (2010): uniform from -limit to limit, limit = sqrt(6 / (fan_in + fan_out)). That is Keras's rule;
    the numbers come from numpy, so they differ from those of a Keras model with the same seed.
    """
    config = TrainConfig(network=name, seed=seed, dropout=dropout)
    random = np.random.default_rng(seed)
    shape: tuple[int, ...] = INPUTS[name]
    rows = planned(config).layers
    layers: list[Layer] = []
    for row in rows:
        layer: Layer
        match row.kind:
            case "Conv2D":
                kernel = _glorot(random, (KERNEL, KERNEL, shape[-1], row.output_shape[-1]))
                layer = Conv2D(name=row.name, input_shape=shape, kernel=kernel, bias=_zeros(kernel), activation="relu")
            case "Dense":
                kernel = _glorot(random, (shape[0], row.output_shape[0]))
                units = row.output_shape[0]
                last: ActivationName = "softmax" if units > 1 else "sigmoid"
                activation: ActivationName = last if row is rows[-1] else "relu"
                layer = Dense(
                    name=row.name, input_shape=shape, kernel=kernel, bias=_zeros(kernel), activation=activation
                )
            case "MaxPooling2D":
                layer = MaxPooling2D(name=row.name, input_shape=shape)
            case "Dropout":
                layer = Dropout(name=row.name, input_shape=shape, rate=dropout)
            case _:
                layer = Flatten(name=row.name, input_shape=shape)
        layers.append(layer)
        shape = layer.output_shape
    return Network(layers, INPUTS[name])


def _glorot(random: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return random weights (..., inputs, outputs), float32; the axes before the last two are those of the window."""
    window = math.prod(shape[:-2])
    limit = math.sqrt(6 / (window * (shape[-2] + shape[-1])))
    kernel: Array = (random.random(shape, FLOAT32) * np.float32(2) - np.float32(1)) * np.float32(limit)
    return kernel


def _zeros(kernel: Array) -> Array:
    return np.zeros(kernel.shape[-1], FLOAT32)
