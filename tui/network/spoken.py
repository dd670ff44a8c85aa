"""The network screen in words, at each of its depths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.drawing.numbers import among, number, short
from tui.drawing.spoken_picture import picture_words, place_words, row_words
from tui.i18n import _
from tui.network.activations import INPUT
from tui.network.backward_spoken import backward_lines
from tui.network.backward_words import changed_texts
from tui.network.cursor import Depth
from tui.network.heat import heat_meaning, heat_words
from tui.network.layer_words import compact_shape, layer_name, maps_text, settings
from tui.network.value_totals import difference_text, digits
from tui.network.value_words import formula_words, remarks, stage_texts

if TYPE_CHECKING:
    from cnncore.network.explain import Explanation
    from tui.network.state import NetworkState
    from tui.network.value_listing import Listing


def screen_lines(state: NetworkState, message: str) -> list[str]:
    """The whole screen; the message line and the position come first, together."""
    first, *rest = _depth_lines(state)
    if message and not message.endswith((".", "!", "?")):
        message += "."  # a screen reader would run two sentences together
    return [f"{message} {first}" if message else first, *rest]


def _depth_lines(state: NetworkState) -> list[str]:
    if state.backward.on:
        return backward_lines(state)
    position, *changed = cursor_line(state), *changed_texts(state)[:1]
    if changed:
        position = f"{position}. {changed[0]}"
    if state.cursor.depth == Depth.VALUE:
        explanation, listing = state.explanation(), state.arithmetic.listing(state.cursor)
        term = [term_line(explanation, listing, state.cursor.term)] if len(listing) else []
        return [". ".join([position, *term]), *value_lines(explanation, state.keras_value)]
    if state.cursor.depth == Depth.LAYER:
        return [position, *layer_lines(state)]
    return [position, *(heat_lines(state) if state.heat_asked else []), *network_lines(state)]


def answer_words(state: NetworkState) -> str:
    """The network's answer to the picture, right or wrong."""
    answer = state.answer
    said = (
        _("The picture is {truth}. ").format(truth=state.class_name(answer.label)) if answer.label is not None else ""
    )
    if answer.answer is None:
        return said + _("The network's output is NaN, so it predicts no class")
    verdict = "" if answer.label is None else ", " + (_("right") if answer.label == answer.answer else _("wrong"))
    return (
        said
        + _("The answer is {name}: {score}").format(
            name=state.class_name(answer.answer), score=short(float(answer.scores[answer.answer]))
        )
        + verdict
    )


def cursor_line(state: NetworkState) -> str:
    """The layer, the map and the value under the cursor."""
    cursor = state.cursor
    name = layer_name(cursor, cursor.layer)
    if cursor.is_row:
        said = _("{layer}, value {number}: {value}").format(
            layer=name, number=among(cursor.map, cursor.size[2]), value=short(cursor.value, 6)
        )
        names = state.names_under_cursor
        return f"{said}, {_(names[cursor.map])}" if cursor.map < len(names) else said
    rows, columns, maps = cursor.size
    if cursor.depth == Depth.NETWORK:
        dead = ", " + _("all 0") if bool(cursor.activations.dead(cursor.layer)[cursor.map]) else ""
        return (
            _("{layer}, map {number}, {rows} x {columns}").format(
                layer=name, number=among(cursor.map, maps), rows=rows, columns=columns
            )
            + dead
        )
    return _("{layer}, map {number}, {place}: {value}").format(
        layer=name, number=cursor.map, place=place_words((cursor.row, cursor.column)), value=short(cursor.value, 6)
    )


def network_lines(state: NetworkState) -> list[str]:
    """The network depth: answer, picture, current map, all layers, all classes."""
    cursor, answer = state.cursor, state.answer
    lines = [answer_words(state), picture_words(_("Picture"), state.picture.fitted), _map_words(state)]
    for at in range(INPUT, len(cursor.layers)):
        layer = None if at == INPUT else cursor.layers[at]
        shape = cursor.network.input_shape if layer is None else layer.output_shape
        words = "" if layer is None else f", {layer.kind} {settings(layer)}".rstrip()
        count = "" if layer is None else ", " + _("{count} parameters").format(count=f"{layer.parameters:,}")
        lines.append(f"{layer_name(cursor, at)}: {compact_shape(shape)}{words}{count}")
    lines += [f"{state.class_name(at)}: {number(float(score))}" for at, score in enumerate(answer.scores)]
    return lines


