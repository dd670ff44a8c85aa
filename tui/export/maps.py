"""One exported map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class ExportedMap:
    """The exact values of one map; `name` is the id of the kernel or filter-N, with N from 1 as in the options."""

    name: str
    values: Any
