"""Summary statistics of a picture or a map: size, extremes and their positions, mean, zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore._arrays import as_array

Number = int | float


@dataclass(frozen=True, slots=True)
class Summary:
    """`low` and `high` are the smallest and the largest value, `low_at` and `high_at` the first index of each, `zeros`
    is the number of zeros. NaN counts as 0 except in `zeros`."""

    shape: tuple[int, ...]
    low: Number
    low_at: tuple[int, ...]
    high: Number
    high_at: tuple[int, ...]
    mean: float
    zeros: int


def summary(values: Any) -> Summary:
    """Summarise a non-empty array of any shape."""
    array = as_array(values, "values")
    known = np.where(np.isnan(array), 0, array) if array.dtype.kind == "f" else array
    extremes = [np.unravel_index(int(flat), array.shape) for flat in (known.argmin(), known.argmax())]
    low_at, high_at = (tuple(int(index) for index in position) for position in extremes)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(known.mean(dtype=np.float64))
    zeros = int(np.count_nonzero(array == 0))
    return Summary(array.shape, known[low_at].item(), low_at, known[high_at].item(), high_at, mean, zeros)
