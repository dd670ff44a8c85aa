"""The image filter with strides and dilation, and a count of the sums that are clamped.

    output = filter_image(image, kernel, scale=1 / 16, strides=2)
    below, above = count_clamped(image, kernel, scale=1 / 16, strides=2)

`cnncore.filter2d` is the fast version with strides and dilation of 1. With an integer kernel both agree bit for bit,
with a float kernel within float32 rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore._arguments import IntOrPair, Padding, Real
from cnncore._arrays import FilterArguments, filter2d_arguments
from cnncore._dtypes import Array
from cnncore.ops import clamp, conv2d, filter2d

STRIP_VALUES = 1 << 18
"""Output values processed at a time, so that intermediate results of a large photograph stay in the cache."""


def filter_image(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    scale: Real = 1,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
) -> Array:
    """Apply `cnncore.filter2d` with `strides` and `dilation_rate` as in `cnncore.conv2d`.

    A float kernel is summed in float64 and rounded once, as in the steps and `cnncore.reference`. Raises `CnnError`.
    """
    a = filter2d_arguments(image, kernel, scale=scale, strides=strides, padding=padding, dilation_rate=dilation_rate)
    rows, columns = a.geometry.rows, a.geometry.columns
    if a.kernel.dtype.kind == "i" and (rows.stride, columns.stride, rows.dilation, columns.dilation) == (1, 1, 1, 1):
        return filter2d(image, a.kernel, scale=scale, padding=padding)
    result = np.empty((rows.output, columns.output, a.image.shape[2]), np.uint8)
    for first, sums in _row_strips(a):
        clamp(sums, out=result[first : first + len(sums)])
    return result.reshape(a.output_shape)


def filter_sums(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    scale: Real = 1,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
) -> Array:
    """Return the values before the clamp of `filter_image`: float32 sums times `scale`, rounded half to even."""
    a = filter2d_arguments(image, kernel, scale=scale, strides=strides, padding=padding, dilation_rate=dilation_rate)
    return np.concatenate([sums for _first, sums in _row_strips(a)]).reshape(a.output_shape)


def count_clamped(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    scale: Real = 1,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
) -> tuple[int, int]:
    """Count the values of `filter_image` whose rounded sum is below 0, and those whose sum is above 255."""
    a = filter2d_arguments(image, kernel, scale=scale, strides=strides, padding=padding, dilation_rate=dilation_rate)
    below = above = 0
    for _first, sums in _row_strips(a):
        low, high = outside(sums)
        below, above = below + low, above + high
    return below, above


def outside(sums: Any) -> tuple[int, int]:
    """Count the sums below 0 and those above 255."""
    return int(np.count_nonzero(sums < 0)), int(np.count_nonzero(sums > 255))


def _row_strips(a: FilterArguments) -> Iterator[tuple[int, Array]]:
    """Yield the first row and the rounded sums (rows, columns, channels) float32 of one strip of rows at a time."""
    rows, columns = a.geometry.rows, a.geometry.columns
    channels = a.image.shape[2]
    whole = a.kernel.dtype.kind == "i"
    # Products of pixels and float32 weights are exact in float64.
    weights = np.repeat((a.kernel if whole else a.kernel.astype(np.float64))[:, :, None, None], channels, 3)
    step = max(1, STRIP_VALUES // (columns.output * channels))
    for first in range(0, rows.output, step):
        last = min(first + step, rows.output) - 1
        top, bottom = rows.start(first), rows.start(last) + rows.extent
        part = a.image[max(top, 0) : max(min(bottom, rows.size), 0)]
        above, below = max(-top, 0), max(bottom - rows.size, 0)
        if not len(part):  # all windows lie in padding
            part, above = np.zeros((1, *a.image.shape[1:]), a.image.dtype), bottom - top - 1
            below = 0
        total = conv2d(
            part if whole else part.astype(np.float64),
            weights,
            groups=channels,
            strides=(rows.stride, columns.stride),
            dilation_rate=(rows.dilation, columns.dilation),
            padding=((above, below), (columns.before, columns.after)),
        )
        with np.errstate(invalid="ignore", over="ignore"):
            sums = total.astype(np.float32)
            sums *= np.float32(a.scale)
            yield first, np.rint(sums, out=sums)
