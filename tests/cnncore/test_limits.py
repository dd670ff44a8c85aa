"""Clamping at, below and above its limits, for every pair of dtypes, against whole numbers and fractions of Python."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cnncore
from cnncore import reference

INTEGERS = [np.dtype(kind) for kind in "bBhHiIqQ"]
FLOATS = [np.dtype(kind) for kind in "efd"]
BOTH: list[Callable[..., Any]] = [cnncore.clamp, reference.clamp]
each = pytest.mark.parametrize("clamp", BOTH, ids=["ops", "reference"])


def exact(value: Any) -> Fraction | float:
    """Python's own number for one of any dtype."""
    if isinstance(value, np.floating) and not np.isfinite(value):
        return float(value)
    return Fraction(*value.as_integer_ratio()) if isinstance(value, np.floating) else Fraction(int(value))


def around(source: np.dtype[Any], *limits: Any) -> np.ndarray[Any, Any]:
    """Numbers of a dtype at, just below and just above each limit, and its own ends, infinities and NaN."""
    if source.kind != "f":
        ends = np.iinfo(source)
        near = [int(limit) + step for limit in limits if abs(limit) < 2**70 for step in (-2, -1, 0, 1, 2)]
        wanted = [*near, ends.min, ends.max, 0, 1]
        return np.array([n for n in wanted if ends.min <= n <= ends.max], source)
    kind = source.type
    with np.errstate(over="ignore"):
        near = [kind(str(limit)) for limit in limits]
        below = [np.nextafter(n, kind(-np.inf)) for n in near]
        above = [np.nextafter(n, kind(np.inf)) for n in near]
        halves = [n + kind(offset) for n in near for offset in (-0.5, 0.5)]
    extremes = [np.finfo(source).max, -np.finfo(source).max, np.inf, -np.inf, np.nan, 0.5, 1.5, 2.5, -0.5]
    return np.array([*near, *below, *above, *halves, *extremes], source)


def whole(value: Any, low: int, high: int) -> int:
    number = exact(value)
    if math.isnan(number) or number <= low:
        return low
    return high if number >= high else round(number)


@each
@pytest.mark.parametrize("target", INTEGERS, ids=str)
@pytest.mark.parametrize("source", [*INTEGERS, *FLOATS], ids=str)
def test_no_number_wraps(source: np.dtype[Any], target: np.dtype[Any], clamp: Callable[..., Any]) -> None:
    ends = np.iinfo(target)
    least, most = int(ends.min), int(ends.max)
    for low, high in (
        (least, most),
        (least + 1, most - 1),
        (0, most),
        (least, 0),
        (most, most),
        (least, least),
        (3, 9),
    ):
        values = around(source, low, high, least, most)
        result = clamp(values, low, high, dtype=target)
        assert result.dtype == target
        assert [int(r) for r in result] == [whole(v, low, high) for v in values], (low, high)
        if float(low) == low and float(high) == high:  # limits may be floats where they are whole
            np.testing.assert_array_equal(clamp(values, float(low), np.float64(high), dtype=target), result)


@each
@pytest.mark.parametrize("target", FLOATS, ids=str)
@pytest.mark.parametrize("source", [*INTEGERS, *FLOATS], ids=str)
@pytest.mark.parametrize(
    ("low", "high"), [(0, 255), (-0.1, 0.7), (-(2**31), 2**31 - 1), (-1e300, 1e300), (-np.inf, np.inf), (-(10**30), 3)]
)
def test_a_limit_beyond_a_float_dtype_is_its_largest_number(
    source: np.dtype[Any], target: np.dtype[Any], low: Any, high: Any, clamp: Callable[..., Any]
) -> None:
    values = around(source, low, high)
    largest = float(np.finfo(target).max)
    held = [min(max(n, -largest), largest) if math.isfinite(n) else n for n in (low, high)]
    result = clamp(values, low, high, dtype=target)
    assert result.dtype == target
    for value, found in zip(values, result, strict=True):
        number = exact(value)
        with np.errstate(over="ignore"):
            if math.isnan(number) or number < low:
                wanted = target.type(held[0])
            else:
                wanted = target.type(held[1]) if number > high else value.astype(target)
        assert found == wanted, value


@each
def test_a_fill_value_becomes_the_largest_integer_and_not_the_smallest(clamp: Callable[..., Any]) -> None:
    assert clamp(np.array([1e30, np.inf, np.nan], np.float32), -(2**31), 2**31 - 1, dtype=np.int32).tolist() == [
        2**31 - 1,
        2**31 - 1,
        -(2**31),
    ]


@each
@pytest.mark.parametrize(
    ("low", "high", "dtype"),
    [(0, 256, np.uint8), (-1, 255, np.uint8), (0, 2.0**63, np.int64), (0, 10**400, np.int32), (-np.inf, 0, np.int16)],
)
def test_a_limit_beyond_an_integer_dtype_is_refused(low: Any, high: Any, dtype: Any, clamp: Callable[..., Any]) -> None:
    with pytest.raises(cnncore.CnnError, match=r"low and high|high is too large|low is too large"):
        clamp(np.array([1], np.float32), low, high, dtype=dtype)


@each
@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_shapes_stay(shape: tuple[int, ...], clamp: Callable[..., Any]) -> None:
    assert clamp(np.full(shape, 300, np.float64), dtype=np.int16).shape == shape
