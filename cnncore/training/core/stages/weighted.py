"""Stages with weights: convolution, alone or with its pooling, dense, batch normalization."""

from __future__ import annotations

import numpy as np

from cnncore import ops
from cnncore._dtypes import FLOAT32, Array
from cnncore.geometry import geometry, pool_geometry
from cnncore.gradients._pooled_conv2d import SHUT, PooledConv2D
from cnncore.gradients.conv2d import backward_arguments, kernel_gradients
from cnncore.gradients.dense import fill_dense_gradients
from cnncore.layers import BatchNormalization, Conv2D, Dense, DepthwiseConv2D, Layer, MaxPooling2D
from cnncore.training.core.batch_norm import Normalized, normalize, normalize_backward
from cnncore.training.core.stages.stage import buffers


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
        a = backward_arguments(
            self._inputs,
            kernel,
            grad,
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
            groups=groups,
        )
        d_inputs = np.empty(a.inputs.shape, a.inputs.dtype) if need_inputs else None
        d_kernel, d_bias = kernel_gradients(a, d_inputs)
        if "kernel" in self.gradients:
            self.gradients["kernel"][...] = d_kernel.reshape(self.gradients["kernel"].shape)
        if "bias" in self.gradients:
            self.gradients["bias"][...] = d_bias
        return d_inputs


class PooledConvolution:
    """Conv2D with ReLU and MaxPooling2D behind it, in one pass: see `cnncore.gradients._pooled_conv2d`."""

    def __init__(self, layer: Conv2D, pooling: MaxPooling2D) -> None:
        self.layer: Layer | None = layer
        self._layer = layer
        self.gradients = buffers(layer)
        height, width, channels = layer.input_shape or (1, 1, 1)
        moved = geometry(
            (height, width),
            layer.kernel_size,
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
        )
        pooled = pool_geometry(moved.output, pooling.pool_size, pooling.strides, pooling.padding)
        values = layer.values
        self._pass = PooledConv2D(moved, pooled, channels, values["kernel"], values.get("bias"), groups=layer.groups)
        self._version = layer.version
        self._inputs: Array | None = None
        self._winners: Array | None = None

    @classmethod
    def of(cls, layer: Layer, behind: Layer) -> PooledConvolution | None:
        """The stage of these two layers, one behind the other; None if one pass cannot do both."""
        if not (isinstance(layer, Conv2D) and isinstance(behind, MaxPooling2D) and layer.activation == "relu"):
            return None
        rows, columns = behind.pool_size
        return cls(layer, behind) if rows * columns <= SHUT else None

    def forward(self, x: Array, training: bool) -> Array:
        if self._version != self._layer.version:
            self._pass.refresh()
            self._version = self._layer.version
        outputs, winners = self._pass.forward(x)
        self._inputs, self._winners = (x, winners) if training else (None, None)
        return outputs

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        assert self._inputs is not None and self._winners is not None
        d_inputs, _d_kernel, _d_bias = self._pass.backward(
            self._inputs,
            self._winners,
            np.ascontiguousarray(grad),
            d_kernel=self.gradients.get("kernel"),
            d_bias=self.gradients.get("bias"),
            d_inputs=need_inputs,
        )
        return d_inputs


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
