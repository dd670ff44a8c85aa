"""The network depth's panels as pure functions: layers, answer, picture, all maps of a layer, its weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from cnncore.display.maps import lightest, shrink, signed_digits, signed_levels
from tui.drawing.canvas import Block, Part, Placed, Target, text_line, title_line
from tui.drawing.chart import Line
from tui.drawing.fitting import first_fit
from tui.drawing.maps import Box, Look, Tiling, digit_lines, grid_block, picture_lines, tiling
from tui.drawing.numbers import number, short
from tui.drawing.picture import Picture, scale_to_fit
from tui.drawing.strip import bar, strip_block
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.layer_words import layer_name, maps_text, scale_text, settings, shape_text
from tui.network.state import INPUT, Microscope, ScaleName, Shot


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says: `scores` for the classes, which are `probabilities` or are not; `label` is the truth where
    it is known. Where a score is NaN there is no `answer`. `whole`: 1 is as much as a score can be."""

    scores: Any
    classes: tuple[str, ...]
    answer: int | None
    label: int | None
    probabilities: bool
    whole: bool = False


def layers_block(scope: Microscope, name: str, width: int, height: int, colours: Palette) -> Block:
    """The network's name, and a row a layer: name, kind, shape, parameters; the one at hand is marked and in sight.
    The first row is the input."""
    rows = [_layer_row(scope, at) for at in range(INPUT, len(scope.layers))]
    names, kinds, shapes, numbers = (max(map(cell_len, column)) for column in zip(*rows, strict=True))
    rest = width - shapes - numbers - 6
    if rest < names + kinds + 1:
        kinds = 0
    names = max(4, min(names, rest - (kinds + 1 if kinds else 0)))
    first = _in_sight(scope.layer + 1, len(rows), height - 1)
    count_text = _("{count} parameters").format(count=f"{scope.network.parameters:,}")
    lines = [title_line(_cut_to(name, width - cell_len(count_text) - 4), count_text, width, colours, indent=1)]
    for at, (title, kind, shape, count) in enumerate(rows[first : first + height - 1], first + INPUT):
        here = at == scope.layer
        style = colours.window if here else colours.text
        parts: list[Part] = [
            (">" if here else " ", colours.window),
            (_cut(title, names) + " ", style),
            (_cut(kind, kinds) + " " if kinds else "", colours.window if here else colours.faint),
            (" " + shape.rjust(shapes), style),
            ("  " + count.rjust(numbers), style),
        ]
        if (at == first + INPUT and first) or (len(lines) == height - 1 and at < len(rows) - 1 + INPUT):
            parts.append((" ^" if len(lines) == 1 else " v", colours.notice))  # there is more that way
        lines.append(text_line(parts, width))

    def pick(_x: int, y: int) -> Target | None:
        return ("layer", first + y - 1 + INPUT) if 1 <= y < len(lines) else None

    return Block(lines, width, pick)


def _layer_row(scope: Microscope, at: int) -> tuple[str, str, str, str]:
    """Name, kind, shape and parameters of a layer; of the input what it has of them."""
    if at == INPUT:
        return _("Input"), "", shape_text(scope.network.input_shape), ""
    layer = scope.layers[at]
    return layer.name, layer.kind, shape_text(layer.output_shape), f"{layer.parameters:,}" if layer.parameters else "-"


def _cut_to(text: str, width: int) -> str:
    """`text`, its middle left out where it does not fit: the end of a file's name tells it from others."""
    if cell_len(text) <= width:
        return text
    half = max(1, (width - 2) // 2)
    return text[:half] + ".." + text[-half:]


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(0, width - 2)) + ".."


