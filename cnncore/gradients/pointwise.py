"""Gradients of activations. Each takes what its formula needs, the activation's inputs or its outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore._arguments import float32_number
from cnncore._arrays import contiguous
from cnncore._cnn import lib
from cnncore._dtypes import Array, in_dtype
from cnncore._memory import Result, pointer
from cnncore._small import TYPES
from cnncore.gradients._arguments import common_dtype, floats, gradient_of
from cnncore.runtime import _check


def relu_backward(x: npt.ArrayLike, grad: npt.ArrayLike, *, out: Array | None = None) -> Array:
    """grad where x > 0, else 0: the gradient of `relu`, with 0 at 0 as in TensorFlow.

    x: the inputs of `relu` or its outputs, which are positive at the same places. grad, of x's shape. float32, or
    float64 where one of the two is. out: receives the result; it may be `grad` itself. Raises `CnnError`.
    """
    values, gradient, dtype = _pair(x, "x", grad)
    values = contiguous(in_dtype(values, "x", dtype), "x")
    gradient = contiguous(in_dtype(gradient, "grad", dtype), "grad")
    result = Result(out, values.shape, dtype, x, None if out is grad else grad)
    pointers = pointer(values), pointer(gradient), pointer(result.memory)
    _check(lib.cnn_relu_backward(TYPES[dtype], values.size, *pointers))
    return result.finish()


def leaky_relu(x: npt.ArrayLike, negative_slope: float = 0.3) -> Array:
    """x where x > 0, else x * negative_slope; the slope's default is that of Keras's layer LeakyReLU.

    x: float32 or float64 of any shape. Raises `CnnError`.
    """
    values = floats(x, "x")
    slope = values.dtype.type(float32_number(negative_slope, "negative_slope", finite=True))
    result: Array = np.where(values > 0, values, values * slope)
    return result


def leaky_relu_backward(x: npt.ArrayLike, grad: npt.ArrayLike, negative_slope: float = 0.3) -> Array:
    """grad where x > 0, else grad * negative_slope. x: the inputs of `leaky_relu`. Raises `CnnError`."""
    values, gradient, dtype = _pair(x, "x", grad)
    slope = dtype.type(float32_number(negative_slope, "negative_slope", finite=True))
    result: Array = np.where(values > 0, gradient, gradient * slope)
    return result.astype(dtype, copy=False)


def sigmoid_backward(outputs: npt.ArrayLike, grad: npt.ArrayLike) -> Array:
    """grad * s * (1 - s) for the outputs s of a sigmoid. Raises `CnnError`."""
    s, gradient, dtype = _pair(outputs, "outputs", grad)
    result: Array = (gradient * s * (1 - s)).astype(dtype, copy=False)
    return result


def tanh_backward(outputs: npt.ArrayLike, grad: npt.ArrayLike) -> Array:
    """grad * (1 - t * t) for the outputs t of a hyperbolic tangent. Raises `CnnError`."""
    t, gradient, dtype = _pair(outputs, "outputs", grad)
    result: Array = (gradient * (1 - t * t)).astype(dtype, copy=False)
    return result


def softmax_backward(outputs: npt.ArrayLike, grad: npt.ArrayLike) -> Array:
    """p * (grad - the sum of grad * p) over the last axis, for the outputs p of a softmax. Raises `CnnError`.

    With cross-entropy behind the softmax the two gradients become one, p - y: see `cnncore.training.core.losses`.
    """
    p, gradient, dtype = _pair(outputs, "outputs", grad)
    total = np.sum(gradient * p, axis=-1, keepdims=True, dtype=np.float64)
    return (p * (gradient - total)).astype(dtype, copy=False)


def _pair(given: Any, name: str, grad: Any) -> tuple[Array, Array, np.dtype[Any]]:
    values = floats(given, name)
    gradient = gradient_of(grad, values.shape)
    return values, gradient, common_dtype((given, values), (grad, gradient))
