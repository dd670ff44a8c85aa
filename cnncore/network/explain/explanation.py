"""The data of an explanation: frozen, exact, and in columns, so that nothing loops over 1,600 terms.

All numbers are float64 and unrounded unless said otherwise: a product of two float32 numbers is exact in float64, and
the sum of all products is the correctly rounded one, whatever their order. Only `Explanation.value` is rounded, once,
to the float32 that the network computes in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, overload

import numpy as np

from cnncore._copies import Copied
from cnncore._dtypes import Array
from cnncore.network.layer import Shape

Order: TypeAlias = Literal["largest", "index"]

Operation: TypeAlias = Literal[
    "sum",  # of all products
    "bias",  # the sum + operand
    "relu",  # max(0, what came before)
    "tanh",
    "exponential",  # e^-z for a sigmoid, e^(z - operand) for a softmax, the operand being the largest logit
    "sigmoid",  # 1 / (1 + the exponential)
    "softmax",  # the exponential / operand, the sum of all exponentials
    "maximum",  # of the window
    "mean",  # the sum / operand, the number of values
    "copy",  # unchanged
    "padding",  # a zero that padding put there
    "subtract",  # what came before - operand
    "variance",  # operand, the moving variance, + epsilon
    "root",  # its square root
    "divide",  # the difference / operand, that root
    "multiply",  # what came before x operand
    "add",  # what came before + operand
    "threshold",  # at or below operand, the threshold: 0
    "slope",  # at or below the threshold: operand, the slope, x the difference from the threshold
    "cap",  # never more than operand
]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step after the products: `operation`, with its `operand` where it has one, gives `value`."""

    operation: Operation
    value: float
    operand: float | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One number that goes in: its position in the layer before, `value x weight = product`.

    Where nothing is multiplied (pooling, flatten, softmax ...) `weight` is None and `product` the value. `padded`: the
    position lies outside, and the value is a zero that padding put there (an average or a maximum leaves it out).
    """

    order: int
    position: tuple[int, ...]
    value: float
    weight: float | None
    product: float
    padded: bool


@dataclass(frozen=True, eq=False)
class Sources(Copied, Sequence[Source]):
    """All numbers that go in, in columns; `[i]` gives one as a `Source`.

    `layer` is the layer they lie in, -1 the network's input. `positions` is (n, rank), everything else (n,).
    """

    layer: int
    positions: Array = field(repr=False)
    values: Array = field(repr=False)
    weights: Array | None = field(repr=False)
    products: Array = field(repr=False)
    padded: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> Source: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Source, ...]: ...
    def __getitem__(self, index: int | slice) -> Source | tuple[Source, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError(f"source {index} of {len(self)}")
        index %= len(self)
        return Source(
            index,
            tuple(self.positions[index].tolist()),
            self.values[index].item(),
            None if self.weights is None else self.weights[index].item(),
            self.products[index].item(),
            bool(self.padded[index]),
        )


@dataclass(frozen=True, slots=True)
class Remainder:
    """Rows summed up in one line: how many, their sum, and what its positive and negative ones make alone."""

    count: int
    total: float
    positive: float
    negative: float


@dataclass(frozen=True, slots=True)
class Channels:
    """The folding of a convolution's products: row i of the listing sums `taps` products of channel first + i."""

    first: int
    count: int
    rows: int
    columns: int

    @property
    def taps(self) -> int:
        return self.rows * self.columns


@dataclass(frozen=True, eq=False)
class SoftmaxTable(Copied):
    """All that a softmax divides: logits z, their largest, e^(z - largest), the sum of those, and the shares.

    `index` is the one explained. `logits_from`: "stepping" where the logits are this layer's own sums, recomputed in
    float64 for every unit; "before" where they are the values of the layer before.
    """

    index: int
    logits: Array = field(repr=False)
    largest: float
    exponentials: Array = field(repr=False)
    total: float
    shares: Array = field(repr=False)
    logits_from: Literal["stepping", "before"]

    def chosen(self, count: int) -> tuple[tuple[int, ...], Remainder]:
        """At most `count` units to show, the one explained among them, and the exponentials of the others summed up.

        All in their order where they fit, else those with the largest shares.
        """
        units = range(len(self.logits))
        if count >= len(units):
            return tuple(units), Remainder(0, 0.0, 0.0, 0.0)
        by_share = np.argsort(-np.nan_to_num(self.shares, nan=np.inf), kind="stable")
        kept = by_share[:count].tolist()
        if count and self.index not in kept:
            kept[-1] = self.index
        others = exact_sum(np.delete(self.exponentials, kept))
        return tuple(kept), Remainder(len(units) - len(kept), others, others, 0.0)


