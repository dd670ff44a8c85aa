"""The backward pass of each kind of layer: from the gradient of its output to those of its input and its weights.

Over `cnncore.gradients`, on the frozen layers of `cnncore.network` and at inference: dropout changes nothing, and a
batch normalization uses its moving averages. Arrays are (N, ...) of one dtype, float32 or float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnncore._dtypes import FLOAT32, FLOAT64, Array
from cnncore.activations import ActivationName
from cnncore.errors import CnnError
from cnncore.gradients.conv2d import conv2d_backward
from cnncore.gradients.dense import dense_backward
from cnncore.gradients.pointwise import relu_backward, sigmoid_backward, softmax_backward, tanh_backward
from cnncore.gradients.pool2d import avg_pool2d_backward, max_pool2d_backward
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


@dataclass(frozen=True)
class LayerGradients:
    """The gradients of the loss with respect to a layer's input (N, *input_shape) and to its weights by name."""

    inputs: Array = field(repr=False)
    weights: Mapping[str, Array] = field(default_factory=dict, repr=False)


def activation_of(layer: Layer) -> ActivationName:
    """The activation that the layer applies last; "linear" where it has none, or one that is no function by name."""
    if isinstance(layer, (Activation, Conv2D, DepthwiseConv2D, Dense)):
        return layer.activation
    return "softmax" if isinstance(layer, Softmax) else "linear"


def before_activation(layer: Layer, inputs: Array, outputs: Array, grad: Array) -> Array:
    """The gradient with respect to what goes into the layer's own activation, from that with respect to its `outputs`;
    `grad` itself without one. softmax: p * (grad - the sum of grad * p) over the last axis. `inputs` are the layer's,
    which a ReLU layer with a threshold needs."""
    if isinstance(layer, ReLU):
        return gated(grad, rectifier_gate(layer, inputs))
    name = activation_of(layer)
    return grad if name == "linear" else _ACTIVATIONS[name](outputs, grad)


def layer_gradients(layer: Layer, inputs: Array, grad: Array) -> LayerGradients:
    """The gradients of one layer, from `grad` with respect to what goes into its activation (`before_activation`).
    Raises `CnnError` for a layer of a kind of its own."""
    if type(layer) not in _KINDS:
        raise CnnError(
            "layer {layer} ({kind}) has no backward pass here; these have: {names}",
            layer=repr(layer.name),
            kind=layer.kind,
            names=", ".join(sorted(kind.__name__ for kind in _KINDS)),
        )
    return _KINDS[type(layer)](layer, inputs, grad)


_ACTIVATIONS: dict[str, Callable[[Array, Array], Array]] = {
    "relu": relu_backward,
    "sigmoid": sigmoid_backward,
    "softmax": softmax_backward,
    "tanh": tanh_backward,
}


def _with_weights(inputs: Array, **weights: Array | None) -> LayerGradients:
    return LayerGradients(inputs, {name: array for name, array in weights.items() if array is not None})


def _convolution(layer: Conv2D | DepthwiseConv2D, inputs: Array, grad: Array) -> LayerGradients:
    kernel, groups = layer.grouped()
    d_inputs, d_kernel, d_bias = conv2d_backward(
        inputs,
        kernel,
        grad,
        strides=layer.strides,
        padding=layer.padding,
        dilation_rate=layer.dilation_rate,
        groups=groups,
    )
    bias = None if layer.bias is None else d_bias
    return _with_weights(d_inputs, kernel=d_kernel.reshape(layer.kernel.shape), bias=bias)


def _dense(layer: Dense, inputs: Array, grad: Array) -> LayerGradients:
    rows, given = inputs.reshape(-1, inputs.shape[-1]), grad.reshape(-1, grad.shape[-1])
    d_inputs, d_kernel, d_bias = dense_backward(rows, layer.kernel, given)
    return _with_weights(d_inputs.reshape(inputs.shape), kernel=d_kernel, bias=None if layer.bias is None else d_bias)


def _normalization(layer: BatchNormalization, inputs: Array, grad: Array) -> LayerGradients:
    axes = tuple(range(grad.ndim - 1))
    d_gamma = d_beta = None
    if layer.gamma is not None:
        unit = (inputs - layer.moving_mean) / np.sqrt(layer.moving_variance.astype(FLOAT64) + layer.epsilon)
        d_gamma = (grad * unit).sum(axis=axes, dtype=FLOAT64).astype(grad.dtype)
    if layer.beta is not None:
        d_beta = grad.sum(axis=axes, dtype=FLOAT64).astype(grad.dtype)
    return _with_weights(grad * layer.scale(grad.dtype), gamma=d_gamma, beta=d_beta)


def _maximum(layer: MaxPooling2D, inputs: Array, grad: Array) -> LayerGradients:
    return LayerGradients(max_pool2d_backward(inputs, grad, layer.pool_size, layer.strides, layer.padding))


def _average(layer: AveragePooling2D, inputs: Array, grad: Array) -> LayerGradients:
    return LayerGradients(avg_pool2d_backward(inputs, grad, layer.pool_size, layer.strides, layer.padding))


def _global_average(layer: GlobalAveragePooling2D, inputs: Array, grad: Array) -> LayerGradients:
    height, width, channels = layer.input_shape
    share = grad.reshape(len(grad), 1, 1, channels) * grad.dtype.type(1 / (height * width))
    return LayerGradients(np.ascontiguousarray(np.broadcast_to(share, inputs.shape)))


def rectifier_gate(layer: ReLU, inputs: Array) -> Array:
    """The derivative of a ReLU layer at its inputs: the slope up to the threshold, 1 above, 0 from `max_value`."""
    kind = inputs.dtype.type
    slope, threshold = kind(layer.negative_slope), kind(layer.threshold)
    limit = kind(math.inf if layer.max_value is None else layer.max_value)
    result: Array = np.where(inputs <= threshold, slope, np.where(inputs < limit, kind(1), kind(0)))
    return result


def gated(grad: Array, gate: Array) -> Array:
    """grad x gate; 0 where the gate is 0, whatever the gradient."""
    result: Array = np.where(gate == 0, grad.dtype.type(0), grad * gate)
    return result


def _padding(layer: ZeroPadding2D, inputs: Array, grad: Array) -> LayerGradients:
    (top, _bottom), (left, _right) = layer.padding
    inside = grad[:, top : top + inputs.shape[1], left : left + inputs.shape[2]]
    return LayerGradients(np.ascontiguousarray(inside))


def _rescaling(layer: Rescaling, inputs: Array, grad: Array) -> LayerGradients:
    del inputs
    return LayerGradients(grad * np.asarray(layer.scale, FLOAT32))


def _same_numbers(layer: Layer, inputs: Array, grad: Array) -> LayerGradients:
    """Input, dropout, flatten, and activations, whose own derivative `before_activation` has applied."""
    del layer
    return LayerGradients(grad.reshape(inputs.shape))


_KINDS: dict[type[Layer], Callable[[Any, Array, Array], LayerGradients]] = {
    Activation: _same_numbers,
    AveragePooling2D: _average,
    BatchNormalization: _normalization,
    Conv2D: _convolution,
    Dense: _dense,
    DepthwiseConv2D: _convolution,
    Dropout: _same_numbers,
    Flatten: _same_numbers,
    GlobalAveragePooling2D: _global_average,
    InputLayer: _same_numbers,
    MaxPooling2D: _maximum,
    ReLU: _same_numbers,
    Rescaling: _rescaling,
    Softmax: _same_numbers,
    ZeroPadding2D: _padding,
}
