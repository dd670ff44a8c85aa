"""Convolution, ReLU and maximum pooling as one step of training, in the C core. For the training engine.

A pooled value's gradient goes to the largest of its window alone, and to none where ReLU is shut. So the forward pass
notes the winner of each window in a byte, and never stores the convolution's own output, and the backward pass computes
only the products that are not 0: a quarter of them, where windows are 2x2, less those that ReLU shuts.

The plain twin is `_pooled_reference`.
"""

from __future__ import annotations

from typing import Any

from cnncore._arrays import empty
from cnncore._cnn import ffi, lib
from cnncore._dtypes import FLOAT32, UINT8, Array
from cnncore._recipes import window
from cnncore.errors import CnnError
from cnncore.geometry import Geometry
from cnncore.runtime import _check, exact_flag

SHUT: int = lib.CNN_SHUT
"""The winner of a window whose largest value is not above 0, behind ReLU: no gradient passes."""


class PooledConv2D:
    """Conv2D with ReLU (or, `relu=False`, without), and MaxPooling2D behind it, on float32 images of one size.

    `convolution` is the geometry of the kernel over inputs of `channels`, `pooling` that of the pool's window over the
    convolution's outputs. `kernel`, (kh, kw, C // groups, F), and `bias`, (F,), are contiguous float32; they are kept,
    not copied: whoever changes them in place calls `refresh` before the next `forward`. `backward` reads `kernel` as it
    is. `exact`: as in `ops.conv2d`; without it, 3x3 sums of 16 channels and more may be off by 1e-6 of the largest sums
    within three pixels (CNN_LOOSE in csrc/cnncore.h), and differ from those of `Network.predict` by that.

    Any windows, strides, padding, dilation and groups; fast are 2x2 windows without padding and one group. A window of
    more than 255 values is refused. Nothing depends on the number of threads, bit for bit. Of several largest values
    the first wins, row by row, as in TensorFlow on the CPU. A NaN wins over every number, the first of several; behind
    ReLU nothing passes to it, as TensorFlow's gate is `value > 0`.

    `input_shape` and `output_shape` are those of one image. Raises `CnnError` for arrays that do not fit.
    """

    def __init__(
        self,
        convolution: Geometry,
        pooling: Geometry,
        channels: int,
        kernel: Array,
        bias: Array | None,
        *,
        groups: int = 1,
        relu: bool = True,
        exact: bool | None = None,
    ) -> None:
        rows, columns = convolution.rows, convolution.columns
        pool = (pooling.rows, pooling.columns)
        if (pool[0].size, pool[1].size) != convolution.output:
            raise CnnError(
                "pooling takes maps of {size}, but the convolution gives {output}",
                size=(pool[0].size, pool[1].size),
                output=convolution.output,
            )
        if pool[0].window * pool[1].window > SHUT:
            raise CnnError(
                "the pool window has {count} values; it may have at most {most}",
                count=pool[0].window * pool[1].window,
                most=SHUT,
            )
        filters = kernel.shape[3]
        self._kernel = _ready(kernel, (rows.window, columns.window, channels // groups, filters), "kernel")
        self._bias = None if bias is None else _ready(bias, (filters,), "bias")
        self.input_shape = (rows.size, columns.size, channels)
        self.output_shape = (*pooling.output, filters)
        self._windows = (convolution, channels, pooling, filters)
        self._groups = groups
        self._of_n: dict[int, tuple[Any, Any]] = {}
        halving = relu and all((a.window, a.stride, a.before, a.after) == (2, 2, 0, 0) for a in pool)
        holder = ffi.new("cnn_plan **")
        _check(
            lib.cnn_plan_new(
                window(1, channels, convolution),
                filters,
                groups,
                lib.CNN_F32,
                lib.CNN_F32,
                ffi.from_buffer(self._kernel),
                ffi.NULL if self._bias is None else ffi.from_buffer(self._bias),
                (lib.CNN_RELU if relu else 0) | (exact_flag(exact) or lib.CNN_LOOSE),
                halving,
                holder,
            )
        )
        self._plan = ffi.gc(holder[0], lib.cnn_plan_free)

    def refresh(self) -> None:
        """Packs kernel and bias anew, after they were changed in place, for the instruction set now in force."""
        _check(lib.cnn_plan_refresh(self._plan))

    def forward(self, x: Array, out: Array | None = None, winners: Array | None = None) -> tuple[Array, Array]:
        """Gives the pooled maps, float32 (N, *output_shape), and the winners, uint8 of the same shape: the position
        in its window, counted row by row, of each map value, or `SHUT`. `x`: contiguous float32 (N, *input_shape).
        `out` and `winners` are filled where they are given."""
        n = len(x)
        _ready(x, (n, *self.input_shape), "x")
        shape = (n, *self.output_shape)
        out = empty(shape, FLOAT32) if out is None else _ready(out, shape, "out")
        winners = empty(shape, UINT8) if winners is None else _ready(winners, shape, "winners", UINT8)
        _check(
            lib.cnn_pooled_conv2d(
                self._plan,
                self._windows_of(n)[1],
                n,
                ffi.from_buffer("float[]", x),
                ffi.from_buffer("float[]", out, True),
                ffi.from_buffer("uint8_t[]", winners, True),
            )
        )
        return out, winners

    def backward(
        self,
        x: Array,
        winners: Array,
        grad: Array,
        *,
        d_kernel: Array | None = None,
        d_bias: Array | None = None,
        d_inputs: Array | bool = True,
    ) -> tuple[Array | None, Array, Array]:
        """Gives (d_inputs, d_kernel, d_bias): the gradients of the loss with respect to `x`, kernel and bias.

        `grad`, float32 (N, *output_shape), is that with respect to the pooled maps; `x` and `winners` are what
        `forward` took and gave. Sums over the batch, in no way averaged. With `d_inputs=False`, as in a network's
        first layer, that of `x` is not computed, and None; an array is filled.

        With g the gradient of a pooled value of filter f, whose winner is the sum of the window that starts at (r, c):
        d_kernel[a, b, :, f] += g * x[r + a, c + b, :], d_inputs[r + a, c + b, :] += g * kernel[a, b, :, f], and
        d_bias[f] += g (Goodfellow, Bengio, Courville, "Deep Learning", section 9.5, with all other terms 0).
        """
        n = len(x)
        _ready(x, (n, *self.input_shape), "x")
        shape = (n, *self.output_shape)
        _ready(grad, shape, "grad")
        _ready(winners, shape, "winners", UINT8)
        kernel_shape, filters = self._kernel.shape, self._kernel.shape[3]
        d_kernel = empty(kernel_shape, FLOAT32) if d_kernel is None else _ready(d_kernel, kernel_shape, "d_kernel")
        d_bias = empty((filters,), FLOAT32) if d_bias is None else _ready(d_bias, (filters,), "d_bias")
        to_inputs: Array | None = None
        if d_inputs is True:
            to_inputs = empty((n, *self.input_shape), FLOAT32)
        elif d_inputs is not False:
            to_inputs = _ready(d_inputs, (n, *self.input_shape), "d_inputs")
        _check(
            lib.cnn_pooled_conv2d_backward(
                *self._windows_of(n),
                filters,
                self._groups,
                ffi.from_buffer("float[]", x),
                ffi.from_buffer("float[]", self._kernel),
                ffi.from_buffer("float[]", grad),
                ffi.from_buffer("uint8_t[]", winners),
                ffi.NULL if to_inputs is None else ffi.from_buffer("float[]", to_inputs, True),
                ffi.from_buffer("float[]", d_kernel, True),
                ffi.from_buffer("float[]", d_bias, True),
            )
        )
        return to_inputs, d_kernel, d_bias

    def _windows_of(self, n: int) -> tuple[Any, Any]:
        """Convolution and pooling of `n` images, as the C core takes them; the last batch of an epoch is shorter."""
        found = self._of_n.get(n)
        if found is None:
            convolution, channels, pooling, filters = self._windows
            if len(self._of_n) > 8:
                self._of_n.clear()
            found = self._of_n[n] = window(n, channels, convolution), window(n, filters, pooling)
        return found


def _ready(array: Any, shape: tuple[int, ...], name: str, dtype: Any = FLOAT32) -> Array:
    """`array`, if the C core can use it as it is."""
    found: Array = array
    if found.shape != shape or found.dtype != dtype:
        raise CnnError(
            "{name} has shape {shape} and dtype {dtype}; here it must have shape {needs} and dtype {needs_dtype}",
            name=name,
            shape=found.shape,
            dtype=found.dtype,
            needs=shape,
            needs_dtype=dtype,
        )
    if not (found.flags.c_contiguous and found.flags.aligned):
        raise CnnError("{name} is not contiguous in memory; pass numpy.ascontiguousarray({name})", name=name)
    return found
