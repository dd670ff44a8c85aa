"""The image filter with strides and dilation, and what it loses: how many of its sums leave 0..255 and are clamped.

    output = filter_image(image, kernel, scale=1 / 16, strides=2)
    below, above = count_clamped(image, kernel, scale=1 / 16, strides=2)

`cnncore.filter2d` is the fast one, of steps of one and no gaps; with a kernel of whole numbers both agree bit for bit,
with another one but for what float32 rounds.
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
"""Output values worked on at a time: what a large photograph needs between its pixels and the result stays in the
processor's cache."""


def filter_image(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    scale: Real = 1,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
) -> Array:
    """`cnncore.filter2d`, and as in `cnncore.conv2d` `strides` and `dilation_rate`, each one number or two.

    A float kernel is summed in float64 and rounded once, as the steps and `cnncore.reference` do. Raises `CnnError`.
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
    """What `filter_image` clamps: the sums times `scale`, rounded half to even, float32 of the output's shape."""
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
    """How many values of `filter_image` (same arguments) came from a rounded sum below 0, and from one above 255."""
    a = filter2d_arguments(image, kernel, scale=scale, strides=strides, padding=padding, dilation_rate=dilation_rate)
    below = above = 0
    for _first, sums in _row_strips(a):
        low, high = outside(sums)
        below, above = below + low, above + high
    return below, above


def outside(sums: Any) -> tuple[int, int]:
    """How many of the sums are below 0, and how many above 255."""
    return int(np.count_nonzero(sums < 0)), int(np.count_nonzero(sums > 255))


def _row_strips(a: FilterArguments) -> Iterator[tuple[int, Array]]:
    """The rounded sums, some rows at a time, each with the first row's number; (rows, columns, channels) float32."""
    rows, columns = a.geometry.rows, a.geometry.columns
    channels = a.image.shape[2]
    whole = a.kernel.dtype.kind == "i"
    # Products of pixels and float32 weights are exact in float64, so that the order of the sum does not matter.
    weights = np.repeat((a.kernel if whole else a.kernel.astype(np.float64))[:, :, None, None], channels, 3)
    step = max(1, STRIP_VALUES // (columns.output * channels))
    for first in range(0, rows.output, step):
        last = min(first + step, rows.output) - 1
        top, bottom = rows.start(first), rows.start(last) + rows.extent
        part = a.image[max(top, 0) : max(min(bottom, rows.size), 0)]
        above, below = max(-top, 0), max(bottom - rows.size, 0)
        if not len(part):  # a window in the padding alone
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
