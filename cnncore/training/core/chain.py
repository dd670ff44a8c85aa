"""A model's layers as the stages of a training pass, and the pass itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cnncore._dtypes import Array
from cnncore.activations import ActivationName
from cnncore.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    LeakyReLU,
    MaxPooling2D,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)
from cnncore.training.core.stages import plain, weighted
from cnncore.training.core.stages.stage import Stage


class Chain:
    """The stages of `layers`. The last one's softmax or sigmoid, if it has one, is kept apart (`last`), because
    cross-entropy is computed from what goes into it."""

    def __init__(self, layers: Sequence[Layer], random: np.random.Generator) -> None:
        self._stages: list[Stage] = list(_stages(layers, random))
        self.last: ActivationName = "linear"
        end = self._stages[-1] if self._stages else None
        if isinstance(end, plain.Function) and end.name in ("softmax", "sigmoid"):
            self.last = end.name
            self._stages.pop()
        self._end = plain.Function(self.last) if self.last != "linear" else None
        trained = [at for at, stage in enumerate(self._stages) if stage.gradients]
        self._first = trained[0] if trained else len(self._stages)
        """The first stage with weights to train; nothing before it needs a gradient."""

    def logits(self, x: Array, *, training: bool) -> Array:
        """What the last softmax or sigmoid takes; the outputs, where there is none."""
        for stage in self._stages:
            x = stage.forward(x, training)
        return x

    def outputs(self, logits: Array) -> Array:
        """The model's outputs for what `logits` gave."""
        return logits if self._end is None else self._end.forward(logits, True)

    def backward(self, grad: Array, *, from_logits: bool) -> None:
        """Fill the gradients of all weights; `grad` is with respect to the logits, or else to the outputs."""
        if not from_logits and self._end is not None:
            passed = self._end.backward(grad, True)
            assert passed is not None
            grad = passed
        for at in range(len(self._stages) - 1, self._first - 1, -1):
            given = self._stages[at].backward(grad, at > self._first)
            if given is None:
                return
            grad = given

    def trained(self) -> Iterator[tuple[Layer, str, Array]]:
        """(layer, name, gradient) of each weight that training changes, in the model's order."""
        for stage in self._stages:
            if stage.layer is not None:
                for name, gradient in stage.gradients.items():
                    yield stage.layer, name, gradient


def _stages(layers: Sequence[Layer], random: np.random.Generator) -> Iterator[Stage]:
    at = 0
    while at < len(layers):
        layer = layers[at]
        at += 1
        if at < len(layers) and (both := weighted.PooledConvolution.of(layer, layers[at])) is not None:
            yield both
            at += 1
        else:
            yield from _of_layer(layer, random)


def _of_layer(layer: Layer, random: np.random.Generator) -> list[Stage]:
    match layer:
        case Conv2D() | DepthwiseConv2D():
            return [weighted.Convolution(layer), *_activation(layer.activation)]
        case Dense():
            return [weighted.FullyConnected(layer), *_activation(layer.activation)]
        case Activation():
            return _activation(layer.activation)
        case ReLU():
            return [plain.Rectifier() if layer.is_usual else plain.GeneralRectifier(layer)]
        case LeakyReLU():
            return [plain.Leaky(layer.negative_slope)]
        case Softmax():
            return _activation("softmax")
        case MaxPooling2D():
            return [plain.MaxPooling(layer)]
        case AveragePooling2D():
            return [plain.AveragePooling(layer)]
        case GlobalAveragePooling2D():
            return [plain.GlobalAverage(layer)]
        case BatchNormalization():
            return [weighted.Normalization(layer)]
        case Dropout():
            return [plain.Drop(layer, random)]
        case Flatten():
            return [plain.Reshape()]
        case ZeroPadding2D():
            return [plain.Pad(layer)]
        case Rescaling():
            return [plain.Scale(layer)]
    raise AssertionError(layer.kind)


def _activation(name: ActivationName) -> list[Stage]:
    if name == "linear":
        return []
    return [plain.Rectifier() if name == "relu" else plain.Function(name)]
