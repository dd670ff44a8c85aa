"""The weights behind the current map: a tile for each kernel, a strip for a dense unit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rich.cells import cell_len

from cnncore.display.maps import signed_digits, signed_levels
from tui.drawing.blocks import Block, Placed, text_line, title_line
from tui.drawing.chart import Line
from tui.drawing.fitting import first_fit
from tui.drawing.maps import Look, Tiling, digit_lines, grid_block
from tui.drawing.numbers import short, significant
from tui.drawing.strip import strip_block
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.cursor import Cursor
from tui.network.fitting import joined_to_fit
from tui.network.layer_words import value_text


def has_weights(cursor: Cursor) -> bool:
    return cursor.largest_weight > 0


def weights_lines(cursor: Cursor, width: int) -> int:
    """The number of lines that `weights_panel` could fill."""
    kernel = cursor.current_kernel
    if kernel is None:
        weights = cursor.unit_weights
        return 3 if weights is None else 4 + len(weights) // max(10, width - 6)
    count = cursor.size[2] if len(cursor.channels) == 1 else len(cursor.channels)
    across = max(1, (width - 1) // (int(kernel.shape[1]) * 2 + 1))
    return 2 + -(-count // across) * (int(kernel.shape[0]) + 1)


def weights_panel(cursor: Cursor, width: int, height: int, colours: Palette, look: Look) -> list[Placed]:
    """The weights of the current map: a tile of signs and digits for each kernel, a strip for a dense unit."""
    largest = cursor.largest_weight
    weights = cursor.unit_weights
    room = height - 2
    gradients = cursor.activations.gradients
    most = significant(largest, 3) if gradients else short(largest)
    note = _("9 = {value}").format(value=most)
    if weights is not None:
        block, first, end = strip_block(
            len(weights),
            cursor.input_number,
            width,
            room,
            "input",
            values=lambda a, b: (weights[a:b] / cursor.weight_unit).tolist(),
            levels=lambda a, b: signed_levels(weights[a:b], largest),
            digits=lambda a, b: signed_digits(weights[a:b], largest),
            signed=True,
            colours=colours,
            look=look,
        )
        title = _("Gradients of the weights") if gradients else _("Weights of value {number}").format(number=cursor.map)
        part = f"{first}-{end - 1}/{len(weights):,}" if end - first < len(weights) else f"{len(weights):,}"
        value = f"[{cursor.input_number}] = {value_text(cursor, float(weights[cursor.input_number]))}"
        note = joined_to_fit("  ", [value, ", .", part], width - cell_len(title) - 4)
    else:
        block, title, pages = _kernels(cursor, largest, width, room, colours, look)
        note = joined_to_fit("  ", [part for part in (pages, note) if part], width - cell_len(title) - 4)
    bias = cursor.bias
    words = [] if bias is None else [_("bias {value}").format(value=value_text(cursor, bias))]
    if weights is not None:
        long, brief = _("the largest weight of the layer is {value}"), _("largest {value}")
        room = width - 3 - sum(cell_len(word) + 2 for word in words)
        long = brief if gradients else long
        words.append(first_fit(room, *(text.format(value=most) for text in (long, brief))))
    if not look.no_color:
        words.append(_("blue -, orange +"))
    foot = joined_to_fit("  ", words, width - 1)
    return [
        Placed(0, 0, Block([title_line(title, note, width, colours, indent=1)], width)),
        Placed(0, 1, block),
        Placed(0, height - 1, Block([text_line([(" " + foot, colours.faint)], width)], width)),
    ]


@lru_cache(maxsize=1024)
def _kernel_tile(data: bytes, rows: int, columns: int, largest: float, look: Look) -> list[Line]:
    """The signs and digits of a kernel, which do not change with the picture."""
    kernel = np.frombuffer(data, np.float32).reshape(rows, columns)
    return digit_lines(signed_digits(kernel, largest), signed_levels(kernel, largest), look)


def _kernels(
    cursor: Cursor, largest: float, width: int, room: int, colours: Palette, look: Look
) -> tuple[Block, str, str]:
    """The kernels of one map if there are many input channels, else those of all maps; with a title and the page."""
    channels = cursor.channels
    by_map = len(channels) == 1
    numbers: Sequence[int] = range(cursor.size[2]) if by_map else channels
    chosen = cursor.map if by_map else cursor.channel
    first_kernel = cursor.current_kernel
    assert first_kernel is not None
    rows, columns = first_kernel.shape
    across, down = max(1, (width - 1) // (columns * 2 + 1)), max(1, room // (rows + 1))
    layout = Tiling(len(numbers), 1, 1, rows, columns * 2, across, down)
    first = layout.first(chosen - numbers[0])
    tiles = []
    for i in numbers[first : first + layout.per_page]:
        kernel = cursor.kernel(i, cursor.channel) if by_map else cursor.kernel(cursor.map, i)
        assert kernel is not None
        tiles.append((str(i), _kernel_tile(kernel.tobytes(), rows, columns, largest, look)))
    name = "map" if by_map else "channel"
    block = grid_block(tiles, layout, first + numbers[0], chosen, width, name, colours)
    title = _("Kernels of all maps") if by_map else _("Kernels of map {number}").format(number=cursor.map)
    if cursor.activations.gradients:
        title = _("Gradients of all kernels") if by_map else _("Gradients of its kernels")
    page = (chosen - numbers[0]) // layout.per_page + 1
    pages = _("page {page}/{pages}").format(page=page, pages=layout.pages) if layout.pages > 1 else ""
    return block, title, pages
