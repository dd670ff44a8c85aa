"""Feature maps and weights prepared for drawing: magnitudes, signed levels, reduced versions, dead maps.

Levels go from -255 to 255, so that negative values can be drawn as such. Pure functions of arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cnncore._arguments import integer
from cnncore._arrays import as_array
from cnncore._dtypes import Array


def largest_size(values: Any) -> float:
    """Return the largest absolute value, ignoring NaN and infinities; 0 if there is none."""
    array = as_array(values, "values").astype(np.float64, copy=False)
    low, high = float(array.min(initial=0.0)), float(array.max(initial=0.0))
    if not np.isfinite(low + high):
        finite = array[np.isfinite(array)]
        low, high = float(finite.min(initial=0.0)), float(finite.max(initial=0.0))
    return max(-low, high)


def largest_of_all(arrays: Iterable[Any]) -> float:
    """Return the largest absolute value in all `arrays`."""
    return max((largest_size(array) for array in arrays), default=0.0)


def signed_levels(values: Any, largest: float) -> Array:
    """Return int16 levels from -255 to 255: `largest` and beyond is full. NaN is 0; all are 0 if `largest` is."""
    return _signed_parts(values, largest, 255).astype(np.int16)


def signed_digits(values: Any, largest: float) -> Array:
    """Return int8 from -9 to 9, the value in ninths of `largest`: a weight as a sign and one digit."""
    return _signed_parts(values, largest, 9).astype(np.int8)


def _signed_parts(values: Any, largest: float, parts: int) -> Array:
    array = np.nan_to_num(as_array(values, "values").astype(np.float32, copy=False), nan=0.0)
    if largest <= 0:
        return np.zeros(array.shape, np.float32)
    scaled: Array = np.rint(np.clip(array / np.float32(largest), -1, 1) * parts)
    return scaled


def shrink(values: Any, every: int) -> Array:
    """Reduce each block of `every` x `every` values along the first two axes to the one of largest magnitude.

    (H, W, ...) -> (ceil(H / every), ceil(W / every), ...). Signs are kept, and extremes stay visible.
    """
    array = as_array(values, "values")
    every = integer(every, "every", at_least=1)
    if every == 1:
        return array
    rows, columns = -(-array.shape[0] // every), -(-array.shape[1] // every)
    rest = array.shape[2:]
    room = np.zeros((rows * every, columns * every, *rest), array.dtype)
    room[: array.shape[0], : array.shape[1]] = array
    blocks = room.reshape(rows, every, columns, every, *rest)
    high, low = blocks.max(axis=(1, 3)), blocks.min(axis=(1, 3))
    if array.dtype.kind in "ub":
        return np.asarray(high)
    extremes: Array = np.where(high >= -low, high, low)
    return extremes


def dead_maps(values: Any) -> Array:
    """Return a mask of the C channels of (H, W, C) or (C,) that are zero everywhere."""
    array = as_array(values, "values")
    dead: Array = ~np.any(array.reshape(-1, array.shape[-1]) != 0, axis=0)
    return dead


def strongest(values: Any) -> tuple[int, ...]:
    """Return the index of the largest value, the first of equals; NaN counts as smallest."""
    array = as_array(values, "values")
    filled = np.where(np.isnan(array), -np.inf, array) if array.dtype.kind == "f" else array
    return tuple(int(index) for index in np.unravel_index(int(np.argmax(filled)), array.shape))


def lightest(pixels: Any) -> Array:
    """Return a grey picture (H, W) as it is, or the largest channel of each pixel of (H, W, 3)."""
    array = as_array(pixels, "pixels")
    return array if array.ndim == 2 else np.asarray(array.max(axis=2))


def span(values: Any) -> tuple[float, float]:
    """Return the smallest and the largest value, ignoring NaN; (0, 0) if there are none."""
    array = as_array(values, "values")
    numbers = array[~np.isnan(array)] if array.dtype.kind == "f" else array
    return (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 0.0)
