"""What is known of calls like an earlier one: checking and describing a call costs 10 us and more."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cnncore._cnn import ffi
from cnncore._dtypes import FLOATS
from cnncore._small import TYPES
from cnncore.geometry import Geometry


class Recipe(NamedTuple):
    """What shapes, dtypes and options decide about a call, whatever the numbers are.

    `dtype` is the result's, `computed` the one in which the C core computes.
    """

    window: Any
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    computed: np.dtype[Any]
    filters: int = 0
    groups: int = 0


RECIPES: dict[tuple[Any, ...], Recipe] = {}
_MOST_RECIPES = 256
"""Checking and describing a call costs 10 us and more; a call like an earlier one takes that one's recipe."""


def keep(key: tuple[Any, ...] | None, recipe: Recipe) -> Recipe:
    if key is not None:
        if len(RECIPES) >= _MOST_RECIPES:
            RECIPES.clear()
        RECIPES[key] = recipe
    return recipe


def is_ready(array: Any) -> bool:
    """Whether the C core can read `array` as it is."""
    if type(array) is not np.ndarray or array.dtype not in TYPES:
        return False
    flags = array.flags
    return flags.c_contiguous and flags.aligned


def conv_key(
    inputs: Any, kernel: Any, bias: Any, strides: Any, padding: Any, dilation_rate: Any, groups: Any
) -> tuple[Any, ...] | None:
    """What a float convolution's recipe is kept by; None where it takes the numbers, or conversions, to tell."""
    if not (is_ready(inputs) and is_ready(kernel) and (bias is None or is_ready(bias))):
        return None
    dtype = inputs.dtype
    if dtype not in FLOATS or kernel.dtype != dtype or (bias is not None and bias.dtype != dtype):
        return None
    # True is equal to 1 as a key, and is no stride.
    if not (type(strides) is type(dilation_rate) is type(groups) is int and type(padding) is str):
        return None
    offsets = None if bias is None else bias.shape
    return inputs.shape, kernel.shape, offsets, dtype, strides, padding, dilation_rate, groups


def window(n: int, channels: int, geometry: Geometry) -> Any:
    """The C core's description of a window moving over `n` images."""
    r, c = geometry.rows, geometry.columns
    return ffi.new(
        "cnn_window *",
        (
            *(n, r.size, c.size, channels),
            *(r.window, c.window, r.stride, c.stride, r.dilation, c.dilation),
            *(r.before, r.after, c.before, c.after),
        ),
    )
