"""Conversions between pixels and other numbers: arrays as grey levels, and pixels as network inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncore._arrays import as_array
from cnncore._dtypes import UINT8, Array, accept

BLOCK = 1 << 14
"""Values processed at a time: intermediate results stay in the cache, and a large map is not copied as a whole."""


def grey_levels(values: Any) -> Array:
    """Return uint8 levels of the same shape. uint8 is returned as it is; else 0 is black, the largest magnitude white.

    Negative values are drawn by magnitude, because a grey level has no sign; NaN is black.
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
    """Return |values| as a new array, float32 for float32 and float64 for the rest. NaN becomes 0 and infinity the
    largest float32."""
    sizes: Array = np.abs(values.astype(np.float32 if values.dtype == np.float32 else np.float64))
    with np.errstate(over="ignore"):
        finite = bool(np.isfinite(sizes.sum()))  # (if only the sum overflows, the call below changes nothing)
    if not finite:
        sizes = np.nan_to_num(sizes, nan=0.0, posinf=float(np.finfo(np.float32).max))
    return sizes


def overview(levels: Any, every: int) -> Array:
    """Return the mean, uint8, of each block of `every` x `every` levels (H, W); blocks at the ends are smaller."""
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
    """Return uint8 pixels as float32 from 0 to 1: pixels / 255, the scaling the networks here are trained with."""
    array = as_array(pixels, "pixels")
    accept(array, "pixels", (UINT8,))
    units: Array = array.astype(np.float32) / np.float32(255)
    return units
