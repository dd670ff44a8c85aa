"""The fast path: convolution, image filter, pooling, clamp, ReLU, dense and softmax on numpy arrays, by the C core.

"Convolution" is what deep learning calls so, cross-correlation: the kernel is not flipped. Argument names are Keras's;
the last axis is the channel. Every function here has a slow, obvious twin in `cnncore.reference`.

Arrays may have any strides, byte order or flags: what is not contiguous is copied first, contiguous input never is. An
`out` array may be given to be reused; it must have the result's shape and dtype, and share no memory with the input.
Results do not depend, bit for bit, on the number of threads.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cnncore import activations
from cnncore._arrays import (
    FLOAT32,
    FLOATS,
    INT32,
    POOLED,
    UINT8,
    Array,
    as_array,
    clamp_limits,
    contiguous,
    conv2d_arguments,
    dense_arguments,
    filter2d_arguments,
    may_overlap,
    output_array,
    pool_arguments,
)
from cnncore._cnn import ffi, lib
from cnncore.activations import activate, activation_name
from cnncore.errors import CnnError
from cnncore.limits import held
from cnncore.plans import window
from cnncore.runtime import _check

_TYPES: dict[np.dtype[Any], int] = {
    np.dtype(np.uint8): lib.CNN_U8,
    np.dtype(np.int8): lib.CNN_I8,
    np.dtype(np.int16): lib.CNN_I16,
    INT32: lib.CNN_I32,
    FLOAT32: lib.CNN_F32,
    np.dtype(np.float64): lib.CNN_F64,
}


_U8: int = lib.CNN_U8


def _pointer(array: Array | None) -> Any:
    return ffi.NULL if array is None else ffi.from_buffer(array)


# Compared by identity: the defaults are these very objects, and an equal one (True, an array) goes the general way.
_ONE, _VALID = 1, "valid"
_KERNEL_TYPES = {**_TYPES, np.dtype(np.int64): lib.CNN_I64}
_from_buffer, _empty, _ndarray = ffi.from_buffer, np.empty, np.ndarray
_filter_plain, _correlate_plain = lib.cnn_filter2d_plain, lib.cnn_correlate2d_plain


# The common call on one small image, in as few steps as Python allows: checking and describing it in general costs ten
# times what the C core needs for 28x28 pixels. Both give None for everything out of the ordinary, wrong input too: the
# general way then computes it, or finds the words. (A dtype that is equal but not the same goes the general way, too.)


def _plain_filter(image: Any, kernel: Any, scale: Any, out: Any) -> Array | None:
    if type(image) is not _ndarray or type(kernel) is not _ndarray or not (type(scale) is int or type(scale) is float):
        return None
    try:
        height, width = image.shape
        kernel_h, kernel_w = kernel.shape
        shape = height - kernel_h + 1, width - kernel_w + 1
        if shape[0] < 1 or shape[1] < 1 or image.dtype is not UINT8:
            return None
        if out is None:
            result = _empty(shape, UINT8)
        elif type(out) is _ndarray and out.dtype is UINT8 and out.shape == shape:
            if may_overlap(out, image) or may_overlap(out, kernel):
                return None
            result = out
        else:
            return None
        kernel_type = _KERNEL_TYPES[kernel.dtype]
        source, weights, target = _from_buffer(image), _from_buffer(kernel), _from_buffer("char[]", result, True)
        status = _filter_plain(height, width, kernel_h, kernel_w, kernel_type, source, weights, scale, target)
    except (ValueError, TypeError, KeyError, BufferError, MemoryError, OverflowError):
        return None
    return result if status == 0 else None


def _plain_correlate(image: Any, kernel: Any) -> Array | None:
    if type(image) is not _ndarray or type(kernel) is not _ndarray:
        return None
    try:
        height, width = image.shape
        kernel_h, kernel_w = kernel.shape
        shape = height - kernel_h + 1, width - kernel_w + 1
        if shape[0] < 1 or shape[1] < 1:
            return None
        types = _TYPES[image.dtype], _KERNEL_TYPES[kernel.dtype]
        source, weights = _from_buffer(image), _from_buffer(kernel)
        result = _empty(shape, INT32 if types[0] == _U8 else image.dtype)
        status = _correlate_plain(height, width, kernel_h, kernel_w, *types, source, weights, _from_buffer(result))
    except (ValueError, TypeError, KeyError, BufferError, MemoryError, OverflowError):
        return None
    return result if status == 0 else None


class _Recipe(NamedTuple):
    """What shapes, dtypes and options decide about a call, whatever the numbers are."""

    window: Any
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    filters: int = 0
    groups: int = 0


_RECIPES: dict[tuple[Any, ...], _Recipe] = {}
_MOST_RECIPES = 256
"""Checking and describing a call costs 10 us and more; a call like an earlier one takes that one's recipe."""


