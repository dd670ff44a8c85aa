"""Convolutions that are prepared once and run many times: packed weights, fused maximum pooling, and several layers in
one call of the C core.

`cnncore.network` uses them, because its layers keep their weights; single calls use `cnncore.ops`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from cnncore._arrays import contiguous, empty
from cnncore._cnn import ffi, lib
from cnncore._dtypes import FLOAT32, Array
from cnncore._recipes import window
from cnncore.geometry import Geometry
from cnncore.runtime import _check, exact_flag


class ConvPlan:
    """A float32 convolution with bias, and optionally ReLU, 2x2 maximum pooling and softmax, on images of one size.

    `geometry` is that of the convolution over inputs with `channels`. `kernel`, (kh, kw, C // groups, F), and `bias`,
    (F,), are float32 and kept. Pooling has strides of 2 and gives exactly the maxima of the unpooled output; it drops
    an odd last row or column. Softmax is over the last axis. `exact` is as in `ops.conv2d`, and fixed from here on.
    `shape` is the output shape of one image. A `Chain` runs the plan.
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
        softmax: bool = False,
        exact: bool | None = None,
    ) -> None:
        self._kernel = contiguous(kernel, "kernel")
        self._bias = None if bias is None else contiguous(bias, "bias")
        self._views = (ffi.from_buffer(self._kernel), ffi.NULL if bias is None else ffi.from_buffer(self._bias))
        filters = self._kernel.shape[3]
        rows, columns = geometry.output
        self.shape = (rows // 2, columns // 2, filters) if pool else (rows, columns, filters)
        holder = ffi.new("cnn_plan **")
        _check(
            lib.cnn_plan_new(
                window(1, channels, geometry),
                filters,
                groups,
                lib.CNN_F32,
                lib.CNN_F32,
                *self._views,
                (lib.CNN_RELU if relu else 0) | exact_flag(exact),
                pool,
                holder,
            )
        )
        self.plan = ffi.gc(holder[0], lib.cnn_plan_free)
        self.softmax = softmax
        self._arguments = (geometry, channels, self._kernel, self._bias)
        self._anew = partial(ConvPlan, groups=groups, relu=relu, pool=pool, softmax=softmax)

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild the plan in a copy, because memory of the C core cannot be copied."""
        return self._anew, self._arguments


class Chain:
    """A sequence of plans, each with the output of the one before as its input; only the last output is stored.

    A call with float32 (N, ...) returns (N, H, W, F), or fills `out`, contiguous float32 of the same size.
    """

    def __init__(self, plans: Sequence[ConvPlan]) -> None:
        self._plans = tuple(plans)
        self._layers = ffi.new("cnn_layer[]", [(plan.plan, plan.softmax) for plan in plans])
        self._shape = plans[-1].shape

    def __reduce__(self) -> tuple[Any, ...]:
        return Chain, (self._plans,)

    def __call__(self, x: Array, out: Array | None = None) -> Array:
        n = len(x)
        source = x if x.flags.c_contiguous and x.flags.aligned else contiguous(x, "x")
        result = empty((n, *self._shape), FLOAT32) if out is None else out
        status = lib.cnn_network_run(
            self._layers,
            len(self._plans),
            n,
            ffi.from_buffer("float[]", source),
            ffi.from_buffer("float[]", result, True),
        )
        if status:
            _check(status)
        return result
