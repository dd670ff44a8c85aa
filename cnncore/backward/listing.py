"""The numbers of an explained gradient: its stages, the listing of its terms, and the value beside the core's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from cnncore._copies import Copied
from cnncore._dtypes import Array
from cnncore.network.explain.explanation import Order, Remainder, difference, ordered, remainder

GradientOperation: TypeAlias = Literal[
    "sum",  # of all products
    "probability",  # p, by softmax or sigmoid from the logits
    "output",  # what the network gave, for a mean squared error
    "subtract",  # previous value - operand, the target y
    "multiply",  # previous value x operand: 2 of a square, the sum of a row of targets that is not 1
    "divide",  # previous value / operand: the number of units, then of samples, of which the loss is the mean
    "loss",  # the derivative of one image's loss by its own formula, see cnncore.training.core.losses
]


@dataclass(frozen=True, slots=True)
class GradientStage:
    """One step of a gradient: `operation`, with its `operand` if it has one, gives `value`."""

    operation: GradientOperation
    value: float
    operand: float | None = None


@dataclass(frozen=True, eq=False)
class Gradient(Copied):
    """A recomputed gradient: `stages` in float64, unrounded, of which the last is the gradient; `core`, the number of
    the C core; `products` (n,) float64, the rows of the listing, whose sum is the stage "sum"."""

    stages: tuple[GradientStage, ...]
    core: float
    dtype: np.dtype[Any]
    products: Array = field(repr=False)

    @property
    def value(self) -> float:
        """The recomputed gradient, rounded once to the dtype of the pass."""
        with np.errstate(over="ignore"):
            return float(self.dtype.type(self.stages[-1].value))

    @property
    def difference(self) -> float:
        """`value` - `core`; 0 if both are the same infinity, or both NaN."""
        return difference(self.value, self.core)

    @property
    def rows(self) -> int:
        """The number of rows of the listing."""
        return len(self.products)

    def order(self, order: Order) -> Array:
        """Return the row indices by index, or by magnitude with NaN and the largest first."""
        return ordered(self.products, order)

    def remainder(self, rows: Array | Sequence[int]) -> Remainder:
        """Summarise the rows with these indices."""
        return remainder(self.products, rows)

    def largest(self, count: int) -> tuple[Array, Remainder]:
        """Return the indices of the `count` rows of the largest magnitude, largest first, and a summary of all
        others."""
        order = self.order("largest")
        return order[:count], self.remainder(order[count:])
