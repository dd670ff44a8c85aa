"""A convolution whose weights are packed once, for many calls.

blur = prepare_conv2d(kernel, input_shape=(28, 28, 1), padding="same")
blurred = blur(images)
"""

from __future__ import annotations

from typing import Any, SupportsIndex

import numpy as np
import numpy.typing as npt

from cnncore._arguments import IntOrPair, Padding, sizes
from cnncore._arrays import as_array, contiguous, conv2d_arguments
from cnncore._cnn import ffi, lib
from cnncore._copies import Copied
from cnncore._dtypes import FLOAT64, FLOATS, Array, in_dtype
from cnncore._memory import Result, pointer
from cnncore._recipes import window
from cnncore._small import TYPES
from cnncore.activations import ActivationName, activate, activation_name, softmax
from cnncore.errors import CnnError
from cnncore.runtime import _check, exact_flag, isa_token, settled_isa


def prepare_conv2d(
    kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    input_shape: tuple[int, ...],
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
    groups: SupportsIndex = 1,
    activation: ActivationName | None = None,
    exact: bool | None = None,
) -> PreparedConv2D:
    """Pack the weights of a convolution once; the result computes `conv2d` with them as often as it is called.

    kernel: (kh, kw) for input_shape (H, W), (kh, kw, C // groups, F) for (H, W, C); float32 or float64, or numbers that
    become float32. bias: (F,). input_shape: the shape of one input, without the batch. The other arguments are those of
    `cnncore.conv2d`. Kernel and bias are copied: changing them later changes nothing.

    Calls are faster than `conv2d` if there are few pixels for many weights: a single image in the deep layers of a
    network. Raises `CnnError` for an invalid argument.
    """
    return PreparedConv2D(
        kernel,
        bias,
        input_shape=input_shape,
        strides=strides,
        padding=padding,
        dilation_rate=dilation_rate,
        groups=groups,
        activation=activation,
        exact=exact,
    )


class PreparedConv2D(Copied):
    """A prepared convolution: see `prepare_conv2d`. It can be called from several threads, copied and pickled.

    `input_shape` and `output_shape` are those of one input, `dtype` that of inputs and result.
    """

    _not_copied = ("_plan",)

    def __init__(
        self,
        kernel: npt.ArrayLike,
        bias: npt.ArrayLike | None = None,
        *,
        input_shape: tuple[int, ...],
        strides: IntOrPair = 1,
        padding: Padding = "valid",
        dilation_rate: IntOrPair = 1,
        groups: SupportsIndex = 1,
        activation: ActivationName | None = None,
        exact: bool | None = None,
    ) -> None:
        self.input_shape = sizes(input_shape, "input_shape")
        if len(self.input_shape) not in (2, 3):
            raise CnnError("input_shape is {shape}; it must be (H, W) or (H, W, C)", shape=self.input_shape)
        given = as_array(kernel, "kernel")
        self.dtype: np.dtype[Any] = FLOAT64 if given.dtype == FLOAT64 and isinstance(kernel, np.ndarray) else FLOATS[0]
        a = conv2d_arguments(
            np.broadcast_to(np.zeros((), self.dtype), self.input_shape),  # only shape and dtype count
            kernel,
            bias,
            strides=strides,
            padding=padding,
            dilation_rate=dilation_rate,
            groups=groups,
        )
        if a.dtype != self.dtype:
            raise CnnError(
                "bias has dtype {dtype}; with a {kernel} kernel it must be {kernel}", dtype=a.dtype, kernel=self.dtype
            )
        self.activation = activation_name(activation, self.dtype)
        self.output_shape: tuple[int, ...] = a.output_shape
        self._geometry, self._channels, self._groups = a.geometry, a.inputs.shape[3], a.groups
        self._kernel = np.array(a.kernel, order="C")
        self._bias = None if a.bias is None else np.array(a.bias, order="C")
        self._flags = (lib.CNN_RELU if self.activation == "relu" else 0) | exact_flag(exact)
        self._plan: tuple[Any, Any] | None = None

    def __call__(self, inputs: npt.ArrayLike, out: Array | None = None) -> Array:
        """The convolution of one input of `input_shape`, or of a batch (N, *input_shape).

        The result has the batch axis if `inputs` has it, and the prepared dtype: integers are converted to it; float64
        inputs of a float32 convolution are refused, because they would be narrowed. `out`: contiguous, receives the
        result. Raises `CnnError`.
        """
        array = as_array(inputs, "inputs")
        single = array.shape == self.input_shape
        if not single and array.shape[1:] != self.input_shape:
            raise CnnError(
                "inputs has shape {shape}; this convolution is prepared for {needs}, or a batch of them (N, ...)",
                shape=array.shape,
                needs=self.input_shape,
            )
        if array.dtype.kind == "f" and array.dtype.itemsize > self.dtype.itemsize and isinstance(inputs, np.ndarray):
            raise CnnError(
                "inputs has dtype {dtype}; this convolution is prepared for {needs}: pass inputs.astype({name})",
                dtype=array.dtype,
                needs=self.dtype,
                name=f"numpy.{self.dtype}",
            )
        source = contiguous(in_dtype(array, "inputs", self.dtype), "inputs")
        n = 1 if single else len(array)
        shape = self.output_shape if single else (n, *self.output_shape)
        result = Result(out, shape, self.dtype, inputs)
        _check(lib.cnn_plan_run(self._current_plan(), n, pointer(source), pointer(result.memory)))
        if self.activation in ("linear", "relu"):
            return result.finish()
        function = softmax if self.activation == "softmax" else lambda rows: activate(rows, self.activation)
        return result.finish(function, self._kernel.shape[3])

    def _current_plan(self) -> Any:
        """The packed weights, packed again if another instruction set is in force: plans belong to one."""
        plan = self._plan
        if plan is None or plan[0] != isa_token():
            with settled_isa() as token:
                plan = self._plan = token, self._packed()
        return plan[1]

    def _packed(self) -> Any:
        holder = ffi.new("cnn_plan **")
        kind = TYPES[self.dtype]
        _check(
            lib.cnn_plan_new(
                window(1, self._channels, self._geometry),
                self._kernel.shape[3],
                self._groups,
                kind,
                kind,
                pointer(self._kernel),
                pointer(self._bias),
                self._flags,
                0,
                holder,
            )
        )
        return ffi.gc(holder[0], lib.cnn_plan_free)

    def __repr__(self) -> str:
        return f"<PreparedConv2D {self.input_shape} -> {self.output_shape}, {self.dtype}>"
