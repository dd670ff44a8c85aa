"""Gradients of a dense layer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnncore._arrays import contiguous, dense_arguments, empty, output_array
from cnncore._cnn import lib
from cnncore._dtypes import Array, in_dtype
from cnncore._memory import pointer
from cnncore._recipes import is_ready
from cnncore._small import TYPES
from cnncore.errors import CnnError
from cnncore.gradients._arguments import common_dtype, floats, gradient_of
from cnncore.runtime import _check


def dense_backward(inputs: npt.ArrayLike, kernel: npt.ArrayLike, grad: npt.ArrayLike) -> tuple[Array, Array, Array]:
    """The gradients of `dense` (without activation) with respect to inputs, kernel and bias.

    inputs: (K,) or (N, K). kernel: (K, M). grad: the gradient with respect to the result, (M,) or (N, M). All float32
    or float64.

    Returns (d_inputs, d_kernel, d_bias) of the shapes of inputs, kernel and bias (M,), float32, or float64 where one of
    the arrays is: d_inputs = grad @ kernel.T, d_kernel = inputs.T @ grad, d_bias = the sum of grad's rows (the chain
    rule, for out = inputs @ kernel + bias). As in `conv2d`, sums are of blocks of 256 terms, and d_bias is summed in
    float64. Raises `CnnError`.
    """
    x, w = floats(inputs, "inputs"), floats(kernel, "kernel")
    dense_arguments(x, w, None)
    m = w.shape[1]
    gradient = gradient_of(grad, (*x.shape[:-1], m))
    dtype = common_dtype((inputs, x), (kernel, w), (grad, gradient))
    x, w, gradient = (
        contiguous(in_dtype(array, name, dtype), name)
        for array, name in ((x, "inputs"), (w, "kernel"), (gradient, "grad"))
    )
    result = empty(x.shape, dtype), empty(w.shape, dtype), empty((m,), dtype)
    _fill(x.reshape(-1, w.shape[0]), w, gradient.reshape(-1, m), *result)
    return result


def fill_dense_gradients(
    inputs: Array,
    kernel: Array,
    grad: Array,
    d_inputs: Array | None,
    d_kernel: Array | None,
    d_bias: Array | None,
) -> None:
    """`dense_backward` into given arrays, for a training step: nothing is allocated, and None is not computed.

    inputs (N, K), kernel (K, M), grad (N, M), d_inputs (N, K), d_kernel (K, M), d_bias (M,): contiguous, all float32 or
    all float64; the last three share no memory with the others. Raises `CnnError` for other arrays.
    """
    if inputs.ndim != 2:
        raise CnnError("inputs has shape {shape}; it must be (K,) or (N, K)", shape=inputs.shape)
    (n, k), m = inputs.shape, kernel.shape[-1]
    read = (("inputs", inputs, (n, k)), ("kernel", kernel, (k, m)), ("grad", grad, (n, m)))
    written = (("d_inputs", d_inputs, (n, k)), ("d_kernel", d_kernel, (k, m)), ("d_bias", d_bias, (m,)))
    for name, array, shape in (*read, *written):
        if array is not None and not (is_ready(array) and array.shape == shape and array.dtype == inputs.dtype):
            raise CnnError(
                "{name} has shape {shape} and dtype {dtype}; it must be contiguous, of shape {needs} and dtype"
                " {needs_dtype}",
                name=name,
                shape=array.shape,
                dtype=array.dtype,
                needs=shape,
                needs_dtype=inputs.dtype,
            )
    for _name, array, shape in written:
        if array is not None:  # neither read-only nor part of what is read
            output_array(array, shape, inputs.dtype, inputs, kernel, grad)
    _fill(inputs, kernel, grad, d_inputs, d_kernel, d_bias)


def _fill(
    inputs: Array, kernel: Array, grad: Array, d_inputs: Array | None, d_kernel: Array | None, d_bias: Array | None
) -> None:
    (n, k), m = inputs.shape, kernel.shape[1]
    arrays = (inputs, kernel, grad, d_inputs, d_kernel, d_bias)
    _check(lib.cnn_dense_backward(n, k, m, TYPES[np.dtype(inputs.dtype)], *(pointer(array) for array in arrays)))
