"""numba: nested loops, with rows in parallel. The size of the kernel is constant when they are compiled, its weights
are not. Compilation is not timed. One thread runs without `parallel=True`, which would only slow it down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.case import Case
from benchmarks.cases import FilterCase, PoolCase
from benchmarks.entry import Array, Entry

PEER = "numba"


def entries(case: Case, threads: int) -> list[Entry]:
    if not isinstance(case, FilterCase | PoolCase):
        return []
    import numba

    numba.set_num_threads(threads)
    compiled = numba.njit(parallel=threads > 1, fastmath=True, boundscheck=False)
    if isinstance(case, PoolCase):
        shape: tuple[int, ...] = (case.size // 2, case.size // 2)
        arguments: tuple[Array, ...] = (case.image,)
        loop = compiled(_pooling())
    else:
        shape = case.output_shape
        integer = case.kernel.dtype == np.int64
        arguments = (case.image, case.kernel.astype(np.int32) if integer else case.kernel)
        maker = _float_filter if case.dtype == np.float32 else (_integer_filter if integer else _rounding_filter)
        loop = compiled(maker(*case.kernel.shape))
    out = np.empty(shape, case.image.dtype)

    def fresh() -> Array:
        result = np.empty(shape, case.image.dtype)
        loop(*arguments, result)
        return result

    def reused() -> Array:
        loop(*arguments, out)
        return out

    return [Entry("numba", fresh), Entry("numba out", reused, reused=True)]


Loop = Callable[..., Any]


def _pooling() -> Loop:
    import numba

    def loop(image: Array, out: Array) -> None:
        for y in numba.prange(out.shape[0]):
            for x in range(out.shape[1]):
                upper = max(image[2 * y, 2 * x], image[2 * y, 2 * x + 1])
                lower = max(image[2 * y + 1, 2 * x], image[2 * y + 1, 2 * x + 1])
                out[y, x] = max(upper, lower)

    return loop


def _integer_filter(h: int, w: int) -> Loop:
    import numba

    def loop(image: Array, kernel: Array, out: Array) -> None:
        for y in numba.prange(out.shape[0]):
            for x in range(out.shape[1]):
                total = np.int32(0)
                for i in range(h):
                    for j in range(w):
                        total += np.int32(image[y + i, x + j]) * kernel[i, j]
                out[y, x] = min(max(total, np.int32(0)), np.int32(255))

    return loop


def _rounding_filter(h: int, w: int) -> Loop:
    import numba

    def loop(image: Array, kernel: Array, out: Array) -> None:
        for y in numba.prange(out.shape[0]):
            for x in range(out.shape[1]):
                total = np.float32(0)
                for i in range(h):
                    for j in range(w):
                        total += np.float32(image[y + i, x + j]) * kernel[i, j]
                out[y, x] = np.uint8(min(max(total + np.float32(0.5), np.float32(0)), np.float32(255)))

    return loop


def _float_filter(h: int, w: int) -> Loop:
    import numba

    def loop(image: Array, kernel: Array, out: Array) -> None:
        for y in numba.prange(out.shape[0]):
            for x in range(out.shape[1]):
                total = np.float32(0)
                for i in range(h):
                    for j in range(w):
                        total += image[y + i, x + j] * kernel[i, j]
                out[y, x] = total

    return loop
