"""The networks to begin with, and networks with and without Dropout."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cnncore._arguments import one_of
from cnncore.training.architecture.architecture import Architecture
from cnncore.training.architecture.layer import LayerSpec

_IMAGE = (28, 28, 1)


def _conv(filters: int, size: int = 3, **options: Any) -> LayerSpec:
    return LayerSpec("Conv2D", {"filters": filters, "kernel_size": size, "activation": "relu", **options})


def _dense(units: int, activation: str = "relu") -> LayerSpec:
    return LayerSpec("Dense", {"units": units, "activation": activation})


_POOL, _MEAN, _FLATTEN = LayerSpec("MaxPooling2D"), LayerSpec("AveragePooling2D"), LayerSpec("Flatten")
_TEN = _dense(10, "softmax")

PRESETS: Mapping[str, Architecture] = MappingProxyType(
    {
        one.name: one
        for one in (
            Architecture("fashion", _IMAGE, (_conv(64), _POOL, _conv(64), _POOL, _FLATTEN, _dense(128), _TEN)),
            Architecture("binary", (150, 105, 1), (_conv(16), _POOL, _FLATTEN, _dense(512), _dense(1, "sigmoid"))),
            # LeCun et al. (1998), "Gradient-based learning applied to document recognition", figure 2, as it is built
            # today: tanh, averages, and a softmax in the place of radial basis functions.
            Architecture(
                "lenet5",
                _IMAGE,
                (
                    _conv(6, 5, padding="same", activation="tanh"),
                    _MEAN,
                    _conv(16, 5, activation="tanh"),
                    _MEAN,
                    _FLATTEN,
                    _dense(120, "tanh"),
                    _dense(84, "tanh"),
                    _TEN,
                ),
            ),
            Architecture("tiny", _IMAGE, (_conv(8), _POOL, _FLATTEN, _TEN)),
            Architecture("softmax", _IMAGE, (_FLATTEN, _TEN)),
        )
    }
)
"""By name: the network of the course for Fashion-MNIST, the one that answers yes or no, LeNet-5, a small one, and one
without a hidden layer, a softmax of the pixels."""


def preset(name: str) -> Architecture:
    """The network called `name`. Raises `CnnError`."""
    return PRESETS[one_of(name, "network", PRESETS)]


def with_dropout(network: Architecture, rate: float) -> Architecture:
    """The network with `rate` in its Dropout layers. A network without any gets one after each pooling layer and after
    each Dense layer but the last."""
    drop = LayerSpec("Dropout", {"rate": rate})
    if any(layer.kind == "Dropout" for layer in network.layers):
        layers = [drop if layer.kind == "Dropout" else layer for layer in network.layers]
        return network.with_layers(layers)
    layers = []
    last = max((at for at, layer in enumerate(network.layers) if layer.kind == "Dense"), default=-1)
    for at, layer in enumerate(network.layers):
        layers.append(layer)
        if layer.kind in ("MaxPooling2D", "AveragePooling2D") or (layer.kind == "Dense" and at != last):
            layers.append(drop)
    return network.with_layers(layers)


def without_dropout(network: Architecture) -> Architecture:
    """The network without its Dropout layers."""
    return network.with_layers([layer for layer in network.layers if layer.kind != "Dropout"])
