"""The backward view in words: the loss, the gradient under the cursor, its terms, its stages, the optimizer's step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.drawing.numbers import among, significant
from tui.drawing.spoken_picture import picture_words, place_words, row_words
from tui.i18n import _
from tui.network.backward_words import (
    changed_texts,
    gradient_title,
    loss_texts,
    stage_texts,
    update_texts,
    update_title,
)
from tui.network.cursor import Depth
from tui.network.layer_words import layer_name
from tui.network.value_totals import difference_text, digits

if TYPE_CHECKING:
    from tui.network.backward_state import Explained
    from tui.network.state import NetworkState
    from tui.network.value_words import StageText


def backward_lines(state: NetworkState) -> list[str]:
    """The backward view at its depth; the gradient under the cursor comes first."""
    loss = [*loss_texts(state)[:1], *changed_texts(state)[:1]]
    backward, cursor = state.backward, state.cursor
    if backward.gradients is None:
        return loss
    if cursor.depth == Depth.VALUE:
        explained = backward.explained(cursor)
        assert explained is not None
        return [_title(state, explained), *loss, *_explained_lines(state, explained)]
    shown = backward.cursor(cursor)
    gradient = significant(shown.value)
    name, values = layer_name(cursor, cursor.layer), shown.activations.maps(cursor.layer)
    if cursor.one_value_per_map:
        first = _("{layer}, value {number}: gradient {value}").format(
            layer=name, number=among(cursor.map, cursor.size[2]), value=gradient
        )
        return [first, *loss, picture_words(_("Gradients"), values[0, 0])]
    first = _("{layer}, map {number}, {place}: gradient {value}").format(
        layer=name, number=cursor.map, place=place_words((cursor.row, cursor.column)), value=gradient
    )
    lines = [first, *loss, picture_words(_("Gradients"), values[:, :, cursor.map])]
    if cursor.depth == Depth.LAYER:
        row = row_words(values[cursor.row, :, cursor.map])
        lines.append(_("row {row}: {values}").format(row=cursor.row, values=row))
    return lines


def _title(state: NetworkState, explained: Explained) -> str:
    """The gradient, and the current one of its terms."""
    words = f"{explained.name}, {gradient_title(explained)}: {significant(explained.core)}"
    if not explained.rows:
        return words
    rows = state.backward.rows(explained)
    at = min(state.cursor.term, len(rows) - 1)
    row = rows.rows[at]
    first, second, product = (significant(float(column[row])) for column in (rows.first, rows.second, rows.products))
    term = f"{rows.heading} {rows.label(row)}: {first} x {second} = {product}"
    return f"{words}. " + _("term {number}: {words}").format(number=among(at, len(rows)), words=term)


def _explained_lines(state: NetworkState, explained: Explained) -> list[str]:
    lines = [state.rule_words(explained), *map(_stage_line, stage_texts(explained))]
    lines += _core_lines(explained.value, explained.core, explained.difference)
    update = state.update()
    if update is not None:
        lines += [update_title(update)[0], *map(_stage_line, update_texts(update))]
        lines += _core_lines(update.new_weight, update.core, update.difference)
    return lines


def _stage_line(stage: StageText) -> str:
    expression = f" {stage.expression}" if stage.expression else ""
    return f"{stage.label}:{expression} = {stage.value}" + (f", {stage.note}" if stage.note else "")


def _core_lines(value: float, core: float, difference: float) -> list[str]:
    return [_("recomputed") + " " + digits(value), f"{_('C core')} {digits(core)}, {difference_text(difference)}"]
