"""The whole arithmetic of one value: a header, a listing that scrolls, and totals that stay visible.

It turns an explanation of `cnncore.network.explain` into `rich` lines. From the top: the value's position, the layer's
arithmetic in words, the listing (in several columns if there is room), the sum of the hidden rows, for a softmax the
table of all probabilities, the stages with their numbers, and the value recomputed, from the C core and from Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from rich.cells import cell_len
from rich.text import Text

from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.value_listing import (
    LONGEST_BAR,
    Columns,
    Listing,
    Piece,
    assembled,
    columns_for,
    entry_pieces,
    label_heading,
)
from tui.network.value_totals import (
    paragraph,
    rest_line,
    softmax_table,
    stage_lines,
    summed,
    title,
    value_lines,
)
from tui.network.value_windows import window_lines
from tui.network.value_words import formula_words, remarks, stage_texts

if TYPE_CHECKING:
    from cnncore.network.explain import Explanation, Order

GAP = 3
LEAST_ENTRIES = 3
COMFORTABLE = 8
AMPLE = 12
"""An AMPLE listing displaces blank lines; a COMFORTABLE one displaces the windows and shortens the rest; only the LEAST
entries displace whole parts."""
SHARES = 10
BESIDE = 112
"""The width from which the shares of a softmax stand beside the listing."""


L = TypeVar("L", bound=Sized)


@dataclass(frozen=True)
class ValueView(Generic[L]):
    """Exactly `height` lines of at most `width` cells, and the geometry of the listing in them.

    `first` is the entry at the top left, which the next view starts from; `capacity` the number of entries in sight.
    """

    lines: tuple[Text, ...]
    listing: L
    first: int
    capacity: int
    top: int
    per_column: int
    column_width: int

    def entry_at(self, x: int, y: int) -> int | None:
        """The entry under a cell of these lines."""
        row, column = y - self.top, x // (self.column_width + GAP)
        if not 0 <= row < self.per_column or not 0 <= x % (self.column_width + GAP) < self.column_width:
            return None
        entry = self.first + column * self.per_column + row
        return entry if entry < min(len(self.listing), self.first + self.capacity) else None


def value_view(
    explanation: Explanation,
    *,
    width: int,
    height: int,
    colours: Palette,
    first: int = 0,
    selected: int | None = None,
    unfolded: int | None = None,
    order: Order = "largest",
    keras: float | str | None = None,
    names: Sequence[str] = (),
) -> ValueView[Listing]:
    """Draw `explanation`.

    `first` and `selected` are entries of the listing (see `Listing`); the view scrolls until the selected one is in
    sight. `unfolded` is the row, a channel by its index, whose products are shown; `keras` is Keras's value, or a text
    in its place; `names` are the classes of a softmax's units.
    """
    width, height = max(1, width), max(1, height)
    listing = Listing(explanation, order, unfolded)
    beside = width >= BESIDE
    most, across = (max(SHARES, height - 26), 1) if beside else (SHARES, 3)
    table = softmax_table(explanation, width // 2 if beside else width, most, colours, names, columns=across)
    beside = beside and bool(table)
    room = width - GAP - max(line.cell_len for line in table) if beside else width
    grids = window_lines(explanation, unfolded, width, colours)
    parts = _Parts(explanation, width, colours, keras, names, [] if beside else table, grids)
    heading = 1
    # The least important parts are dropped first, until enough of the listing is visible.
    for fewer in parts.fewer():
        wanted = (AMPLE, COMFORTABLE, COMFORTABLE, COMFORTABLE)[fewer] if fewer < 4 else LEAST_ENTRIES
        needed = max(min(len(listing), wanted), len(table) - heading if beside and fewer < 7 else 0)
        if height - parts.lines - heading >= needed:
            break
    free = max(0, height - parts.lines - heading)
    grid = _Grid.of(explanation, listing, room, max(1, free))
    first = in_sight(first, selected, grid.capacity, len(listing))
    shown = range(first, min(len(listing), first + grid.capacity))
    body = _listing_lines(listing, grid, shown, selected, order, colours)
    if beside:
        body = _side_by_side(body, table, room, max(1, free) + heading)
    lines = [*parts.above(), *body, *parts.below(listing, shown)]
    if len(lines) > height:  # too small even for the totals: keep the top and the last line
        lines = lines[: height - 1] + lines[-1:] if height > 1 else lines[-1:]
    lines += [Text() for _line in range(height - len(lines))]
    for line in lines:
        line.no_wrap, line.overflow = True, "crop"
        line.truncate(width)
    top = len(parts.above()) + heading
    return ValueView(tuple(lines), listing, first, len(shown), top, grid.per_column, grid.width)


class _Parts:
    """The parts above and below the listing, in the fullest form that leaves the listing its room."""

    def __init__(
        self,
        explanation: Explanation,
        width: int,
        colours: Palette,
        keras: float | str | None,
        names: Sequence[str],
        table: list[Text],
        grids: list[Text],
    ) -> None:
        self._grids = grids
        self._title = title(explanation, width, colours, names)
        self._e, self._width, self._colours = explanation, width, colours
        self._words = paragraph(formula_words(explanation), width, colours.faint)
        self._remarks = [line for text in remarks(explanation) for line in paragraph(text, width, colours.text)]
        self._table = table
        self._stages = stage_lines(stage_texts(explanation), width, colours, flowing=False)
        self._values = value_lines(explanation, keras, width, colours, flowing=False)
        note = _("Shown rounded; the sum uses the unrounded numbers.") if summed(explanation) else _("Shown rounded.")
        self._note = paragraph(note, width, colours.faint)
        self._rest = 1 if summed(explanation) and explanation.rows > 1 else 0
        self._air = True
        self._keras = keras

    @property
    def lines(self) -> int:
        return len(self.above()) + self._rest + len(self._lower())

    def fewer(self) -> Iterator[int]:
        """Make room step by step; yields the number of steps taken, 0 while everything is there."""
        yield 0
        self._air = False
        yield 1
        self._grids = []
        yield 2
        e, width, colours = self._e, self._width, self._colours
        self._values = value_lines(e, self._keras, width, colours, flowing=True)
        yield 3
        self._stages = stage_lines(stage_texts(e), width, colours, flowing=True)
        yield 4
        self._words = self._words if len(self._words) == 1 else []
        for part in ("_words", "_note", "_remarks", "_table"):
            setattr(self, part, [])
            yield 5
        self._rest = 0
        yield 6
        self._stages = self._stages[-1:]
        yield 7

    def above(self) -> list[Text]:
        return [self._title, *self._words, *self._gap()]

    def _lower(self) -> list[Text]:
        return [
            *self._gap(),
            *self._grids,
            *(self._gap() if self._grids else ()),
            *self._table,
            *(self._gap() if self._table else ()),
            *self._remarks,
            *(self._gap() if self._remarks else ()),
            *self._stages,
            *self._gap(),
            *self._values,
            *self._note,
        ]

    def below(self, listing: Listing, shown: range) -> list[Text]:
        rest = [rest_line(listing, shown, self._width, self._colours)] if self._rest else []
        return [*rest, *self._lower()]

    def _gap(self) -> list[Text]:
        return [Text()] if self._air else []


@dataclass(frozen=True)
class _Grid:
    """The listing in one or more columns, read down and then to the right."""

    columns: Columns
    width: int
    count: int
    per_column: int

    @property
    def capacity(self) -> int:
        return self.count * self.per_column

    @staticmethod
    def of(explanation: Explanation, listing: Listing, width: int, lines: int) -> _Grid:
        least = columns_for(explanation, 1000).width - LONGEST_BAR - 1
        least = max(least, cell_len(label_heading(listing)) + 2 + cell_len(_amount_heading(explanation)) + 1)
        count = max(1, min((width + GAP) // (least + GAP), -(-len(listing) // lines)))
        each = (width - GAP * (count - 1)) // count
        return _Grid(columns_for(explanation, each), each, count, min(lines, -(-len(listing) // count)))


def in_sight(first: int, selected: int | None, capacity: int, count: int) -> int:
    """`first`, moved just enough to show the selected entry and no empty space at the end."""
    if selected is not None:
        first = min(max(first, selected - capacity + 1), selected)
    return max(0, min(first, count - capacity))


def _listing_lines(
    listing: Listing, grid: _Grid, shown: range, selected: int | None, order: Order, colours: Palette
) -> list[Text]:
    columns = grid.columns
    used = max(1, -(-len(shown) // grid.per_column))
    head = Text()
    for column in range(used):
        head.append(Text(" " * (column * (grid.width + GAP) - head.cell_len)))
        head.append(_heading(listing, grid, order, colours))

    def entry(at: int) -> list[Piece]:
        return entry_pieces(listing, at, columns, colours, selected=at == selected)

    return [head, *column_lines(shown, grid.per_column, grid.width, entry)]


def column_lines(shown: range, per_column: int, width: int, entry: Callable[[int], list[Piece]]) -> list[Text]:
    """The entries `shown` in columns of `width` cells and `per_column` lines, read down and then to the right."""
    lines = []
    for row in range(per_column):
        pieces: list[Piece] = []
        for column, at in enumerate(shown[row::per_column]):
            until = column * (width + GAP) - cell_len("".join(text for text, _style in pieces))
            pieces.append((" " * until, None))
            pieces += entry(at)
        lines.append(assembled(pieces))
    return lines


def _heading(listing: Listing, grid: _Grid, order: Order, colours: Palette) -> Text:
    """The headings of the columns, and the order if there is room."""
    explanation, columns = listing.explanation, grid.columns
    text = Text(" " + label_heading(listing), colours.faint)
    right = _amount_heading(explanation) if columns.factors or explanation.sources.weights is None else _("product")
    end = 3 + columns.label + columns.factors + columns.product
    text.append(" " * max(2, end - text.cell_len - cell_len(right)) + right)
    ordered = "  " + (_("largest first") if order == "largest" else _("in order"))
    if len(listing) > 1 and text.cell_len + cell_len(ordered) <= grid.width:
        text.append(ordered)
    text.truncate(grid.width)
    return text


def _amount_heading(explanation: Explanation) -> str:
    if explanation.softmax is not None and explanation.softmax.logits_from == "before":
        return "z, e^(z - max)"
    return _("value") if explanation.sources.weights is None else _("value x weight = product")


def _side_by_side(left: list[Text], right: list[Text], width: int, most: int) -> list[Text]:
    lines = []
    for at in range(min(most, max(len(left), len(right)))):
        line = left[at] if at < len(left) else Text()
        if at < len(right):
            line.append(" " * (width + GAP - line.cell_len))
            line.append(right[at])
        lines.append(line)
    return lines
