"""Several maps side by side as small pictures, each under its kernel's name; the selected one is in brackets.

Pure functions; `tile_at` finds the clicked tile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from tui.drawing.picture import Picture, changed_lines, picture_line
from tui.drawing.theme import Palette

SMALLEST_TILE, LONGEST_TITLE = 8, 18
GAP = 1


@dataclass(frozen=True, slots=True)
class Tile:
    """One map; without a picture, only its name."""

    title: str
    picture: Picture | None


def changed(old: Sequence[Tile], new: Sequence[Tile]) -> bool:
    """Return true if the tiles have to be drawn again."""
    return len(old) != len(new) or any(
        a.title != b.title
        or (a.picture is None) != (b.picture is None)
        or (a.picture is not None and changed_lines(a.picture, b.picture) != [])
        for a, b in zip(old, new, strict=True)
    )


def tile_width(tiles: Sequence[Tile]) -> int:
    """Return the width of a tile in cells: room for the widest picture and most names."""
    pictures = [tile.picture.size[1] for tile in tiles if tile.picture is not None]
    names = [min(LONGEST_TITLE, cell_len(tile.title) + 2) for tile in tiles]
    return max(SMALLEST_TILE, *pictures, *names)


def tile_lines(tiles: Sequence[Tile]) -> int:
    """Return the lines of a row of tiles, names included."""
    return 1 + max([tile.picture.size[0] for tile in tiles if tile.picture is not None], default=0)


def in_sight(count: int, width: int, tile: int, current: int, first: int) -> range:
    """Return the tiles to draw of `count`: scrolled from `first` no further than the current one needs."""
    fit = max(1, (width + GAP) // (tile + GAP))
    first = max(current - fit + 1, min(first, current))
    first = max(0, min(first, count - fit))
    return range(first, min(count, first + fit))


def tile_at(x: int, tile: int, shown: range) -> int | None:
    """Return the index of the clicked tile."""
    place = x // (tile + GAP)
    return shown[place] if 0 <= place < len(shown) and x % (tile + GAP) < tile else None


def maps_line(
    tiles: Sequence[Tile],
    shown: range,
    tile: int,
    y: int,
    current: int,
    colours: Palette,
    *,
    no_color: bool = False,
    few: bool = False,
) -> list[Segment]:
    """Return line `y` of the shown tiles: first their names, then their pictures."""
    segments: list[Segment] = []
    for index in shown:
        here = index == current
        if y == 0:
            name = set_cell_size(tiles[index].title, min(cell_len(tiles[index].title), tile - 2))
            text = f"[{name}]" if here else f" {name} "
            segments.append(Segment(set_cell_size(text, tile), colours.window if here else colours.faint))
        else:
            picture = tiles[index].picture
            width = 0
            if picture is not None and y <= picture.size[0]:
                segments += picture_line(picture, y - 1, colours, no_color=no_color, few=few)
                width = picture.size[1]
            segments.append(Segment(" " * (tile - width)))
        segments.append(Segment(" " * GAP))
    return segments
