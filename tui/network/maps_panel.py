"""All maps of a layer, page by page; of a row of numbers, all values."""

from __future__ import annotations

from rich.cells import cell_len

from cnncore.display.maps import signed_digits, signed_levels
from tui.drawing.blocks import Block, Placed, text_line, title_line
from tui.drawing.chart import Line
from tui.drawing.fitting import first_fit
from tui.drawing.maps import Look, Tiling, grid_block, picture_lines, tiling
from tui.drawing.strip import strip_block
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.activations import Activations, ScaleName
from tui.network.cursor import Cursor
from tui.network.fitting import joined_to_fit
from tui.network.layer_words import maps_text, scale_text, settings, shown_name, unit_text, value_text


def maps_panel(cursor: Cursor, width: int, height: int, colours: Palette, look: Look) -> list[Placed]:
    """All maps of the current layer, or a page of them; the current map is in brackets."""
    rows, columns, count = cursor.size
    activations, room = cursor.activations, height - 3
    if rows * columns == 1:
        block, first, end = values_strip(cursor, width, room, colours, look)
        value = _("value {number}").format(number=cursor.map) + f" = {value_text(cursor, cursor.value)}"
        note = f"{first}-{end - 1}" if (first, end) != (0, count) else ""
        note = f"{note} {unit_text(activations.unit(cursor.layer))}".strip()
        head = maps_head(cursor, note, width, colours, cell_len(value) + 2)
        head[1] = text_line([(f" {value} ", colours.window), (_plain(head[1]), colours.faint)], width)
    else:
        layout = tiling(count, rows, columns, width, room)
        first = layout.first(cursor.map)
        end = min(count, first + layout.per_page)
        dead = activations.dead(cursor.layer)
        tiles = [
            (f"{i}=0" if dead[i] else str(i), _map_tile(activations, cursor.layer, i, cursor.scale, layout, look))
            for i in range(first, end)
        ]
        block = grid_block(tiles, layout, first, cursor.map, width, "map", colours)
        pages = _("page {page}/{pages}").format(page=cursor.map // layout.per_page + 1, pages=layout.pages)
        head = maps_head(cursor, pages if layout.pages > 1 else "", width, colours)
    foot = Block([maps_foot(cursor, width, colours)], width)
    return [Placed(0, 0, Block(head, width)), Placed(0, 2, block), Placed(0, height - 1, foot)]


def maps_head(cursor: Cursor, note: str, width: int, colours: Palette, room: int = 0) -> list[Line]:
    """A title with the layer, and a line with its settings that leaves `room` cells free."""
    layer = cursor.current_layer
    name, note = shown_name(cursor), f"{maps_text(cursor)} {note}".strip()
    lines = [title_line(name, note, width, colours, indent=1)]
    if layer is None:
        text = _("the picture as the network sees it")
    else:
        text = f"{layer.kind} {settings(layer)}".strip()
        if layer.parameters:
            count = _("{count} parameters").format(count=f"{layer.parameters:,}")
            text = joined_to_fit("  ", (text, count), width - 1 - room)
    lines.append(text_line([(" " + text, colours.faint)], width))
    return lines


def maps_foot(cursor: Cursor, width: int, colours: Palette) -> Line:
    """The colour scale, and how many maps are dead."""
    dead, count = int(cursor.activations.dead(cursor.layer).sum()), cursor.size[2]
    long, brief = scale_text(cursor), scale_text(cursor, short=True)
    if dead:
        words = _("=0 for this picture: {dead}/{count}").format(dead=dead, count=count)
        text = first_fit(width - 1, f"{words}  {long}", f"{words}  {brief}", f"=0 {dead}/{count}  {brief}", brief)
    else:
        text = first_fit(width - 1, long, brief)
    return text_line([(" " + text, colours.faint)], width)


def _map_tile(
    activations: Activations, layer: int, number: int, scale: ScaleName, layout: Tiling, look: Look
) -> list[Line]:
    """A small map without marks, drawn once for each picture."""

    def make() -> list[Line]:
        return picture_lines(
            activations.levels(layer, number, scale, layout.every),
            layout.zoom,
            signed=activations.signed(layer),
            look=look,
        )

    tile: list[Line] = activations.cached(("tile", layer, number, scale, layout.every, layout.zoom, look), make)
    return tile


def values_strip(cursor: Cursor, width: int, height: int, colours: Palette, look: Look) -> tuple[Block, int, int]:
    """A row of numbers, and the first and the end of those in sight; see `strip_block`."""
    values = cursor.activations.maps(cursor.layer)[0, 0]
    largest = cursor.activations.largest(cursor.layer, cursor.scale, cursor.map)
    written = values / cursor.activations.unit(cursor.layer)
    return strip_block(
        len(values),
        cursor.map,
        width,
        height,
        "map",
        values=lambda a, b: written[a:b].tolist(),
        levels=lambda a, b: signed_levels(values[a:b], largest),
        digits=lambda a, b: signed_digits(values[a:b], largest),
        signed=cursor.activations.signed(cursor.layer),
        colours=colours,
        look=look,
    )


def _plain(line: Line) -> str:
    return "".join(segment.text for segment in line).rstrip()
