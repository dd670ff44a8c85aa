"""A data set: images, their labels and their source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore._copies import Copied

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called now and then with done, total (0: unknown) and the unit, "bytes" or "images". What it raises passes through,
so that it can end a long load."""

Images: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset(Copied):
    """Images (N, height, width) uint8 with labels (N,) uint8, apart for training and for testing.

    `source` is for the reader: a folder, or a name. `substitute` means that the drawn garments took the place of what
    was asked for. `reason`, a template, with `values` says why what was asked for was not taken; it may also be there
    without `substitute`, where a later place had the real thing.
    """

    source: str
    train_images: Images = field(repr=False)
    train_labels: Images = field(repr=False)
    test_images: Images = field(repr=False)
    test_labels: Images = field(repr=False)
    classes: tuple[str, ...]
    substitute: bool = False
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)