def _keep(key: tuple[Any, ...] | None, recipe: _Recipe) -> _Recipe:
    if key is not None:
        if len(_RECIPES) >= _MOST_RECIPES:
            _RECIPES.clear()
        _RECIPES[key] = recipe
    return recipe


def _is_ready(array: Any) -> bool:
    """Whether the C core can read `array` as it is."""
    if type(array) is not _ndarray or array.dtype not in _TYPES:
        return False
    flags = array.flags
    return flags.c_contiguous and flags.aligned


def _conv_key(
    inputs: Any, kernel: Any, bias: Any, strides: Any, padding: Any, dilation_rate: Any, groups: Any
) -> tuple[Any, ...] | None:
    """What a float convolution's recipe is kept by; None where it takes the numbers, or conversions, to tell."""
    if not (_is_ready(inputs) and _is_ready(kernel) and (bias is None or _is_ready(bias))):
        return None
    dtype = inputs.dtype
    if dtype not in FLOATS or kernel.dtype != dtype or (bias is not None and bias.dtype != dtype):
        return None
    # True is equal to 1 as a key, and is no stride.
    if not (type(strides) is type(dilation_rate) is type(groups) is int and type(padding) is str):
        return None
    offsets = None if bias is None else bias.shape
    return inputs.shape, kernel.shape, offsets, dtype, strides, padding, dilation_rate, groups


class _Result:
    """Where the C core writes: `out` itself where it is contiguous, else memory that is copied into it afterwards."""

    __slots__ = ("array", "memory")

    def __init__(self, out: Array | None, shape: tuple[int, ...], dtype: np.dtype[Any], *sources: Array | None) -> None:
        self.array = self.memory = output_array(out, shape, dtype, *sources)
        if out is not None and not out.flags.c_contiguous:
            self.memory = np.empty(shape, dtype)

    def finish(self, activation: str = "linear") -> Array:
        if activation != "linear":
            np.copyto(
                self.array, _softmax(self.memory) if activation == "softmax" else activate(self.memory, activation)
            )
        elif self.memory is not self.array:
            np.copyto(self.array, self.memory)
        return self.array


def conv2d(
    inputs: Any,
    kernel: Any,
    bias: Any = None,
    *,
    strides: Any = 1,
    padding: Any = "valid",
    dilation_rate: Any = 1,
    groups: Any = 1,
    activation: Any = None,
    out: Array | None = None,
) -> Array:
    """2-D convolution (cross-correlation: the kernel is not flipped).

    inputs: (H, W), (H, W, C) or (N, H, W, C). kernel: (kh, kw) for (H, W), else (kh, kw, C // groups, F). bias: (F,).
    strides, dilation_rate: an integer or (rows, columns). padding: "valid", "same" (as TensorFlow pads), an integer, or
    ((top, bottom), (left, right)) zeros. activation: None, "linear", "relu", "sigmoid", "softmax" or "tanh".

    Returns an array of the inputs' rank with F as the last axis: float32 for float32, float64 for float64 (or where a
    float64 kernel or bias array meets float32 inputs), and for uint8, int8 and int16 inputs exact int32 with an integer
    kernel, float32 with a float one. Integers whose sum could leave int32 are refused, never wrapped.

    Raises `CnnError` naming the argument, what was given and what would be right.
    """
    if (
        bias is activation is out is None
        and strides is dilation_rate is groups is _ONE
        and padding is _VALID
        and (plain := _plain_correlate(inputs, kernel)) is not None
    ):
        return plain
    key = _conv_key(inputs, kernel, bias, strides, padding, dilation_rate, groups)
    given, source, weights, offsets = inputs, inputs, kernel, bias
    recipe = None if key is None else _RECIPES.get(key)
    if recipe is None:
        a = conv2d_arguments(
            inputs, kernel, bias, strides=strides, padding=padding, dilation_rate=dilation_rate, groups=groups
        )
        given, source, weights, offsets = a.inputs, contiguous(a.inputs, "inputs"), a.kernel, a.bias
        described = window(source.shape[0], source.shape[3], a.geometry)
        recipe = _keep(key, _Recipe(described, a.output_shape, a.dtype, a.kernel.shape[3], a.groups))
    name = activation_name(activation, recipe.dtype)
    result = _Result(out, recipe.shape, recipe.dtype, given, weights, offsets)
    _check(
        lib.cnn_conv2d(
            recipe.window,
            recipe.filters,
            recipe.groups,
            _TYPES[source.dtype],
            _TYPES[recipe.dtype],
            _pointer(source),
            _pointer(weights),
            _pointer(offsets),
            name == "relu",
            _pointer(result.memory),
        )
    )
    return result.finish("linear" if name == "relu" else name)


