"""The data of an explanation: immutable, exact, and in columns, so that nothing loops over 1,600 terms.

All numbers are float64 and unrounded unless stated otherwise. The product of two float32 numbers is exact in float64,
and the sum of all products is correctly rounded, whatever their order. Only `Explanation.value` is rounded, once, to
the float32 of the network.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from cnncore._copies import Copied
from cnncore._dtypes import Array
from cnncore._rows import RowSequence
from cnncore.network.layer import Shape

Order: TypeAlias = Literal["largest", "index"]

Operation: TypeAlias = Literal[
    "sum",  # of all products
    "bias",  # the sum + operand
    "relu",  # max(0, previous value)
    "tanh",
    "exponential",  # e^-z for a sigmoid, e^(z - operand) for a softmax, the operand being the largest logit
    "sigmoid",  # 1 / (1 + the exponential)
    "softmax",  # the exponential / operand, the sum of all exponentials
    "maximum",  # of the window
    "mean",  # the sum / operand, the number of values
    "copy",  # unchanged
    "padding",  # a zero of the padding
    "subtract",  # previous value - operand
    "variance",  # operand, the moving variance, + epsilon
    "root",  # its square root
    "divide",  # the difference / operand, that root
    "multiply",  # previous value x operand
    "add",  # previous value + operand
    "threshold",  # 0, because the value is at or below operand, the threshold
    "slope",  # operand, the slope, x the difference from the threshold, for a value at or below it
    "cap",  # at most operand
]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step after the products: `operation`, with its `operand` if it has one, gives `value`."""

    operation: Operation
    value: float
    operand: float | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One number that is read: its position in the layer before, and `value x weight = product`.

    Without a multiplication (pooling, flatten, softmax ...) `weight` is None and `product` is the value. `padded` is
    True if the position is outside the layer, and the value a zero of the padding, which averages and maxima ignore.
    """

    order: int
    position: tuple[int, ...]
    value: float
    weight: float | None
    product: float
    padded: bool


@dataclass(frozen=True, eq=False)
class Sources(Copied, RowSequence[Source]):
    """All numbers that are read, in columns; `[i]` gives one as a `Source`.

    `layer` is the index of the layer they belong to, -1 for the network's input. `positions` is (n, rank), every other
    column (n,).
    """

    layer: int
    positions: Array = field(repr=False)
    values: Array = field(repr=False)
    weights: Array | None = field(repr=False)
    products: Array = field(repr=False)
    padded: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.values)

    def _row(self, index: int) -> Source:
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
    """A summary of several rows: their number, their sum, and the sums of the positive and of the negative ones."""

    count: int
    total: float
    positive: float
    negative: float


@dataclass(frozen=True, slots=True)
class Channels:
    """The grouping of a convolution's products: row i of the listing is the sum of `taps` products of channel
    first + i."""

    first: int
    count: int
    rows: int
    columns: int

    @property
    def taps(self) -> int:
        return self.rows * self.columns


@dataclass(frozen=True, eq=False)
class SoftmaxTable(Copied):
    """The numbers of a softmax: logits z, their largest, e^(z - largest), their sum, and the probabilities.

    `index` is the explained unit. `logits_from` is "stepping" if the logits are sums of this layer, recomputed in
    float64 for every unit, and "before" if they are the values of the layer before.
    """

    index: int
    logits: Array = field(repr=False)
    largest: float
    exponentials: Array = field(repr=False)
    total: float
    shares: Array = field(repr=False)
    logits_from: Literal["stepping", "before"]

    def chosen(self, count: int) -> tuple[tuple[int, ...], Remainder]:
        """Return at most `count` units to show, including the explained one, and a summary of the other exponentials.

        If all fit, they are in order; else those with the largest probabilities are chosen.
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
    """A position in maps of `shape`, and its index in the flattened row."""

    index: int
    shape: Shape
    position: tuple[int, ...]

    @property
    def terms(self) -> tuple[tuple[int, int, int], ...]:
        """(coordinate, stride, their product) for each axis; the products add up to `index`."""
        steps = [math.prod(self.shape[axis + 1 :]) for axis in range(len(self.shape))]
        return tuple((at, step, at * step) for at, step in zip(self.position, steps, strict=True))

    @property
    def divisions(self) -> tuple[tuple[int, int, int, int], ...]:
        """(number, divisor, quotient, remainder) for each division; the quotients and the last remainder are the
        coordinates."""
        divisions, rest = [], self.index
        for _at, step, _product in self.terms[:-1]:
            divisions.append((rest, step, *divmod(rest, step)))
            rest %= step
        return tuple(divisions)


