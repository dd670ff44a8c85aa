"""One exported map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, eq=False)
class KeptMap:
    """The exact values of one kernel's map; `name` is the preset's id or filter-N, N from 1 as the options have it."""

    name: str
    values: Any
