"""The network screen in words, at each of its depths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.drawing.numbers import among, number, short
from tui.drawing.spoken_picture import picture_words, place_words, row_words
from tui.i18n import _
from tui.network.layer_words import layer_name, maps_text, settings, shape_text
from tui.network.state import INPUT, Depth

if TYPE_CHECKING:
    from cnncore.network.explain import Explanation
    from tui.network.neuron_rows import Listing
    from tui.network.session import Session


def answer_words(session: Session) -> str:
    """What the network says of the picture, and whether that is right."""
    answer = session.answer
    said = (
        _("The picture is {truth}. ").format(truth=session.class_name(answer.label)) if answer.label is not None else ""
    )
    if answer.answer is None:
        return said + _("The network gives NaN, so it names no class")
    verdict = "" if answer.label is None else ", " + (_("right") if answer.label == answer.answer else _("wrong"))
    return (
        said
        + _("The answer is {name}: {score}").format(
            name=session.class_name(answer.answer), score=short(float(answer.scores[answer.answer]))
        )
        + verdict
    )


def place_line(session: Session) -> str:
    """The layer, the map and the value at hand."""
    scope = session.scope
    name = layer_name(scope, scope.layer)
    if scope.is_row:
        said = _("{layer}, value {number}: {value}").format(
            layer=name, number=among(scope.map, scope.size[2]), value=short(scope.value, 6)
        )
        names = session.unit_names if scope.layer == len(scope.layers) - 1 else ()
        return f"{said}, {_(names[scope.map])}" if scope.map < len(names) else said
    rows, columns, maps = scope.size
    if scope.depth == Depth.NETWORK:
        dead = ", " + _("all 0") if bool(scope.shot.dead(scope.layer)[scope.map]) else ""
        return (
            _("{layer}, map {number}, {rows} x {columns}").format(
                layer=name, number=among(scope.map, maps), rows=rows, columns=columns
            )
            + dead
        )
    return _("{layer}, map {number}, {place}: {value}").format(
        layer=name, number=scope.map, place=place_words((scope.row, scope.column)), value=short(scope.value, 6)
    )


def network_lines(session: Session) -> list[str]:
    """The network depth: all layers, the map at hand, the picture, all classes."""
    scope, answer = session.scope, session.answer
    lines = [answer_words(session), picture_words(_("Picture"), session.seen.fitted), _map_words(session)]
    for at in range(INPUT, len(scope.layers)):
        layer = None if at == INPUT else scope.layers[at]
        shape = scope.network.input_shape if layer is None else layer.output_shape
        words = "" if layer is None else f", {layer.kind} {settings(layer)}".rstrip()
        count = "" if layer is None else ", " + _("{count} parameters").format(count=f"{layer.parameters:,}")
        lines.append(f"{layer_name(scope, at)}: {shape_text(shape)}{words}{count}")
    lines += [f"{session.class_name(at)}: {number(float(score))}" for at, score in enumerate(answer.scores)]
    return lines


def _map_words(session: Session) -> str:
    scope = session.scope
    values = scope.shot.maps(scope.layer)
    if scope.is_row:
        return picture_words(f"{layer_name(scope, scope.layer)}, {maps_text(scope)}", values[0, 0])
    return picture_words(_("map {number}").format(number=scope.map), values[:, :, scope.map])


def layer_lines(session: Session) -> list[str]:
    """The layer depth: the map, its kernel, where its values come from, the row of numbers at hand."""
    scope = session.scope
    lines = [_map_words(session)]
    field = scope.field
    if field is not None and len(field.axes) == 3:
        lines.append(
            _("it sees rows {top} to {bottom}, columns {left} to {right} of the picture").format(
                top=field.axes[0].start,
                bottom=field.axes[0].stop - 1,
                left=field.axes[1].start,
                right=field.axes[1].stop - 1,
            )
        )
    kernel = scope.kernel(scope.map, scope.channel)
    if kernel is not None:
        lines.append(_("Kernel on input map {number}:").format(number=scope.channel))
        lines += [_("row {row}: {values}").format(row=at, values=row_words(row)) for at, row in enumerate(kernel)]
    if (weights := scope.unit_weights) is not None:
        words = _("weight for input {number}: {value}")
        lines.append(words.format(number=scope.source, value=short(float(weights[scope.source]), 6)))
    bias = scope.bias(scope.map)
    if bias is not None:
        lines.append(_("bias {value}").format(value=short(bias, 6)))
    if not scope.is_row:
        values = scope.shot.maps(scope.layer)[scope.row, :, scope.map]
        lines.append(_("row {row}: {values}").format(row=scope.row, values=row_words(values)))
    return lines


def term_line(explanation: Explanation, listing: Listing, term: int) -> str:
    """The chosen term of a value's arithmetic: which it is and what it adds."""
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


def neuron_lines(explanation: Explanation, keras: float | None) -> list[str]:
    """What the layer does, every stage with its numbers, the value three times."""
    from tui.network.neuron_totals import difference_text, digits
    from tui.network.neuron_words import formula_words, remarks, stage_texts

    lines = [formula_words(explanation), *remarks(explanation)]
    for stage in stage_texts(explanation):
        expression = f" {stage.expression}" if stage.expression else ""
        lines.append(f"{stage.label}:{expression} = {stage.value}" + (f", {stage.note}" if stage.note else ""))
    lines.append(_("recomputed") + " " + digits(explanation.value))
    for label, other in ((_("C core"), explanation.core), ("Keras", keras)):
        if other is not None:
            lines.append(f"{label} {digits(other)}, {difference_text(explanation.difference_from(other))}")
    return lines


def heat_lines(session: Session) -> list[str]:
    """Why this answer."""
    from tui.network.heat import heat_meaning, heat_words

    heat = session.heat
    if heat is None:
        return [_("computing")]
    name = session.class_name(heat.label)
    return [_("Why {name}").format(name=name), heat_meaning(heat), heat_words(heat)]
