"""Between pixels and other numbers: grey levels to draw any array with, and pixels as a network takes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncore._arrays import UINT8, Array, accept, as_array


def grey_levels(values: Any) -> Array:
    """uint8 levels of the same shape: pixels (uint8) are their own; of others, 0 is black and the largest size white.

    Negative values are drawn by their size, as a sign cannot be seen in a grey; NaN is black.
    """
    array = as_array(values, "values")
    if array.dtype == np.uint8:
        return array
    sizes = np.abs(np.nan_to_num(array.astype(np.float64), nan=0.0, posinf=float(np.finfo(np.float32).max)))
    largest = float(sizes.max(initial=0.0))
    if largest == 0:
        return np.zeros(array.shape, np.uint8)
    levels: Array = np.rint(sizes / largest * 255).astype(np.uint8)
    return levels


def unit_pixels(pixels: Any) -> Array:
    """uint8 pixels as float32 from 0 to 1: pixels / 255, as the networks here are trained on them."""
    array = as_array(pixels, "pixels")
    accept(array, "pixels", (UINT8,))
    units: Array = array.astype(np.float32) / np.float32(255)
    return units
