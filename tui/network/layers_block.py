"""The list of a network's layers."""

from __future__ import annotations

from rich.cells import cell_len

from tui.drawing.blocks import Block, Part, Target, text_line, title_line
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.activations import INPUT
from tui.network.cursor import Cursor
from tui.network.fitting import cut, cut_middle, first_in_sight
from tui.network.layer_words import compact_shape


def layers_block(cursor: Cursor, name: str, width: int, height: int, colours: Palette) -> Block:
    """The network's name, and a row for the input and each layer: name, kind, shape, parameters.

    The current layer is marked and in sight.
    """
    rows = [_layer_row(cursor, at) for at in range(INPUT, len(cursor.layers))]
    names, kinds, shapes, numbers = (max(map(cell_len, column)) for column in zip(*rows, strict=True))
    rest = width - shapes - numbers - 6
    if rest < names + kinds + 1:
        kinds = 0
    names = max(4, min(names, rest - (kinds + 1 if kinds else 0)))
    first = first_in_sight(cursor.layer + 1, len(rows), height - 1)
    count_text = _("{count} parameters").format(count=f"{cursor.network.parameters:,}")
    lines = [title_line(cut_middle(name, width - cell_len(count_text) - 4), count_text, width, colours, indent=1)]
    for at, (title, kind, shape, count) in enumerate(rows[first : first + height - 1], first + INPUT):
        here = at == cursor.layer
        style = colours.window if here else colours.text
        parts: list[Part] = [
            (">" if here else " ", colours.window),
            (cut(title, names) + " ", style),
            (cut(kind, kinds) + " " if kinds else "", colours.window if here else colours.faint),
            (" " + shape.rjust(shapes), style),
            ("  " + count.rjust(numbers), style),
        ]
        if (at == first + INPUT and first) or (len(lines) == height - 1 and at < len(rows) - 1 + INPUT):
            parts.append((" ^" if len(lines) == 1 else " v", colours.notice))  # more layers that way
        lines.append(text_line(parts, width))

    def pick(_x: int, y: int) -> Target | None:
        return ("layer", first + y - 1 + INPUT) if 1 <= y < len(lines) else None

    return Block(lines, width, pick)


def _layer_row(cursor: Cursor, at: int) -> tuple[str, str, str, str]:
    """Name, kind, shape and parameters of a layer; empty for what the input does not have."""
    if at == INPUT:
        return _("Input"), "", compact_shape(cursor.network.input_shape), ""
    layer = cursor.layers[at]
    return (
        layer.name,
        layer.kind,
        compact_shape(layer.output_shape),
        f"{layer.parameters:,}" if layer.parameters else "-",
    )
