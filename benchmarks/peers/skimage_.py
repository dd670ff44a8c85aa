"""scikit-image: `measure.block_reduce` for pooling, `filters.correlate_sparse` for filters. The latter skips zero
weights; NumPy converts the pixels to float32 before and clamps the sums after. It has only one thread."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.case import Case
from benchmarks.cases import FilterCase, PoolCase
from benchmarks.entry import Array, Entry

PEER = "scikit-image"


def entries(case: Case, threads: int) -> list[Entry]:  # noqa: ARG001 (scikit-image has no threads here)
    if isinstance(case, PoolCase):
        from skimage.measure import block_reduce

        return [Entry("scikit-image block_reduce", partial(block_reduce, case.image, (2, 2), np.max))]
    if not isinstance(case, FilterCase):
        return []
    from skimage.filters import correlate_sparse

    kernel = case.kernel.astype(np.float32)

    def call() -> Array:
        sums: Array = correlate_sparse(case.image.astype(np.float32, copy=False), kernel)
        if case.dtype == np.float32:
            return sums
        clipped: Array = np.clip(np.rint(sums, out=sums), 0, 255, out=sums).astype(np.uint8)
        return clipped

    return [Entry("scikit-image correlate_sparse", call, case.valid)]
