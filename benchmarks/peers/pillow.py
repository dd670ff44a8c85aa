"""Pillow: `ImageFilter.Kernel`, uint8, 3x3 and 5x5, with rows from the bottom up. It has only one thread."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.case import Case
from benchmarks.cases import FilterCase
from benchmarks.entry import Entry

PEER = "pillow"


def entries(case: Case, threads: int) -> list[Entry]:  # noqa: ARG001 (Pillow has no threads here)
    if not isinstance(case, FilterCase) or case.dtype != np.uint8 or case.kernel.shape not in ((3, 3), (5, 5)):
        return []
    from PIL import Image, ImageFilter

    image = Image.fromarray(case.image)
    kernel = ImageFilter.Kernel(case.kernel.shape, case.kernel[::-1].ravel().tolist(), scale=1)
    return [
        Entry(
            "pillow Kernel",
            partial(image.filter, kernel),
            lambda filtered: case.valid(np.asarray(filtered)),
            note="from Pillow image to Pillow image, without conversion to and from NumPy",
        )
    ]
