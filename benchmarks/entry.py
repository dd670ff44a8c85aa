"""One way to compute a case: what is timed, and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Entry:
    """`call` is timed; `values(call())` is its answer in the case's own layout. `reused`: writes into memory that is
    there already, instead of returning fresh memory. `prepared`: a model that keeps its weights in an order of its own
    between calls. `note` says what the call leaves out or adds."""

    name: str
    call: Callable[[], Any]
    values: Callable[[Any], Array] = np.asarray
    reused: bool = False
    prepared: bool = False
    note: str = ""
