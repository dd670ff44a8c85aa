"""The refusal of layers and activations that are not supported, in one place for Keras's models and files."""

from __future__ import annotations

from cnncore.activations import ACTIVATIONS
from cnncore.errors import CnnError

SUPPORTED = (
    "Activation", "AveragePooling2D", "BatchNormalization", "Conv2D", "Dense", "DepthwiseConv2D", "Dropout", "Flatten",
    "GlobalAveragePooling2D", "InputLayer", "LeakyReLU", "MaxPooling2D", "ReLU", "Rescaling", "Softmax",
    "ZeroPadding2D",
)  # fmt: skip
"""The layers that can be taken over, by their names in Keras."""


def unsupported(name: str, kind: str, *, own: bool = False) -> CnnError:
    """Return the error for a layer; `own` is True if its class is not one of Keras, whatever its name."""
    if own:
        return CnnError(
            "layer {layer} is a {kind} whose class is not from Keras, so it may compute something else; "
            "supported are the Keras layers {supported}",
            layer=repr(name),
            kind=kind,
            supported=", ".join(SUPPORTED),
        )
    return CnnError(
        "layer {layer} is a {kind}, which is not supported; these are: {supported}",
        layer=repr(name),
        kind=kind,
        supported=", ".join(SUPPORTED),
    )


def unsupported_activation(name: str, activation: str) -> CnnError:
    return CnnError(
        "layer {layer} has the activation {activation}, which is not supported; these are: {supported}",
        layer=repr(name),
        activation=activation,
        supported=", ".join(sorted(ACTIVATIONS)),
    )
