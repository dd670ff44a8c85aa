"""TensorFlow's gradients of a convolution, each by its own operation, in one traced function. For tensorflow_.py."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.convolutions import BackwardCase
from benchmarks.entry import Array, Entry


def entry(case: BackwardCase) -> Entry:
    import tensorflow as tf

    x, kernel, grad = (tf.constant(array) for array in case.arrays)
    depthwise = 1 < case.groups == case.shape[3]
    if case.groups > 1 and not depthwise:
        raise NotImplementedError("TensorFlow has no gradients of a grouped convolution on a CPU")
    if depthwise:
        kernel = tf.transpose(kernel, (0, 1, 3, 2))
        to_inputs, to_kernel = tf.nn.depthwise_conv2d_backprop_input, tf.nn.depthwise_conv2d_backprop_filter
    else:
        to_inputs = _raw(tf.raw_ops.Conv2DBackpropInput, "input_sizes", "filter")
        to_kernel = _raw(tf.raw_ops.Conv2DBackpropFilter, "input", "filter_sizes")
    p = case.padding
    options = {"strides": [1, case.strides, case.strides, 1], "padding": [[0, 0], [p, p], [p, p], [0, 0]]}

    @tf.function  # type: ignore[untyped-decorator]
    def gradients(x: Any, kernel: Any, grad: Any) -> list[Any]:
        first = [] if case.first else [to_inputs(tf.shape(x), kernel, grad, **options)]
        return [*first, to_kernel(x, tf.shape(kernel), grad, **options), tf.reduce_sum(grad, (0, 1, 2))]

    call = partial(gradients, x, kernel, grad)
    return Entry("tensorflow", call, partial(_values, case, depthwise), note="by oneDNN where TensorFlow chooses it")


def _raw(operation: Any, *names: str) -> Any:
    """The operation, whose first two arguments are `names`, with the arguments of its depthwise sister."""

    def call(first: Any, second: Any, grad: Any, *, strides: list[int], padding: list[list[int]]) -> Any:
        flat = [amount for pair in padding for amount in pair]
        return operation(
            **dict(zip(names, (first, second), strict=True)),
            out_backprop=grad,
            strides=strides,
            padding="EXPLICIT",
            explicit_paddings=flat,
        )

    return call


def _values(case: BackwardCase, depthwise: bool, found: list[Any]) -> Array:
    *inputs, kernel, bias = (tensor.numpy() for tensor in found)
    return case.side_by_side([*inputs, kernel.transpose(0, 1, 3, 2) if depthwise else kernel, bias])
