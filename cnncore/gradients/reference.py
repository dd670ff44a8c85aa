"""The backward functions of this package in plain numpy, in float64: slow, obvious, and the oracle for the C core."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore._arguments import IntOrPair, Padding
from cnncore._arrays import PoolArguments, dense_arguments, pool_arguments
from cnncore._dtypes import FLOAT64, Array
from cnncore.gradients._arguments import common_dtype, floats, gradient_of
from cnncore.reference import _taps


def _pooling(
    inputs: Any, grad: Any, pool_size: Any, strides: Any, padding: Any
) -> tuple[PoolArguments, Array, Array, np.dtype[Any]]:
    """The checked arguments, grad as (N, rows, columns, C) float64, zeros for the result, and the result's dtype."""
    x = floats(inputs, "inputs")
    a = pool_arguments(x, pool_size, strides, padding)
    given = gradient_of(grad, a.output_shape)
    gradient = given.reshape(len(a.inputs), *a.geometry.output, a.inputs.shape[3]).astype(FLOAT64)
    return a, gradient, np.zeros(a.inputs.shape), common_dtype((inputs, x), (grad, given))


def max_pool2d_backward(
    inputs: npt.ArrayLike,
    grad: npt.ArrayLike,
    pool_size: IntOrPair = 2,
    strides: IntOrPair | None = None,
    padding: Padding = "valid",
) -> Array:
    """Each window's gradient to the first of its largest values; of a window with NaN to the first NaN."""
    a, gradient, result, dtype = _pooling(inputs, grad, pool_size, strides, padding)
    best = np.full(gradient.shape, -np.inf)
    winner = np.full(gradient.shape, -1)
    for number, (_a, _b, (rows, columns), (in_rows, in_columns)) in enumerate(_taps(a.geometry)):
        x, largest, found = a.inputs[:, in_rows, in_columns], best[:, rows, columns], winner[:, rows, columns]
        wins = (x > largest) | (np.isnan(x) & ~np.isnan(largest)) | (found < 0)
        largest[wins], found[wins] = x[wins], number
    for number, (_a, _b, (rows, columns), (in_rows, in_columns)) in enumerate(_taps(a.geometry)):
        won = winner[:, rows, columns] == number
        result[:, in_rows, in_columns] += np.where(won, gradient[:, rows, columns], 0.0)
    return result.reshape(np.shape(inputs)).astype(dtype)


def avg_pool2d_backward(
    inputs: npt.ArrayLike,
    grad: npt.ArrayLike,
    pool_size: IntOrPair = 2,
    strides: IntOrPair | None = None,
    padding: Padding = "valid",
) -> Array:
    """Each window's gradient, divided by the number of inputs in the window, to all of them."""
    a, gradient, result, dtype = _pooling(inputs, grad, pool_size, strides, padding)
    count = np.zeros((1, *a.geometry.output, 1))
    for _a, _b, (rows, columns), _inputs in _taps(a.geometry):
        count[:, rows, columns] += 1
    share = gradient / count
    for _a, _b, (rows, columns), (in_rows, in_columns) in _taps(a.geometry):
        result[:, in_rows, in_columns] += share[:, rows, columns]
    return result.reshape(np.shape(inputs)).astype(dtype)


def dense_backward(inputs: npt.ArrayLike, kernel: npt.ArrayLike, grad: npt.ArrayLike) -> tuple[Array, Array, Array]:
    """grad @ kernel.T, inputs.T @ grad, and the sum of grad's rows."""
    x, w = floats(inputs, "inputs"), floats(kernel, "kernel")
    dense_arguments(x, w, None)
    given = gradient_of(grad, (*x.shape[:-1], w.shape[1]))
    dtype = common_dtype((inputs, x), (kernel, w), (grad, given))
    rows, gradient = np.atleast_2d(x).astype(FLOAT64), np.atleast_2d(given).astype(FLOAT64)
    with np.errstate(invalid="ignore", over="ignore"):
        d_inputs = (gradient @ w.T.astype(FLOAT64)).reshape(x.shape)
        return d_inputs.astype(dtype), (rows.T @ gradient).astype(dtype), gradient.sum(axis=0).astype(dtype)


def relu_backward(x: npt.ArrayLike, grad: npt.ArrayLike) -> Array:
    """grad where x > 0, else 0."""
    values = floats(x, "x")
    gradient = gradient_of(grad, values.shape)
    result: Array = np.where(values > 0, gradient, 0.0)
    return result.astype(common_dtype((x, values), (grad, gradient)))
