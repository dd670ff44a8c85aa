"""Stages without weights: pooling, activations, dropout, and what arranges or scales values."""

from __future__ import annotations

import math

import numpy as np

from cnncore import ops
from cnncore._dtypes import FLOAT32, Array
from cnncore.activations import ActivationName, activate
from cnncore.gradients.pointwise import (
    leaky_relu,
    leaky_relu_backward,
    relu_backward,
    sigmoid_backward,
    softmax_backward,
    tanh_backward,
)
from cnncore.gradients.pool2d import avg_pool2d_backward, max_pool2d_backward
from cnncore.layers import (
    AveragePooling2D,
    Dropout,
    GlobalAveragePooling2D,
    MaxPooling2D,
    ReLU,
    Rescaling,
    ZeroPadding2D,
)
from cnncore.training.core.dropout import dropout_mask
from cnncore.training.core.stages.stage import Plain


class MaxPooling(Plain):
    def __init__(self, layer: MaxPooling2D) -> None:
        super().__init__()
        self._window = layer.pool_size, layer.strides, layer.padding
        self._inputs: Array | None = None

    def forward(self, x: Array, training: bool) -> Array:
        self._inputs = x if training else None
        return ops.max_pool2d(x, *self._window)

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        assert self._inputs is not None
        return max_pool2d_backward(self._inputs, grad, *self._window) if need_inputs else None


class AveragePooling(Plain):
    def __init__(self, layer: AveragePooling2D) -> None:
        super().__init__()
        self._window = layer.pool_size, layer.strides, layer.padding
        self._inputs: Array | None = None

    def forward(self, x: Array, training: bool) -> Array:
        self._inputs = x if training else None
        return ops.avg_pool2d(x, *self._window)

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        assert self._inputs is not None
        return avg_pool2d_backward(self._inputs, grad, *self._window) if need_inputs else None


class GlobalAverage(Plain):
    def __init__(self, layer: GlobalAveragePooling2D) -> None:
        super().__init__()
        self._shape = layer.input_shape or ()
        self._output = layer.output_shape or ()

    def forward(self, x: Array, training: bool) -> Array:
        del training
        return ops.avg_pool2d(x, self._shape[:2]).reshape(len(x), *self._output)

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        if not need_inputs:
            return None
        height, width, channels = self._shape
        share = grad.reshape(len(grad), 1, 1, channels) * FLOAT32.type(1 / (height * width))
        return np.ascontiguousarray(np.broadcast_to(share, (len(grad), height, width, channels)))


class Rectifier(Plain):
    """max(x, 0)."""

    def __init__(self) -> None:
        super().__init__()
        self._outputs: Array | None = None

    def forward(self, x: Array, training: bool) -> Array:
        outputs = ops.relu(x)
        self._outputs = outputs if training else None
        return outputs

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        assert self._outputs is not None
        return relu_backward(self._outputs, grad) if need_inputs else None


class Leaky(Plain):
    """x above 0, slope * x from there down."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self._slope = slope
        self._inputs: Array | None = None

    def forward(self, x: Array, training: bool) -> Array:
        self._inputs = x if training else None
        return leaky_relu(x, self._slope)

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        assert self._inputs is not None
        return leaky_relu_backward(self._inputs, grad, self._slope) if need_inputs else None


class GeneralRectifier(Plain):
    """Keras's ReLU with a threshold, a slope or a limit."""

    def __init__(self, layer: ReLU) -> None:
        super().__init__()
        self._slope, self._threshold = FLOAT32.type(layer.negative_slope), FLOAT32.type(layer.threshold)
        self._limit = FLOAT32.type(math.inf if layer.max_value is None else layer.max_value)
        self._inputs: Array | None = None

    def forward(self, x: Array, training: bool) -> Array:
        self._inputs = x if training else None
        low = self._slope * (x - self._threshold) if self._slope else FLOAT32.type(0)
        result: Array = np.minimum(np.where(x <= self._threshold, low, x), self._limit)
        return result

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        assert self._inputs is not None
        if not need_inputs:
            return None
        x = self._inputs
        result: Array = np.where(x <= self._threshold, grad * self._slope, np.where(x < self._limit, grad, 0))
        return result.astype(FLOAT32, copy=False)


_BACKWARD = {"sigmoid": sigmoid_backward, "softmax": softmax_backward, "tanh": tanh_backward}


class Function(Plain):
    """sigmoid, softmax or tanh: gradients follow from the outputs."""

    def __init__(self, name: ActivationName) -> None:
        super().__init__()
        self.name = name
        self._outputs: Array | None = None

    def forward(self, x: Array, training: bool) -> Array:
        outputs = ops.softmax(x) if self.name == "softmax" else activate(x, self.name)
        self._outputs = outputs if training else None
        return outputs

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        assert self._outputs is not None
        return _BACKWARD[self.name](self._outputs, grad) if need_inputs else None


class Drop(Plain):
    """Dropout with a stream of random numbers, the layer's own or the model's."""

    def __init__(self, layer: Dropout, random: np.random.Generator) -> None:
        super().__init__()
        self._rate = layer.rate
        self._random = random if layer.seed is None else np.random.default_rng(layer.seed)
        self.mask: Array | None = None

    def forward(self, x: Array, training: bool) -> Array:
        self.mask = None
        if not training or not self._rate:
            return x
        self.mask = dropout_mask(x.shape, self._rate, self._random, FLOAT32)
        result: Array = x * self.mask
        return result

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        if not need_inputs:
            return None
        return grad if self.mask is None else grad * self.mask


class Reshape(Plain):
    """Flatten."""

    def __init__(self) -> None:
        super().__init__()
        self._shape: tuple[int, ...] = ()

    def forward(self, x: Array, training: bool) -> Array:
        del training
        self._shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        return grad.reshape(self._shape) if need_inputs else None


class Pad(Plain):
    """ZeroPadding2D."""

    def __init__(self, layer: ZeroPadding2D) -> None:
        super().__init__()
        self._padding = layer.padding

    def forward(self, x: Array, training: bool) -> Array:
        del training
        return np.pad(x, ((0, 0), *self._padding, (0, 0)))

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        if not need_inputs:
            return None
        (top, bottom), (left, right) = self._padding
        height, width = grad.shape[1:3]
        return np.ascontiguousarray(grad[:, top : height - bottom, left : width - right])


class Scale(Plain):
    """Rescaling."""

    def __init__(self, layer: Rescaling) -> None:
        super().__init__()
        self._scale, self._offset = np.asarray(layer.scale, FLOAT32), np.asarray(layer.offset, FLOAT32)

    def forward(self, x: Array, training: bool) -> Array:
        del training
        result: Array = x * self._scale + self._offset
        return result

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        return grad * self._scale if need_inputs else None
