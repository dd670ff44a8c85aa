"""Validation of arrays: rank, dtype, byte order and memory.

Every public function validates its arrays here, whether it belongs to the fast path, the reference or the steps, so
that an invalid argument gives the same message everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, SupportsIndex

import numpy as np
import numpy.typing as npt

from cnncore._arguments import MAX_BYTES, IntOrPair, Padding, Real, described, float32_number, integer, number
from cnncore._copies import Copied
from cnncore._dtypes import (
    FLOAT32,
    INT32,
    INT32_MAX,
    UINT8,
    Array,
    accept_numbers,
    convolved_dtype,
    in_dtype,
    is_weak,
    narrowed,
    pooled,
    summed,
)
from cnncore._pixels import is_picture, pixels_of
from cnncore.errors import CnnError
from cnncore.geometry import Geometry, geometry, pool_geometry


def as_array(value: Any, name: str) -> Array:
    """Return `value` as an ndarray in native byte order; an ndarray in native order is not copied."""
    if isinstance(value, np.ma.MaskedArray):
        raise CnnError("{name} is a masked array; fill it first, with {name}.filled(0) for example", name=name)
    if type(value) is not np.ndarray and is_picture(value):  # numpy would read palette indices
        value = pixels_of(value)
    try:
        array = np.asarray(value)
    except Exception as error:  # ValueError, TypeError, or anything an object's own __array__ raises
        raise CnnError(
            "{name} is not an array of numbers: {reason}", name=name, reason=f"{error}".strip() or type(error).__name__
        ) from error
    if array.dtype.kind == "O":
        raise CnnError(
            "{name} holds {value}; it must hold integers of at most 64 bits, or floats", name=name, value=_odd(array)
        )
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return array


def _odd(objects: Array) -> str:
    """Describe the first object that no numeric dtype holds."""
    for item in objects.flat:
        if not isinstance(item, float) and not (isinstance(item, int) and -(2**63) <= item < 2**64):
            return described(item)
    return "objects"


def contiguous(array: Array, name: str) -> Array:
    """Return `array` if it is C-contiguous and aligned, else a copy. Raises `CnnError` if out of memory."""
    try:
        return np.require(array, requirements=("C", "A"))
    except (MemoryError, ValueError) as error:
        raise CnnError("{name} of shape {shape} does not fit in memory", name=name, shape=array.shape) from error


def may_overlap(a: Array, b: Array) -> bool:
    """Return True if the memory bounds of the arrays overlap. A fast check: two arrays that own their data never do."""
    return (a is b or a.base is not None or b.base is not None) and np.may_share_memory(a, b)


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return a new array for a result. Raises `CnnError` if it does not fit in memory."""
    try:
        if math.prod(shape) * dtype.itemsize > MAX_BYTES:
            raise MemoryError
        return np.empty(shape, dtype)
    except (MemoryError, ValueError) as error:
        raise CnnError("the output of shape {shape} does not fit in memory", shape=shape) from error


def output_array(out: Array | None, shape: tuple[int, ...], dtype: np.dtype[Any], *sources: Any) -> Array:
    """Return a new array for the result, or `out` if it has the right shape and dtype and shares no memory with any
    array among `sources`."""
    if out is None:
        return empty(shape, dtype)
    if not isinstance(out, np.ndarray):
        raise CnnError("out must be a numpy array, got {kind}", kind=type(out).__name__)
    if out.shape != shape or out.dtype != dtype:
        raise CnnError(
            "out has shape {shape} and dtype {dtype}; the result needs shape {needs} and dtype {needs_dtype}",
            shape=out.shape,
            dtype=out.dtype,
            needs=shape,
            needs_dtype=dtype,
        )
    if not out.flags.writeable:
        raise CnnError("out is read-only")
    for source in sources:
        if isinstance(source, np.ndarray) and may_overlap(out, source) and np.shares_memory(out, source):
            raise CnnError("out overlaps the input in memory; use a separate array")
    return out


