"""The listing of a value's arithmetic: its lines, folded or not, and their text.

    channel sums    map 12          sum of 9 =  -0.1234  ----
    products        3, 4     0.5000 x -0.2468 =  -0.1234  ----
    values          3, 4                          0.5000  ++++

All lines share their columns, so that the decimal points line up. A negative has a sign, a colour and a bar of '-'.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, overload

from rich.cells import cell_len
from rich.style import Style
from rich.text import Span, Text

from tui.drawing.numbers import number
from tui.drawing.theme import Palette
from tui.i18n import _

if TYPE_CHECKING:
    from cnncore._dtypes import Array
    from cnncore.network.explain import Explanation, Order

MOST_DECIMALS = 8
LONGEST_BAR = 24
SHORTEST_BAR = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the listing: a row of `Explanation.contributions`, or one `source` of an unfolded row.

    `source` is None for the sum of a channel.
    """

    row: int
    source: int | None


class Listing(Sequence[Entry]):
    """The entries in order; the products of the `unfolded` row, given by its index in any order, follow it."""

    def __init__(self, explanation: Explanation, order: Order = "largest", unfolded: int | None = None) -> None:
        self.explanation = explanation
        self.rows: list[int] = explanation.order(order).tolist()
        self._taps = range(0)
        self._at = len(self.rows)
        if explanation.channels is not None and unfolded is not None and 0 <= unfolded < len(self.rows):
            self._taps, self._at = explanation.taps(unfolded), self.rows.index(unfolded)
        self._count = len(self.rows) + len(self._taps)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, index: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        if not -self._count <= index < self._count:
            raise IndexError(f"entry {index} of {self._count}")
        index %= self._count
        if index <= self._at:
            row = self.rows[index]
        elif index <= self._at + len(self._taps):
            return Entry(self.rows[self._at], self._taps[index - self._at - 1])
        else:
            row = self.rows[index - len(self._taps)]
        return Entry(row, None if self.explanation.channels else row)

    def position(self, row: int) -> int:
        """The index of a row's line."""
        at = self.rows.index(row)
        return at if at <= self._at else at + len(self._taps)


def decimals_for(*columns: Array) -> int:
    """The number of decimals that gives the largest number four digits or more; none for whole numbers."""
    largest, whole = 0.0, True
    for column in columns:
        if len(column):
            top = float(abs(column).max())
            largest = max(largest, top) if math.isfinite(top) else largest
            whole = whole and bool((column == column.round()).all())
    if whole:
        return 0
    return min(MOST_DECIMALS, max(1, 3 - math.floor(math.log10(largest)))) if largest else 3


def plain(value: float, decimals: int) -> str:
    """A number of a column; infinity and NaN in words even in a column of whole numbers."""
    return number(int(value), 0) if decimals == 0 and math.isfinite(value) else number(value, decimals)


@dataclass(frozen=True)
class Columns:
    """The width of each part of a line; 0 leaves a part out."""

    label: int
    value: int
    weight: int
    product: int
    bar: int
    decimals: tuple[int, int, int]
    largest: float
    coordinates: tuple[int, ...]
    """The width of each coordinate of a label."""
    softmax: bool = False

    @property
    def factors(self) -> int:
        """Cells of "value x weight =" (or "e^(value - largest) =")."""
        return self.value + 3 + self.weight + 3 if self.weight else 0

    @property
    def width(self) -> int:
        return 2 + self.label + 1 + (self.factors or 1) + self.product + (self.bar + 2 if self.bar else 1)


def columns_for(explanation: Explanation, width: int) -> Columns:
    """The columns of all entries; bars, and then factors, are left out if `width` cells do not hold them."""
    sources, softmax = explanation.sources, _is_softmax(explanation)
    second = explanation.contributions if softmax else sources.weights
    products = sources.values if softmax or second is None else sources.products
    folded = explanation.contributions
    if softmax:
        decimals = (decimals_for(sources.values), 3, 6)
        weight, product = 1, 8
        value = max(_widest(sources.values, decimals[0]), 3)
        factors = value + 6
    else:
        decimals = (
            decimals_for(sources.values),
            0 if second is None else decimals_for(second),
            decimals_for(products, folded),
        )
        value = _widest(sources.values, decimals[0])
        weight = 0 if second is None else _widest(second, decimals[1])
        product = max(_widest(products, decimals[2]), _widest(folded, decimals[2]))
        factors = value + 3 + weight + 3 if weight else 1
    widths = _coordinate_widths(explanation)
    label = _label_width(explanation, widths)
    label = max(4, min(label, width - 5 - product))
    largest = _largest(folded)
    room = width - (2 + label + 1 + factors + product + 1)
    if room < 0:
        return Columns(label, 0, 0, product, 0, decimals, largest, widths, softmax)
    bar = min(LONGEST_BAR, room - 1) if room - 1 >= SHORTEST_BAR and len(folded) > 1 else 0
    return Columns(label, value, weight, product, bar, decimals, largest, widths, softmax)