def filter2d(image: Any, kernel: Any, *, scale: Any = 1, padding: Any = "valid", out: Array | None = None) -> Array:
    """An image filter: the sum of products, times `scale`, rounded half to even, clamped to 0..255.

    image: (H, W) or (H, W, C) uint8, each channel filtered alone. kernel: (kh, kw). padding: as in `conv2d`. Returns
    uint8 of the image's rank. The sum of an integer kernel is exact; that of a float kernel, and the product with
    `scale`, are taken in float32. NaN gives 0. (Keras's convolution does not clamp: this is for pictures.)

    Raises `CnnError` naming the argument, what was given and what would be right.
    """
    if padding is _VALID and (plain := _plain_filter(image, kernel, scale, out)) is not None:
        return plain
    a = filter2d_arguments(image, kernel, scale=scale, padding=padding)
    source = contiguous(a.image, "image")
    result = _Result(out, a.output_shape, UINT8, a.image, a.kernel)
    _check(
        lib.cnn_filter2d(
            window(1, source.shape[2], a.geometry),
            _TYPES[a.kernel.dtype],
            ffi.from_buffer("uint8_t[]", source),
            _pointer(a.kernel),
            a.scale,
            ffi.from_buffer("uint8_t[]", result.memory),
        )
    )
    return result.finish()


def _pool(
    function: Any, inputs: Any, pool_size: Any, strides: Any, padding: Any, out: Array | None, *, mean: bool = False
) -> Array:
    key = None
    if (
        type(pool_size) is int
        and (strides is None or type(strides) is int)
        and type(padding) is str
        and _is_ready(inputs)
    ):
        key = (inputs.shape, inputs.dtype, pool_size, strides, padding)
    given = source = inputs
    recipe = None if key is None else _RECIPES.get(key)
    if recipe is None:
        a = pool_arguments(inputs, pool_size, strides, padding)
        given, source = a.inputs, contiguous(a.inputs, "inputs")
        recipe = _keep(key, _Recipe(window(source.shape[0], source.shape[3], a.geometry), a.output_shape, source.dtype))
    dtype = recipe.dtype if not mean or recipe.dtype == np.float64 else FLOAT32
    result = _Result(out, recipe.shape, dtype, given)
    _check(function(recipe.window, _TYPES[recipe.dtype], _pointer(source), _pointer(result.memory)))
    return result.finish()


def max_pool2d(
    inputs: Any, pool_size: Any = 2, strides: Any = None, padding: Any = "valid", out: Array | None = None
) -> Array:
    """The largest value of each window.

    inputs: (H, W), (H, W, C) or (N, H, W, C) of float32, float64, uint8, int8, int16 or int32; the dtype is kept.
    pool_size, strides (default: pool_size): an integer or (rows, columns). padding: as in `conv2d`, but with minus
    infinity, and smaller than the window. NaN wins over every number, as in `numpy.max`. Raises `CnnError`.
    """
    return _pool(lib.cnn_max_pool2d, inputs, pool_size, strides, padding, out)


