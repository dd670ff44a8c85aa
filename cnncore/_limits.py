"""Limits of a clamp, compared with an array exactly and never rounded past the range of the dtype.

numpy compares a float32 array with 2**31 - 1 as if it were 2**31, which int32 does not hold. So each limit becomes a
number of the array's own dtype that splits its values in the same way.
"""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from typing import Any

import numpy as np

from cnncore._dtypes import Array


def _number(limit: Any) -> int | float:
    """Return a Python number: an int if `limit` is whole."""
    try:
        return operator.index(limit)
    except TypeError:
        real = float(limit)
    return int(real) if math.isfinite(real) and real == int(real) else real


def held(limit: Any, dtype: np.dtype[Any]) -> Any:
    """Return `limit` as a scalar of `dtype`. A finite limit beyond a float dtype's range becomes its largest number;
    an integer dtype must hold the limit."""
    number = _number(limit)
    if dtype.kind == "f" and math.isfinite(number):
        largest = float(np.finfo(dtype).max)
        number = min(max(number, -largest), largest)
    return dtype.type(number)


def _least_from(number: int | float, dtype: np.dtype[Any]) -> Any:
    """Return the smallest number of a float dtype that is not below `number`."""
    with np.errstate(over="ignore"):
        nearest = dtype.type(str(number))
    exact = float(nearest) if np.isinf(nearest) else Fraction(*nearest.as_integer_ratio())
    return np.nextafter(nearest, dtype.type(np.inf)) if exact < number else nearest


def outside(values: Array, low: Any, high: Any) -> tuple[Array, Array]:
    """Return two masks of `values`, integers or floats: below `low` (or NaN), and above `high`."""
    bottom, top = _number(low), _number(high)
    if values.dtype.kind == "f":
        return ~(values >= _least_from(bottom, values.dtype)), values > -_least_from(-top, values.dtype)
    if math.isfinite(bottom):
        bottom = math.ceil(bottom)
    if math.isfinite(top):
        top = math.floor(top)
    return np.less(values, bottom), np.greater(values, top)
