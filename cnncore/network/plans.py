"""Convolutions made ready once and run many times: weights packed, the maximum pooling behind them fused, several in a
row in one call of the C core.

For `cnncore.network`, whose layers keep their weights; single calls go through `cnncore.ops`.
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
    """float32 convolution, bias, and where asked for ReLU and 2x2 maximum pooling by 2, on images of one size.

    `geometry` is that of the convolution over inputs of `channels`; `kernel`, (kh, kw, C // groups, F), and `bias`,
    (F,), are float32 and kept. Pooling gives the maxima of what it would be without, exactly; an odd last row or column
    belongs to no window. `softmax` follows over the last axis. `exact`: as in `ops.conv2d`, settled here for good. A
    `Chain` runs it; `shape` is an image's output.
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
        """The C core's memory is not taken along: a copy packs its weights itself."""
        return self._anew, self._arguments


class Chain:
    """Plans in a row, each fed with what the one before it gives; only what the last one gives is stored.

    Calling it with float32 (N, ...) gives (N, H, W, F), or fills `out`: contiguous float32 of as many numbers.
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
