"""The layers of `cnncore.models.Sequential`, with Keras's names, arguments, defaults and order of arguments.

    from cnncore.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D

A layer holds its hyperparameters and, once a model has built it, its weights as numpy arrays. An argument of Keras's
that is not supported raises `CnnError` with its name, unless it has the value that changes nothing.
"""

from __future__ import annotations

from cnncore.layers.activation import Activation, LeakyReLU, ReLU, Softmax
from cnncore.layers.base import Layer
from cnncore.layers.convolution import Conv2D, DepthwiseConv2D
from cnncore.layers.dense import Dense
from cnncore.layers.normalization import BatchNormalization
from cnncore.layers.pooling import AveragePooling2D, GlobalAveragePooling2D, MaxPooling2D
from cnncore.layers.shaping import Dropout, Flatten, Input, InputLayer, Rescaling, ZeroPadding2D

__all__ = [
    "Activation",
    "AveragePooling2D",
    "BatchNormalization",
    "Conv2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "Input",
    "InputLayer",
    "Layer",
    "LeakyReLU",
    "MaxPooling2D",
    "ReLU",
    "Rescaling",
    "Softmax",
    "ZeroPadding2D",
]

KINDS: dict[str, type[Layer]] = {
    kind.__name__: kind
    for kind in (
        Activation, AveragePooling2D, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, Dropout, Flatten,
        GlobalAveragePooling2D, InputLayer, LeakyReLU, MaxPooling2D, ReLU, Rescaling, Softmax, ZeroPadding2D,
    )
}  # fmt: skip
"""Every layer by its name in Keras."""
