"""What every case has: a name, goals, the tolerance for equal answers, and the amount of work.

A goal is a peer's name (or "best", the fastest peer) and the smallest ratio of its median to ours with the same number
of threads, of which one thread needs only nine tenths; or "seconds" and an upper limit of the time; or "peak" and the
smallest share of the machine's peak rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.chain import Chain
from benchmarks.entry import Array
from benchmarks.measure import QUICK, Plan

Roof = Literal["fma", "copy"]
Goal = tuple[str, float]

LEVEL = 0.95
"""The ratio from which two are called level."""


@dataclass(frozen=True, eq=False)
class Case:
    """Base class of cases. `roof` is what limits the machine, multiply-adds or copying; None for a short call."""

    name: str
    goals: tuple[Goal, ...]
    roof: Roof | None = None

    tolerance = 0.0
    """Largest difference between two answers, in units of the largest number in ours (for uint8: of 1)."""
    operations = 0.0
    nbytes = 0
    images = 0
    """The number of images that a call of `fit` trains on; 0 for other calls."""

    @property
    def group(self) -> str:
        """The first word of the name, for `--only`."""
        return self.name.split()[0].rstrip(":").lower()

    def limit(self, ours: Array) -> float:
        """Return the largest difference that counts as equal."""
        return self.tolerance if ours.dtype == np.uint8 else self.tolerance * float(np.abs(ours).max())

    def plan(self, *, quick: bool) -> Plan:
        """Return the duration of the measurement."""
        return QUICK if quick else Plan()

    def as_chain(self) -> Chain | None:
        """Return the case as layers, for the deep-learning libraries; None if that is impossible."""
        return None