@dataclass(frozen=True, slots=True)
class FlatIndex:
    """A position in maps and its index in the flattened row: `shape` is that of the maps, `position` lies in it."""

    index: int
    shape: Shape
    position: tuple[int, ...]

    @property
    def terms(self) -> tuple[tuple[int, int, int], ...]:
        """(coordinate, how many numbers one step of it skips, their product); the products make `index`."""
        steps = [math.prod(self.shape[axis + 1 :]) for axis in range(len(self.shape))]
        return tuple((at, step, at * step) for at, step in zip(self.position, steps, strict=True))

    @property
    def divisions(self) -> tuple[tuple[int, int, int, int], ...]:
        """(number, divisor, quotient, remainder): the quotients are the coordinates, the last remainder the last."""
        found, rest = [], self.index
        for _at, step, _product in self.terms[:-1]:
            found.append((rest, step, *divmod(rest, step)))
            rest %= step
        return tuple(found)


@dataclass(frozen=True, slots=True)
class DropoutInTraining:
    """The effect of dropout in training: drop with probability `rate`, else divide by `keep` = 1 - rate.

    `kept` is the value then; None where the rate is 1 and nothing is ever kept.
    """

    rate: float
    keep: float
    kept: float | None


@dataclass(frozen=True, eq=False)
class Explanation(Copied):
    """The whole arithmetic of one value. See the module.

    `contributions` are what the listing shows: the sums of each channel where `channels` is given (a convolution over
    more than one), else the products of the sources one by one; together they make the first stage. `window` is how
    many (rows, columns) a window has, where one moves: its sources lie row by row, channel after channel. `core` is
    the C core's value, float32 exactly. `winner` and `ties` are of a maximum (index of the source, how many are as
    large), `counted` of an average. `shape` is that of the layer's output, `source_shape` of the layer before;
    `flattened` that of the maps which a flatten made the sources of, where one stands before a dense layer.
    """

    layer: int
    name: str
    kind: str
    position: tuple[int, ...]
    shape: Shape
    source_shape: Shape
    sources: Sources
    contributions: Array = field(repr=False)
    stages: tuple[Stage, ...]
    core: float
    activation: str = "linear"
    window: tuple[int, int] | None = None
    channels: Channels | None = None
    flattened: Shape | None = None
    bias: float | None = None
    winner: int | None = None
    ties: int = 1
    counted: int | None = None
    softmax: SoftmaxTable | None = None
    flat: FlatIndex | None = None
    dropout: DropoutInTraining | None = None
    epsilon: float | None = None
    threshold: float | None = None

    @property
    def value(self) -> float:
        """Recomputed: the last stage, rounded once to float32."""
        with np.errstate(over="ignore"):  # beyond float32 is infinity, as in the core
            return float(np.float32(self.stages[-1].value))

    @property
    def difference(self) -> float:
        """`value` - `core`; 0 where both are the same infinity, or both NaN."""
        return self.difference_from(self.core)

    def difference_from(self, other: float) -> float:
        """`value` - `other`, Keras's for example; 0 where both are the same infinity, or both NaN."""
        value = self.value
        if value == other or (math.isnan(value) and math.isnan(other)):
            return 0.0
        return value - other

    @property
    def pre_activation(self) -> float | None:
        """The sum of the products with the bias; None where nothing is summed."""
        return next((s.value for s in reversed(self.stages) if s.operation in ("bias", "sum")), None)

    @property
    def rows(self) -> int:
        """The number of lines of the folded listing."""
        return len(self.contributions)

    def order(self, order: Order) -> Array:
        """The rows in the order to list them: as they lie, or the largest by magnitude first (NaN before all)."""
        if order == "index":
            return np.arange(self.rows)
        with np.errstate(invalid="ignore"):
            return np.argsort(-np.nan_to_num(np.abs(self.contributions), nan=np.inf), kind="stable")

    def taps(self, row: int) -> range:
        """The sources folded into a row of the listing."""
        each = self.channels.taps if self.channels else 1
        return range(row * each, (row + 1) * each)

    def remainder(self, rows: Array | Sequence[int]) -> Remainder:
        """Some rows of the listing (their indices) summed up."""
        chosen = self.contributions[rows]
        with np.errstate(invalid="ignore"):
            above, below = chosen[chosen > 0], chosen[chosen < 0]
        return Remainder(len(chosen), exact_sum(chosen), exact_sum(above), exact_sum(below))

    def flat_position(self, source: int) -> tuple[int, ...] | None:
        """(row, column, map) of a source in the maps before a flatten; None where there is no flatten."""
        if self.flattened is None:
            return None
        rest, found = self.sources.positions[source, -1].item(), []
        for size in reversed(self.flattened):
            rest, at = divmod(rest, size)
            found.append(at)
        return tuple(reversed(found))


def exact_sum(values: Array) -> float:
    """The sum, rounded once, whatever the order; infinities and NaN as numpy adds them."""
    try:
        return math.fsum(values.ravel().tolist())
    except (OverflowError, ValueError):
        with np.errstate(invalid="ignore", over="ignore"):
            return float(values.sum(dtype=np.float64))