def image_batch(inputs: Array, name: str = "inputs") -> Array:
    """View `(H, W)`, `(H, W, C)` or `(N, H, W, C)` as `(N, H, W, C)`."""
    if inputs.ndim == 2:
        batch = inputs[None, :, :, None]
    elif inputs.ndim == 3:
        batch = inputs[None]
    elif inputs.ndim == 4:
        batch = inputs
    else:
        raise CnnError(
            "{name} has {ndim} dimensions, shape {shape}; it must be (H, W), (H, W, C) or (N, H, W, C)",
            name=name,
            ndim=inputs.ndim,
            shape=inputs.shape,
        )
    if 0 in batch.shape[1:]:
        raise CnnError("{name} is empty: its shape is {shape}", name=name, shape=inputs.shape)
    return batch


def like_input(inputs_ndim: int, n: int, rows: int, columns: int, channels: int) -> tuple[int, ...]:
    """Return the output shape with the rank of the input."""
    return ((rows, columns), (rows, columns, channels), (n, rows, columns, channels))[inputs_ndim - 2]


@dataclass(frozen=True, slots=True)
class Conv2dArguments(Copied):
    """The validated arguments of a convolution.

    `inputs` is (N, H, W, C) with any strides, floats in `dtype`, integers as `_dtypes.summed` returns
    them. `kernel` (kh, kw, C // groups, F) and `bias` (F,) are contiguous and of `dtype`, the dtype of the output:
    float32, float64 or int32.
    """

    inputs: Array = field(repr=False)
    kernel: Array = field(repr=False)
    bias: Array | None = field(repr=False)
    geometry: Geometry
    groups: int
    dtype: np.dtype[Any]
    output_shape: tuple[int, ...]


def _weights(value: Any, name: str) -> Array:
    array = as_array(value, name)
    accept_numbers(array, name)
    return array


def conv2d_arguments(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
    groups: SupportsIndex = 1,
) -> Conv2dArguments:
    """Validate the arguments of a convolution (see `cnncore.conv2d`). Raises `CnnError`."""
    given = as_array(inputs, "inputs")
    batch = image_batch(given)
    weights = _weights(kernel, "kernel")
    offsets = None if bias is None else np.atleast_1d(_weights(bias, "bias"))
    dtype = convolved_dtype(given, weights, offsets, (is_weak(kernel), is_weak(bias)))
    groups = integer(groups, "groups", at_least=1)
    weights = _kernel_shape(given, weights, groups)
    kh, kw, _, filters = weights.shape
    weights = in_dtype(weights, "kernel", dtype)
    batch = summed(batch, "inputs", dtype)
    if offsets is not None:
        if offsets.shape != (filters,):
            raise CnnError(
                "bias has shape {shape}; with {filters} filters it must be ({filters},)",
                shape=offsets.shape,
                filters=filters,
            )
        offsets = in_dtype(offsets, "bias", dtype)
    if dtype == INT32:
        refuse_overflow(batch, weights, offsets)
    n, height, width, _ = batch.shape
    window = geometry((height, width), (kh, kw), strides=strides, padding=padding, dilation_rate=dilation_rate)
    shape = like_input(given.ndim, n, *window.output, filters)
    _refuse_huge((n, window.rows.padded, window.columns.padded, batch.shape[3]), shape)
    return Conv2dArguments(batch, weights, offsets, window, groups, dtype, shape)