def _is_softmax(explanation: Explanation) -> bool:
    return explanation.softmax is not None and explanation.softmax.logits_from == "before"


def _widest(values: Array, decimals: int) -> int:
    """The width of the widest number of a column, judged by its smallest and its largest if they are finite."""
    if not len(values):
        return 1
    low, high = float(values.min()), float(values.max())
    if math.isfinite(low) and math.isfinite(high):
        signed = max(len(plain(low, decimals)), len(plain(high, decimals)))
        return max(signed, len(plain(-1e5 + 1, decimals)) if low <= -1e5 else 0)
    return max(len(plain(value, decimals)) for value in values.tolist())


def _largest(values: Array) -> float:
    top = float(abs(values).max()) if len(values) else 0.0
    return top if math.isfinite(top) else 0.0


def _coordinate_widths(explanation: Explanation) -> tuple[int, ...]:
    """The width of each coordinate; after a flatten those in the maps, and then that of the index."""
    if explanation.flattened is not None:
        return *(len(str(size - 1)) for size in explanation.flattened), len(str(len(explanation.sources) - 1))
    positions = explanation.sources.positions
    low, high = positions.min(0).tolist(), positions.max(0).tolist()
    return tuple(max(len(str(a)), len(str(b))) for a, b in zip(low, high, strict=True))


def _label_width(explanation: Explanation, widths: tuple[int, ...]) -> int:
    texts = [source_label(explanation, 0, widths)]
    if explanation.sources.padded.any():
        texts.append(texts[0].removesuffix(" " + _("pad")) + " " + _("pad"))
    if explanation.channels:
        last = explanation.channels.first + explanation.channels.count - 1
        texts = [_map_label(last, last), *(" " + text for text in texts)]
    return max(map(cell_len, texts))


def _map_label(channel: int, last: int) -> str:
    return _("map {map}").format(map=str(channel).rjust(len(str(last))))


def source_label(explanation: Explanation, source: int, widths: tuple[int, ...]) -> str:
    """The position of a source, its coordinates aligned by `widths`; without the map if the line names it already."""
    index = explanation.sources.positions[source].tolist()
    flat = explanation.flat_position(source)
    if flat is not None:
        *inner, outer = widths
        return f"{str(index[-1]).rjust(outer)} ({_coordinates(flat, inner)})"
    if len(index) == 3 and len(explanation.sources) > 1 and _moves_in_one_map(explanation):
        index = index[:2]
    text = _coordinates(index, widths)
    return text + (" " + _("pad") if explanation.sources.padded[source] else "")


def _coordinates(place: Sequence[int], widths: Sequence[int]) -> str:
    return ", ".join(str(at).rjust(width) for at, width in zip(place, widths, strict=False))


def _moves_in_one_map(explanation: Explanation) -> bool:
    """True if all sources of a line lie in the map that is named beside them."""
    if explanation.kind == "Conv2D" and explanation.channels is None:
        positions = explanation.sources.positions
        return bool(positions[0, 2] == positions[-1, 2])
    return explanation.softmax is None


def label_heading(listing: Listing) -> str:
    """The heading of the labels."""
    explanation = listing.explanation
    if explanation.channels is not None:
        return _("map") if len(listing) == explanation.rows else _("map, and row, column")
    if explanation.flattened is not None:
        return _("index (row, column, map)")
    rank = explanation.sources.positions.shape[1]
    if rank == 3:
        one = len(explanation.sources) > 1 and _moves_in_one_map(explanation)
        return _("row, column") if one else _("row, column, map")
    return _("unit") if rank == 1 else _("place")


Piece: TypeAlias = tuple[str, Style | None]


