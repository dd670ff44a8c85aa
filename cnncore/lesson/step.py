"""One output cell explained: its window, its kernel, every product, the running sum, and the stages after the sum."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import isnan
from typing import Any, Literal, TypeAlias

import numpy as np

from cnncore._copies import Copied
from cnncore._dtypes import Array
from cnncore.activations import activate
from cnncore.geometry import Geometry

Number: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Term:
    """One multiplication: `value * weight = product`, and the `running` sum after it.

    `row`, `column` and `channel` are indices in the kernel; `input_row`, `input_column` and `input_channel` those of
    the value in the input. `padded` is True if the value is a zero of the padding.
    """

    order: int
    row: int
    column: int
    channel: int
    input_row: int
    input_column: int
    input_channel: int
    padded: bool
    value: Number
    weight: Number
    product: Number
    running: Number


@dataclass(frozen=True)
class Step(Copied):
    """The common part of convolution and image filter. `window`, `kernel` and `products` are (kh, kw, C).

    `top` and `left` are the input coordinates of the window's first tap, negative inside the padding. `total` is the
    sum of all products, before the stages that follow.
    """

    index: int
    image: int
    filter: int
    row: int
    column: int
    top: int
    left: int
    first_channel: int
    geometry: Geometry = field(repr=False)
    window: Array = field(repr=False)
    kernel: Array = field(repr=False)

    @property
    def products(self) -> Array:
        products: Array = self.window * self.kernel
        return products

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Every multiplication, channel by channel and row by row."""
        terms = []
        running: Number = 0
        rows, columns = self.geometry.rows, self.geometry.columns
        for order, (c, a, b) in enumerate(np.ndindex(self.window.shape[2], *self.window.shape[:2])):
            value, weight = self.window[a, b, c].item(), self.kernel[a, b, c].item()
            product = value * weight
            running = running + product
            y, x = self.top + a * rows.dilation, self.left + b * columns.dilation
            inside = 0 <= y < rows.size and 0 <= x < columns.size
            terms.append(
                Term(order, a, b, c, y, x, self.first_channel + c, not inside, value, weight, product, running)
            )
        return tuple(terms)

    @property
    def total(self) -> Number:
        return self.terms[-1].running

    @property
    def channel_totals(self) -> tuple[Number, ...]:
        """The sum of the products of each input channel; they add up to `total`."""
        return tuple(self.products[..., c].sum().item() for c in range(self.window.shape[2]))


@dataclass(frozen=True)
class ConvStep(Step):
    """A step of a network: sum, + bias, activation. It never clamps to 0..255."""

    bias: Number | None
    activation: str
    dtype: np.dtype[Any]

    @property
    def pre_activation(self) -> Number:
        """The sum with the bias added."""
        return self.total if self.bias is None else self.total + self.bias

    @property
    def result(self) -> Number:
        """The output cell, in the output's dtype. (Softmax needs all filters, so it has no steps.)"""
        value = np.asarray([self.pre_activation]).astype(self.dtype)
        result: Number = activate(value, self.activation)[0].item()
        return result


@dataclass(frozen=True)
class FilterStep(Step):
    """A step of an image filter: sum, x scale, round half to even, clamp to 0..255."""

    scale: float
    whole: bool

    @property
    def scaled(self) -> Number:
        """The sum times the scale; unchanged if the scale is 1."""
        if self.scale == 1 and self.whole:
            return self.total
        return float(np.float32(self.total) * np.float32(self.scale))

    @property
    def rounded(self) -> Number:
        """`scaled` rounded half to even; infinities and NaN are unchanged."""
        return round(self.scaled) if np.isfinite(self.scaled) else self.scaled

    @property
    def result(self) -> int:
        """The output pixel."""
        rounded = self.rounded
        return 0 if isnan(rounded) else int(min(max(rounded, 0), 255))

    @property
    def clipped(self) -> Literal["low", "high"] | None:
        """The limit the clamp applied, if any."""
        if self.rounded < 0:
            return "low"
        return "high" if self.rounded > 255 else None


@dataclass(frozen=True)
class PoolStep(Copied):
    """One pooled window. `window` is (kh, kw); `inside` is a mask of the values that are not padding.

    `winner` is the (row, column) of the largest value in the window, the first of equals; `winner_input` the same in
    input coordinates; `ties` the number of values that large.
    """

    index: int
    image: int
    channel: int
    row: int
    column: int
    top: int
    left: int
    geometry: Geometry = field(repr=False)
    window: Array = field(repr=False)
    inside: Array = field(repr=False)

    @property
    def winner(self) -> tuple[int, int]:
        flat = np.where(self.inside, self.window.astype(np.float64), -np.inf)
        nan = np.isnan(flat)
        place = int(np.argmax(nan)) if nan.any() else int(np.argmax(flat))
        if not self.inside.flat[place]:  # every value is -inf: take the first that is not padding
            place = int(np.argmax(self.inside))
        row, column = divmod(place, int(self.window.shape[1]))
        return row, column

    @property
    def winner_input(self) -> tuple[int, int]:
        row, column = self.winner
        return self.top + row, self.left + column

    @property
    def ties(self) -> int:
        return int(np.count_nonzero((self.window == self.window[self.winner]) & self.inside))

    @property
    def result(self) -> Number:
        value: Number = self.window[self.winner].item()
        return value
