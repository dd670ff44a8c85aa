"""Convolution, image filter, pooling, clamp, ReLU, dense and softmax on numpy arrays, computed by the C core.

"Convolution" is the deep-learning term for cross-correlation: the kernel is not flipped. Argument names are Keras's;
channels come last. Every function has a slow, obvious counterpart in `cnncore.reference`.

Arrays may have any strides, byte order or flags; only non-contiguous input is copied. An `out` array can be reused; it
must have the result's shape and dtype and share no memory with the input. Results are bit-identical for any number of
threads.
"""

from __future__ import annotations

from typing import Any, SupportsIndex, TypeVar, overload

import numpy as np
import numpy.typing as npt

from cnncore import activations
from cnncore._arguments import IntOrPair, Padding, Real
from cnncore._arrays import (
    FilterArguments,
    as_array,
    clamp_limits,
    contiguous,
    conv2d_arguments,
    dense_arguments,
    filter2d_arguments,
    pool_arguments,
)
from cnncore._cnn import ffi, lib
from cnncore._dtypes import FLOAT32, FLOAT64, FLOATS, INT32, SMALL_INTEGERS, UINT8, Array, accept_numbers, dtype_of
from cnncore._limits import held
from cnncore._memory import Result, pointer
from cnncore._recipes import RECIPES, Recipe, conv_key, is_ready, keep, window
from cnncore._small import TYPES, small_correlate, small_filter
from cnncore.activations import ActivationName, activate, activation_name
from cnncore.errors import CnnError
from cnncore.reference import clamp as reference_clamp
from cnncore.runtime import _check, exact_flag

ScalarT = TypeVar("ScalarT", bound=np.generic)

# Compared by identity with the defaults; an equal object (True, an array) takes the general path.
_ONE, _VALID = 1, "valid"


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
    exact: bool | None = None,
    out: Array | None = None,
) -> Array:
    """2-D convolution (cross-correlation: the kernel is not flipped).

    inputs: (H, W), (H, W, C) or (N, H, W, C). kernel: (kh, kw) for (H, W), else (kh, kw, C // groups, F). bias: (F,).
    strides, dilation_rate: an integer or (rows, columns). padding: "valid", "same" (as TensorFlow pads), an integer, or
    ((top, bottom), (left, right)) zeros. activation: None, "linear", "relu", "sigmoid", "softmax" or "tanh".

    exact: True sums directly, without Winograd's algorithm (see Accuracy); None uses `cnncore.get_exact()`.

    Returns an array of the same rank as `inputs`, with F as the last axis; (H, W) gives (H, W). The dtype:
        float32 or float64 inputs      their own dtype, or float64 if kernel or bias is a float64 array
        integers, integer kernel       int32, exact
        integers, float kernel         float32
    A Python number or list as kernel or bias takes the dtype of the inputs.

    Accuracy: sums are direct, except for float32 3x3 kernels with strides, dilation and groups of 1. With at least 16
    channels and 16 filters these use Winograd's F(4x4, 3x3) (Lavin and Gray, 2015) with the points 0, +-5/8, +-3/2 and
    infinity. Up to 256 channels, the measured error is at most 1e-6 |w| |x|, where |w| is the norm (root of the sum of
    squares) of the filter and |x| that of the largest window in the same tile of 4x4 outputs. For 64 channels of random
    numbers that is 1.5e-6 of the largest output; direct sums have 2e-7. Sums are direct for tiles with infinities, NaN,
    or windows whose norms differ by a factor over 16, and for kernels with a filter whose weights are all multiples of
    1/256, so that sums of whole numbers stay exact. 1 or 3 channels may use F(2, 3) along the rows; there |x| is the
    norm of the output's own window. `exact=True` is 2 to 3 times slower for the kernels above.

    Raises `CnnError` for an invalid argument, for integers whose sum could overflow int32 or that float32 cannot hold
    exactly, and for weights that float32 would turn into infinity.
    """
    if (
        bias is None
        and activation is None
        and out is None
        and exact is None
        and strides is dilation_rate is groups is _ONE
        and padding is _VALID
        and (quick := small_correlate(inputs, kernel)) is not None
    ):
        return quick
    key = conv_key(inputs, kernel, bias, strides, padding, dilation_rate, groups)
    source: Any = inputs
    weights: Any = kernel
    offsets: Any = bias
    recipe = None if key is None else RECIPES.get(key)
    if recipe is None:
        a = conv2d_arguments(
            inputs, kernel, bias, strides=strides, padding=padding, dilation_rate=dilation_rate, groups=groups
        )
        source, weights, offsets, computed = contiguous(a.inputs, "inputs"), a.kernel, a.bias, a.dtype
        if computed == INT32 and source.dtype not in SMALL_INTEGERS:  # float64 holds every sum below 2 ** 53 exactly
            computed = FLOAT64
            source, weights = source.astype(FLOAT64), weights.astype(FLOAT64)
            offsets = None if offsets is None else offsets.astype(FLOAT64)
        described = window(source.shape[0], source.shape[3], a.geometry)
        recipe = keep(key, Recipe(described, a.output_shape, a.dtype, computed, weights.shape[3], a.groups))
    name = activation_name(activation, recipe.dtype)
    result = Result(out, recipe.shape, recipe.dtype, inputs, kernel, bias, computed=recipe.computed)
    _check(
        lib.cnn_conv2d(
            recipe.window,
            recipe.filters,
            recipe.groups,
            TYPES[source.dtype],
            TYPES[recipe.computed],
            pointer(source),
            pointer(weights),
            pointer(offsets),
            (lib.CNN_RELU if name == "relu" else 0) | exact_flag(exact),
            pointer(result.memory),
        )
    )
    if name in ("linear", "relu"):
        return result.finish()
    return result.finish(lambda rows: _softmax(rows) if name == "softmax" else activate(rows, name), recipe.filters)


