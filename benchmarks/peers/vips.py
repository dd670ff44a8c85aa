"""pyvips: `Image.conv` with whole-number weights, uint8 in and out. Its operation cache is
off, because it would answer a repeated call."""

from __future__ import annotations

import numpy as np

from benchmarks.case import Case
from benchmarks.cases import FilterCase
from benchmarks.entry import Array, Entry

PEER = "pyvips"


def entries(case: Case, threads: int) -> list[Entry]:
    if not isinstance(case, FilterCase) or case.kernel.dtype != np.int64:
        return []
    import pyvips

    pyvips.cache_set_max(0)
    pyvips.concurrency_set(threads)
    image = pyvips.Image.new_from_array(case.image)
    mask = pyvips.Image.new_from_array(case.kernel.tolist())

    def call() -> Array:
        result: Array = image.conv(mask, precision="integer").numpy()
        return result

    return [Entry("pyvips conv", call, case.valid)]
