"""OpenCV: `filter2D`, and `dilate` for pooling, whose answer is a view of every second pixel (at no cost)."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.case import Case
from benchmarks.cases import FilterCase, PoolCase
from benchmarks.entry import Array, Entry

PEER = "cv2"


def entries(case: Case, threads: int) -> list[Entry]:
    if not isinstance(case, FilterCase | PoolCase):
        return []
    import cv2

    cv2.setNumThreads(threads)
    cv2.ocl.setUseOpenCL(False)
    if isinstance(case, FilterCase):
        call = partial(cv2.filter2D, case.image, -1, case.kernel.astype(np.float32), borderType=cv2.BORDER_REPLICATE)
        values = case.valid
        name = "cv2 filter2D"
    else:
        call = partial(cv2.dilate, case.image, np.ones((2, 2), np.uint8))
        values, name = _pooled, "cv2 dilate"
    out = np.empty_like(case.image)
    return [Entry(name, call, values), Entry(f"{name} dst=", partial(call, dst=out), values, reused=True)]


def _pooled(values: Array) -> Array:
    """The default anchor of a 2x2 window is its last pixel."""
    return values[1::2, 1::2]
