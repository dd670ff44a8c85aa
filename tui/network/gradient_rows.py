"""The listing of a gradient: one line for each term, its columns aligned.

value      row, column, map     gradient x weight = product  ----
weight     image, row, column   value x gradient = product   ++++
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len

from cnncore.backward import WeightExplanation
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.value_listing import LONGEST_BAR, SHORTEST_BAR, Piece, bar, decimals_for, plain

if TYPE_CHECKING:
    from cnncore._dtypes import Array
    from cnncore.network.explain import Order
    from cnncore.network.explain.explanation import Remainder
    from tui.network.backward_state import Explained

Widths: TypeAlias = tuple[int, ...]
TINY = 1e-4
"""A column whose largest number is smaller is written in powers of ten."""


@dataclass(frozen=True, eq=False)
class GradientRows:
    """The terms in the order of the listing, with the columns `first` x `second` = `products`.

    `every` summarises them all. `place` gives the coordinates of a term, which are aligned in `widths`; `heading`
    names them, `amounts` the numbers.
    """

    rows: list[int]
    every: Remainder
    heading: str
    amounts: str
    place: Callable[[int], Widths]
    widths: Widths
    first: Array
    second: Array
    products: Array

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def label_width(self) -> int:
        return max(cell_len(self.heading), sum(self.widths) + 2 * (len(self.widths) - 1))

    def label(self, row: int) -> str:
        return ", ".join(str(at).rjust(wide) for at, wide in zip(self.place(row), self.widths, strict=True))


def gradient_rows(explained: Explained, order: Order) -> GradientRows:
    """The terms of a gradient in `order`."""
    rows: list[int] = explained.order(order).tolist()
    every = explained.remainder(rows)
    if isinstance(explained, WeightExplanation):
        return _uses(explained, rows, every)
    terms = explained.terms
    widths = tuple(len(str(most)) for most in terms.positions.max(axis=0).tolist()) if rows else ()
    heading = _("row, column, map") if len(widths) == 3 else _("unit") if len(widths) == 1 else _("place")

    def place(row: int) -> Widths:
        return tuple(terms.positions[row].tolist())

    amounts = _("gradient x weight = product")
    return GradientRows(
        rows, every, heading, amounts, place, widths, terms.sum_gradients, terms.weights, terms.products
    )


def _uses(explained: WeightExplanation, rows: list[int], every: Remainder) -> GradientRows:
    """The uses of a weight. All are in one map or unit, which the title names."""
    terms, many = explained.terms, explained.count > 1
    axes = [*terms.where[: 1 if many else 0], *terms.where[1:]]
    widths = tuple(len(str(axis[-1])) if len(axis) else 1 for axis in axes)
    heading = [_("picture")] if many else []
    if len(terms.where) == 4:
        widths = widths[:-1]
        heading.append(_("row, column"))
    elif many:
        widths = widths[:1]
    else:
        heading.append(_("unit"))

    def place(row: int) -> Widths:
        use = terms[row]
        return ((use.image, *use.position) if many else use.position)[: len(widths)]

    amounts = _("value x gradient = product")
    columns = terms.values, terms.gradients, terms.products
    return GradientRows(rows, every, ", ".join(heading), amounts, place, widths, *columns)


@dataclass(frozen=True)
class GradientColumns:
    """The columns of all lines: the width of each, and how its numbers are written."""

    label: int
    first: int
    second: int
    product: int
    bar: int
    decimals: tuple[int | None, int | None, int | None]
    largest: float

    @property
    def width(self) -> int:
        factors = self.first + 3 + self.second + 3 if self.second else 0
        return 1 + self.label + 2 + factors + self.product + (2 + self.bar if self.bar else 0)


def columns_of(rows: GradientRows, width: int) -> GradientColumns:
    """The columns that fit in `width` cells: the bars are left out first, then the factors."""
    decimals = _decimals(rows.first), _decimals(rows.second), _decimals(rows.products)
    numbers = rows.first, rows.second, rows.products
    first, second, product = (_widest(column, places) for column, places in zip(numbers, decimals, strict=True))
    largest = float(abs(rows.products).max()) if len(rows.products) else 0.0
    label = rows.label_width
    room = width - (1 + label + 2 + first + 3 + second + 3 + product)
    if room < 0:
        return GradientColumns(label, 0, 0, product, 0, decimals, largest)
    cells = min(LONGEST_BAR, room - 2) if room - 2 >= SHORTEST_BAR and len(rows) > 1 else 0
    return GradientColumns(label, first, second, product, cells, decimals, largest)


def _widest(column: Array, decimals: int | None) -> int:
    """The width of the widest number, judged by the smallest and the largest."""
    if decimals is None or not len(column):
        return len("-1.234e-05")
    return max(len(_written(float(value), decimals)) for value in (column.min(), column.max()))


def _decimals(column: Array) -> int | None:
    """The decimals of a column; None if its numbers are too small for them."""
    largest = float(abs(column).max()) if len(column) else 0.0
    return None if 0 < largest < TINY else decimals_for(column)


def _written(value: float, decimals: int | None) -> str:
    if decimals is None:
        return f"{value:.3e}" if value else "0"
    return plain(value, decimals)


def row_pieces(
    rows: GradientRows, at: int, columns: GradientColumns, colours: Palette, *, selected: bool
) -> list[Piece]:
    """The pieces of one line; the selected one is marked '>'."""
    row = rows.rows[at]
    first, second, product = (float(column[row]) for column in (rows.first, rows.second, rows.products))
    base = colours.text if product else colours.faint
    label = rows.label(row)
    pieces: list[Piece] = [
        (">" if selected else " ", colours.window),
        (label + " " * max(0, columns.label - cell_len(label)), colours.term if selected else base),
        ("  ", None),
    ]

    def number(value: float, which: int, cells: int) -> Piece:
        style = base + colours.negative if value < 0 else base
        return _written(value, columns.decimals[which]).rjust(cells), style

    if columns.second:
        pieces += [number(first, 0, columns.first), (" x ", colours.faint)]
        pieces += [number(second, 1, columns.second), (" = ", colours.faint)]
    text, style = number(product, 2, columns.product)
    pieces.append((text, colours.strong + colours.negative if product < 0 else colours.strong if product else style))
    if columns.bar:
        drawn = bar(product, columns.largest, columns.bar)
        pieces += [("  ", None), (drawn, base + colours.negative if product < 0 else base)]
    return pieces
