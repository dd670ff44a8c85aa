"""Gradients of maximum and average pooling."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from cnncore._arguments import IntOrPair, Padding
from cnncore._arrays import contiguous, pool_arguments
from cnncore._cnn import lib
from cnncore._dtypes import Array, in_dtype
from cnncore._memory import Result, pointer
from cnncore._recipes import window
from cnncore._small import TYPES
from cnncore.gradients._arguments import common_dtype, floats, gradient_of
from cnncore.runtime import _check


def max_pool2d_backward(
    inputs: npt.ArrayLike,
    grad: npt.ArrayLike,
    pool_size: IntOrPair = 2,
    strides: IntOrPair | None = None,
    padding: Padding = "valid",
    *,
    out: Array | None = None,
) -> Array:
    """The gradient of `max_pool2d` with respect to its inputs: each window's gradient goes to its largest value.

    inputs: (H, W), (H, W, C) or (N, H, W, C) of float32 or float64, as given to `max_pool2d`; the other arguments as
    there. grad: the gradient with respect to its result, of that shape. out: receives the result.

    d_inputs[i] is the sum of grad over the windows whose largest value is inputs[i]. Of several equally large values
    the first, row by row, takes it, as in TensorFlow on a CPU; of a window with NaN the first NaN.

    Returns an array of the inputs' shape: float32, or float64 where one of the two arrays is. Raises `CnnError`.
    """
    return _pool_backward(inputs, grad, pool_size, strides, padding, out, average=False)


def avg_pool2d_backward(
    inputs: npt.ArrayLike,
    grad: npt.ArrayLike,
    pool_size: IntOrPair = 2,
    strides: IntOrPair | None = None,
    padding: Padding = "valid",
    *,
    out: Array | None = None,
) -> Array:
    """The gradient of `avg_pool2d` with respect to its inputs: each window's gradient is shared out equally.

    Arguments as in `max_pool2d_backward`; of the inputs only shape and dtype matter. d_inputs[i] is the sum, over the
    windows that hold inputs[i], of grad / the number of inputs in the window: what is padded is not counted.

    Returns an array of the inputs' shape: float32, or float64 where one of the two arrays is. Raises `CnnError`.
    """
    return _pool_backward(inputs, grad, pool_size, strides, padding, out, average=True)


def _pool_backward(
    inputs: Any, grad: Any, pool_size: Any, strides: Any, padding: Any, out: Array | None, *, average: bool
) -> Array:
    x = floats(inputs, "inputs")
    a = pool_arguments(x, pool_size, strides, padding)
    gradient = gradient_of(grad, a.output_shape)
    dtype = common_dtype((inputs, x), (grad, gradient))
    gradient = contiguous(in_dtype(gradient, "grad", dtype), "grad")
    described = window(a.inputs.shape[0], a.inputs.shape[3], a.geometry)
    result = Result(out, x.shape, dtype, inputs, grad)
    if average:
        _check(lib.cnn_avg_pool2d_backward(described, TYPES[dtype], pointer(gradient), pointer(result.memory)))
    else:
        source = contiguous(in_dtype(a.inputs, "inputs", dtype), "inputs")
        _check(
            lib.cnn_max_pool2d_backward(
                described, TYPES[dtype], pointer(source), pointer(gradient), pointer(result.memory)
            )
        )
    return result.finish()
