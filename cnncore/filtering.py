"""The image filter with strides and dilation, and what it loses: how many of its sums leave 0..255 and are clamped.

    output = filter_image(image, kernel, scale=1 / 16, strides=2)
    below, above = count_clamped(image, kernel, scale=1 / 16, strides=2)

`cnncore.filter2d` is the fast one, of steps of one and no gaps; with a kernel of whole numbers both agree bit for bit,
with another one but for what float32 rounds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncore._arrays import Array, as_array, filter2d_arguments
from cnncore.ops import clamp, conv2d, filter2d


def filter_image(
    image: Any, kernel: Any, *, scale: Any = 1, strides: Any = 1, padding: Any = "valid", dilation_rate: Any = 1
) -> Array:
    """`cnncore.filter2d`, and as in `cnncore.conv2d` `strides` and `dilation_rate`, each one number or two.

    A float kernel is summed in float64 and rounded once, as `cnncore.stepping` and `cnncore.reference` do. Raises
    `CnnError`.
    """
    a = filter2d_arguments(image, kernel, scale=scale, strides=strides, padding=padding, dilation_rate=dilation_rate)
    rows, columns = a.geometry.rows, a.geometry.columns
    if a.kernel.dtype.kind == "i" and (rows.stride, columns.stride, rows.dilation, columns.dilation) == (1, 1, 1, 1):
        return filter2d(image, a.kernel, scale=scale, padding=padding)
    sums = filter_sums(image, kernel, scale=scale, strides=strides, padding=padding, dilation_rate=dilation_rate)
    return clamp(sums)


def filter_sums(
    image: Any, kernel: Any, *, scale: Any = 1, strides: Any = 1, padding: Any = "valid", dilation_rate: Any = 1
) -> Array:
    """What `filter_image` clamps: the sums times `scale`, rounded half to even, float32 of the output's shape."""
    a = filter2d_arguments(image, kernel, scale=scale, strides=strides, padding=padding, dilation_rate=dilation_rate)
    whole = a.kernel.dtype.kind == "i"
    # Products of pixels and float32 weights are exact in float64, so that the order of the sum does not matter.
    pixels = as_array(image, "image") if whole else as_array(image, "image").astype(np.float64)
    weights = a.kernel if whole else a.kernel.astype(np.float64)
    options = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    if pixels.ndim == 2:
        total = conv2d(pixels, weights, **options)
    else:
        channels = pixels.shape[2]
        total = conv2d(pixels, np.repeat(weights[:, :, None, None], channels, 3), groups=channels, **options)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled: Array = total.astype(np.float32) * np.float32(a.scale)
        return np.rint(scaled)


def outside(sums: Any) -> tuple[int, int]:
    """How many of the `filter_sums` are below 0, and how many above 255."""
    return int(np.count_nonzero(sums < 0)), int(np.count_nonzero(sums > 255))


def count_clamped(
    image: Any, kernel: Any, *, scale: Any = 1, strides: Any = 1, padding: Any = "valid", dilation_rate: Any = 1
) -> tuple[int, int]:
    """How many values of `filter_image` (same arguments) came from a rounded sum below 0, and from one above 255."""
    return outside(
        filter_sums(image, kernel, scale=scale, strides=strides, padding=padding, dilation_rate=dilation_rate)
    )
