"""Networks: layers and their forward pass over `cnncore.ops`, converted from a Keras model or built by hand."""

from cnncore.network.layer import Layer
from cnncore.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    InputLayer,
    MaxPooling2D,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)
from cnncore.network.network import Network, Summary, SummaryRow

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
    "InputLayer",
    "Layer",
    "MaxPooling2D",
    "Network",
    "ReLU",
    "Rescaling",
    "Softmax",
    "Summary",
    "SummaryRow",
    "ZeroPadding2D",
]
