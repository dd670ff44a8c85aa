"""Layers that apply one function to every value, or to the last axis."""

from __future__ import annotations

from typing import Any, ClassVar

from cnncore._arguments import described, float32_number, items
from cnncore._dtypes import FLOAT32
from cnncore.activations import ActivationName, activation_name
from cnncore.errors import CnnError
from cnncore.layers.base import Layer
from cnncore.network.layer import Shape
from cnncore.network.layers import ReLU as NetworkReLU


def activation_of(given: Any) -> ActivationName:
    """The name of an activation: a name, None, a layer that stands for one, or the form it has in a file."""
    if isinstance(given, Activation):
        return given.activation
    if isinstance(given, Softmax):
        return "softmax"
    if isinstance(given, ReLU) and given.is_usual:
        return "relu"
    return activation_name(given, FLOAT32)


class Activation(Layer):
    """An activation by its Keras name: linear, relu, sigmoid, softmax, tanh."""

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activation_of(activation)

    def hyperparameters(self) -> dict[str, Any]:
        return {"activation": self.activation}


class ReLU(Layer):
    """max(x, 0). In full: x above `threshold`, negative_slope * (x - threshold) from there down, and at most
    `max_value`."""

    def __init__(self, max_value: Any = None, negative_slope: Any = 0.0, threshold: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.max_value = None if max_value is None else float32_number(max_value, "max_value", at_least=0)
        self.negative_slope = float32_number(
            0.0 if negative_slope is None else negative_slope, "negative_slope", at_least=0, finite=True
        )
        self.threshold = float32_number(0.0 if threshold is None else threshold, "threshold", at_least=0, finite=True)

    @property
    def is_usual(self) -> bool:
        """Tell whether this is max(x, 0) and nothing more."""
        return self.max_value is None and not self.negative_slope and not self.threshold

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


class LeakyReLU(Layer):
    """x above 0, negative_slope * x from there down."""

    def __init__(self, negative_slope: Any = 0.3, **options: Any) -> None:
        super().__init__(**options)
        self.negative_slope = float32_number(negative_slope, "negative_slope", at_least=0, finite=True)

    def hyperparameters(self) -> dict[str, Any]:
        return {"negative_slope": self.negative_slope}

    def network_layer(self, name: str) -> NetworkReLU:
        """A `ReLU` with this slope: `cnncore.network` needs no second layer for the same function."""
        self._must_be_built()
        return NetworkReLU(name=name, input_shape=self.input_shape or (), negative_slope=self.negative_slope)


class Softmax(Layer):
    """exp(x) / sum(exp(x)) over the last axis."""

    accepted: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, axis: Any = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = last_axis(axis, self)

    def hyperparameters(self) -> dict[str, Any]:
        return {"axis": -1}

    def network_fields(self) -> dict[str, Any]:
        return {}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_axis(self.axis, input_shape, self)
        return input_shape


def last_axis(axis: Any, layer: Layer) -> int:
    """`axis` as an integer, which may be given as a list of one."""
    given = items(axis)
    value = given[0] if given is not None and len(given) == 1 else axis
    if isinstance(value, bool) or not isinstance(value, int):
        raise CnnError(
            "layer {layer} works along axis {axis}; only the last axis, -1, is supported",
            layer=repr(layer.label),
            axis=described(axis),
        )
    return value


def check_axis(axis: int, input_shape: Shape, layer: Layer) -> None:
    """Raise `CnnError` unless `axis`, counted with the batch, is the last."""
    if axis not in (-1, len(input_shape)):
        raise CnnError(
            "layer {layer} works along axis {axis}; only the last axis, -1, is supported",
            layer=repr(layer.label),
            axis=axis,
        )
