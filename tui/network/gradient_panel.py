"""The whole arithmetic of one gradient: its rule, a listing of its terms that scrolls, its stages, the gradient
recomputed and from the C core; for a weight, also its update by the optimizer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from cnncore.backward import WeightExplanation
from tui.drawing.fitting import first_fit
from tui.drawing.numbers import significant as amount
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.i18n.words import shape_text
from tui.network.backward_words import gradient_title, stage_texts, update_texts, update_title
from tui.network.gradient_rows import GradientColumns, GradientRows, columns_of, gradient_rows, row_pieces
from tui.network.gradient_windows import unit_lines, winner_lines
from tui.network.value_listing import Piece
from tui.network.value_panel import GAP, ValueView, column_lines, in_sight
from tui.network.value_totals import core_lines, paragraph, stage_lines

if TYPE_CHECKING:
    from cnncore.backward import BackwardPass, Update
    from cnncore.network.explain import Order
    from tui.network.backward_state import Explained

COMFORTABLE = 4
LEAST_ENTRIES = 2


def gradient_view(
    explained: Explained,
    passed: BackwardPass,
    rule: str,
    *,
    width: int,
    height: int,
    colours: Palette,
    first: int = 0,
    selected: int = 0,
    order: Order = "largest",
    rows: GradientRows | None = None,
    update: Update | None = None,
    updating: str = "",
    names: Sequence[str] = (),
) -> ValueView[range]:
    """Draw `explained` in exactly `height` lines, as `value_view` draws a value.

    `rule` is its rule in words, `update` the update of a weight or `updating` the text in its place, `names` the
    names of the classes of the last layer's units.
    """
    parts = _Parts(explained, passed, rule, width, colours, update, updating, names)
    rows = rows or gradient_rows(explained, order)
    listed = 1 if len(rows) else 0
    for fewer in parts.fewer():
        wanted = COMFORTABLE if fewer < 4 else LEAST_ENTRIES
        if height - parts.lines - listed * 2 >= min(len(rows), wanted):
            break
    free = max(listed, height - parts.lines - listed * 2)
    columns = columns_of(rows, width)
    count = max(1, min((width + GAP) // (columns.width - columns.bar + GAP), -(-len(rows) // max(1, free))))
    each = (width - GAP * (count - 1)) // count
    columns = columns_of(rows, each)
    per_column = min(free, -(-len(rows) // count))
    capacity = per_column * count
    first = in_sight(first, selected, capacity, len(rows))
    shown = range(first, min(len(rows), first + capacity))

    def entry(at: int) -> list[Piece]:
        return row_pieces(rows, at, columns, colours, selected=at == selected)

    body: list[Text] = []
    if listed:
        body.append(_heading(rows, columns, order, width, colours))
        body += column_lines(shown, per_column, each, entry)
        body.append(_rest_line(explained, rows, shown, width, colours))
    lines = [*parts.above(), *body, *parts.below()][:height]
    lines += [Text() for _line in range(height - len(lines))]
    for text in lines:
        text.no_wrap, text.overflow = True, "crop"
        text.truncate(width)
    top = len(parts.above()) + 1
    return ValueView(tuple(lines), range(len(rows)), first, len(shown), top, per_column, each)


class _Parts:
    """The parts above and below the listing, in the fullest form that leaves the listing its room."""

    def __init__(
        self,
        explained: Explained,
        passed: BackwardPass,
        rule: str,
        width: int,
        colours: Palette,
        update: Update | None,
        updating: str,
        names: Sequence[str],
    ) -> None:
        self._e, self._width, self._colours, self._update = explained, width, colours, update
        self._title = _title(explained, width, colours, names)
        self._words = paragraph(rule, width, colours.faint)
        self._windows = winner_lines(explained, passed, width, colours) or unit_lines(
            explained, passed, names, width, colours
        )
        self._stages = stage_lines(stage_texts(explained), width, colours, flowing=False)
        self._values = core_lines(explained.value, explained.core, explained.difference, width, colours, flowing=False)
        self._head = [Text(" " + updating, colours.faint)] if updating else []
        self._steps: list[Text] = []
        self._new: list[Text] = []
        if update is not None:
            self._head = [_update_heading(update, width, colours)]
            self._steps = stage_lines(update_texts(update), width, colours, flowing=False)
            self._new = self._new_lines(update, flowing=False)
        self._note = paragraph(_("Shown rounded; the sum uses the unrounded numbers."), width, colours.faint)
        self._air = True

    def _new_lines(self, update: Update, *, flowing: bool) -> list[Text]:
        return core_lines(
            update.new_weight, update.core, update.difference, self._width, self._colours, flowing=flowing
        )

    @property
    def lines(self) -> int:
        return len(self.above()) + len(self.below())

    def fewer(self) -> Iterator[int]:
        """Make room step by step; yields the number of steps taken, 0 while everything is there."""
        yield 0
        self._air = False
        yield 1
        explained, width, colours = self._e, self._width, self._colours
        self._values = core_lines(explained.value, explained.core, explained.difference, width, colours, flowing=True)
        if self._update is not None:
            self._new = self._new_lines(self._update, flowing=True)
        self._note = []
        yield 2
        self._windows = []
        yield 3
        self._words = self._words if len(self._words) == 1 else []
        yield 4
        if self._update is not None:
            self._steps = stage_lines(update_texts(self._update), width, colours, flowing=True)
        yield 5
        self._stages = self._stages[-1:]
        yield 6

    def above(self) -> list[Text]:
        return [self._title, *self._words, *self._gap(True)]

    def below(self) -> list[Text]:
        return [
            *self._gap(True),
            *self._windows,
            *self._gap(bool(self._windows)),
            *self._stages,
            *self._values,
            *self._gap(bool(self._head)),
            *self._head,
            *self._steps,
            *self._new,
            *self._gap(True),
            *self._note,
        ]

    def _gap(self, wanted: bool) -> list[Text]:
        return [Text()] if self._air and wanted else []


def _title(explained: Explained, width: int, colours: Palette, names: Sequence[str]) -> Text:
    """The layer and the value or weight, with its own number. The layer's number gives way first, then the shape."""
    number = "" if explained.layer < 0 else _("layer {number}").format(number=explained.layer) + " "
    name = _("Input") if explained.layer < 0 else explained.name
    subject = "  " + gradient_title(explained)
    if not isinstance(explained, WeightExplanation) and explained.position[-1] < len(names):
        subject += " " + _(names[explained.position[-1]])
    if isinstance(explained, WeightExplanation):
        shape, label, own = "", _("weight"), explained.weight
    else:
        shape, label, own = (
            "  " + _("of {shape}").format(shape=shape_text(explained.shape)),
            _("value"),
            explained.output,
        )
    last = f"  {label} {amount(own)}"
    if cell_len(number + name + subject + shape + last) > width:
        number = ""
    if cell_len(number + name + subject + shape + last) > width:
        shape = ""
    text = Text(number, colours.faint)
    text.append(name, colours.title)
    text.append(subject, colours.window)
    text.append(f"{shape}  {label} ", colours.faint)
    text.append(amount(own), colours.strong + colours.negative if own < 0 else colours.strong)
    return text


