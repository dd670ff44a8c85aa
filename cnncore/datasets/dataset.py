"""A data set: images, their labels and their source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore._copies import Copied

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called repeatedly with the amount done, the total (0 if unknown) and the unit, "bytes" or "images". An exception it
raises passes through, so it can end a long load."""

Images: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset(Copied):
    """Images (N, height, width) uint8 with labels (N,) uint8, for training and for testing.

    `source` is a folder or a name to display. `substitute` is True if drawn garments replace the requested data.
    `reason`, a template, and `values` say why the first source was not used; they may be set without `substitute`, if a
    later source had the data.
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
