"""A limit of a clamp beside the numbers of a dtype: compared exactly, and never rounded past what the dtype holds.

A float32 array compared with 2**31 - 1 is compared with 2**31, which int32 does not hold. So limits are turned into
numbers of the array's own dtype that divide its values in the same way.
"""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from typing import Any

import numpy as np

from cnncore._dtypes import Array


def _number(limit: Any) -> int | float:
    """Python's own number: an int where `limit` is whole."""
    try:
        return operator.index(limit)
    except TypeError:
        real = float(limit)
    return int(real) if math.isfinite(real) and real == int(real) else real


def held(limit: Any, dtype: np.dtype[Any]) -> Any:
    """`limit` as a scalar of `dtype`. Beyond a float dtype's range it is that dtype's largest number, infinity stays
    infinity; an integer dtype must hold it."""
    number = _number(limit)
    if dtype.kind == "f" and math.isfinite(number):
        largest = float(np.finfo(dtype).max)
        number = min(max(number, -largest), largest)
    return dtype.type(number)


def _least_from(number: int | float, dtype: np.dtype[Any]) -> Any:
    """The smallest number of a float dtype that is not below `number`."""
    with np.errstate(over="ignore"):
        nearest = dtype.type(str(number))
    exact = float(nearest) if np.isinf(nearest) else Fraction(*nearest.as_integer_ratio())
    return np.nextafter(nearest, dtype.type(np.inf)) if exact < number else nearest


def outside(values: Array, low: Any, high: Any) -> tuple[Array, Array]:
    """Where `values`, integers or floats, are below `low`, NaN among them, and where they are above `high`."""
    bottom, top = _number(low), _number(high)
    if values.dtype.kind == "f":
        return ~(values >= _least_from(bottom, values.dtype)), values > -_least_from(-top, values.dtype)
    if math.isfinite(bottom):
        bottom = math.ceil(bottom)
    if math.isfinite(top):
        top = math.floor(top)
    return np.less(values, bottom), np.greater(values, top)