def _in_sight(at: int, count: int, visible: int) -> int:
    """The first of `visible` rows so that row `at` is among them, in the middle where there is a choice."""
    return max(0, min(at - visible // 2, count - visible))


def answer_block(answer: Answer, width: int, height: int, colours: Palette) -> Block:
    """A bar a class: '>' is what the network answers, '*' what it is; no answer where a score is NaN."""
    count = len(answer.scores)
    names = [_(name) for name in answer.classes[:count]]
    names += [_("class {number}").format(number=i) for i in range(len(names), count)]
    first = _in_sight(answer.answer or 0, count, height - 1)
    shown = range(first, min(count, first + height - 1))
    title = _("Probabilities") if answer.probabilities else _("Outputs")
    said = _("NaN: no answer") if answer.answer is None else _("> answer")
    note = f"({said})" if answer.label is None else f"({said}, {_('* truth')})"
    if cell_len(title) + cell_len(note) + 3 > width:
        note = ""
    lines = [title_line(title, note, width, colours, indent=1)]
    texts = [number(float(score)) for score in answer.scores]
    cells = max(len(texts[i]) for i in shown)
    longest = min(max(cell_len(names[i]) for i in shown), max(6, width - cells - 8))
    sizes = [abs(float(score)) for score in answer.scores if not math.isnan(score)]
    largest = 1.0 if answer.whole else max(1e-30, *sizes, 1e-30)
    for i in shown:
        chosen, true = i == answer.answer, i == answer.label
        score = float(answer.scores[i])
        full, rest = bar(_part(abs(score), largest), max(1, width - longest - cells - 5))
        style = colours.window if chosen else colours.strong if true else colours.text
        lines.append(
            text_line(
                [
                    (">" if chosen else " ", colours.window),
                    ("*" if true else " ", colours.strong),
                    (_cut(names[i], longest) + " ", style),
                    (texts[i].rjust(cells) + " ", style),
                    (full, colours.window if chosen else colours.negative if score < 0 else colours.text),
                    (rest, colours.rule),
                ],
                width,
            )
        )

    def pick(_x: int, y: int) -> Target | None:
        return ("class", shown[y - 1]) if 1 <= y <= len(shown) else None

    return Block(lines, width, pick)


def _part(size: float, largest: float) -> float:
    """How much of a bar a size fills: of one that cannot be seen, and of NaN, nothing; of infinity everything."""
    if not size >= 0.0005:
        return 0.0
    return 1.0 if math.isinf(size) else size / largest


def pixels_block(
    pixels: Any, width: int, height: int, look: Look, *, window: Box | None = None, cell: tuple[int, int] | None = None
) -> Block:
    """A picture (H, W) or (H, W, 3) uint8, as large as fits. A click picks ("pixel", row, column)."""
    rows, columns = pixels.shape[:2]
    scale = scale_to_fit(rows, columns, height, width)
    small = shrink(pixels, scale.every)
    if small.ndim == 3 and (look.no_color or look.few):
        small = lightest(small)
    if small.ndim == 3:
        lines = _coloured_lines(small, scale.zoom)
    else:
        lines = picture_lines(
            small,
            scale.zoom,
            signed=False,
            look=look,
            window=smaller(window, scale.every),
            cell=None if cell is None else (cell[0] // scale.every, cell[1] // scale.every),
        )

    def pick(x: int, y: int) -> Target | None:
        row, column = y * 2 // scale.zoom * scale.every, x // scale.zoom * scale.every
        return ("pixel", row, column) if row < rows and column < columns else None

    # (Colours are for half blocks alone.)
    picture = None if pixels.ndim == 3 else Picture(pixels, scale, window=window, cell=cell)
    return Block(lines, small.shape[1] * scale.zoom, pick, picture)


def _coloured_lines(pixels: Any, zoom: int) -> list[Line]:
    from rich.color import Color
    from rich.style import Style

    rows = pixels.tolist()
    lines: list[Line] = []
    for line in range(-(-len(rows) * zoom // 2)):
        upper, lower = line * 2 // zoom, (line * 2 + 1) // zoom
        lines.append(
            [
                Segment(
                    "▀" * zoom,
                    Style(
                        color=Color.from_rgb(*rows[upper][column]),
                        bgcolor=Color.from_rgb(*rows[lower][column]) if lower < len(rows) else None,
                    ),
                )
                for column in range(len(rows[0]))
            ]
        )
    return lines


def smaller(box: Box | None, every: int) -> Box | None:
    """A box of a picture in its small version."""
    return None if box is None else (box[0] // every, box[1] // every, -(-box[2] // every), -(-box[3] // every))


# All maps of a layer, and its weights.


def fitting(between: str, parts: Sequence[str], width: int) -> str:
    """The parts in a row, the first of them and those after it that fit `width` cells."""
    text = ""
    for part in parts:
        joined = f"{text}{between}{part}" if text else part
        if not text or cell_len(joined) <= width:
            text = joined
    return text


def maps_head(scope: Microscope, note: str, width: int, colours: Palette, room: int = 0) -> list[Line]:
    """A title with the layer, and a line on what it is, of which `room` cells are left for something else."""
    layer = scope.here
    name, note = layer_name(scope, scope.layer), f"{maps_text(scope)} {note}".strip()
    lines = [title_line(name, note, width, colours, indent=1)]
    if layer is None:
        text = _("the picture as the network gets it")
    else:
        text = f"{layer.kind} {settings(layer)}".strip()
        if layer.parameters:
            count = _("{count} parameters").format(count=f"{layer.parameters:,}")
            text = fitting("  ", (text, count), width - 1 - room)
    lines.append(text_line([(" " + text, colours.faint)], width))
    return lines


def maps_foot(scope: Microscope, width: int, colours: Palette) -> Line:
    """The scale, and how many maps are dead."""
    dead, count = int(scope.shot.dead(scope.layer).sum()), scope.size[2]
    long, brief = scale_text(scope), scale_text(scope, short=True)
    if dead:
        words = _("=0 for this picture: {dead}/{count}").format(dead=dead, count=count)
        text = first_fit(width - 1, f"{words}  {long}", f"{words}  {brief}", f"=0 {dead}/{count}  {brief}", brief)
    else:
        text = first_fit(width - 1, long, brief)
    return text_line([(" " + text, colours.faint)], width)


def maps_panel(scope: Microscope, width: int, height: int, colours: Palette, look: Look) -> list[Placed]:
    """All maps of the layer at hand, a page of them where there are too many, the one at hand in brackets."""
    rows, columns, count = scope.size
    shot, room = scope.shot, height - 3
    if rows * columns == 1:
        block, first, end = values_strip(scope, width, room, colours, look)
        value = _("value {number}").format(number=scope.map) + f" = {short(scope.value, 6)}"
        note = f"{first}-{end - 1}" if (first, end) != (0, count) else ""
        head = maps_head(scope, note, width, colours, cell_len(value) + 2)
        head[1] = text_line([(f" {value} ", colours.window), (_plain(head[1]), colours.faint)], width)
    else:
        layout = tiling(count, rows, columns, width, room)
        first = layout.first(scope.map)
        end = min(count, first + layout.per_page)
        dead = shot.dead(scope.layer)
        tiles = [
            (f"{i}=0" if dead[i] else str(i), _map_tile(shot, scope.layer, i, scope.scale, layout, look))
            for i in range(first, end)
        ]
        block = grid_block(tiles, layout, first, scope.map, width, "map", colours)
        pages = _("page {page}/{pages}").format(page=scope.map // layout.per_page + 1, pages=layout.pages)
        head = maps_head(scope, pages if layout.pages > 1 else "", width, colours)
    foot = Block([maps_foot(scope, width, colours)], width)
    return [Placed(0, 0, Block(head, width)), Placed(0, 2, block), Placed(0, height - 1, foot)]


def _map_tile(shot: Shot, layer: int, number: int, scale: ScaleName, layout: Tiling, look: Look) -> list[Line]:
    """A small map without marks, drawn once for a picture."""

    def make() -> list[Line]:
        return picture_lines(
            shot.levels(layer, number, scale, layout.every), layout.zoom, signed=shot.signed(layer), look=look
        )

    found: list[Line] = shot.kept(("tile", layer, number, scale, layout.every, layout.zoom, look), make)
    return found


def values_strip(scope: Microscope, width: int, height: int, colours: Palette, look: Look) -> tuple[Block, int, int]:
    """A layer's row of numbers, see `strip_block`."""
    values = scope.shot.maps(scope.layer)[0, 0]
    largest = scope.shot.largest(scope.layer, scope.scale, scope.map)
    return strip_block(
        len(values),
        scope.map,
        width,
        height,
        "map",
        values=lambda a, b: values[a:b].tolist(),
        levels=lambda a, b: signed_levels(values[a:b], largest),
        digits=lambda a, b: signed_digits(values[a:b], largest),
        signed=scope.shot.signed(scope.layer),
        colours=colours,
        look=look,
    )


def _plain(line: Line) -> str:
    return "".join(segment.text for segment in line).rstrip()


def has_weights(scope: Microscope) -> bool:
    return scope.largest_weight > 0


def weights_lines(scope: Microscope, width: int) -> int:
    """How many lines `weights_panel` could fill."""
    kernel = scope.kernel(scope.map, scope.channel)
    if kernel is None:
        weights = scope.unit_weights
        return 3 if weights is None else 4 + len(weights) // max(10, width - 6)
    count = scope.size[2] if len(scope.channels) == 1 else len(scope.channels)
    across = max(1, (width - 1) // (int(kernel.shape[1]) * 2 + 1))
    return 2 + -(-count // across) * (int(kernel.shape[0]) + 1)


def weights_panel(scope: Microscope, width: int, height: int, colours: Palette, look: Look) -> list[Placed]:
    """The weights that make the map at hand: a tile of signs and digits for each kernel, a strip for a dense unit."""
    largest = scope.largest_weight
    weights = scope.unit_weights
    room = height - 2
    note = _("9 is {value}").format(value=short(largest))
    if weights is not None:
        block, first, end = strip_block(
            len(weights),
            scope.source,
            width,
            room,
            "source",
            values=lambda a, b: weights[a:b].tolist(),
            levels=lambda a, b: signed_levels(weights[a:b], largest),
            digits=lambda a, b: signed_digits(weights[a:b], largest),
            signed=True,
            colours=colours,
            look=look,
        )
        title = _("Weights of value {number}").format(number=scope.map)
        part = f"{first}-{end - 1}/{len(weights):,}" if end - first < len(weights) else f"{len(weights):,}"
        value = f"[{scope.source}] = {short(float(weights[scope.source]), 6)}"
        note = fitting("  ", [value, ", .", part], width - cell_len(title) - 4)
    else:
        block, title, pages = _kernels(scope, largest, width, room, colours, look)
        note = fitting("  ", [part for part in (pages, note) if part], width - cell_len(title) - 4)
    bias = scope.bias(scope.map)
    words = [] if bias is None else [_("bias {value}").format(value=short(bias, 6))]
    if weights is not None:
        long, brief = _("the largest weight of the layer is {value}"), _("largest {value}")
        room = width - 3 - sum(cell_len(word) + 2 for word in words)
        words.append(first_fit(room, *(text.format(value=short(largest)) for text in (long, brief))))
    if not look.no_color:
        words.append(_("blue -, orange +"))
    foot = fitting("  ", words, width - 1)
    return [
        Placed(0, 0, Block([title_line(title, note, width, colours, indent=1)], width)),
        Placed(0, 1, block),
        Placed(0, height - 1, Block([text_line([(" " + foot, colours.faint)], width)], width)),
    ]


@lru_cache(maxsize=1024)
def _kernel_tile(data: bytes, rows: int, columns: int, largest: float, look: Look) -> list[Line]:
    """A kernel's signs and digits; it stays as it is while pictures change."""
    kernel = np.frombuffer(data, np.float32).reshape(rows, columns)
    return digit_lines(signed_digits(kernel, largest), signed_levels(kernel, largest), look)


def _kernels(
    scope: Microscope, largest: float, width: int, room: int, colours: Palette, look: Look
) -> tuple[Block, str, str]:
    """Of a convolution with many input channels the kernels of one map, else those of all maps."""
    channels = scope.channels
    by_map = len(channels) == 1
    numbers: Sequence[int] = range(scope.size[2]) if by_map else channels
    chosen = scope.map if by_map else scope.channel
    first_kernel = scope.kernel(scope.map, scope.channel)
    assert first_kernel is not None
    rows, columns = first_kernel.shape
    across, down = max(1, (width - 1) // (columns * 2 + 1)), max(1, room // (rows + 1))
    layout = Tiling(len(numbers), 1, 1, rows, columns * 2, across, down)
    first = layout.first(chosen - numbers[0])
    tiles = []
    for i in numbers[first : first + layout.per_page]:
        kernel = scope.kernel(i, scope.channel) if by_map else scope.kernel(scope.map, i)
        assert kernel is not None
        tiles.append((str(i), _kernel_tile(kernel.tobytes(), rows, columns, largest, look)))
    name = "map" if by_map else "channel"
    block = grid_block(tiles, layout, first + numbers[0], chosen, width, name, colours)
    title = _("Kernels of all maps") if by_map else _("Kernels of map {number}").format(number=scope.map)
    page = (chosen - numbers[0]) // layout.per_page + 1
    pages = _("page {page}/{pages}").format(page=page, pages=layout.pages) if layout.pages > 1 else ""
    return block, title, pages
