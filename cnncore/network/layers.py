"""The layers, named and configured as in Keras and computed by `cnncore.ops`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from cnncore import ops
from cnncore._arguments import (
    Padding,
    explicit_padding,
    float32_number,
    integer,
    items,
    number,
    padding_of,
    pair,
    switch,
)
from cnncore._dtypes import FLOAT32, Array
from cnncore.activations import ActivationName, activate, activation_name
from cnncore.errors import CnnError
from cnncore.geometry import geometry, pool_geometry
from cnncore.network.layer import Layer, Shape, frozen_weights


def _activation(value: Any) -> ActivationName:
    return activation_name(value, FLOAT32)


def _activated(x: Array, name: ActivationName) -> Array:
    if name == "relu":
        return ops.relu(x)
    return ops.softmax(x) if name == "softmax" else activate(x, name)


class _Unchanged(Layer):
    """Base class of layers that keep the shape."""

    def _output_shape(self) -> Shape:
        return self.input_shape


@dataclass(frozen=True, eq=False, kw_only=True)
class InputLayer(_Unchanged):
    """Names the network's input; changes nothing."""

    def _forward(self, x: Array) -> Array:
        return x


@dataclass(frozen=True, eq=False, kw_only=True)
class _Convolution2D(Layer):
    """Base class of both convolutions, which differ only in the grouping of the kernel's channels."""

    kernel: Array = field(repr=False)
    bias: Array | None = field(default=None, repr=False)
    strides: tuple[int, int] = (1, 1)
    padding: Padding = "valid"
    dilation_rate: tuple[int, int] = (1, 1)
    activation: ActivationName = "linear"

    _weight_names: ClassVar[tuple[str, ...]] = ("kernel", "bias")

    def grouped(self) -> tuple[Array, int]:
        """The kernel as `conv2d` takes it, (kh, kw, C // groups, F), and the number of groups."""
        raise NotImplementedError

    def _prepare(self) -> None:
        self._set(
            padding=padding_of(self.padding),
            strides=pair(self.strides, "strides"),
            dilation_rate=pair(self.dilation_rate, "dilation_rate"),
            activation=_activation(self.activation),
        )
        if self.bias is not None:
            self._set(bias=frozen_weights(self.bias, "bias", (self.grouped()[0].shape[3],)))

    def _output_shape(self) -> Shape:
        kernel, _ = self.grouped()
        window = geometry(
            self._maps()[:2],
            (kernel.shape[0], kernel.shape[1]),
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
        )
        return (*window.output, kernel.shape[3])

    def _forward(self, x: Array) -> Array:
        kernel, groups = self.grouped()
        return ops.conv2d(
            x,
            kernel,
            self.bias,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            groups=groups,
            activation=self.activation,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Conv2D(_Convolution2D):
    """Convolution (cross-correlation). `kernel` is (kh, kw, C // groups, F), `bias` (F,) or None."""

    groups: int = 1

    def grouped(self) -> tuple[Array, int]:
        return self.kernel, self.groups

    def _prepare(self) -> None:
        self._set(kernel=frozen_weights(self.kernel, "kernel"), groups=integer(self.groups, "groups", at_least=1))
        channels, shape, groups = self._maps()[2], self.kernel.shape, self.groups
        if len(shape) != 4 or 0 in shape or channels % groups or shape[3] % groups or shape[2] * groups != channels:
            raise CnnError(
                "kernel of layer {layer} has shape {shape}; with {channels} input channels in {groups} group(s) "
                "it must be (kh, kw, {needs}, F), and groups must divide both C and F",
                layer=repr(self.name),
                shape=shape,
                channels=channels,
                groups=groups,
                needs=channels // groups,
            )
        super()._prepare()


@dataclass(frozen=True, eq=False, kw_only=True)
class DepthwiseConv2D(_Convolution2D):
    """Convolution of each channel separately.

    `kernel` is (kh, kw, C, depth_multiplier), `bias` (C * depth_multiplier,) or None.

    Output channel c * depth_multiplier + m comes from input channel c: a convolution with as many groups as channels.
    """

    @property
    def depth_multiplier(self) -> int:
        return int(self.kernel.shape[3])

    def grouped(self) -> tuple[Array, int]:
        return self.kernel.reshape(*self.kernel.shape[:2], 1, -1), self.kernel.shape[2]

    def _prepare(self) -> None:
        self._set(kernel=frozen_weights(self.kernel, "kernel"))
        channels, shape = self._maps()[2], self.kernel.shape
        if len(shape) != 4 or 0 in shape or shape[2] != channels:
            raise CnnError(
                "kernel of layer {layer} has shape {shape}; with {channels} input channels it must be "
                "(kh, kw, {channels}, depth_multiplier)",
                layer=repr(self.name),
                shape=shape,
                channels=channels,
            )
        super()._prepare()


@dataclass(frozen=True, eq=False, kw_only=True)
class _Pooling2D(Layer):
    pool_size: tuple[int, int] = (2, 2)
    strides: tuple[int, int] | None = None
    padding: Padding = "valid"

    def _prepare(self) -> None:
        self._maps()
        window = pair(self.pool_size, "pool_size")
        self._set(
            pool_size=window,
            strides=window if self.strides is None else pair(self.strides, "strides"),
            padding=padding_of(self.padding),
        )

    def _output_shape(self) -> Shape:
        window = pool_geometry(self._maps()[:2], self.pool_size, self.strides, self.padding)
        return (*window.output, self.input_shape[2])


class MaxPooling2D(_Pooling2D):
    """The largest value of each window."""

    def _forward(self, x: Array) -> Array:
        return ops.max_pool2d(x, self.pool_size, self.strides, self.padding)


class AveragePooling2D(_Pooling2D):
    """The mean of each window; padding is not counted."""

    def _forward(self, x: Array) -> Array:
        return ops.avg_pool2d(x, self.pool_size, self.strides, self.padding)


@dataclass(frozen=True, eq=False, kw_only=True)
class GlobalAveragePooling2D(Layer):
    """The mean of each whole map: (H, W, C) -> (C,), or (1, 1, C) with `keepdims`."""

    keepdims: bool = False

    def _prepare(self) -> None:
        self._set(keepdims=switch(self.keepdims, "keepdims"))

    def _output_shape(self) -> Shape:
        channels = self._maps()[2]
        return (1, 1, channels) if self.keepdims else (channels,)

    def _forward(self, x: Array) -> Array:
        return ops.avg_pool2d(x, self._maps()[:2]).reshape(len(x), *self.output_shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class ReLU(_Unchanged):
    """max(x, 0), or with Keras's arguments: x above `threshold`, negative_slope * (x - threshold) up to it, and at most
    `max_value`."""

    max_value: float | None = None
    negative_slope: float = 0.0
    threshold: float = 0.0

    def _prepare(self) -> None:
        if self.max_value is not None:
            self._set(max_value=float32_number(self.max_value, "max_value", at_least=0))
        for name in ("negative_slope", "threshold"):
            self._set(**{name: float32_number(getattr(self, name), name, at_least=0, finite=True)})

    def _forward(self, x: Array) -> Array:
        if self.threshold or self.negative_slope:
            slope, threshold = FLOAT32.type(self.negative_slope), FLOAT32.type(self.threshold)
            result = np.where(x <= threshold, slope * (x - threshold) if slope else FLOAT32.type(0), x)
        else:
            result = ops.relu(x)
        return result if self.max_value is None else np.minimum(result, FLOAT32.type(self.max_value))


@dataclass(frozen=True, eq=False, kw_only=True)
class Activation(_Unchanged):
    """An activation function by its Keras name."""

    activation: ActivationName

    def _prepare(self) -> None:
        self._set(activation=_activation(self.activation))

    def _forward(self, x: Array) -> Array:
        return _activated(x, self.activation)


class Softmax(_Unchanged):
    """exp(x) / sum(exp(x)) over the last axis."""

    def _forward(self, x: Array) -> Array:
        return ops.softmax(x)


@dataclass(frozen=True, eq=False, kw_only=True)
class BatchNormalization(_Unchanged):
    """At inference: (x - moving_mean) / sqrt(moving_variance + epsilon) * gamma + beta, along the last axis."""

    moving_mean: Array = field(repr=False)
    moving_variance: Array = field(repr=False)
    gamma: Array | None = field(default=None, repr=False)
    beta: Array | None = field(default=None, repr=False)
    epsilon: float = 1e-3

    _weight_names: ClassVar[tuple[str, ...]] = ("gamma", "beta", "moving_mean", "moving_variance")

    def _prepare(self) -> None:
        self._set(epsilon=float32_number(self.epsilon, "epsilon", finite=True))
        for name in self._weight_names:
            value = getattr(self, name)
            if value is not None or name.startswith("moving"):
                self._set(**{name: frozen_weights(value, name, self.input_shape[-1:])})

    def scale(self, dtype: np.dtype[Any]) -> Array:
        """gamma / sqrt(moving_variance + epsilon) of each channel: the factor by which the layer multiplies."""
        scale = 1.0 / np.sqrt(self.moving_variance.astype(np.float64) + self.epsilon)
        if self.gamma is not None:
            scale = scale * self.gamma
        result: Array = scale.astype(dtype)
        return result

    def _forward(self, x: Array) -> Array:
        result: Array = x - self.moving_mean
        result *= self.scale(x.dtype)
        if self.beta is not None:
            result += self.beta
        return result


@dataclass(frozen=True, eq=False, kw_only=True)
class ZeroPadding2D(Layer):
    """Zeros around each map: `padding` is ((top, bottom), (left, right))."""

    padding: tuple[tuple[int, int], tuple[int, int]] = ((1, 1), (1, 1))

    def _prepare(self) -> None:
        self._maps()
        self._set(padding=explicit_padding(self.padding))

    def _output_shape(self) -> Shape:
        height, width, channels = self._maps()
        return height + sum(self.padding[0]), width + sum(self.padding[1]), channels

    def _forward(self, x: Array) -> Array:
        return np.pad(x, ((0, 0), *self.padding, (0, 0)))


@dataclass(frozen=True, eq=False, kw_only=True)
class Rescaling(_Unchanged):
    """x * scale + offset; each is one number, or one per channel."""

    scale: float | tuple[float, ...] = 1.0
    offset: float | tuple[float, ...] = 0.0

    def _prepare(self) -> None:
        for name in ("scale", "offset"):
            value = getattr(self, name)
            numbers = items(value)
            if numbers is not None and len(numbers) not in (1, self.input_shape[-1] if self.input_shape else 1):
                raise CnnError(
                    "{name} of layer {layer} has shape {shape}; it must be one number, or one for each channel {needs}",
                    name=name,
                    layer=repr(self.name),
                    shape=(len(numbers),),
                    needs=self.input_shape[-1:],
                )
            one = float32_number
            self._set(**{name: one(value, name) if numbers is None else tuple(one(number, name) for number in numbers)})

    def _forward(self, x: Array) -> Array:
        result: Array = x * np.asarray(self.scale, FLOAT32) + np.asarray(self.offset, FLOAT32)
        return result


class Flatten(Layer):
    """All numbers in a row, the channel fastest: (H, W, C) -> (H * W * C,)."""

    def _output_shape(self) -> Shape:
        return (self._size(),)

    def _forward(self, x: Array) -> Array:
        return x.reshape(len(x), self._size())


@dataclass(frozen=True, eq=False, kw_only=True)
class Dropout(_Unchanged):
    """Drops numbers during training. At inference, which `forward` computes, it changes nothing."""

    rate: float = 0.5

    def _prepare(self) -> None:
        self._set(rate=number(self.rate, "rate", at_least=0))
        if self.rate > 1:
            raise CnnError("{name} must be from 0 to 1, got {value}", name="rate", value=self.rate)

    def _forward(self, x: Array) -> Array:
        return x


@dataclass(frozen=True, eq=False, kw_only=True)
class Dense(Layer):
    """inputs @ kernel + bias over the last axis. `kernel` is (K, M), `bias` (M,) or None."""

    kernel: Array = field(repr=False)
    bias: Array | None = field(default=None, repr=False)
    activation: ActivationName = "linear"

    _weight_names: ClassVar[tuple[str, ...]] = ("kernel", "bias")

    @property
    def units(self) -> int:
        return int(self.kernel.shape[1])

    def _prepare(self) -> None:
        self._set(kernel=frozen_weights(self.kernel, "kernel"))
        shape = self.kernel.shape
        if len(shape) != 2 or not self.input_shape or 0 in shape or shape[0] != self.input_shape[-1]:
            raise CnnError(
                "kernel of layer {layer} has shape {shape}; for inputs of shape {inputs} it must be ({needs}, units)",
                layer=repr(self.name),
                shape=shape,
                inputs=self.input_shape,
                needs=self.input_shape[-1] if self.input_shape else "K",
            )
        self._set(
            bias=None if self.bias is None else frozen_weights(self.bias, "bias", shape[1:]),
            activation=_activation(self.activation),
        )

    def _output_shape(self) -> Shape:
        return (*self.input_shape[:-1], self.units)

    def _forward(self, x: Array) -> Array:
        rows = x.reshape(-1, x.shape[-1])
        result = ops.dense(rows, self.kernel, self.bias, self.activation)
        return result.reshape(len(x), *self.output_shape)
