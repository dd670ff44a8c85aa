"""Which dtypes meet which, and the way from one to another on which no number is lost.

float32 and float64 stay what they are and widen. Integers of every size are welcome where the result is exact, or
float32 holds them exactly; nothing is silently narrowed: a whole number that a dtype cannot hold exactly, and a finite
number that would become infinite, are refused.
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
"""What the C core convolves as they are."""
POOLED = (*FLOATS, *SMALL_INTEGERS, INT32)
"""What it pools as they are."""
INT32_MAX = 2**31 - 1


def dtype_of(value: Any, name: str) -> np.dtype[Any]:
    """`value` as a dtype of integers or floats. Raises `CnnError` for every other, and for what is no dtype."""
    try:
        found: np.dtype[Any] | None = None if value is None else np.dtype(value)  # numpy takes None as float64
    except Exception:  # TypeError, or what an object's own attributes raise
        found = None
    if found is None or found.kind not in "iuf":
        raise CnnError("{name} is {value}; it must be an integer or float dtype", name=name, value=described(value))
    return found


def is_weak(value: Any) -> bool:
    """Python's own numbers and lists take the dtype of what they meet, as in numpy."""
    return not isinstance(value, (np.ndarray, np.generic))


def accept(array: Array, name: str, dtypes: Sequence[np.dtype[Any]]) -> None:
    """Refuses a dtype that is not one of `dtypes`."""
    if array.dtype not in dtypes:
        raise CnnError(
            "{name} has dtype {dtype}; it must be one of {dtypes}",
            name=name,
            dtype=array.dtype,
            dtypes=", ".join(str(d) for d in dtypes),
        )


def accept_numbers(array: Array, name: str) -> None:
    """Refuses everything but integers, float32 and float64."""
    if array.dtype.kind not in "iu" and array.dtype not in FLOATS:
        raise CnnError(
            "{name} has dtype {dtype}; it must hold integers, float32 or float64", name=name, dtype=array.dtype
        )


def in_dtype(array: Array, name: str, dtype: np.dtype[Any]) -> Array:
    """Contiguous, in `dtype`, which holds each number: floats are rounded, but never to infinity. Or `CnnError`."""
    if array.dtype == dtype:
        return np.asarray(array, order="C")
    if array.dtype.kind == "f":
        return np.asarray(_rounded(array, name, dtype), order="C")
    if dtype.kind == "i":
        wrong = _first_beyond(array, np.iinfo(dtype).min + 1, np.iinfo(dtype).max)  # |x| is a number of it, too
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
    """The value that is furthest outside low..high, if any is."""
    if not array.size:
        return None
    least, most = int(array.min()), int(array.max())
    if low <= least and most <= high:
        return None
    return most if most > high and most - high >= low - least else least


def _holds_exactly(floats: Array, integers: Array) -> bool:
    """Whether `floats`, converted from `integers`, still are these."""
    digits = np.finfo(floats.dtype).nmant + 1
    if not integers.size or _first_beyond(integers, -(2**digits), 2**digits) is None:
        return True
    if (floats >= 2.0 ** (8 * integers.dtype.itemsize - (integers.dtype.kind == "i"))).any():
        return False  # rounded up to the first number that the integers' dtype has no more
    return bool((floats.astype(integers.dtype) == integers).all())


def convolved_dtype(inputs: Array, kernel: Array, bias: Array | None, weak: tuple[bool, bool]) -> np.dtype[Any]:
    """The dtype of a convolution of `inputs`; `weak` says whether kernel and bias were given as Python's own numbers.

    float32 and float64 stay what they are, and widen where an array of float64 meets them. Integers with an integer
    kernel give int32, with a float one float32.
    """
    accept_numbers(inputs, "inputs")
    if inputs.dtype.kind != "f":
        if kernel.dtype.kind != "f":
            if bias is not None and bias.dtype.kind == "f":
                raise CnnError(
                    "bias has dtype {dtype}, but inputs ({inputs}) and kernel are integers: the sum is exact in int32; "
                    "give an integer bias or a float kernel",
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
    """Integers in the first of `dtypes` that holds all of them; int64 where none does (uint64 stays if it must)."""
    if array.dtype in dtypes:
        return array
    for dtype in (*dtypes, INT64):
        limits = np.iinfo(dtype)
        if _first_beyond(array, limits.min, limits.max) is None:
            return array.astype(dtype)
    return array


def summed(array: Array, name: str, dtype: np.dtype[Any]) -> Array:
    """The inputs of a convolution whose result is of `dtype`, as it sums them: floats in `dtype`, integers in one of
    `SMALL_INTEGERS` where they fit, else in int64 towards int32, in float32 towards float32."""
    if array.dtype.kind == "f":
        return array.astype(dtype, copy=False)  # float32 beside float64: widened
    found = narrowed(array, SMALL_INTEGERS)
    if found.dtype in SMALL_INTEGERS or dtype == INT32:
        return found
    return in_dtype(found, name, dtype)


def pooled(array: Array, name: str) -> Array:
    """The inputs of a pooling in a dtype of the C core that holds each number exactly, or `CnnError`."""
    accept_numbers(array, name)
    found = array if array.dtype in POOLED else narrowed(array, (INT32,))
    return found if found.dtype in POOLED else in_dtype(found, name, FLOAT64)
