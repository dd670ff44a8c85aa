"""The meaning of a network's outputs: a score for every class, and the class with the largest score.

Softmax outputs are probabilities. A single sigmoid is the probability of class 1, and 1 minus it that of class 0. Any
other output is used as it is: larger is likelier, but it is not a probability (see `are_probabilities`).

If any score is NaN, there is no largest one and no predicted class: `NO_CLASS`.
"""

from __future__ import annotations

import math

import numpy as np

from cnncore._dtypes import FLOAT32, Array
from cnncore.network.layer import Layer
from cnncore.network.layers import Dropout, Flatten, Softmax
from cnncore.network.network import Network

NO_CLASS = -1


def _last(network: Network) -> Layer:
    """The last layer that computes something at inference."""
    return next(
        (layer for layer in reversed(network.layers) if not isinstance(layer, (Dropout, Flatten))), network.layers[-1]
    )


def _activation(network: Network) -> str:
    """Return the last activation if it covers all outputs together, else "linear"."""
    layer = _last(network)
    if layer.output_shape[-1] != math.prod(network.output_shape):
        return "linear"
    return "softmax" if isinstance(layer, Softmax) else str(getattr(layer, "activation", "linear"))


def from_0_to_1(network: Network, layer: int) -> bool:
    """Return True if the outputs of layer number `layer` are from 0 to 1, as those of softmax and sigmoid. Dropout and
    Flatten do not change this."""
    while layer > 0 and isinstance(network.layers[layer], (Dropout, Flatten)):
        layer -= 1
    chosen = network.layers[layer]
    return isinstance(chosen, Softmax) or getattr(chosen, "activation", "linear") in ("softmax", "sigmoid")


def class_count(network: Network) -> int:
    """Return the number of classes the network distinguishes; two for a single sigmoid output."""
    outputs = math.prod(network.output_shape)
    return 2 if outputs == 1 and _activation(network) == "sigmoid" else outputs


def are_probabilities(network: Network) -> bool:
    """Return True if `scores` are probabilities that add up to 1."""
    activation = _activation(network)
    return activation == "softmax" or (activation == "sigmoid" and math.prod(network.output_shape) == 1)


def scores(network: Network, outputs: Array) -> Array:
    """Return the scores (N, classes) float32 of the outputs (N, *output_shape) of `network`."""
    rows: Array = outputs.reshape(len(outputs), -1).astype(FLOAT32, copy=False)
    if class_count(network) == rows.shape[1]:
        return rows
    return np.concatenate([np.float32(1) - rows, rows], axis=1)


def best(class_scores: Array) -> Array:
    """Return the class (N,) with the largest score, or `NO_CLASS` if a score is NaN. Of equals the first is taken, as
    in Keras's accuracy."""
    classes: Array = np.where(np.isnan(class_scores).any(axis=1), NO_CLASS, np.argmax(class_scores, axis=1))
    return classes
