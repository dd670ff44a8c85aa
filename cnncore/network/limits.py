"""Limits on the size of a network in a file, so that opening any file ends soon.

The limits are far above practical networks: VGG19, the largest chain in common use, has 26 layers (about 60 with
separate normalisation and activation layers), 144 million weights, and 3.2 million numbers in the maps of a layer
(Simonyan and Zisserman 2015, arXiv 1409.1556).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnncore.errors import CnnError

DESCRIPTION_BYTES = 16 * 2**20
LAYERS = 1000
KERAS_LAYERS = 100
"""Keras rebuilds a Sequential for each layer it adds: 100 layers take seconds, 200 four times as long."""
WEIGHTS = 2**30
"""The largest number of weights of all layers together: 4 GiB of float32."""
NUMBERS = 2**28
"""The largest output of a layer for one input: 1 GiB of float32."""


def check_layers(count: int, most: int = LAYERS) -> None:
    if count > most:
        raise CnnError(
            "the network has {count} layers; it must have at most {most}", count=f"{count:,}", most=f"{most:,}"
        )


def check_output(name: str, shape: Sequence[int]) -> None:
    """Raise `CnnError` if the input or output `shape` of the layer `name` is too large."""
    if math.prod(shape) > NUMBERS:
        raise CnnError(
            "layer {layer} has {shape} numbers for one input; it must have at most {most}",
            layer=repr(name),
            shape=" x ".join(f"{size:,}" for size in shape),
            most=f"{NUMBERS:,}",
        )


def check_weights(count: int, held: int) -> None:
    """Raise `CnnError` if `count` weights are too many, or more than `held`, the bytes of weights in the file."""
    if count > held:
        raise CnnError(
            "the layers it describes need {count} weights, but the file holds {held} bytes of weights",
            count=f"{count:,}",
            held=f"{held:,}",
        )
    if count > WEIGHTS:
        raise CnnError(
            "the layers it describes need {count} weights; the limit is {most}",
            count=f"{count:,}",
            most=f"{WEIGHTS:,}",
        )
