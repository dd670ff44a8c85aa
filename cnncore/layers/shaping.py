"""Layers that arrange, scale or drop values: Input, Flatten, ZeroPadding2D, Rescaling, Dropout."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from cnncore._arguments import described, explicit_padding, float32_number, integer, items, number, pair
from cnncore.errors import CnnError
from cnncore.layers.base import Layer, shape_without_batch
from cnncore.network.layer import Shape


class InputLayer(Layer):
    """The shape of one input, without the batch."""

    def __init__(self, shape: Any = None, batch_size: Any = None, **options: Any) -> None:
        super().__init__(**options)
        if shape is None:
            raise CnnError("Input needs a shape, such as (28, 28, 1)")
        if batch_size is not None:
            raise CnnError("Input has batch_size={value}; leave it out, any size fits", value=described(batch_size))
        self.shape = shape_without_batch(shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        del input_shape
        return self.shape

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": [None, *self.shape],
            "dtype": "float32",
            "sparse": False,
            "ragged": False,
            "name": self.name,
        }

    def network_fields(self) -> dict[str, Any]:
        return {}


def Input(shape: Any = None, batch_size: Any = None, **options: Any) -> InputLayer:  # noqa: N802 - Keras's name
    """The first entry of a `Sequential`: the shape of one input, without the batch."""
    return InputLayer(shape, batch_size, **options)


class Flatten(Layer):
    """All numbers in a row, the channel fastest: (H, W, C) -> (H * W * C,)."""

    accepted: ClassVar[frozenset[str]] = frozenset({"data_format"})

    def __init__(self, data_format: Any = None, **options: Any) -> None:
        super().__init__(data_format=data_format, **options)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (math.prod(input_shape),)

    def hyperparameters(self) -> dict[str, Any]:
        return {"data_format": "channels_last"}

    def network_fields(self) -> dict[str, Any]:
        return {}


class Dropout(Layer):
    """While training, each value becomes 0 with probability `rate`, and the others are divided by 1 - rate
    (Srivastava et al., 2014). Outside training it changes nothing.

    `seed` starts a random stream of the layer's own; without it the model's stream is used.
    """

    accepted: ClassVar[frozenset[str]] = frozenset({"noise_shape"})

    def __init__(self, rate: Any, noise_shape: Any = None, seed: Any = None, **options: Any) -> None:
        super().__init__(noise_shape=noise_shape, **options)
        self.rate = number(rate, "rate", at_least=0)
        if self.rate > 1:
            raise CnnError("{name} must be from 0 to 1, got {value}", name="rate", value=self.rate)
        self.seed = None if seed is None else integer(seed, "seed", at_least=0)

    def hyperparameters(self) -> dict[str, Any]:
        return {"rate": self.rate, "seed": self.seed, "noise_shape": None}

    def network_fields(self) -> dict[str, Any]:
        return {"rate": self.rate}


class ZeroPadding2D(Layer):
    """Zeros around each map: one number, (rows, columns), or ((top, bottom), (left, right))."""

    accepted: ClassVar[frozenset[str]] = frozenset({"data_format"})

    def __init__(self, padding: Any = (1, 1), data_format: Any = None, **options: Any) -> None:
        super().__init__(data_format=data_format, **options)
        sides = items(padding)
        if sides is not None and len(sides) == 2 and all(items(side) is None for side in sides):
            rows, columns = pair(padding, "padding", at_least=0)
            self.padding = ((rows, rows), (columns, columns))
        elif sides is not None:
            halves = [pair(side, "padding", at_least=0) for side in sides]
            self.padding = explicit_padding(halves)
        else:
            self.padding = explicit_padding(padding)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        height, width, channels = self._maps(input_shape)
        return height + sum(self.padding[0]), width + sum(self.padding[1]), channels

    def hyperparameters(self) -> dict[str, Any]:
        return {"padding": [list(side) for side in self.padding], "data_format": "channels_last"}

    def network_fields(self) -> dict[str, Any]:
        return {"padding": self.padding}


class Rescaling(Layer):
    """x * scale + offset; either may be one number or one a channel."""

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale = _numbers(scale, "scale")
        self.offset = _numbers(offset, "offset")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        for name, value in (("scale", self.scale), ("offset", self.offset)):
            if isinstance(value, tuple) and len(value) not in (1, input_shape[-1] if input_shape else 1):
                raise CnnError(
                    "{name} of layer {layer} has shape {shape}; it must be one number, or one for each channel {needs}",
                    name=name,
                    layer=repr(self.label),
                    shape=(len(value),),
                    needs=input_shape[-1:],
                )
        return input_shape

    def hyperparameters(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in (("scale", self.scale), ("offset", self.offset))
        }

    def network_fields(self) -> dict[str, Any]:
        return {"scale": self.scale, "offset": self.offset}


def _numbers(value: Any, name: str) -> float | tuple[float, ...]:
    several = items(value)
    if several is None:
        return float32_number(value, name)
    return tuple(float32_number(one, name) for one in several)
