"""Dropout in training: inverted, as in Keras."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncore._arguments import number
from cnncore._dtypes import Array
from cnncore.errors import CnnError


def dropout_mask(shape: tuple[int, ...], rate: float, random: np.random.Generator, dtype: np.dtype[Any]) -> Array:
    """0 with the probability `rate`, else 1 / (1 - rate), for each value alone.

    The layer's output is its input times the mask, the gradient of its input that of its output times the same mask; so
    the expected output is the input, and nothing is done outside of training (Srivastava and others, 2014; the scaling
    is Keras's). rate: at least 0 and below 1. Each value takes one float32 of `random`. Raises `CnnError`.
    """
    rate = number(rate, "rate")
    if not 0 <= rate < 1:
        raise CnnError("{name} must be at least 0 and below 1, got {value}", name="rate", value=rate)
    kept = random.random(shape, np.float32) >= np.float32(rate)
    mask: Array = np.multiply(kept, dtype.type(1 / (1 - rate)), dtype=dtype)
    return mask
