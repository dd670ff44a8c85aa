"""The steps of a training pass: what each layer computes forwards, and the gradients backwards.

A stage belongs to one layer or, where one pass of the C core does several, to several. `forward` keeps what `backward`
needs until the next `forward`; `backward` takes the gradient of the loss with respect to the stage's output, fills the
buffers of `gradients`, and returns the gradient with respect to its input. Arrays are (N, ...) float32.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from cnncore import ops
from cnncore._dtypes import FLOAT32, Array
from cnncore.activations import ActivationName, activate
from cnncore.gradients.conv2d import conv2d_backward
from cnncore.gradients.dense import fill_dense_gradients
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
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    ReLU,
    Rescaling,
    ZeroPadding2D,
)
from cnncore.training.core.batch_norm import Normalized, normalize, normalize_backward
from cnncore.training.core.dropout import dropout_mask

Buffers = dict[str, Array]
"""The gradients of a layer's weights, by name: each of the weight's shape."""


class Stage(Protocol):
    """One step. `layer` is the one whose weights it has, None where it has none; `gradients` their buffers."""

    layer: Layer | None
    gradients: Buffers

    def forward(self, x: Array, training: bool) -> Array:
        """What goes on to the next stage. Outside training nothing is kept."""

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        """The gradient with respect to the input of the last `forward`; None unless `need_inputs`."""


class Plain:
    """Base of stages without weights."""

    layer: Layer | None = None

    def __init__(self) -> None:
        self.gradients: Buffers = {}


def buffers(layer: Layer) -> Buffers:
    """Room for the gradients of the weights that training changes."""
    return {name: np.empty_like(layer.values[name]) for name in layer.trainable_names()}


class Convolution:
    """Conv2D or DepthwiseConv2D, without the activation."""

    def __init__(self, layer: Conv2D | DepthwiseConv2D) -> None:
        self.layer: Layer | None = layer
        self._layer = layer
        self.gradients = buffers(layer)
        self._inputs: Array | None = None

    def _kernel(self) -> tuple[Array, int]:
        """The kernel as `conv2d` takes it, and the number of groups."""
        kernel = self._layer.values["kernel"]
        if isinstance(self._layer, Conv2D):
            return kernel, self._layer.groups
        return kernel.reshape(*kernel.shape[:2], 1, -1), kernel.shape[2]

    def forward(self, x: Array, training: bool) -> Array:
        self._inputs = x if training else None
        kernel, groups = self._kernel()
        layer = self._layer
        return ops.conv2d(
            x,
            kernel,
            layer.values.get("bias"),
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
            groups=groups,
        )

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        assert self._inputs is not None
        kernel, groups = self._kernel()
        layer = self._layer
        d_inputs, d_kernel, d_bias = conv2d_backward(
            self._inputs,
            kernel,
            grad,
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
            groups=groups,
        )
        if "kernel" in self.gradients:
            self.gradients["kernel"][...] = d_kernel.reshape(self.gradients["kernel"].shape)
        if "bias" in self.gradients:
            self.gradients["bias"][...] = d_bias
        return d_inputs if need_inputs else None


class FullyConnected:
    """Dense, without the activation."""

    def __init__(self, layer: Dense) -> None:
        self.layer: Layer | None = layer
        self._values = layer.values
        self.gradients = buffers(layer)
        self._inputs: Array | None = None
        self._d_inputs: Array | None = None

    def forward(self, x: Array, training: bool) -> Array:
        rows = x.reshape(-1, x.shape[-1])
        self._inputs = rows if training else None
        result = ops.dense(rows, self._values["kernel"], self._values.get("bias"))
        return result.reshape(*x.shape[:-1], result.shape[-1])

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        assert self._inputs is not None
        rows = np.ascontiguousarray(grad.reshape(-1, grad.shape[-1]))
        d_inputs = np.empty_like(self._inputs) if need_inputs else None
        fill_dense_gradients(
            np.ascontiguousarray(self._inputs),
            self._values["kernel"],
            rows,
            d_inputs,
            self.gradients.get("kernel"),
            self.gradients.get("bias"),
        )
        return None if d_inputs is None else d_inputs.reshape(*grad.shape[:-1], d_inputs.shape[-1])


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


class Normalization:
    """BatchNormalization: by the batch's mean and variance while training, else by the moving ones."""

    def __init__(self, layer: BatchNormalization) -> None:
        self.layer: Layer | None = layer
        self._layer = layer
        self.gradients = buffers(layer)
        self._normalized: Normalized | None = None
        channels = layer.values["moving_mean"].shape
        self._gamma, self._beta = np.ones(channels, FLOAT32), np.zeros(channels, FLOAT32)

    def forward(self, x: Array, training: bool) -> Array:
        values = self._layer.values
        gamma, beta = values.get("gamma", self._gamma), values.get("beta", self._beta)
        mean, variance = values["moving_mean"], values["moving_variance"]
        epsilon = self._layer.epsilon
        # As in Keras, a layer that is not trained uses its moving averages, and leaves them alone.
        if training and self._layer.trainable:
            momentum = self._layer.momentum
            self._normalized = normalize(x, gamma, beta, mean, variance, momentum=momentum, epsilon=epsilon)
            return self._normalized.output
        self._normalized = None
        scale = (gamma / np.sqrt(variance.astype(np.float64) + epsilon)).astype(FLOAT32)
        result: Array = (x - mean) * scale + beta
        return result

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        if self._normalized is None:
            values = self._layer.values
            deviation = np.sqrt(values["moving_variance"].astype(np.float64) + self._layer.epsilon)
            scale = (values.get("gamma", self._gamma) / deviation).astype(FLOAT32)
            return grad * scale if need_inputs else None
        d_inputs, d_gamma, d_beta = normalize_backward(self._normalized, grad)
        for name, value in (("gamma", d_gamma), ("beta", d_beta)):
            if name in self.gradients:
                self.gradients[name][...] = value
        return d_inputs if need_inputs else None


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
