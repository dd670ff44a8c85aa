"""Between pixels and other numbers: grey levels to draw any array with, and pixels as a network takes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncore._arrays import as_array
from cnncore._dtypes import UINT8, Array, accept

BLOCK = 1 << 14
"""Values worked on at a time, so that what is in between stays in the cache and a large map needs no copies of it."""


def grey_levels(values: Any) -> Array:
    """uint8 levels of the same shape: pixels (uint8) are their own; of others, 0 is black and the largest size white.

    Negative values are drawn by their size, as a sign cannot be seen in a grey; NaN is black.
    """
    array = as_array(values, "values")
    if array.dtype == np.uint8:
        return array
    flat = np.ascontiguousarray(array).reshape(-1)
    levels = np.zeros(flat.shape, np.uint8)
    blocks = range(0, flat.size, BLOCK)
    largest = max((float(_sizes(flat[i : i + BLOCK]).max()) for i in blocks), default=0.0)
    if largest > 0:
        for i in blocks:
            sizes = _sizes(flat[i : i + BLOCK])
            sizes /= sizes.dtype.type(largest)
            sizes *= 255
            levels[i : i + BLOCK] = np.rint(sizes, out=sizes)
    return levels.reshape(array.shape)


def _sizes(values: Array) -> Array:
    """|values| as a new array of float64, of float32 where they are that; NaN is 0 and infinity as large as a float32
    can be."""
    sizes: Array = np.abs(values.astype(np.float32 if values.dtype == np.float32 else np.float64))
    with np.errstate(over="ignore"):
        finite = bool(np.isfinite(sizes.sum()))  # (if the sum alone is too large, nothing is changed below)
    if not finite:
        sizes = np.nan_to_num(sizes, nan=0.0, posinf=float(np.finfo(np.float32).max))
    return sizes


def overview(levels: Any, every: int) -> Array:
    """uint8 levels of which each is the mean of `every` x `every` of the given (H, W), those at the ends of fewer."""
    array = as_array(levels, "levels")
    accept(array, "levels", (UINT8,))
    if every == 1:
        return array
    rows, columns = np.arange(0, array.shape[0], every), np.arange(0, array.shape[1], every)
    counts = np.diff([*rows, array.shape[0]])[:, None] * np.diff([*columns, array.shape[1]])
    reduced = np.empty((len(rows), len(columns)), np.int64)
    for block, row in enumerate(rows):  # sum down each block of rows first: memory lies in that order
        column_sums = array[row : row + every].sum(axis=0, dtype=np.int32)
        reduced[block] = np.add.reduceat(column_sums, columns)
    means: Array = ((reduced + counts // 2) // counts).astype(np.uint8)
    return means


def unit_pixels(pixels: Any) -> Array:
    """uint8 pixels as float32 from 0 to 1: pixels / 255, as the networks here are trained on them."""
    array = as_array(pixels, "pixels")
    accept(array, "pixels", (UINT8,))
    units: Array = array.astype(np.float32) / np.float32(255)
    return units
