"""The gradients of a convolution in plain numpy: slow, obvious, and the oracle for `cnncore.gradients.conv2d`."""

from __future__ import annotations

from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from cnncore._arguments import IntOrPair, Padding
from cnncore._dtypes import Array
from cnncore.gradients.conv2d import backward_arguments


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
    """For each tap (a, b) of the kernel and each group: with x the inputs under that tap and g the gradients of the
    outputs that they take part in, d_kernel[a, b] = x.T @ g and d_inputs under the tap += g @ kernel[a, b].T.

    Sums are taken in float64 and rounded once, so that this is the more exact of the two.
    """
    a = backward_arguments(
        inputs, kernel, grad, strides=strides, padding=padding, dilation_rate=dilation_rate, groups=groups
    )
    x, w, g = (array.astype(np.float64) for array in (a.inputs, a.kernel, a.grad))
    d_inputs, d_kernel = np.zeros_like(x), np.zeros_like(w)
    channels, filters = w.shape[2], w.shape[3] // a.groups
    with np.errstate(invalid="ignore", over="ignore"):
        for tap_row in range(w.shape[0]):
            out_rows, in_rows = a.geometry.rows.inside(tap_row)
            for tap_column in range(w.shape[1]):
                out_columns, in_columns = a.geometry.columns.inside(tap_column)
                for group in range(a.groups):
                    under = np.s_[:, in_rows, in_columns, group * channels : (group + 1) * channels]
                    over = np.s_[:, out_rows, out_columns, group * filters : (group + 1) * filters]
                    own = np.s_[tap_row, tap_column, :, group * filters : (group + 1) * filters]
                    d_kernel[own] = np.tensordot(x[under], g[over], ((0, 1, 2), (0, 1, 2)))
                    d_inputs[under] += g[over] @ w[own].T
        d_bias = g.sum(axis=(0, 1, 2))
        dtype = a.inputs.dtype
        return (
            d_inputs.astype(dtype).reshape(a.inputs_shape),
            d_kernel.astype(dtype).reshape(a.kernel_shape),
            d_bias.astype(dtype),
        )
