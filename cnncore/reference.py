"""The operations of `cnncore.ops` in plain numpy: slow, obvious, and the oracle for the fast path.

Each function follows its definition and nothing else. Names, arguments, results and errors are those of `ops`.
"Convolution" is what deep learning calls so, cross-correlation: the kernel is not flipped.
"""

from __future__ import annotations

from typing import Any, SupportsIndex

import numpy as np
import numpy.typing as npt

from cnncore._arguments import IntOrPair, Padding, Real
from cnncore._arrays import (
    as_array,
    clamp_limits,
    conv2d_arguments,
    dense_arguments,
    filter2d_arguments,
    pool_arguments,
)
from cnncore._dtypes import Array, accept_numbers, dtype_of
from cnncore.activations import ActivationName, activate, activation_name
from cnncore.geometry import Geometry


def _pad(inputs: Array, geometry: Geometry, value: Any) -> Array:
    rows, columns = geometry.rows, geometry.columns
    return np.pad(
        inputs,
        ((0, 0), (rows.before, rows.after), (columns.before, columns.after), (0, 0)),
        constant_values=value,
    )


def _windows(padded: Array, geometry: Geometry) -> Array:
    """(N, out rows, out columns, kh, kw, C): every window, spelled out."""
    rows, columns = geometry.rows, geometry.columns
    row_taps = np.arange(rows.output)[:, None] * rows.stride + np.arange(rows.window) * rows.dilation
    column_taps = np.arange(columns.output)[:, None] * columns.stride + np.arange(columns.window) * columns.dilation
    picked: Array = padded[:, row_taps[:, None, :, None], column_taps[None, :, None, :], :]
    return picked


def conv2d(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
    groups: SupportsIndex = 1,
    activation: ActivationName | None = None,
) -> Array:
    """out[n, i, j, f] = bias[f] + sum over a, b, c of x[n, i*s + a*d, j*s + b*d, c] * w[a, b, c, f].

    Floats are summed in float64 and rounded once, so that this is the more exact of the two.
    """
    a = conv2d_arguments(
        inputs, kernel, bias, strides=strides, padding=padding, dilation_rate=dilation_rate, groups=groups
    )
    name = activation_name(activation, a.dtype)
    wide = np.float64 if a.dtype.kind == "f" else np.int64
    windows = _windows(_pad(a.inputs, a.geometry, 0), a.geometry).astype(wide)
    kernel_wide = a.kernel.astype(wide)
    channels, filters = a.kernel.shape[2], a.kernel.shape[3]
    per_group = filters // a.groups
    parts = [
        np.einsum(
            "nijabc,abcf->nijf",
            windows[..., g * channels : (g + 1) * channels],
            kernel_wide[..., g * per_group : (g + 1) * per_group],
        )
        for g in range(a.groups)
    ]
    total = np.concatenate(parts, axis=-1)
    if a.bias is not None:
        total = total + a.bias.astype(wide)
    return activate(total.astype(a.dtype), name).reshape(a.output_shape)


def filter2d(image: npt.ArrayLike, kernel: npt.ArrayLike, *, scale: Real = 1, padding: Padding = "valid") -> Array:
    """clamp(round_half_to_even(sum * scale), 0, 255) for each channel alone.

    An integer kernel's sum is exact; a float kernel's is taken in float32. `scale` is applied in float32.
    """
    a = filter2d_arguments(image, kernel, scale=scale, padding=padding)
    windows = _windows(_pad(a.image[None], a.geometry, 0), a.geometry)[0]
    if a.kernel.dtype == np.int32:
        total = np.einsum("ijabc,ab->ijc", windows.astype(np.int64), a.kernel.astype(np.int64)).astype(np.float32)
    else:
        with np.errstate(invalid="ignore", over="ignore"):
            total = np.einsum("ijabc,ab->ijc", windows.astype(np.float64), a.kernel.astype(np.float64))
            total = total.astype(np.float32)
    with np.errstate(invalid="ignore", over="ignore"):
        return clamp(total * np.float32(a.scale)).reshape(a.output_shape)


def max_pool2d(
    inputs: npt.ArrayLike, pool_size: IntOrPair = 2, strides: IntOrPair | None = None, padding: Padding = "valid"
) -> Array:
    """The largest of each window; what is padded is smaller than anything. NaN wins, as in `numpy.max`."""
    a = pool_arguments(inputs, pool_size, strides, padding)
    dtype = a.inputs.dtype
    lowest = -np.inf if dtype.kind == "f" else np.iinfo(dtype).min
    result: Array = _windows(_pad(a.inputs, a.geometry, lowest), a.geometry).max(axis=(3, 4)).reshape(a.output_shape)
    return result.astype(a.dtype, copy=False)


def avg_pool2d(
    inputs: npt.ArrayLike, pool_size: IntOrPair = 2, strides: IntOrPair | None = None, padding: Padding = "valid"
) -> Array:
    """The mean of each window, over the values that are there: what is padded is not counted.

    float64 stays float64; every other dtype gives float32.
    """
    a = pool_arguments(inputs, pool_size, strides, padding)
    dtype = np.float64 if a.dtype == np.float64 else np.float32
    total = _windows(_pad(a.inputs, a.geometry, 0), a.geometry).sum(axis=(3, 4), dtype=np.float64)
    there = np.ones((1, *a.inputs.shape[1:3], 1))
    count = _windows(_pad(there, a.geometry, 0), a.geometry).sum(axis=(3, 4))
    result: Array = (total / count).astype(dtype).reshape(a.output_shape)
    return result


def clamp(x: npt.ArrayLike, low: Any = 0, high: Any = 255, dtype: npt.DTypeLike = np.uint8) -> Array:
    """Values below `low` become `low`, above `high` become `high`, NaN becomes `low`; halves round to even."""
    values = as_array(x, "x")
    target = dtype_of(dtype, "dtype")
    clamp_limits(values, low, high, target)
    if values.dtype.kind == "f":
        limited = np.where(np.isnan(values), low, np.clip(values, low, high))
    else:  # compared as whole numbers: a float64 cannot tell large ones apart
        limited = np.where(values < low, low, np.where(values > high, high, values))
    rounded: Array = (np.rint(limited) if target.kind in "iu" and limited.dtype.kind == "f" else limited).astype(target)
    return rounded


def relu(x: npt.ArrayLike) -> Array:
    """max(x, 0); NaN stays NaN."""
    values = as_array(x, "x")
    accept_numbers(values, "x")
    result: Array = np.maximum(values, values.dtype.type(0))
    return result


def dense(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    activation: ActivationName | None = None,
) -> Array:
    """inputs @ kernel + bias, for inputs (K,) or (N, K) and kernel (K, M)."""
    x, w = dense_arguments(inputs, kernel, bias)
    result = conv2d(x[:, None, None, :], w, bias, activation=activation)[:, 0, 0, :]
    return result[0] if np.ndim(inputs) == 1 else result