def filter2d(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    scale: Real = 1,
    padding: Padding = "valid",
    out: npt.NDArray[np.uint8] | None = None,
) -> npt.NDArray[np.uint8]:
    """Filter an image: the sum of products, times `scale`, rounded half to even, clamped to 0..255.

    image: (H, W) or (H, W, C) integers, fastest as uint8; each channel is filtered separately. kernel: (kh, kw).
    padding: as in `conv2d`. scale: a number; 1 / 257 turns 16-bit pixels into 8-bit ones. Returns uint8 with the
    image's rank.

    The sum is exact for an integer kernel, and in float32 for a float kernel; the product with `scale` is in float32.
    NaN gives 0. Keras's convolution does not clamp; this function is for pictures.

    Raises `CnnError` for an invalid argument.
    """
    if padding is _VALID and (quick := small_filter(image, kernel, scale, out)) is not None:
        return quick
    a = filter2d_arguments(image, kernel, scale=scale, padding=padding)
    result = Result(out, a.output_shape, UINT8, image, kernel)
    if a.image.dtype != UINT8:
        np.copyto(result.array, _filter_wide(a))
        return result.array
    source = contiguous(a.image, "image")
    _check(
        lib.cnn_filter2d(
            window(1, source.shape[2], a.geometry),
            TYPES[a.kernel.dtype],
            ffi.from_buffer("uint8_t[]", source),
            pointer(a.kernel),
            a.scale,
            ffi.from_buffer("uint8_t[]", result.memory),
        )
    )
    return result.finish()


def _filter_wide(a: FilterArguments) -> Array:
    """Filter an image with values outside 0..255."""
    rows, columns, channels = a.geometry.rows, a.geometry.columns, a.image.shape[2]
    total = conv2d(
        a.image,
        np.repeat(a.kernel[:, :, None, None], channels, axis=3),
        padding=((rows.before, rows.after), (columns.before, columns.after)),
        groups=channels,
    )
    with np.errstate(invalid="ignore", over="ignore"):
        return clamp(total.astype(FLOAT32) * np.float32(a.scale)).reshape(a.output_shape)


