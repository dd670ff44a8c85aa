"""What a picture of feature maps and weights needs: sizes, levels on a chosen scale, small versions, dead maps.

Signs are kept: a level is from -255 to 255, so that a negative value can be drawn as one. Pure functions of arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cnncore._arguments import integer
from cnncore._arrays import as_array
from cnncore._dtypes import Array


def largest_size(values: Any) -> float:
    """The largest absolute value, NaN and infinities left out; 0 where there is none."""
    array = as_array(values, "values").astype(np.float64, copy=False)
    low, high = float(array.min(initial=0.0)), float(array.max(initial=0.0))
    if not np.isfinite(low + high):
        finite = array[np.isfinite(array)]
        low, high = float(finite.min(initial=0.0)), float(finite.max(initial=0.0))
    return max(-low, high)


def largest_of_all(arrays: Iterable[Any]) -> float:
    """The largest absolute value in any of `arrays`."""
    return max((largest_size(array) for array in arrays), default=0.0)


def signed_levels(values: Any, largest: float) -> Array:
    """int16 from -255 to 255 of the same shape: `largest` and beyond is full. NaN is 0; so is all where largest is."""
    return _signed_parts(values, largest, 255).astype(np.int16)


def signed_digits(values: Any, largest: float) -> Array:
    """int8 from -9 to 9: how many ninths of `largest` a value is, rounded; a weight as a sign and one digit."""
    return _signed_parts(values, largest, 9).astype(np.int8)


def _signed_parts(values: Any, largest: float, parts: int) -> Array:
    array = np.nan_to_num(as_array(values, "values").astype(np.float32, copy=False), nan=0.0)
    if largest <= 0:
        return np.zeros(array.shape, np.float32)
    found: Array = np.rint(np.clip(array / np.float32(largest), -1, 1) * parts)
    return found


def shrink(values: Any, every: int) -> Array:
    """Each block of `every` x `every` values along the first two axes as the one of the largest size, sign kept.

    (H, W, ...) -> (ceil(H / every), ceil(W / every), ...). What stands out in a map stands out in its small version.
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
    found: Array = np.where(high >= -low, high, low)
    return found


def dead_maps(values: Any) -> Array:
    """For maps (H, W, C), or a row (C,): which of the C are zero everywhere."""
    array = as_array(values, "values")
    dead: Array = ~np.any(array.reshape(-1, array.shape[-1]) != 0, axis=0)
    return dead


def strongest(values: Any) -> tuple[int, ...]:
    """The place of the largest value, the first of equals; NaN counts as smallest."""
    array = as_array(values, "values")
    filled = np.where(np.isnan(array), -np.inf, array) if array.dtype.kind == "f" else array
    return tuple(int(index) for index in np.unravel_index(int(np.argmax(filled)), array.shape))


def lightest(pixels: Any) -> Array:
    """A picture (H, W) as it is; of one of three colours (H, W, 3) the lightest of each pixel."""
    array = as_array(pixels, "pixels")
    return array if array.ndim == 2 else np.asarray(array.max(axis=2))


def span(values: Any) -> tuple[float, float]:
    """The smallest and the largest value, without NaN; (0, 0) where there is nothing else."""
    array = as_array(values, "values")
    numbers = array[~np.isnan(array)] if array.dtype.kind == "f" else array
    return (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 0.0)
