"""The gradients of a convolution, computed by the C core.

Its slow, obvious counterpart is `cnncore.gradients.reference_conv2d`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import SupportsIndex

import numpy.typing as npt

from cnncore._arguments import IntOrPair, Padding
from cnncore._arrays import as_array, contiguous, conv2d_arguments, empty
from cnncore._cnn import lib
from cnncore._copies import Copied
from cnncore._dtypes import FLOAT64, FLOATS, Array, accept, accept_numbers, in_dtype, is_weak
from cnncore._memory import pointer
from cnncore._recipes import window
from cnncore._small import TYPES
from cnncore.errors import CnnError
from cnncore.geometry import Geometry
from cnncore.runtime import _check, exact_flag


@dataclass(frozen=True, slots=True)
class BackwardArguments(Copied):
    """The validated arguments of a convolution's gradients.

    `inputs` (N, H, W, C), `kernel` (kh, kw, C // groups, F) and `grad` (N, out rows, out columns, F) are contiguous and
    of the same dtype, float32 or float64. The two shapes are those of the arrays that were given.
    """

    inputs: Array = field(repr=False)
    kernel: Array = field(repr=False)
    grad: Array = field(repr=False)
    geometry: Geometry
    groups: int
    inputs_shape: tuple[int, ...]
    kernel_shape: tuple[int, ...]


def backward_arguments(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    grad: npt.ArrayLike,
    *,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
    groups: SupportsIndex = 1,
) -> BackwardArguments:
    """Validate the arguments of `conv2d_backward`. Raises `CnnError`."""
    x, slopes = as_array(inputs, "inputs"), as_array(grad, "grad")
    if is_weak(inputs) and x.dtype.kind in "iu":
        x = in_dtype(x, "inputs", FLOAT64)
    accept(x, "inputs", FLOATS)
    accept_numbers(slopes, "grad")
    if slopes.dtype == FLOAT64 and not is_weak(grad):
        x = x.astype(FLOAT64, copy=False)
    a = conv2d_arguments(
        x,
        kernel,
        strides=strides,
        padding=padding,
        dilation_rate=dilation_rate,
        groups=groups,
    )
    if slopes.shape != a.output_shape:
        raise CnnError(
            "grad has shape {shape}; it must be that of the result, {needs}", shape=slopes.shape, needs=a.output_shape
        )
    n, filters = a.inputs.shape[0], a.kernel.shape[3]
    slopes = in_dtype(slopes, "grad", a.dtype).reshape(n, *a.geometry.output, filters)
    return BackwardArguments(
        contiguous(a.inputs, "inputs"),
        contiguous(a.kernel, "kernel"),
        contiguous(slopes, "grad"),
        a.geometry,
        a.groups,
        x.shape,
        a.kernel.shape[: 2 if x.ndim == 2 else 4],
    )


def conv2d_backward(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    grad: npt.ArrayLike,
    *,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
    groups: SupportsIndex = 1,
) -> tuple[Array, Array, Array]:
    """The gradients of `conv2d` (without activation): how a loss changes with each input, weight and bias.

    inputs, kernel and the options are those of the convolution; grad is the gradient of the loss with respect to its
    output, and has the output's shape. Returns (d_inputs, d_kernel, d_bias) of the shapes of inputs, kernel and bias,
    (F,). With x, w and g for inputs, kernel and grad, s for strides and d for dilation_rate:

        d_kernel[a, b, c, f] = sum over n, i, j of x[n, i*s + a*d, j*s + b*d, c] * g[n, i, j, f]
        d_inputs[n, y, x, c] = sum over a, b, f with y = i*s + a*d, x = j*s + b*d of g[n, i, j, f] * w[a, b, c, f]
        d_bias[f]            = sum over n, i, j of g[n, i, j, f]

    where padding shifts y and x, and a tap on padding gives no term. (Goodfellow, Bengio and Courville, "Deep
    Learning", 2016, section 9.5; `cnncore.gradients.reference_conv2d` defines them.)

    All three have the dtype of inputs, float32 or float64; float32 widens where an array of float64 meets it. Lists of
    integers become float64; arrays of integers are refused as inputs. Accuracy of d_inputs: that of `conv2d`,
    Winograd's way included unless `cnncore.get_exact()`. d_kernel and d_bias: direct sums, at most 194 last bits of the
    sum of absolute values off, however many positions there are. The same bits for any number of threads.

    Raises `CnnError` naming the argument, what was given and what would be right.
    """
    a = backward_arguments(
        inputs, kernel, grad, strides=strides, padding=padding, dilation_rate=dilation_rate, groups=groups
    )
    d_inputs = empty(a.inputs.shape, a.inputs.dtype)
    d_kernel, d_bias = kernel_gradients(a, d_inputs)
    return d_inputs.reshape(a.inputs_shape), d_kernel.reshape(a.kernel_shape), d_bias


def kernel_gradients(a: BackwardArguments, d_inputs: Array | None = None) -> tuple[Array, Array]:
    """Return d_kernel and d_bias of validated arguments, and write d_inputs, which a first layer does not need."""
    filters = a.kernel.shape[3]
    d_kernel, d_bias = empty(a.kernel.shape, a.kernel.dtype), empty((filters,), a.kernel.dtype)
    _check(
        lib.cnn_conv2d_backward(
            window(a.inputs.shape[0], a.inputs.shape[3], a.geometry),
            filters,
            a.groups,
            TYPES[a.inputs.dtype],
            pointer(a.inputs),
            pointer(a.kernel),
            pointer(a.grad),
            exact_flag(None),
            pointer(d_inputs),
            pointer(d_kernel),
            pointer(d_bias),
        )
    )
    return d_kernel, d_bias
