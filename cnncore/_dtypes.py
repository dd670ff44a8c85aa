"""Rules for combining dtypes, and conversions that lose no number.

float32 and float64 are kept, and widen. Integers of any size are accepted if the result is exact or float32 holds them
exactly. Nothing is narrowed silently: an integer that the target cannot hold exactly, and a finite number that would
become infinite, are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore._arguments import described
from cnncore.errors import CnnError

Array: TypeAlias = npt.NDArray[Any]

INT32, INT64 = np.dtype(np.int32), np.dtype(np.int64)
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
UINT8 = np.dtype(np.uint8)
FLOATS = (FLOAT32, FLOAT64)
SMALL_INTEGERS = (UINT8, np.dtype(np.int8), np.dtype(np.int16))
"""Integer dtypes that the C core convolves without conversion."""
POOLED = (*FLOATS, *SMALL_INTEGERS, INT32)
"""Dtypes that the C core pools without conversion."""
INT32_MAX = 2**31 - 1


def dtype_of(value: Any, name: str) -> np.dtype[Any]:
    """Return `value` as an integer or float dtype. Raises `CnnError` for anything else."""
    try:
        dtype: np.dtype[Any] | None = None if value is None else np.dtype(value)  # numpy reads None as float64
    except Exception:  # TypeError, or anything an object's own attributes raise
        dtype = None
    if dtype is None or dtype.kind not in "iuf":
        raise CnnError("{name} is {value}; it must be an integer or float dtype", name=name, value=described(value))
    return dtype


def is_weak(value: Any) -> bool:
    """Return True if `value` is a Python number or list, which takes the dtype of the other operand, as in numpy."""
    return not isinstance(value, (np.ndarray, np.generic))


def accept(array: Array, name: str, dtypes: Sequence[np.dtype[Any]]) -> None:
    """Raise `CnnError` unless the dtype is one of `dtypes`."""
    if array.dtype not in dtypes:
        raise CnnError(
            "{name} has dtype {dtype}; it must be one of {dtypes}",
            name=name,
            dtype=array.dtype,
            dtypes=", ".join(str(d) for d in dtypes),
        )


def accept_numbers(array: Array, name: str) -> None:
    """Raise `CnnError` unless the dtype is an integer, float32 or float64."""
    if array.dtype.kind not in "iu" and array.dtype not in FLOATS:
        raise CnnError(
            "{name} has dtype {dtype}; it must hold integers, float32 or float64", name=name, dtype=array.dtype
        )


def in_dtype(array: Array, name: str, dtype: np.dtype[Any]) -> Array:
    """Return a contiguous array in `dtype`: floats are rounded, but not to infinity; integers stay exact. Raises
    `CnnError`."""
    if array.dtype == dtype:
        return np.asarray(array, order="C")
    if array.dtype.kind == "f":
        return np.asarray(_rounded(array, name, dtype), order="C")
    if dtype.kind == "i":
        wrong = _first_beyond(array, np.iinfo(dtype).min + 1, np.iinfo(dtype).max)  # so that |x| fits, too
        if wrong is not None:
            raise CnnError(
                "{name} has the value {value}, which does not fit {dtype}", name=name, value=wrong, dtype=dtype
            )
        return array.astype(dtype, order="C")
    result = array.astype(dtype, order="C")
    if not _holds_exactly(result, array):
        raise CnnError("{name} holds integers that {dtype} cannot represent exactly", name=name, dtype=dtype)
    return result


def _rounded(array: Array, name: str, dtype: np.dtype[Any]) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        result = array.astype(dtype)
    if not np.can_cast(array.dtype, dtype):
        lost = np.isinf(result) & np.isfinite(array)
        if lost.any():
            raise CnnError(
                "{name} has the value {value}, which does not fit {dtype}",
                name=name,
                value=array[lost].flat[0],
                dtype=dtype,
            )
    return result


def _first_beyond(array: Array, low: int, high: int) -> int | None:
    """Return the value furthest outside low..high, or None."""
    if not array.size:
        return None
    least, most = int(array.min()), int(array.max())
    if low <= least and most <= high:
        return None
    return most if most > high and most - high >= low - least else least


def _holds_exactly(floats: Array, integers: Array) -> bool:
    """Return True if `floats`, converted from `integers`, still equal them."""
    digits = np.finfo(floats.dtype).nmant + 1
    if not integers.size or _first_beyond(integers, -(2**digits), 2**digits) is None:
        return True
    if (floats >= 2.0 ** (8 * integers.dtype.itemsize - (integers.dtype.kind == "i"))).any():
        return False  # rounded up beyond the range of the integer dtype
    return bool((floats.astype(integers.dtype) == integers).all())


def convolved_dtype(inputs: Array, kernel: Array, bias: Array | None, weak: tuple[bool, bool]) -> np.dtype[Any]:
    """Return the result dtype of a convolution; `weak` says whether kernel and bias were given as Python numbers.

    float32 and float64 are kept, and widen if an array of float64 is involved. Integers give int32 with an integer
    kernel and float32 with a float kernel.
    """
    accept_numbers(inputs, "inputs")
    if inputs.dtype.kind != "f":
        if kernel.dtype.kind != "f":
            if bias is not None and bias.dtype.kind == "f":
                raise CnnError(
                    "bias has dtype {dtype}, but inputs ({inputs}) and kernel are integers, whose sum is int32: "
                    "use an integer bias or a float kernel",
                    dtype=bias.dtype,
                    inputs=inputs.dtype,
                )
            return INT32
        return FLOAT32
    dtype = inputs.dtype
    if kernel.dtype == FLOAT64 and not weak[0]:
        dtype = kernel.dtype
    if bias is not None and bias.dtype == FLOAT64 and not weak[1]:
        dtype = bias.dtype
    return dtype


def narrowed(array: Array, dtypes: Sequence[np.dtype[Any]]) -> Array:
    """Return integers in the first of `dtypes` that holds them all; else int64, or uint64 if unavoidable."""
    if array.dtype in dtypes:
        return array
    for dtype in (*dtypes, INT64):
        limits = np.iinfo(dtype)
        if _first_beyond(array, limits.min, limits.max) is None:
            return array.astype(dtype)
    return array


def summed(array: Array, name: str, dtype: np.dtype[Any]) -> Array:
    """Convert the inputs of a convolution with a result of `dtype`: floats to `dtype`, integers to one of
    `SMALL_INTEGERS` if they fit, else to int64 for an int32 result and to float32 for a float32 result."""
    if array.dtype.kind == "f":
        return array.astype(dtype, copy=False)  # float32 beside float64: widened
    integers = narrowed(array, SMALL_INTEGERS)
    if integers.dtype in SMALL_INTEGERS or dtype == INT32:
        return integers
    return in_dtype(integers, name, dtype)


def pooled(array: Array, name: str) -> Array:
    """Convert the inputs of a pooling to a dtype of the C core that holds every value exactly. Raises `CnnError`."""
    accept_numbers(array, name)
    values = array if array.dtype in POOLED else narrowed(array, (INT32,))
    return values if values.dtype in POOLED else in_dtype(values, name, FLOAT64)
