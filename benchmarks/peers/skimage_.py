"""scikit-image: `measure.block_reduce` for pooling, and `filters.LPIFilter2D` (by FFT) for a kernel without negative
weights: it gives absolute values, so no other kernel can be compared. One thread."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.cases import Case, FilterCase, PoolCase
from benchmarks.entry import Array, Entry

PEER = "scikit-image"


def entries(case: Case, threads: int) -> list[Entry]:  # noqa: ARG001 (scikit-image has no threads here)
    if isinstance(case, PoolCase):
        from skimage.measure import block_reduce

        return [Entry("scikit-image block_reduce", partial(block_reduce, case.image, (2, 2), np.max))]
    if not isinstance(case, FilterCase) or case.dtype != np.uint8 or (case.kernel < 0).any():
        return []
    from skimage.filters import LPIFilter2D

    h, w = case.kernel.shape

    def response(rows: Array, columns: Array) -> Array:
        """The kernel, flipped, around (0, 0)."""
        r, c = (rows + h // 2).astype(int), (columns + w // 2).astype(int)
        inside = (r >= 0) & (r < h) & (c >= 0) & (c < w)
        values = np.zeros(rows.shape)
        values[inside] = case.kernel[::-1, ::-1][r[inside], c[inside]]
        return values

    convolve = LPIFilter2D(response)

    def call() -> Array:
        return np.clip(np.rint(convolve(case.image)), 0, 255).astype(np.uint8)

    return [Entry("scikit-image LPIFilter2D", call, case.valid, note="the kernel's transform is kept between calls")]
