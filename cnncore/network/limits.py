"""Limits on the size of a network in a file, so that opening any file ends soon.

Far above what the layers here are used for: the largest plain chain in use, VGG19, has 26 layers, or some 60 where each
normalisation and activation is a layer of its own, 144 million weights and 3.2 million numbers in a layer's maps
(Simonyan and Zisserman 2015, arXiv 1409.1556).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnncore.errors import CnnError

DESCRIPTION_BYTES = 16 * 2**20
LAYERS = 1000
KERAS_LAYERS = 100
"""Keras builds a Sequential anew with each layer it adds: 100 take seconds, 200 four times as long."""
WEIGHTS = 2**30
"""In all layers together: 4 GiB of float32."""
NUMBERS = 2**28
"""The largest output of a layer for one input: 1 GiB of float32."""


def check_layers(count: int, most: int = LAYERS) -> None:
    if count > most:
        raise CnnError("the network has {count} layers; at most {most} can be", count=f"{count:,}", most=f"{most:,}")


def check_output(name: str, shape: Sequence[int]) -> None:
    """Of what the layer `name` gives, or takes, for one input."""
    if math.prod(shape) > NUMBERS:
        raise CnnError(
            "layer {layer} has {shape} numbers for one input; at most {most} can be",
            layer=repr(name),
            shape=" x ".join(f"{size:,}" for size in shape),
            most=f"{NUMBERS:,}",
        )


def check_weights(count: int, held: int) -> None:
    """Of all that a description asks for, where the file has `held` bytes of weights: no weight takes less than one."""
    if count > held:
        raise CnnError(
            "the layers it describes need {count} weights, but the file holds {held} bytes of weights",
            count=f"{count:,}",
            held=f"{held:,}",
        )
    if count > WEIGHTS:
        raise CnnError(
            "the layers it describes need {count} weights; at most {most} can be",
            count=f"{count:,}",
            most=f"{WEIGHTS:,}",
        )