def _pool(
    function: Any, inputs: Any, pool_size: Any, strides: Any, padding: Any, out: Array | None, *, mean: bool = False
) -> Array:
    key = None
    cached = type(pool_size) is int and (strides is None or type(strides) is int) and type(padding) is str
    if cached and is_ready(inputs):
        key = (inputs.shape, inputs.dtype, pool_size, strides, padding)
    source = inputs
    recipe = None if key is None else RECIPES.get(key)
    if recipe is None:
        a = pool_arguments(inputs, pool_size, strides, padding)
        source = contiguous(a.inputs, "inputs")
        described = window(source.shape[0], source.shape[3], a.geometry)
        recipe = keep(key, Recipe(described, a.output_shape, a.dtype, source.dtype))
    given, computed = recipe.dtype, recipe.computed
    if mean:
        given, computed = FLOAT64 if given == FLOAT64 else FLOAT32, FLOAT64 if computed == FLOAT64 else FLOAT32
    result = Result(out, recipe.shape, given, inputs, computed=computed)
    _check(function(recipe.window, TYPES[recipe.computed], pointer(source), pointer(result.memory)))
    return result.finish()


@overload
def max_pool2d(
    inputs: npt.NDArray[ScalarT],
    pool_size: IntOrPair = 2,
    strides: IntOrPair | None = None,
    padding: Padding = "valid",
    out: npt.NDArray[ScalarT] | None = None,
) -> npt.NDArray[ScalarT]: ...
@overload
def max_pool2d(
    inputs: npt.ArrayLike,
    pool_size: IntOrPair = 2,
    strides: IntOrPair | None = None,
    padding: Padding = "valid",
    out: Array | None = None,
) -> Array: ...
def max_pool2d(
    inputs: npt.ArrayLike,
    pool_size: IntOrPair = 2,
    strides: IntOrPair | None = None,
    padding: Padding = "valid",
    out: Array | None = None,
) -> Array:
    """Return the largest value of each window.

    inputs: (H, W), (H, W, C) or (N, H, W, C), float32, float64 or integers. pool_size, strides (default: pool_size): an
    integer or (rows, columns). padding: as in `conv2d`, but filled with minus infinity, and smaller than the window.
    Returns the inputs' dtype and rank. A window with a NaN gives NaN, as `numpy.max` does.

    Raises `CnnError` for an invalid argument, and for 64-bit integers that neither int32 nor float64 holds exactly.
    """
    return _pool(lib.cnn_max_pool2d, inputs, pool_size, strides, padding, out)


def avg_pool2d(
    inputs: npt.ArrayLike,
    pool_size: IntOrPair = 2,
    strides: IntOrPair | None = None,
    padding: Padding = "valid",
    out: Array | None = None,
) -> Array:
    """Return the mean of each window; padding is not counted, as in Keras.

    Takes the arguments of `max_pool2d`. Returns float64 for float64, else float32. Raises `CnnError`.
    """
    return _pool(lib.cnn_avg_pool2d, inputs, pool_size, strides, padding, out, mean=True)


