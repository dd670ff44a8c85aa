"""A kernel being edited, with exact weights; every intermediate state is a valid kernel.

    draft = Draft.of(SHARPEN).with_weight(0, 0, "1/2").nudged(1, 1, Fraction(1, 10)).resized(5, 5)
    filter2d(image, draft.kernel().weights, scale=float(draft.scale))

Weights are fractions, so that ten nudges by 0.1 add up to 1, not 0.9999999.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from cnncore.errors import CnnError
from cnncore.lesson.kernels import LIMIT, Kernel, exact_kernel, parse_number

LARGEST = 11
"""The largest number of rows or columns."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An immutable draft with rows of exact `weights`: every change returns a new draft or raises `CnnError`."""

    weights: tuple[tuple[Fraction, ...], ...]
    scale: Fraction = Fraction(1)

    @classmethod
    def of(cls, kernel: Kernel) -> Draft:
        """Start from a kernel."""
        return cls.from_rows(kernel.weights, kernel.scale)

    @classmethod
    def from_rows(cls, weights: Any, scale: Fraction = Fraction(1)) -> Draft:
        """Start from rows of numbers; a float is read as its shortest float32 decimal."""
        return cls(tuple(tuple(_exact(weight) for weight in row) for row in weights), scale)

    @property
    def rows(self) -> int:
        return len(self.weights)

    @property
    def columns(self) -> int:
        return len(self.weights[0])

    @property
    def total(self) -> Fraction:
        """The sum of the weights."""
        return sum((weight for row in self.weights for weight in row), Fraction(0))

    @property
    def whole(self) -> bool:
        return all(weight.denominator == 1 for row in self.weights for weight in row)

    def kernel(self) -> Kernel:
        """Return the draft as a custom kernel."""
        return exact_kernel(self.weights, self.scale)

    def typed(self, row: int, column: int) -> str:
        """Return a weight as you would type it: 2, -0.5, 1/3."""
        return written(self.weights[row][column])

    def with_weight(self, row: int, column: int, text: str) -> Draft:
        """Set one weight from typed text."""
        return self._put(row, column, parse_number(text, f"[{row}, {column}]"))

    def nudged(self, row: int, column: int, by: Fraction) -> Draft:
        """Change one weight by `by`, within the limits."""
        return self._put(row, column, max(Fraction(-LIMIT), min(self.weights[row][column] + by, Fraction(LIMIT))))

    def with_scale(self, text: str) -> Draft:
        """Set the scale from typed text."""
        return replace(self, scale=parse_number(text, "scale"))

    def scale_nudged(self, by: Fraction) -> Draft:
        return replace(self, scale=max(Fraction(-LIMIT), min(self.scale + by, Fraction(LIMIT))))

    def balanced(self) -> Draft:
        """Set the scale that preserves brightness: 1 / the sum of the weights, or 1 if the sum is 0."""
        return replace(self, scale=1 / self.total if self.total else Fraction(1))

    def resized(self, rows: int, columns: int) -> Draft:
        """Change the size around the same centre: add zeros at the edges, or drop the outer weights."""
        for name, value in (("rows", rows), ("columns", columns)):
            if not 1 <= value <= LARGEST:
                raise CnnError(
                    "a kernel has 1 to {largest} {name}, not {value}", name=name, value=value, largest=LARGEST
                )
        down, right = _middle(rows) - _middle(self.rows), _middle(columns) - _middle(self.columns)
        return replace(
            self,
            weights=tuple(
                tuple(self._at(row - down, column - right) for column in range(columns)) for row in range(rows)
            ),
        )

    def shift(self, other: Draft) -> tuple[int, int]:
        """Return the offset (rows, columns) of this draft's weights in `other`, which has the same centre."""
        return _middle(other.rows) - _middle(self.rows), _middle(other.columns) - _middle(self.columns)

    def _at(self, row: int, column: int) -> Fraction:
        inside = 0 <= row < self.rows and 0 <= column < self.columns
        return self.weights[row][column] if inside else Fraction(0)

    def _put(self, row: int, column: int, value: Fraction) -> Draft:
        rows = [list(r) for r in self.weights]
        rows[row][column] = value
        return replace(self, weights=tuple(tuple(r) for r in rows))


def _middle(size: int) -> int:
    """Return the centre of a size; for an even size the first of the two, as with padding "same". Centres are aligned,
    so that several small resizes equal one large one."""
    return (size - 1) // 2


def _exact(weight: Any) -> Fraction:
    return Fraction(weight) if isinstance(weight, int) else Fraction(f"{float(weight):.9g}")


def written(number: Fraction) -> str:
    """Return a number as you would type it: a short exact decimal, else a fraction."""
    if number.denominator == 1:
        return str(number.numerator)
    decimal = f"{float(number):.9g}"
    if "e" not in decimal and Fraction(decimal) == number and len(decimal) <= 12:
        return decimal
    return str(number)
