"""A convolution made ready once and run many times: weights packed, the maximum pooling behind it fused.

For `cnncore.network`, whose layers keep their weights; single calls go through `cnncore.ops`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncore._arrays import FLOAT32, Array, contiguous
from cnncore._cnn import ffi, lib
from cnncore.geometry import Geometry
from cnncore.runtime import _check


class ConvPlan:
    """float32 convolution, bias, and where asked for ReLU and 2x2 maximum pooling by 2, on images of one size.

    `geometry` is that of the convolution over inputs of `channels`; `kernel`, (kh, kw, C // groups, F), and `bias`,
    (F,), are float32 and kept. Calling it with float32 (N, H, W, C) gives (N, H', W', F). Pooling gives the maxima of
    what it would be without, exactly; an odd last row or column belongs to no window.
    """

    def __init__(
        self,
        geometry: Geometry,
        channels: int,
        kernel: Array,
        bias: Array | None,
        *,
        groups: int = 1,
        relu: bool = False,
        pool: bool = False,
    ) -> None:
        self._kernel = contiguous(kernel, "kernel")
        self._bias = None if bias is None else contiguous(bias, "bias")
        self._views = (ffi.from_buffer(self._kernel), ffi.NULL if bias is None else ffi.from_buffer(self._bias))
        filters = self._kernel.shape[3]
        rows, columns = geometry.output
        self._shape = (rows // 2, columns // 2, filters) if pool else (rows, columns, filters)
        holder = ffi.new("cnn_plan **")
        _check(
            lib.cnn_plan_new(
                window(1, channels, geometry),
                filters,
                groups,
                lib.CNN_F32,
                lib.CNN_F32,
                *self._views,
                relu,
                pool,
                holder,
            )
        )
        self._plan = ffi.gc(holder[0], lib.cnn_plan_free)

    def __call__(self, x: Array) -> Array:
        out = np.empty((len(x), *self._shape), FLOAT32)
        source = x if x.flags.c_contiguous else contiguous(x, "x")
        _check(lib.cnn_plan_run(self._plan, len(x), ffi.from_buffer(source), ffi.from_buffer(out)))
        return out


def window(n: int, channels: int, geometry: Geometry) -> Any:
    """The C core's description of a window moving over `n` images."""
    r, c = geometry.rows, geometry.columns
    return ffi.new(
        "cnn_window *",
        (
            *(n, r.size, c.size, channels),
            *(r.window, c.window, r.stride, c.stride, r.dilation, c.dilation),
            *(r.before, r.after, c.before, c.after),
        ),
    )
