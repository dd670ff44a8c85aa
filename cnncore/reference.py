"""The operations of `cnncore.ops` in plain numpy: slow, obvious, and the oracle for the fast path.

Each function follows its definition and nothing else. Names, arguments, results and errors are those of `ops`.
"Convolution" is cross-correlation, as in deep learning: the kernel is not flipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, SupportsIndex, TypeAlias

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
from cnncore._limits import held, outside
from cnncore.activations import ActivationName, activate, activation_name
from cnncore.geometry import Geometry

_Place: TypeAlias = tuple[slice, slice]


def _taps(geometry: Geometry) -> Iterator[tuple[int, int, _Place, _Place]]:
    """Yield each tap (a, b) with the output positions at which it lies on the input, and the input values there.

    Padding is never stored, so it takes no memory however wide it is.
    """
    columns = [geometry.columns.inside(b) for b in range(geometry.columns.window)]
    for a in range(geometry.rows.window):
        out_rows, in_rows = geometry.rows.inside(a)
        for b, (out_columns, in_columns) in enumerate(columns):
            yield a, b, (out_rows, out_columns), (in_rows, in_columns)


def _sums(inputs: Array, kernel: Array, geometry: Geometry) -> Array:
    """Return the (N, out rows, out columns, F) sums over a, b, c of inputs (N, H, W, C) times kernel (kh, kw, C, F)."""
    total = np.zeros((len(inputs), *geometry.output, kernel.shape[3]), kernel.dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        for a, b, (rows, columns), (in_rows, in_columns) in _taps(geometry):
            weights = kernel[a, b]
            total[:, rows, columns] += inputs[:, in_rows, in_columns].astype(kernel.dtype) @ weights
            if not np.isfinite(weights).all():  # times a zero of the padding, it is NaN
                padded = np.ones(geometry.output, bool)
                padded[rows, columns] = False
                total[:, padded] += (weights * 0).sum(axis=0)
    return total


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
    """Return out[n, i, j, f] = bias[f] + sum over a, b, c of x[n, i*s + a*d, j*s + b*d, c] * w[a, b, c, f].

    Floats are summed in float64 and rounded once, so this is more exact than `ops.conv2d`.
    """
    a = conv2d_arguments(
        inputs, kernel, bias, strides=strides, padding=padding, dilation_rate=dilation_rate, groups=groups
    )
    name = activation_name(activation, a.dtype)
    wide = np.float64 if a.dtype.kind == "f" else np.int64
    kernel_wide = a.kernel.astype(wide)
    channels, per_group = a.kernel.shape[2], a.kernel.shape[3] // a.groups
    parts = [
        _sums(
            a.inputs[..., g * channels : (g + 1) * channels],
            kernel_wide[..., g * per_group : (g + 1) * per_group],
            a.geometry,
        )
        for g in range(a.groups)
    ]
    total = np.concatenate(parts, axis=-1)
    if a.bias is not None:
        total = total + a.bias.astype(wide)
    return activate(total.astype(a.dtype), name).reshape(a.output_shape)


def filter2d(image: npt.ArrayLike, kernel: npt.ArrayLike, *, scale: Real = 1, padding: Padding = "valid") -> Array:
    """Return clamp(round_half_to_even(sum * scale), 0, 255) for each channel separately.

    The sum is exact for an integer kernel and in float64 for a float kernel. It is rounded to float32 before it is
    multiplied by `scale`.
    """
    a = filter2d_arguments(image, kernel, scale=scale, padding=padding)
    kernel = a.kernel.astype(np.int64 if a.kernel.dtype == np.int32 else np.float64)[:, :, None, None]
    alone = np.moveaxis(a.image, 2, 0)[..., None]  # each channel becomes an image
    total = np.moveaxis(_sums(alone, kernel, a.geometry)[..., 0], 0, 2)
    with np.errstate(invalid="ignore", over="ignore"):
        return clamp(total.astype(np.float32) * np.float32(a.scale)).reshape(a.output_shape)


def max_pool2d(
    inputs: npt.ArrayLike, pool_size: IntOrPair = 2, strides: IntOrPair | None = None, padding: Padding = "valid"
) -> Array:
    """Return the maximum of each window. Padding is smaller than any value; NaN gives NaN, as in `numpy.max`."""
    a = pool_arguments(inputs, pool_size, strides, padding)
    dtype = a.inputs.dtype
    lowest = -np.inf if dtype.kind == "f" else np.iinfo(dtype).min
    result = np.full((len(a.inputs), *a.geometry.output, a.inputs.shape[3]), lowest, dtype)
    for _a, _b, (rows, columns), (in_rows, in_columns) in _taps(a.geometry):
        largest = result[:, rows, columns]
        np.maximum(largest, a.inputs[:, in_rows, in_columns], out=largest)
    return result.reshape(a.output_shape).astype(a.dtype, copy=False)


def _totals(inputs: Array, geometry: Geometry, less: Any = 0.0) -> Array:
    """Return the float64 sum of (input - less) over each window, without padding; `less` is broadcast to the output's
    shape."""
    total = np.zeros((len(inputs), *geometry.output, inputs.shape[3]))
    less = np.broadcast_to(less, total.shape)
    for _a, _b, (rows, columns), (in_rows, in_columns) in _taps(geometry):
        total[:, rows, columns] += inputs[:, in_rows, in_columns] - less[:, rows, columns]
    return total


def avg_pool2d(
    inputs: npt.ArrayLike, pool_size: IntOrPair = 2, strides: IntOrPair | None = None, padding: Padding = "valid"
) -> Array:
    """Return the mean of each window; padding is not counted.

    float64 gives float64, any other dtype float32. Two passes in float64: the mean, and the mean difference of the
    values from it, which corrects its rounding. So the mean of a constant is exactly that constant.
    """
    a = pool_arguments(inputs, pool_size, strides, padding)
    dtype = np.float64 if a.dtype == np.float64 else np.float32
    down = np.float64(2.0**-64)
    with np.errstate(invalid="ignore", over="ignore"):
        count = _totals(np.ones((1, *a.inputs.shape[1:3], 1)), a.geometry)
        mean = _totals(a.inputs, a.geometry) / count
        if not np.isfinite(mean).all():  # the sum may overflow where the mean does not
            mean = np.where(np.isfinite(mean), mean, _totals(a.inputs * down, a.geometry) / count / down)
        rest = _totals(a.inputs, a.geometry, mean) / count
        mean = np.where(np.isfinite(rest), mean + rest, mean)
        result: Array = mean.astype(dtype).reshape(a.output_shape)
    return result


def clamp(x: npt.ArrayLike, low: Any = 0, high: Any = 255, dtype: npt.DTypeLike = np.uint8) -> Array:
    """Replace values below `low`, and NaN, by `low`, and values above `high` by `high`; round half to even.

    Values are compared before they are converted, so no limit is rounded past the range of `dtype`. A finite value
    beyond the range of a float dtype becomes its largest number.
    """
    values = as_array(x, "x")
    target = dtype_of(dtype, "dtype")
    clamp_limits(values, low, high, target)
    under, over = outside(values, low, high)
    if target.kind == "f":
        with np.errstate(over="ignore"):
            result = values.astype(target)
    else:
        result = np.where(under | over, values.dtype.type(0), values)
        if values.dtype.kind == "f":
            np.rint(result, out=result)
        result = result.astype(target)
    result[under], result[over] = held(low, target), held(high, target)
    return result


def relu(x: npt.ArrayLike) -> Array:
    """Return max(x, 0); NaN stays NaN."""
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
    """Return inputs @ kernel + bias, for inputs (K,) or (N, K) and kernel (K, M)."""
    x, w = dense_arguments(inputs, kernel, bias)
    result = conv2d(x[:, None, None, :], w, bias, activation=activation)[:, 0, 0, :]
    return result[0] if np.ndim(inputs) == 1 else result