def assembled(pieces: Sequence[Piece]) -> Text:
    """One line of pieces. Appending each alone would cost a frame for a hundred lines of ten pieces."""
    spans, end = [], 0
    for text, style in pieces:
        start, end = end, end + len(text)
        if style is not None and text:
            spans.append(Span(start, end, style))
    return Text("".join(text for text, _style in pieces), spans=spans, no_wrap=True, overflow="crop")


def entry_pieces(listing: Listing, at: int, columns: Columns, colours: Palette, *, selected: bool) -> list[Piece]:
    """The pieces of one line; the selected one is marked '>' and reversed."""
    explanation, entry = listing.explanation, listing[at]
    sources, source = explanation.sources, entry.source
    amount = (explanation.contributions[entry.row] if source is None else sources.products[source]).item()
    winner = source is not None and source == explanation.winner
    own = columns.softmax and explanation.softmax is not None and entry.row == explanation.softmax.index
    padded = source is not None and bool(sources.padded[source])
    base = colours.faint if padded else colours.strong if winner or own else colours.text
    pieces: list[Piece] = [
        (">" if selected else " ", colours.window),
        (_left(_label(explanation, entry, columns), columns.label), colours.term if selected else base),
    ]
    if columns.softmax:
        z, amount = sources.values[entry.row].item(), explanation.contributions[entry.row].item()
        pieces.append(("  ", None))
        if columns.weight:
            pieces.append((plain(z, columns.decimals[0]).rjust(columns.value), _signed(z, base, colours)))
            pieces.append(("  e^ = ", colours.faint))
        pieces.append((tidy(amount).rjust(columns.product), base))
    else:
        factors: list[Piece] = []
        if columns.weight and source is None:
            each = explanation.channels.taps if explanation.channels else 1
            factors.append((_right(_("sum of {count}").format(count=each), columns.factors - 3), colours.faint))
            factors.append((" = ", colours.faint))
        elif columns.weight and source is not None and sources.weights is not None:
            value, weight = sources.values[source].item(), sources.weights[source].item()
            factors.append((plain(value, columns.decimals[0]).rjust(columns.value), _signed(value, base, colours)))
            factors.append((" x ", colours.faint))
            factors.append((plain(weight, columns.decimals[1]).rjust(columns.weight), _signed(weight, base, colours)))
            factors.append((" = ", colours.faint))
        left_out = padded and (explanation.winner is not None or explanation.counted is not None)
        shown = ("-" if left_out else plain(amount, columns.decimals[2])).rjust(columns.product)
        if winner:  # in brackets, like the largest of a window elsewhere
            pieces += [(" ", None), *factors, ("[", colours.window), (shown, colours.output), ("]", colours.window)]
        else:
            inner = padded or (explanation.channels is not None and source is not None)
            style = _signed(amount, base if inner else colours.strong, colours)
            pieces += [("  ", None), *factors, (shown, style)]
    pieces.append((" " if winner else "  ", None))
    pieces.append((bar(amount, columns.largest, columns.bar), _signed(amount, base, colours)))
    return pieces


def _label(explanation: Explanation, entry: Entry, columns: Columns) -> str:
    folded = explanation.channels
    if entry.source is not None:
        return (" " if folded else "") + source_label(explanation, entry.source, columns.coordinates)
    first, last = (folded.first, folded.first + folded.count - 1) if folded else (0, 0)
    return _map_label(first + entry.row, last)


def bar(amount: float, largest: float, cells: int) -> str:
    """A bar of '+' or '-' in proportion to `amount`; at least one for anything but zero."""
    if not cells or not amount or not largest or not math.isfinite(amount):
        return ""
    return ("-" if amount < 0 else "+") * min(cells, max(1, round(cells * abs(amount) / largest)))


def tidy(value: float, decimals: int = 6) -> str:
    """A single number: with six decimals, or as a power of ten if they would all be zero."""
    return f"{value:.1e}" if 0 < abs(value) < 5 * 10**-decimals else number(value, decimals)


def _signed(value: float, style: Style, colours: Palette) -> Style:
    return style + colours.negative if value < 0 else style


def _right(text: str, cells: int) -> str:
    return " " * max(0, cells - cell_len(text)) + text


def _left(text: str, cells: int) -> str:
    return text + " " * max(0, cells - cell_len(text))
