"""One way to compute a case: the timed call, and the conversion of its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Entry:
    """A timed call. `values(call())` is its answer in the layout of the case. `reused`: it writes into existing memory
    instead of allocating. `prepared`: a model that keeps reordered weights between calls. `note` says what the call
    leaves out or adds. `answer`: for training, whose call returns nothing to compare, the losses of some steps."""

    name: str
    call: Callable[[], Any]
    values: Callable[[Any], Array] = np.asarray
    reused: bool = False
    prepared: bool = False
    note: str = ""
    answer: Callable[[], Array] | None = None

    def checked(self) -> Array:
        """Return what is compared before the timing."""
        return self.answer() if self.answer else np.array(self.values(self.call()))