def avg_pool2d(
    inputs: Any, pool_size: Any = 2, strides: Any = None, padding: Any = "valid", out: Array | None = None
) -> Array:
    """The mean of each window; what is padded is not counted, as in Keras.

    Arguments as in `max_pool2d`. Returns float64 for float64, float32 for everything else. Raises `CnnError`.
    """
    return _pool(lib.cnn_avg_pool2d, inputs, pool_size, strides, padding, out, mean=True)


def clamp(x: Any, low: Any = 0, high: Any = 255, dtype: Any = np.uint8, out: Array | None = None) -> Array:
    """Values below `low` become `low`, above `high` become `high`, NaN becomes `low`.

    x: integers or floats of any shape. dtype: of the result, an integer or float one. Towards an integer dtype halves
    round to the even neighbour, and `low` and `high` must be whole numbers that it holds: nothing ever wraps. A finite
    limit beyond a float dtype counts as its largest number. Raises `CnnError`.
    """
    values = as_array(x, "x")
    target = np.dtype(dtype)
    clamp_limits(values, low, high, target)
    known = _TYPES.get(values.dtype)
    if known is None or not (target == UINT8 or (target == values.dtype and target in FLOATS)):
        from cnncore.reference import clamp as plain

        result = _Result(out, values.shape, target, values)
        np.copyto(result.memory, plain(values, low, high, target))
        return result.finish()
    source = contiguous(values, "x")
    result = _Result(out, values.shape, target, values)
    bottom, top = float(held(low, target)), float(held(high, target))
    _check(lib.cnn_clamp(known, _TYPES[target], source.size, _pointer(source), bottom, top, _pointer(result.memory)))
    return result.finish()


def relu(x: Any, out: Array | None = None) -> Array:
    """max(x, 0) for each number, in x's dtype; NaN stays NaN.

    x: float32, float64, uint8, int8, int16 or int32 of any shape. Raises `CnnError` for every other dtype.
    """
    values = as_array(x, "x")
    known = _TYPES.get(values.dtype)
    if known is None:
        raise CnnError(
            "{name} has dtype {dtype}; it must be one of {dtypes}: convert it with {name}.astype(...)",
            name="x",
            dtype=values.dtype,
            dtypes=", ".join(str(d) for d in POOLED),
        )
    source = contiguous(values, "x")
    result = _Result(out, values.shape, values.dtype, values)
    _check(lib.cnn_relu(known, source.size, _pointer(source), _pointer(result.memory)))
    return result.finish()


def softmax(x: Any) -> Array:
    """exp(x) / sum(exp(x)) over the last axis, in x's float dtype (float64 for integers); shifted so that nothing
    overflows. Raises `CnnError` for an array without a last axis."""
    values = as_array(x, "x")
    if values.ndim == 0 or values.shape[-1] == 0 or values.dtype.kind not in "iuf":
        raise CnnError(
            "x has shape {shape} and dtype {dtype}; softmax needs numbers along a last axis",
            shape=values.shape,
            dtype=values.dtype,
        )
    return _softmax(values if values.dtype.kind == "f" else values.astype(np.float64))


def _softmax(x: Array) -> Array:
    """float32 by the C core, as in a network's chain of plans: both give the same bits."""
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


def dense(inputs: Any, kernel: Any, bias: Any = None, activation: Any = None) -> Array:
    """inputs @ kernel + bias, then the activation.

    inputs: (K,) or (N, K). kernel: (K, M). bias: (M,). dtypes and activations as in `conv2d`, of which this is the 1x1
    case. Returns (M,) or (N, M). Raises `CnnError`.
    """
    x, w = dense_arguments(inputs, kernel)
    if x.shape[0] == 0:  # a convolution has no empty rows; its dtype is that of one row
        empty = dense(np.zeros((1, x.shape[1]), x.dtype), kernel, bias, activation)
        return empty[:0]
    result = conv2d(x[None, None], w, bias, activation=activation)
    rows: Array = result[0, 0]
    return rows[0] if np.ndim(inputs) == 1 else rows
