"""The layer depth: one large map, its numbers, its kernel, and the window of the current value."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from rich.segment import Segment

from cnncore.display.maps import signed_digits, signed_levels
from tui.drawing.blocks import Block, Part, Placed, Target, text_line, title_line
from tui.drawing.chart import Line
from tui.drawing.fitting import first_fit, span
from tui.drawing.maps import Box, Look, digit_lines, picture_lines
from tui.drawing.matrix import Matrix, column_ruler, matrix_line, row_label
from tui.drawing.numbers import NETWORK_DECIMALS, among, fit, number
from tui.drawing.picture import Picture, Scale, scale_to_fit
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.activations import INPUT
from tui.network.cursor import Cursor
from tui.network.layer_words import largest_texts, layer_name, scale_text, shown_name, unit_text, value_text
from tui.network.maps_panel import values_strip
from tui.network.pixels import pixels_block, smaller
from tui.network.weights_panel import weights_panel

WIDEST_BETWEEN = 56
FEWEST_NUMBERS = 3
"""The lines of a map's numbers, with their title and column numbers."""


def layer_depth(
    cursor: Cursor,
    pixels: Any,
    width: int,
    height: int,
    colours: Palette,
    look: Look,
    original: Any = None,
    notes: int = 0,
) -> list[Placed]:
    """The whole depth. `pixels` is the picture (H, W) or (H, W, 3) uint8, `original` the picture before it was resized.

    The last `notes` lines are left for messages; they are taken from the numbers, not from the pictures.
    """
    if cursor.size[0] * cursor.size[1] == 1:
        return _row_of_numbers(cursor, pixels, width, height - notes, colours, look)
    lines = height - 1
    numbers = max(5, min(cursor.size[0] + 2, lines // 3)) if lines >= 26 else 5
    room = lines - numbers - 1
    height -= notes
    if numbers - notes >= FEWEST_NUMBERS:
        numbers -= notes
    else:
        room -= notes
    placed: list[Placed] = []
    x = 1
    if cursor.layer != INPUT:
        field = cursor.receptive_field
        box: Box | None = None
        if field is not None and len(field.axes) == 3:
            box = field.axes[0].start, field.axes[1].start, field.axes[0].stop, field.axes[1].stop
        block = pixels_block(pixels, min(max(14, width * 36 // 100), width - 40), room, look, window=box)
        column = max(block.width, 16)
        note = "" if box is None else first_fit(column - cell_len(_("Picture")) - 1, box_text(box), "")
        placed += _titled(_("Picture"), note, block, x, 0, column, colours)
        x += column + 1
    elif original is not None and original.shape[:2] != pixels.shape[:2]:
        block = pixels_block(original, width * 45 // 100, room, look)
        title = _("Yours, {size}").format(size=f"{original.shape[0]}x{original.shape[1]}")
        placed += _titled(title, "", block, x, 0, max(block.width, 16), colours)
        x += max(block.width, 16) + 1
    map_room = _map_room(cursor, width - x, room)
    middle = min(width - x - map_room - 1, WIDEST_BETWEEN)
    if cursor.layer != INPUT and middle >= 14:
        placed += _between(cursor, x, middle, room, colours, look)
        x += middle + 1
    placed += large_map(cursor, x, width - x, room, colours, look)
    placed.append(Placed(0, room + 1, matrix_block(cursor, width, numbers, colours)))
    placed.append(Placed(0, height - 1, Block([foot_line(cursor, width, colours)], width)))
    return placed


def box_text(box: Box) -> str:
    """[rows, columns] of a box: [3-5, 4-6], or of one cell: [3, 4]."""
    return f"[{span(box[0], box[2])}, {span(box[1], box[3])}]"


def _titled(title: str, note: str, block: Block, x: int, y: int, width: int, colours: Palette) -> list[Placed]:
    return [Placed(x, y, Block([title_line(title, note, width, colours)], width)), Placed(x, y + 1, block)]


def _map_scale(cursor: Cursor, width: int, lines: int, signed: bool) -> Scale:
    rows, columns, _maps = cursor.size
    scale = scale_to_fit(rows, columns, lines, width)
    if signed and scale.zoom > 1 and scale.zoom % 2:
        return Scale(scale.zoom - 1, 1)
    return scale


def _map_room(cursor: Cursor, width: int, lines: int) -> int:
    """The width of the large map with its title."""
    rows, columns, _maps = cursor.size
    if cursor.layer == INPUT:
        return width
    scale = scale_to_fit(rows, columns, lines, max(14, width - 24))
    return min(max(scale.size(rows, columns)[1] + 1, 18), width)


def large_map(
    cursor: Cursor, x: int, width: int, lines: int, colours: Palette, look: Look, *, name: str = ""
) -> list[Placed]:
    """The current map as large as fits, under its title; `name` says what it is a map of."""
    signed = cursor.activations.signed(cursor.layer)
    scale = _map_scale(cursor, width - 1, lines, signed)
    levels = cursor.activations.levels(cursor.layer, cursor.map, cursor.scale, scale.every)
    cell = cursor.row // scale.every, cursor.column // scale.every
    drawn = picture_lines(levels, scale.zoom, signed=signed, look=look, cell=cell)
    rows, columns, maps = cursor.size

    def pick(across: int, down: int) -> Target | None:
        row, column = down * 2 // scale.zoom * scale.every, across // scale.zoom * scale.every
        return ("cell", row, column) if row < rows and column < columns else None

    # The cells of a negative value show its sign, which a picture in pixels would cover.
    picture = None if signed else Picture(levels, Scale(scale.zoom), cell=cell)
    block = Block(drawn, levels.shape[1] * scale.zoom, pick, picture)
    number_text = among(cursor.map, maps) if maps > 1 else str(cursor.map)
    title = f"{name} {number_text}" if name else _("map {number}").format(number=number_text)
    if cursor.activations.dead(cursor.layer)[cursor.map]:
        title += " " + _("all 0")
    position = f"[{cursor.row}, {cursor.column}]"
    note = first_fit(width - cell_len(title) - 1, f"{rows}x{columns} {position}", position, "")
    return _titled(title, note, block, x, 0, width, colours)


def _between(cursor: Cursor, x: int, width: int, lines: int, colours: Palette, look: Look) -> list[Placed]:
    """The kernel, and above it the map of the layer before with the window, unless that is the picture."""
    placed: list[Placed] = []
    y = 0
    layer = cursor.current_layer
    kernel = cursor.current_kernel
    fed = cursor.window
    kernel_lines = 0 if kernel is None else kernel.shape[0] + 3
    before = cursor.layer - 1
    if fed is not None and len(fed.axes) == 3 and (before != INPUT or cursor.network.input_shape[2] > 1):
        box = fed.axes[0].start, fed.axes[1].start, fed.axes[0].stop, fed.axes[1].stop
        activations = cursor.activations
        rows, columns, _count = activations.maps(before).shape
        scale = scale_to_fit(rows, columns, max(3, lines - kernel_lines - 1), width - 1)
        signed = activations.signed(before)
        if signed and scale.zoom > 1 and scale.zoom % 2:
            scale = Scale(scale.zoom - 1, 1)
        levels = activations.levels(before, cursor.channel, cursor.scale, scale.every)
        drawn = picture_lines(levels, scale.zoom, signed=signed, look=look, window=smaller(box, scale.every))

        def pick(across: int, down: int) -> Target | None:
            row, column = down * 2 // scale.zoom * scale.every, across // scale.zoom * scale.every
            return ("before", row, column) if row < rows and column < columns else None

        picture = None if signed else Picture(levels, Scale(scale.zoom), window=smaller(box, scale.every))
        block = Block(drawn, levels.shape[1] * scale.zoom, pick, picture)
        number_text = _("map {number}").format(number=cursor.channel)
        title, note = layer_name(cursor, before), f"{number_text} {box_text(box)}"
        if cell_len(title) + cell_len(note) + 2 > width:
            # The map beside it is computed from this one, so the title can do without the layer's name.
            title = _("from map {number}").format(number=cursor.channel)
            note = first_fit(width - cell_len(title) - 1, box_text(box), "")
        placed += _titled(title, note, block, x, y, width, colours)
        y = 1 + block.height
    if kernel is not None and layer is not None:
        placed.append(Placed(x, y, kernel_block(cursor, kernel, width, colours, look)))
    return placed


def kernel_block(cursor: Cursor, kernel: Any, width: int, colours: Palette, look: Look) -> Block:
    """The kernel as numbers, if there is room also as signs and digits in colour, and the bias."""
    digits, levels = signed_digits(kernel, cursor.largest_weight), signed_levels(kernel, cursor.largest_weight)
    unit = cursor.weight_unit
    scaled = kernel / unit
    cells = max(6, *(len(number(value)) for value in scaled.ravel().tolist()))
    numbers = (cells + 1) * kernel.shape[1]
    pictures = kernel.shape[1] * 2
    title = _("Its gradient") if cursor.activations.gradients else _("Kernel")
    note = unit_text(unit) if cursor.activations.gradients else _kernel_note(cursor)
    lines = [title_line(title, note, width, colours)]
    pairs = digit_lines(digits, levels, look)
    for row, pair in zip(scaled.tolist(), pairs, strict=True):
        line: Line = []
        used = 0
        if numbers <= width:
            for value in row:
                line.append(Segment(fit(number(value), cells) + " ", colours.negative if value < 0 else colours.text))
            used = numbers
        if used + pictures + 1 <= width:
            line.append(Segment(" "))
            line += pair
            used += pictures + 1
        lines.append(Segment.adjust_line_length(line, width))
    bias = cursor.bias
    if bias is not None:
        style = colours.negative if bias < 0 else colours.text
        text = value_text(cursor, bias) if cursor.activations.gradients else number(bias)
        lines.append(text_line([(_("bias") + " ", colours.faint), (text, style)], width))
    return Block(lines, width)


def numbers_title(cursor: Cursor) -> str:
    return _("Gradients") if cursor.activations.gradients else _("Numbers")


def _kernel_note(cursor: Cursor) -> str:
    channels = cursor.channels
    if len(channels) < 2:
        return _("of map {number}").format(number=cursor.map)
    return f"{among(cursor.channel - channels.start, len(channels))}  , ."


def matrix_block(cursor: Cursor, width: int, height: int, colours: Palette) -> Block:
    """The numbers of the map around the cursor."""
    unit = cursor.activations.unit(cursor.layer)
    values = cursor.activations.maps(cursor.layer)[:, :, cursor.map] / unit
    rows, columns = values.shape
    cells = max(6, *(len(number(v)) for v in (float(values.min()), float(values.max()))))
    matrix = Matrix(
        rows,
        columns,
        lambda row, column: values[row, column].item(),
        digits=min(cells, 9),
        decimals=NETWORK_DECIMALS,
        cell=(cursor.row, cursor.column),
        output=True,
    )
    label = len(str(rows - 1)) + 2
    visible = max(1, matrix.visible_columns(width - label))
    first_row = max(0, min(cursor.row - (height - 2) // 2, rows - (height - 2)))
    first_column = max(0, min(cursor.column - visible // 2, columns - visible))
    note = f"{unit_text(unit)} " if unit != 1 else ""
    note += _("of map {number}, rounded").format(number=cursor.map)
    for words in largest_texts(cursor)[:1]:
        note += f"; [{cursor.row}, {cursor.column}]: {words}"
    title = title_line(numbers_title(cursor), note, width, colours, indent=1)
    lines: list[Line] = [title]
    ruler = [Segment(" " * label), *column_ruler(matrix, first_column, width - label, colours)]
    lines.append(Segment.adjust_line_length(ruler, width))
    for row in range(first_row, min(rows, first_row + height - 2)):
        line = [row_label(matrix, row, label, colours), *matrix_line(matrix, row, first_column, width - label, colours)]
        lines.append(Segment.adjust_line_length(line, width))

    def pick(x: int, y: int) -> Target | None:
        row, column = first_row + y - 2, first_column + max(0, x - label) // matrix.pitch
        return ("cell", row, column) if y >= 2 and row < rows and x >= label and column < columns else None

    return Block(lines, width, pick)


def foot_line(cursor: Cursor, width: int, colours: Palette) -> Line:
    """The current value, and the colour scale."""
    parts: list[Part] = [
        (f" {shown_name(cursor)} [{', '.join(map(str, cursor.index))}] = ", colours.text),
        (value_text(cursor, cursor.value), colours.negative if cursor.value < 0 else colours.strong),
    ]
    used = sum(cell_len(text) for text, _style in parts) + 3 + cell_len(scale_text(cursor))
    for words in largest_texts(cursor) if cursor.is_row else ():
        if used + 2 + cell_len(words) <= width:
            parts.append((", " + words, colours.notice))
            break
    parts.append(("   " + scale_text(cursor), colours.faint))
    return text_line(parts, width)


def _row_of_numbers(cursor: Cursor, pixels: Any, width: int, height: int, colours: Palette, look: Look) -> list[Placed]:
    """A row of numbers, such as a dense layer's: all values, and the weights of the current one."""
    placed: list[Placed] = []
    weights = cursor.unit_weights is not None
    wide = width >= 100 and weights
    own = width // 2 - 1 if wide else width - 1
    lower = 0 if wide or not weights else 7
    room = height - 1 - lower
    numbers = max(5, min(room // 2, -(-cursor.size[2] // 5) + 2)) if room >= 10 else 0
    block, first, end = values_strip(cursor, own, room - numbers - 1, colours, look)
    unit = unit_text(cursor.activations.unit(cursor.layer))
    title = title_line(shown_name(cursor), f"{first}-{end - 1} {unit}".strip(), own, colours, indent=1)
    placed += [Placed(0, 0, Block([title], own)), Placed(0, 1, block)]
    y = block.height + 1
    if numbers and cursor.size[2] > block.height:  # bars have their numbers beside them
        placed.append(Placed(0, y, _values_block(cursor, own, numbers, colours)))
        y += numbers
    if weights:
        x, top = (own + 1, 0) if wide else (0, y)
        for each in weights_panel(cursor, width - x, height - 1 - top, colours, look):
            placed.append(Placed(x + each.x, top + each.y, each.block))
    elif (field := cursor.receptive_field) is not None and len(field.axes) == 3 and height - y - 2 >= 6:
        box = field.axes[0].start, field.axes[1].start, field.axes[0].stop, field.axes[1].stop
        picture = pixels_block(pixels, width - 2, height - y - 2, look, window=box)
        placed += _titled(_("Picture"), box_text(box), picture, 1, y, max(picture.width, 24), colours)
    placed.append(Placed(0, height - 1, Block([foot_line(cursor, width, colours)], width)))
    return placed


def _values_block(cursor: Cursor, width: int, height: int, colours: Palette) -> Block:
    """The numbers around the current one, ten or five on a line that begins with its first index."""
    unit = cursor.activations.unit(cursor.layer)
    values = cursor.activations.maps(cursor.layer)[0, 0] / unit
    cells = max(6, *(len(number(v)) for v in (float(values.min()), float(values.max()))))
    label = len(str(len(values) - 1)) + 2
    across = 10 if label + 10 * (cells + 1) < width else 5
    rows = -(-len(values) // across)
    matrix = Matrix(
        rows,
        across,
        lambda row, column: values[row * across + column].item(),
        digits=min(cells, 9),
        decimals=NETWORK_DECIMALS,
        cell=divmod(cursor.map, across),
        revealed=len(values),
        output=True,
    )
    first = max(0, min(cursor.map // across - (height - 1) // 2, rows - (height - 1)))
    lines = [title_line(numbers_title(cursor), f"{unit_text(unit)} {_('rounded')}".strip(), width, colours, indent=1)]
    for row in range(first, min(rows, first + height - 1)):
        here = row == cursor.map // across
        start = Segment(fit(str(row * across), label), colours.window if here else colours.faint)
        line = [start, *matrix_line(matrix, row, 0, width - label, colours)]
        lines.append(Segment.adjust_line_length(line, width))

    def pick(x: int, y: int) -> Target | None:
        at = (first + y - 1) * across + max(0, x - label) // matrix.pitch
        return ("map", at) if y >= 1 and x >= label and at < len(values) else None

    return Block(lines, width, pick)