@dataclass(frozen=True, slots=True)
class DropoutInTraining:
    """The effect of dropout in training: drop with probability `rate`, else divide by `keep` = 1 - rate.

    `kept` is the value after the division; None if the rate is 1, so that nothing is kept.
    """

    rate: float
    keep: float
    kept: float | None


@dataclass(frozen=True, eq=False)
class Explanation(Copied):
    """The whole arithmetic of one value (see the module).

    `core` is the value of the C core, exactly a float32. `shape` is that of the layer's output, `source_shape` that of
    the layer before. `flattened` is the shape of the maps before a flatten, if one is before a dense layer.

    `contributions` are the rows of the listing, which add up to the first stage: the sum of each channel if `channels`
    is given (a convolution of more than one), else the product of each source. `window` is the (rows, columns) of a
    moving window, whose sources are listed channel by channel, each row by row. `winner` (the index of a source) and
    `ties` (the number of values as large) belong to a maximum, `counted` (the number of values) to an average.
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
        """The recomputed value: the last stage, rounded once to float32."""
        with np.errstate(over="ignore"):  # overflow gives infinity, as in the core
            return float(np.float32(self.stages[-1].value))

    @property
    def difference(self) -> float:
        """`value` - `core`; 0 if both are the same infinity, or both NaN."""
        return self.difference_from(self.core)

    def difference_from(self, other: float) -> float:
        """Return `value` - `other`, such as Keras's value; 0 if both are the same infinity, or both NaN."""
        return difference(self.value, other)

    @property
    def pre_activation(self) -> float | None:
        """The sum of the products with the bias; None without a sum."""
        return next((s.value for s in reversed(self.stages) if s.operation in ("bias", "sum")), None)

    @property
    def rows(self) -> int:
        """The number of rows of the listing."""
        return len(self.contributions)

    def order(self, order: Order) -> Array:
        """Return the row indices in listing order: by index, or by magnitude with NaN and the largest first."""
        return ordered(self.contributions, order)

    def taps(self, row: int) -> range:
        """Return the indices of the sources of a row of the listing."""
        each = self.channels.taps if self.channels else 1
        return range(row * each, (row + 1) * each)

    def remainder(self, rows: Array | Sequence[int]) -> Remainder:
        """Summarise the rows of the listing with these indices."""
        return remainder(self.contributions, rows)

    def flat_position(self, source: int) -> tuple[int, ...] | None:
        """Return (row, column, map) of a source in the maps before a flatten; None without a flatten."""
        if self.flattened is None:
            return None
        rest, position = self.sources.positions[source, -1].item(), []
        for size in reversed(self.flattened):
            rest, at = divmod(rest, size)
            position.append(at)
        return tuple(reversed(position))


def ordered(contributions: Array, order: Order) -> Array:
    """Return the indices of `contributions` (n,) by index, or by magnitude with NaN and the largest first."""
    if order == "index":
        return np.arange(len(contributions))
    with np.errstate(invalid="ignore"):
        return np.argsort(-np.nan_to_num(np.abs(contributions), nan=np.inf), kind="stable")


def remainder(contributions: Array, rows: Array | Sequence[int]) -> Remainder:
    """Summarise the entries of `contributions` (n,) with the indices `rows`."""
    chosen = contributions[np.asarray(rows, np.int64)]
    with np.errstate(invalid="ignore"):
        above, below = chosen[chosen > 0], chosen[chosen < 0]
    return Remainder(len(chosen), exact_sum(chosen), exact_sum(above), exact_sum(below))


def difference(value: float, other: float) -> float:
    """Return `value` - `other`; 0 if both are the same infinity, or both NaN."""
    if value == other or (math.isnan(value) and math.isnan(other)):
        return 0.0
    return value - other


def exact_sum(values: Array) -> float:
    """Return the correctly rounded sum, independent of the order; infinities and NaN as in numpy."""
    try:
        return math.fsum(values.ravel().tolist())
    except (OverflowError, ValueError):
        with np.errstate(invalid="ignore", over="ignore"):
            return float(values.sum(dtype=np.float64))
