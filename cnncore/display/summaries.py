"""What a sentence can say of a picture or a map: its size, its smallest and largest value and where, its mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore._arrays import as_array

Number = int | float


@dataclass(frozen=True, slots=True)
class Summary:
    """`low` and `high` are the smallest and the largest value, `low_at` and `high_at` the first place of each; `zeros`
    how many values are 0. NaN counts for none of them; an array without another value has 0 for all."""

    shape: tuple[int, ...]
    low: Number
    low_at: tuple[int, ...]
    high: Number
    high_at: tuple[int, ...]
    mean: float
    zeros: int


def summary(values: Any) -> Summary:
    """Of an array of any shape that is not empty."""
    array = as_array(values, "values")
    known = np.where(np.isnan(array), 0, array) if array.dtype.kind == "f" else array
    places = [np.unravel_index(int(found), array.shape) for found in (known.argmin(), known.argmax())]
    low_at, high_at = (tuple(int(index) for index in place) for place in places)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(known.mean(dtype=np.float64))
    zeros = int(np.count_nonzero(array == 0))
    return Summary(array.shape, known[low_at].item(), low_at, known[high_at].item(), high_at, mean, zeros)