def _map_words(state: NetworkState) -> str:
    cursor = state.cursor
    values = cursor.activations.maps(cursor.layer)
    if cursor.is_row:
        return picture_words(f"{layer_name(cursor, cursor.layer)}, {maps_text(cursor)}", values[0, 0])
    return picture_words(_("map {number}").format(number=cursor.map), values[:, :, cursor.map])


def layer_lines(state: NetworkState) -> list[str]:
    """The layer depth: the map, its receptive field, its kernel or weights, the current row of numbers."""
    cursor = state.cursor
    lines = [_map_words(state)]
    field = cursor.receptive_field
    if field is not None and len(field.axes) == 3:
        lines.append(
            _("It depends on rows {top} to {bottom}, columns {left} to {right} of the picture.").format(
                top=field.axes[0].start,
                bottom=field.axes[0].stop - 1,
                left=field.axes[1].start,
                right=field.axes[1].stop - 1,
            )
        )
    kernel = cursor.current_kernel
    if kernel is not None:
        lines.append(_("Kernel for input map {number}:").format(number=cursor.channel))
        lines += [_("row {row}: {values}").format(row=at, values=row_words(row)) for at, row in enumerate(kernel)]
    if (weights := cursor.unit_weights) is not None:
        words = _("weight for input {number}: {value}")
        lines.append(words.format(number=cursor.input_number, value=short(float(weights[cursor.input_number]), 6)))
    bias = cursor.bias
    if bias is not None:
        lines.append(_("bias {value}").format(value=short(bias, 6)))
    if not cursor.is_row:
        values = cursor.activations.maps(cursor.layer)[cursor.row, :, cursor.map]
        lines.append(_("row {row}: {values}").format(row=cursor.row, values=row_words(values)))
    return lines


def term_line(explanation: Explanation, listing: Listing, term: int) -> str:
    """The current term of a value's arithmetic, and what it adds."""
    entry = listing[min(term, len(listing) - 1)]
    count = len(listing)
    if entry.source is None:
        channel = explanation.channels.first + entry.row if explanation.channels else entry.row
        words = _("map {map}").format(map=channel)
        words += ": " + short(float(explanation.contributions[entry.row]), 6)
    else:
        source = explanation.sources[entry.source]
        words = place_words(source.position[:2]) if len(source.position) == 3 else place_words(source.position)
        if len(source.position) == 3:
            words += ", " + _("map {map}").format(map=source.position[2])
        sources = explanation.sources
        value, amount = float(sources.values[entry.source]), float(sources.products[entry.source])
        if sources.weights is None:
            words += f": {short(value, 6)}"
        else:
            words += f": {short(value, 6)} x {short(float(sources.weights[entry.source]), 6)} = {short(amount, 6)}"
        words += " " + _("(padding)") if source.padded else ""
        words += ", " + _("the largest") if entry.source == explanation.winner else ""
    return _("term {number}: {words}").format(number=among(min(term, count - 1), count), words=words)


def value_lines(explanation: Explanation, keras: float | None) -> list[str]:
    """The layer's arithmetic, every stage with its numbers, the value recomputed, of the C core and of Keras."""
    lines = [formula_words(explanation), *remarks(explanation)]
    for stage in stage_texts(explanation):
        expression = f" {stage.expression}" if stage.expression else ""
        lines.append(f"{stage.label}:{expression} = {stage.value}" + (f", {stage.note}" if stage.note else ""))
    lines.append(_("recomputed") + " " + digits(explanation.value))
    for label, other in ((_("C core"), explanation.core), ("Keras", keras)):
        if other is not None:
            lines.append(f"{label} {digits(other)}, {difference_text(explanation.difference_from(other))}")
    return lines


def heat_lines(state: NetworkState) -> list[str]:
    """The heat map: why the network gives this answer."""
    heat = state.heat
    if heat is None:
        return [_("computing")]
    name = state.class_name(heat.label)
    return [_("Why {name}").format(name=name), heat_meaning(heat), heat_words(heat)]