def _kernel_shape(inputs: Array, kernel: Array, groups: int) -> Array:
    if inputs.ndim == 2:
        if kernel.ndim != 2:
            raise CnnError(
                "kernel has shape {shape}; for inputs of shape (H, W) it must be (kh, kw). "
                "For several filters give inputs of shape (H, W, C)",
                shape=kernel.shape,
            )
        if groups != 1:
            raise CnnError("groups is {groups}, but inputs of shape (H, W) have one channel", groups=groups)
        kernel = kernel[:, :, None, None]
    elif kernel.ndim != 4:
        raise CnnError(
            "kernel has shape {shape}; for inputs of shape {inputs} it must be (kh, kw, C // groups, F)",
            shape=kernel.shape,
            inputs=inputs.shape,
        )
    if 0 in kernel.shape:
        raise CnnError("kernel is empty: its shape is {shape}", shape=kernel.shape)
    channels = 1 if inputs.ndim == 2 else inputs.shape[-1]
    filters = kernel.shape[3]
    if channels % groups or filters % groups:
        raise CnnError(
            "groups is {groups}; it must divide both the {channels} input channels and the {filters} filters",
            groups=groups,
            channels=channels,
            filters=filters,
        )
    if kernel.shape[2] != channels // groups:
        raise CnnError(
            "kernel takes {given} channels, but inputs have {channels} in {groups} group(s): "
            "its shape {shape} must be (kh, kw, {needs}, F)",
            given=kernel.shape[2],
            channels=channels,
            groups=groups,
            shape=kernel.shape,
            needs=channels // groups,
        )
    return kernel


def refuse_overflow(inputs: Array, kernel: Array, bias: Array | None) -> None:
    """Raise `CnnError` for integers whose sum could overflow int32.

    The bound is max|x| * sum|w| + |bias| per filter. The dtype's largest |x| is tried first, because it needs no
    pass over the input.
    """
    weights = np.abs(kernel.astype(np.int64)).sum(axis=(0, 1, 2), dtype=np.float64)
    offsets = 0.0 if bias is None else np.abs(bias.astype(np.float64))
    limits = np.iinfo(inputs.dtype)
    largest = max(-int(limits.min), int(limits.max))
    if float(np.max(weights * largest + offsets)) <= INT32_MAX or not inputs.size:
        return
    largest = max(-int(inputs.min()), int(inputs.max()))
    reach = float(np.max(weights * largest + offsets))
    if reach > INT32_MAX:
        raise CnnError(
            "the sum could reach {reach:.0f}, beyond int32 ({limit}): use smaller weights, or float64 inputs",
            reach=reach,
            limit=INT32_MAX,
        )


def _refuse_huge(padded: tuple[int, ...], output: tuple[int, ...]) -> None:
    for what, shape in (("padded input", padded), ("output", output)):
        if math.prod(shape) * 8 > MAX_BYTES:
            raise CnnError("the {what} of shape {shape} does not fit in memory", what=what, shape=shape)


@dataclass(frozen=True, slots=True)
class PoolArguments(Copied):
    """The validated arguments of a pooling.

    `inputs` is (N, H, W, C) with any strides, in a dtype of the C core that holds every value exactly; `dtype` is the
    dtype of the original inputs.
    """

    inputs: Array = field(repr=False)
    dtype: np.dtype[Any]
    geometry: Geometry
    output_shape: tuple[int, ...]


def dense_arguments(inputs: Any, kernel: Any, bias: Any) -> tuple[Array, Array]:
    """Return (N, K) inputs and a (1, 1, K, M) kernel in the result's dtype for `cnncore.dense`. Raises `CnnError`."""
    x, w = as_array(inputs, "inputs"), _weights(kernel, "kernel")
    if x.ndim not in (1, 2):
        raise CnnError("inputs has shape {shape}; it must be (K,) or (N, K)", shape=x.shape)
    if w.ndim != 2 or 0 in w.shape or x.shape[-1] != w.shape[0]:
        raise CnnError(
            "kernel has shape {shape}; for inputs of shape {inputs} it must be ({k}, M)",
            shape=w.shape,
            inputs=x.shape,
            k=x.shape[-1],
        )
    offsets = None if bias is None else _weights(bias, "bias")
    dtype = convolved_dtype(x, w, offsets, (is_weak(kernel), is_weak(bias)))
    return np.atleast_2d(x), in_dtype(w, "kernel", dtype)[None, None]