@overload
def clamp(
    x: npt.ArrayLike, low: Real = 0, high: Real = 255, *, out: npt.NDArray[np.uint8] | None = None
) -> npt.NDArray[np.uint8]: ...
@overload
def clamp(
    x: npt.ArrayLike,
    low: Real = 0,
    high: Real = 255,
    dtype: type[ScalarT] | np.dtype[ScalarT] = ...,
    out: npt.NDArray[ScalarT] | None = None,
) -> npt.NDArray[ScalarT]: ...
@overload
def clamp(
    x: npt.ArrayLike,
    low: Real = 0,
    high: Real = 255,
    dtype: npt.DTypeLike = np.uint8,
    out: Array | None = None,
) -> Array: ...
def clamp(
    x: npt.ArrayLike,
    low: Real = 0,
    high: Real = 255,
    dtype: npt.DTypeLike = np.uint8,
    out: Array | None = None,
) -> Array:
    """Replace values below `low`, and NaN, by `low`, and values above `high` by `high`.

    x: integers or floats of any shape. dtype: the integer or float dtype of the result. An integer result is rounded
    half to even; `low` and `high` must then be whole numbers in the range of `dtype`, so that nothing wraps. A finite
    limit beyond the range of a float dtype is its largest number. Raises `CnnError`.
    """
    values = as_array(x, "x")
    target = dtype_of(dtype, "dtype")
    clamp_limits(values, low, high, target)
    known = TYPES.get(values.dtype)
    if known is None or not (target == UINT8 or (target == values.dtype and target in FLOATS)):
        result = Result(out, values.shape, target, values)
        np.copyto(result.memory, reference_clamp(values, low, high, target))
        return result.finish()
    source = contiguous(values, "x")
    result = Result(out, values.shape, target, values)
    bottom, top = float(held(low, target)), float(held(high, target))
    _check(lib.cnn_clamp(known, TYPES[target], source.size, pointer(source), bottom, top, pointer(result.memory)))
    return result.finish()


@overload
def relu(x: npt.NDArray[ScalarT], out: npt.NDArray[ScalarT] | None = None) -> npt.NDArray[ScalarT]: ...
@overload
def relu(x: npt.ArrayLike, out: Array | None = None) -> Array: ...
def relu(x: npt.ArrayLike, out: Array | None = None) -> Array:
    """Return max(x, 0) elementwise in the dtype of `x`; NaN stays NaN.

    x: integers, float32 or float64 of any shape. Raises `CnnError` for any other dtype.
    """
    values = as_array(x, "x")
    accept_numbers(values, "x")
    result = Result(out, values.shape, values.dtype, x)
    known = TYPES.get(values.dtype)
    if known is None:  # an integer dtype that the C core lacks
        np.maximum(values, 0, out=result.memory)
        return result.finish()
    source = contiguous(values, "x")
    _check(lib.cnn_relu(known, source.size, pointer(source), pointer(result.memory)))
    return result.finish()


def softmax(x: npt.ArrayLike) -> Array:
    """Return exp(x) / sum(exp(x)) over the last axis, shifted by its largest value so that nothing overflows.

    x: numbers of any shape with at least one axis. Returns the float dtype of `x`, or float64 for integers. float16 is
    summed in float32. Raises `CnnError` for an array without axes or without numbers.
    """
    values = as_array(x, "x")
    if values.ndim == 0 or values.shape[-1] == 0 or values.dtype.kind not in "iuf":
        raise CnnError(
            "x has shape {shape} and dtype {dtype}; softmax needs numbers with at least one axis",
            shape=values.shape,
            dtype=values.dtype,
        )
    return _softmax(values if values.dtype.kind == "f" else values.astype(np.float64))


def _softmax(x: Array) -> Array:
    """Compute float32 in the C core, so that the result has the same bits as a network's chain of plans."""
    if x.dtype != FLOAT32:
        return activations.softmax(x)
    source, result = contiguous(x, "x"), np.empty(x.shape, FLOAT32)
    columns = x.shape[-1]
    _check(
        lib.cnn_softmax(
            x.size // columns, columns, ffi.from_buffer("float[]", source), ffi.from_buffer("float[]", result, True)
        )
    )
    return result


def dense(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    activation: ActivationName | None = None,
) -> Array:
    """Return activation(inputs @ kernel + bias), a 1x1 convolution of one pixel.

    inputs: (K,) or (N, K). kernel: (K, M). bias: (M,). dtypes and activations: as in `conv2d`. Returns (M,) or (N, M).
    Raises `CnnError`.
    """
    x, w = dense_arguments(inputs, kernel, bias)
    if x.shape[0] == 0:  # a convolution cannot be empty; one row gives the dtype
        return dense(np.zeros((1, x.shape[1]), x.dtype), kernel, bias, activation)[:0]
    rows: Array = conv2d(x[None, None], w, bias, activation=activation)[0, 0]
    return rows[0] if np.ndim(inputs) == 1 else rows
