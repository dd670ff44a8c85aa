"""Validation of what every backward function takes: floats, and a gradient of the output's shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncore._arrays import as_array
from cnncore._dtypes import FLOAT32, FLOAT64, FLOATS, Array, accept, in_dtype, is_weak
from cnncore.errors import CnnError


def floats(value: Any, name: str) -> Array:
    """Return `value` as a float32 or float64 array; lists of integers become float64. Raises `CnnError`."""
    array = as_array(value, name)
    if is_weak(value) and array.dtype.kind in "iu":
        array = in_dtype(array, name, FLOAT64)
    accept(array, name, FLOATS)
    return array


def common_dtype(*given: tuple[Any, Array]) -> np.dtype[Any]:
    """Return float32 where every array is, else float64; lists take the dtype of the arrays. `given`: each value
    beside the array made of it."""
    strong = [array.dtype for value, array in given if not is_weak(value)]
    return FLOAT32 if strong and FLOAT64 not in strong else FLOAT64


def gradient_of(grad: Any, shape: tuple[int, ...]) -> Array:
    """Return the gradient with respect to a result of `shape`. Raises `CnnError`."""
    array = floats(grad, "grad")
    if array.shape != shape:
        raise CnnError("grad has shape {shape}; it must be that of the result, {needs}", shape=array.shape, needs=shape)
    return array