def clamp_limits(x: Array, low: Any, high: Any, dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return `low` and `high` as floats, validated for clamping `x` to `dtype`. Raises `CnnError`."""
    if x.dtype.kind not in "iuf":
        raise CnnError("{name} has dtype {dtype}; it must hold integers or floats", name="x", dtype=x.dtype)
    bottom, top = number(low, "low"), number(high, "high")
    if not bottom <= top:
        raise CnnError("low must not be above high, got {low} and {high}", low=described(low), high=described(high))
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        if not (limits.min <= low and high <= limits.max and bottom == int(bottom) and top == int(top)):
            raise CnnError(
                "low and high must be whole numbers from {least} to {most} for {dtype}, got {low} and {high}",
                least=limits.min,
                most=limits.max,
                dtype=dtype,
                low=described(low),
                high=described(high),
            )
    return bottom, top


def pool_arguments(
    inputs: npt.ArrayLike, pool_size: IntOrPair, strides: IntOrPair | None, padding: Padding
) -> PoolArguments:
    """Validate the arguments of a pooling (see `cnncore.max_pool2d`). Raises `CnnError`."""
    given = as_array(inputs, "inputs")
    batch = pooled(image_batch(given), "inputs")
    n, height, width, channels = batch.shape
    window = pool_geometry((height, width), pool_size, strides, padding)
    shape = like_input(given.ndim, n, *window.output, channels)
    _refuse_huge((n, window.rows.padded, window.columns.padded, channels), shape)
    return PoolArguments(batch, given.dtype, window, shape)


@dataclass(frozen=True, slots=True)
class FilterArguments(Copied):
    """The validated arguments of an image filter.

    `image` is (H, W, C) with any strides: uint8, or for values outside 0..255 a wider integer with an int32 kernel and
    float32 with a float kernel. `kernel` is (kh, kw) int32 or float32 and contiguous, `scale` a float32.
    """

    image: Array = field(repr=False)
    kernel: Array = field(repr=False)
    scale: float
    geometry: Geometry
    output_shape: tuple[int, ...]


def filter2d_arguments(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    scale: Real = 1,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
) -> FilterArguments:
    """Validate the arguments of an image filter (see `cnncore.filter2d`). Raises `CnnError`."""
    given = as_array(image, "image")
    if given.ndim not in (2, 3):
        raise CnnError(
            "image has {ndim} dimensions, shape {shape}; it must be (H, W) or (H, W, C)",
            ndim=given.ndim,
            shape=given.shape,
        )
    if given.dtype.kind not in "iu":
        raise CnnError("image has dtype {dtype}; it must hold integers, preferably uint8", dtype=given.dtype)
    picture = narrowed(image_batch(given, "image")[0], (UINT8,))
    weights = _weights(kernel, "kernel")
    if weights.ndim != 2 or 0 in weights.shape:
        raise CnnError("kernel has shape {shape}; for an image filter it must be (kh, kw)", shape=weights.shape)
    weights = in_dtype(weights, "kernel", FLOAT32 if weights.dtype.kind == "f" else INT32)
    if picture.dtype != UINT8:
        picture = summed(picture, "image", weights.dtype)
    if weights.dtype == INT32:
        refuse_overflow(picture, weights[:, :, None, None], None)
    factor = float32_number(scale, "scale")
    height, width, channels = picture.shape
    window = geometry(
        (height, width),
        (weights.shape[0], weights.shape[1]),
        strides=strides,
        padding=padding,
        dilation_rate=dilation_rate,
    )
    shape = like_input(given.ndim, 1, *window.output, channels)
    _refuse_huge((window.rows.padded, window.columns.padded, channels), shape)
    return FilterArguments(picture, weights, float(np.float32(factor)), window, shape)
