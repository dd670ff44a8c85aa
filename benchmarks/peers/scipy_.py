"""SciPy: `ndimage.correlate` and `signal.convolve2d`. uint8 would wrap, so sums are in int32 or float32 and clamped by
NumPy. The answer of pooling is a view of every second pixel of `ndimage.maximum_filter` (at no cost). SciPy has only
one thread. `convolve2d` is too slow above 2048x2048."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.case import Case
from benchmarks.cases import FilterCase, PoolCase
from benchmarks.entry import Array, Entry

PEER = "scipy"


def entries(case: Case, threads: int) -> list[Entry]:  # noqa: ARG001 (SciPy has no threads here)
    if not isinstance(case, FilterCase | PoolCase):
        return []
    from scipy import ndimage, signal

    if isinstance(case, PoolCase):
        largest = partial(ndimage.maximum_filter, case.image, 2, origin=-1)
        reused = partial(largest, output=np.empty_like(case.image))
        return [
            Entry("scipy ndimage.maximum_filter", largest, _pooled),
            Entry("scipy ndimage.maximum_filter output=", reused, _pooled, reused=True),
        ]

    clamped = case.dtype == np.uint8
    dtype = np.int32 if case.kernel.dtype == np.int64 else np.float32
    kernel = case.kernel.astype(dtype)

    def correlate(sums: Array | None = None, out: Array | None = None) -> Array:
        values = ndimage.correlate(case.image, kernel, output=dtype if sums is None else sums, mode="nearest")
        values = sums if sums is not None else values
        return _clamped(values, out) if clamped else values

    def convolve() -> Array:
        values = signal.convolve2d(case.image.astype(dtype), kernel[::-1, ::-1], "valid")
        return _clamped(values) if clamped else values

    reused = partial(correlate, np.empty(case.image.shape, dtype), np.empty_like(case.image))
    runs = [
        Entry("scipy ndimage.correlate", correlate, case.valid),
        Entry("scipy ndimage.correlate output=", reused, case.valid, reused=True),
    ]
    if case.size <= 2048:
        runs.append(Entry("scipy signal.convolve2d", convolve))
    return runs


def _pooled(values: Array) -> Array:
    return values[::2, ::2]


def _clamped(values: Array, out: Array | None = None) -> Array:
    if values.dtype == np.float32:
        np.rint(values, out=values)
    np.clip(values, 0, 255, out=values)
    if out is None:
        return values.astype(np.uint8)
    np.copyto(out, values, casting="unsafe")
    return out