def _update_heading(update: Update, width: int, colours: Palette) -> Text:
    return Text(" " + first_fit(width - 1, *update_title(update)), colours.title)


def _heading(rows: GradientRows, columns: GradientColumns, order: Order, width: int, colours: Palette) -> Text:
    text = Text(" " + rows.heading, colours.faint)
    amounts = rows.amounts if columns.second else _("product")
    end = columns.width - (columns.bar + 2 if columns.bar else 0)
    text.append(" " * max(2, end - text.cell_len - cell_len(amounts)) + amounts)
    ordered = "  " + (_("largest first") if order == "largest" else _("in order"))
    if len(rows) > 1 and text.cell_len + cell_len(ordered) <= width:
        text.append(ordered)
    return text


def _rest_line(explained: Explained, rows: GradientRows, shown: range, width: int, colours: Palette) -> Text:
    """The sums of the visible terms, of the others, and of all positive and all negative ones."""
    seen = rows.rows[shown.start : shown.stop]
    others = rows.rows[: shown.start] + rows.rows[shown.stop :]
    every = rows.every
    tokens: list[tuple[str, float]] = []
    if others:
        part, rest = explained.remainder(seen), explained.remainder(others)
        tokens.append((_("{count} shown").format(count=part.count), part.total))
        tokens.append((_("the other {count}").format(count=f"{rest.count:,}"), rest.total))
    else:
        tokens.append((_("all {count} shown").format(count=len(rows)), every.total))
    if every.negative < 0 < every.positive:
        tokens += [(_("positive"), every.positive), (_("negative"), every.negative)]
    line = Text(" ")
    for label, value in tokens:
        text = Text(("   " if line.cell_len > 1 else "") + label + " ", colours.faint)
        text.append(amount(value, 4), colours.strong + colours.negative if value < 0 else colours.strong)
        if line.cell_len + text.cell_len > width:
            break
        line.append(text)
    return line
