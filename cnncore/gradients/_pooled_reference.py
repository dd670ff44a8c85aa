"""Convolution, ReLU and maximum pooling, forward and backward, in plain numpy: what `_pooled_conv2d` must give.

Computes in the dtype of its inputs; in float64 it is the oracle of the tests.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from cnncore._dtypes import Array
from cnncore.geometry import Geometry

SHUT = 255


def pooled_conv2d(
    x: Array,
    kernel: Array,
    bias: Array,
    convolution: Geometry,
    pooling: Geometry,
    *,
    groups: int = 1,
    relu: bool = True,
) -> tuple[Array, Array]:
    """The pooled maps, (N, H, W, F), and the winners of their windows."""
    sums = _sums(_padded(x, convolution), kernel, bias, convolution, groups)
    if relu:
        sums = np.where(sums <= 0, 0, sums)  # NaN stays
    n, (rows, columns), filters = len(x), pooling.output, kernel.shape[3]
    out = np.zeros((n, rows, columns, filters), x.dtype)
    winners = np.full(out.shape, SHUT, np.uint8)
    for image, y, c, f in np.ndindex(n, rows, columns, filters):
        best = None
        for position, (a, b) in enumerate(product(range(pooling.rows.window), range(pooling.columns.window))):
            row, column = pooling.rows.start(y) + a, pooling.columns.start(c) + b
            if not (0 <= row < sums.shape[1] and 0 <= column < sums.shape[2]):
                continue
            value = sums[image, row, column, f]
            if best is None or value > best or (np.isnan(value) and not np.isnan(best)):
                best = value
                out[image, y, c, f] = value
                winners[image, y, c, f] = position
        if relu and not out[image, y, c, f] > 0:
            winners[image, y, c, f] = SHUT
    return out, winners


def pooled_conv2d_backward(
    x: Array, kernel: Array, winners: Array, grad: Array, convolution: Geometry, pooling: Geometry, *, groups: int = 1
) -> tuple[Array, Array, Array]:
    """(d_inputs, d_kernel, d_bias)."""
    padded = _padded(x, convolution)
    d_padded, d_kernel = np.zeros_like(padded), np.zeros_like(kernel)
    d_bias = np.zeros(kernel.shape[3], kernel.dtype)
    rows, columns, channels = convolution.rows, convolution.columns, kernel.shape[2]
    for image, y, c, f in zip(*np.nonzero(winners != SHUT), strict=True):
        g = grad[image, y, c, f]
        a, b = divmod(int(winners[image, y, c, f]), pooling.columns.window)
        top = (pooling.rows.start(int(y)) + a) * rows.stride
        left = (pooling.columns.start(int(c)) + b) * columns.stride
        first = int(f) // (kernel.shape[3] // groups) * channels
        window = (
            image,
            slice(top, top + rows.extent, rows.dilation),
            slice(left, left + columns.extent, columns.dilation),
            slice(first, first + channels),
        )
        d_kernel[..., f] += g * padded[window]
        d_padded[window] += g * kernel[..., f]
        d_bias[f] += g
    inside = d_padded[:, rows.before : rows.before + rows.size, columns.before : columns.before + columns.size]
    return np.ascontiguousarray(inside), d_kernel, d_bias


def _padded(x: Array, convolution: Geometry) -> Array:
    rows, columns = convolution.rows, convolution.columns
    return np.pad(x, ((0, 0), (rows.before, rows.after), (columns.before, columns.after), (0, 0)))


def _sums(padded: Array, kernel: Array, bias: Array, convolution: Geometry, groups: int) -> Array:
    rows, columns = convolution.rows, convolution.columns
    channels, in_group = kernel.shape[2], kernel.shape[3] // groups
    out = np.zeros((len(padded), *convolution.output, kernel.shape[3]), padded.dtype)
    for group, y, c in np.ndindex(groups, *convolution.output):
        top, left = y * rows.stride, c * columns.stride
        part = padded[
            :,
            top : top + rows.extent : rows.dilation,
            left : left + columns.extent : columns.dilation,
            group * channels : (group + 1) * channels,
        ]
        filters = slice(group * in_group, (group + 1) * in_group)
        out[:, y, c, filters] = np.tensordot(part, kernel[..., filters], axes=3)
    return out + bias
