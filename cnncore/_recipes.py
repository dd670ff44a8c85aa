"""A cache of validated calls: validating a call and describing it for the C core costs 10 us or more."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cnncore._cnn import ffi
from cnncore._dtypes import FLOATS
from cnncore._small import TYPES
from cnncore.geometry import Geometry


class Recipe(NamedTuple):
    """Everything about a call that follows from shapes, dtypes and options alone.

    `dtype` is the dtype of the result, `computed` the one in which the C core computes.
    """

    window: Any
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    computed: np.dtype[Any]
    filters: int = 0
    groups: int = 0


RECIPES: dict[tuple[Any, ...], Recipe] = {}
_MOST_RECIPES = 256


def keep(key: tuple[Any, ...] | None, recipe: Recipe) -> Recipe:
    if key is not None:
        if len(RECIPES) >= _MOST_RECIPES:
            RECIPES.clear()
        RECIPES[key] = recipe
    return recipe


def is_ready(array: Any) -> bool:
    """Return True if the C core can read `array` as it is."""
    if type(array) is not np.ndarray or array.dtype not in TYPES:
        return False
    flags = array.flags
    return flags.c_contiguous and flags.aligned


def conv_key(
    inputs: Any, kernel: Any, bias: Any, strides: Any, padding: Any, dilation_rate: Any, groups: Any
) -> tuple[Any, ...] | None:
    """Return the cache key of a float convolution; None if its recipe depends on values or on conversions."""
    if not (is_ready(inputs) and is_ready(kernel) and (bias is None or is_ready(bias))):
        return None
    dtype = inputs.dtype
    if dtype not in FLOATS or kernel.dtype != dtype or (bias is not None and bias.dtype != dtype):
        return None
    # As a key True equals 1, but it is not a valid stride.
    if not (type(strides) is type(dilation_rate) is type(groups) is int and type(padding) is str):
        return None
    offsets = None if bias is None else bias.shape
    return inputs.shape, kernel.shape, offsets, dtype, strides, padding, dilation_rate, groups


def window(n: int, channels: int, geometry: Geometry) -> Any:
    """Describe a window that moves over `n` images for the C core."""
    r, c = geometry.rows, geometry.columns
    return ffi.new(
        "cnn_window *",
        (
            *(n, r.size, c.size, channels),
            *(r.window, c.window, r.stride, c.stride, r.dilation, c.dilation),
            *(r.before, r.after, c.before, c.after),
        ),
    )
