"""Feature maps and weights as pictures: half blocks with two values per cell, whole cells with a sign, tiles in a
grid.

Levels come from `cnncore.display.maps`, from -255 to 255. If none is negative they are greys. Otherwise zero is dark,
positive values are orange and negative ones blue, which colour-blind readers can tell apart. An enlarged negative
value shows a '-', a weight is a sign and a digit, and without colour characters replace the blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui.drawing.blocks import Block, Target
from tui.drawing.cell_colours import (
    CHOSEN,
    MARKED,
    NEGATIVE_SHADES,
    POSITIVE_SHADES,
    SHADES,
    UNMARKED,
    dithered,
    marked,
    shade,
    sign,
    two_colours,
)
from tui.drawing.chart import Line
from tui.drawing.theme import Palette, text_colour_on

UPPER_HALF = "▀"
Box: TypeAlias = tuple[int, int, int, int]
Kind: TypeAlias = Literal["plain", "window", "cell"]
NEGATIVE_SIGNS, POSITIVE_SIGNS = "--=", "++#"
POSITIVE, NEGATIVE, ZERO = (255, 176, 64), (96, 172, 255), (26, 28, 32)
FEW = Color.from_rgb(0, 0, 0), Color.from_rgb(85, 85, 255), Color.from_rgb(170, 85, 0)
"""The same, with sixteen colours."""
INK_DARK, INK_LIGHT = Color.from_rgb(16, 18, 22), Color.from_rgb(236, 238, 240)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The colours of pictures: the accents of window and cell, and flags for no colour and for only sixteen.

    `look_of` returns the same object for the same palette, so that caches of drawn cells need not compare colours.
    """

    window: Color
    cell: Color
    no_color: bool = False
    few: bool = False


@lru_cache(maxsize=16)
def look_of(colours: Palette, *, no_color: bool = False, few: bool = False) -> Look:
    return Look(colours.tints.window, colours.tints.cell, no_color, few)


@lru_cache(maxsize=8192)
def level_colour(level: int, signed: bool, kind: Kind, look: Look) -> Color:
    """Return the colour of a level."""
    if kind != "plain":
        if look.few:
            return marked(abs(level), look.window if kind == "window" else look.cell)
        return shade(look.window, abs(level), 0.45) if kind == "window" else shade(look.cell, abs(level), 0.65)
    if not signed:
        return Color.from_rgb(*(max(0, level),) * 3)
    if look.few:
        return FEW[0 if abs(level) < 43 else 1 if level < 0 else 2]
    goal = POSITIVE if level >= 0 else NEGATIVE
    part = min(1.0, abs(level) / 255) ** 0.75  # keeps small weights visible
    if look.window in SHADES:
        shades = POSITIVE_SHADES if level >= 0 else NEGATIVE_SHADES
        step = round(part * len(shades))
        return shades[step - 1] if step else Color.from_rgb(*ZERO)
    return Color.from_rgb(*(zero + (full - zero) * part for zero, full in zip(ZERO, goal, strict=True)))


@lru_cache(maxsize=4096)
def _plain(above: int, below: int | None, signed: bool, look: Look) -> Style:
    """Return the style of two unmarked values in a cell."""
    lower = None if below is None else level_colour(below, signed, "plain", look)
    return two_colours(level_colour(above, signed, "plain", look), lower)


def _text_colour(level: int, kind: Kind, look: Look) -> Color:
    if look.few and kind == "plain":  # orange is a light yellow in many terminals
        return INK_DARK if level >= 43 else INK_LIGHT
    return text_colour_on(level_colour(level, True, kind, look))


def _touches(box: Box | None, row: int, column: int) -> bool:
    return box is not None and box[0] <= row < box[2] and box[1] <= column < box[3]


def picture_lines(
    levels: Any,
    zoom: int,
    *,
    signed: bool,
    look: Look,
    window: Box | None = None,
    cell: tuple[int, int] | None = None,
) -> list[Line]:
    """Draw levels (H, W), each `zoom` half cells high and `zoom` cells wide, with `window` and `cell` tinted.

    Signed levels with an even zoom, and all levels without colour, are drawn as whole cells with a sign.
    """
    rows: list[list[int]] = levels.tolist()
    width = len(rows[0])
    box = None if cell is None else (cell[0], cell[1], cell[0] + 1, cell[1] + 1)
    kinds: list[list[Kind]] | None = None
    if window is not None or box is not None:
        kinds = [
            ["cell" if _touches(box, r, c) else "window" if _touches(window, r, c) else "plain" for c in range(width)]
            for r in range(len(rows))
        ]
    if look.no_color or (signed and zoom % 2 == 0):
        return _sign_lines(rows, kinds, zoom, signed, look)
    if look.few and not signed and zoom == 1:
        rows = [[dithered(level, r, c) for c, level in enumerate(row)] for r, row in enumerate(rows)]
    lines: list[Line] = []
    for line in range(-(-len(rows) * zoom // 2)):
        upper, lower = line * 2 // zoom, (line * 2 + 1) // zoom
        if kinds is None:
            under = rows[lower] if lower < len(rows) else [None] * width
            pairs = zip(rows[upper], under, strict=True)
            lines.append(_runs(UPPER_HALF * zoom, [_plain(high, low, signed, look) for high, low in pairs]))
            continue
        styles = []
        for column in range(width):
            above = level_colour(rows[upper][column], signed, kinds[upper][column], look)
            below = None
            if lower < len(rows):
                below = level_colour(rows[lower][column], signed, kinds[lower][column], look)
            styles.append(two_colours(above, below))
        lines.append(_runs(UPPER_HALF * zoom, styles))
    return lines


def _runs(text: str, styles: Sequence[Style]) -> Line:
    """Return `text` once in each style; neighbours of the same style form one segment."""
    line: Line = []
    last, count = styles[0], 0
    for style in styles:
        if style is not last:
            line.append(Segment(text * count, last))
            last, count = style, 0
        count += 1
    return [*line, Segment(text * count, last)]


def _sign_lines(
    rows: list[list[int]], kinds: list[list[Kind]] | None, zoom: int, signed: bool, look: Look
) -> list[Line]:
    """Draw whole cells with a sign: the larger of the values one above the other in a cell."""
    lines: list[Line] = []
    for at in range(-(-len(rows) * zoom // 2)):
        first, end = at * 2 // zoom, min(len(rows), (at * 2 + 1) // zoom + 1)
        line: Line = []
        for column in range(len(rows[0])):
            here = max(range(first, end), key=lambda r: abs(rows[r][column]))
            level = rows[here][column]
            marks = {kinds[r][column] for r in range(first, end)} if kinds else set()
            kind: Kind = "cell" if "cell" in marks else "window" if "window" in marks else "plain"
            if look.no_color:
                text = sign_glyph(level) if signed else sign((max(0, level),))
                style = CHOSEN if kind == "cell" else MARKED if kind == "window" else UNMARKED
                _append(line, text * zoom, style)
            else:
                text = ("-" if level < 0 else " ").ljust(zoom)
                _append(line, text, two_colours(_text_colour(level, kind, look), level_colour(level, True, kind, look)))
        lines.append(line)
    return lines


def sign_glyph(level: int) -> str:
    """Return the character of a level: heavier for a larger one."""
    if abs(level) < 12:
        return " "
    return (NEGATIVE_SIGNS if level < 0 else POSITIVE_SIGNS)[min(2, abs(level) // 86)]


def _append(line: Line, text: str, style: Style) -> None:
    """Append a text, to the last segment if it has the same style."""
    if line and line[-1].style is style:
        line[-1] = Segment(line[-1].text + text, style)
    else:
        line.append(Segment(text, style))


@dataclass(frozen=True, slots=True)
class Tiling:
    """The layout of `count` tiles in a box: each has `lines` x `cells` and a caption, one cell apart."""

    count: int
    zoom: int
    every: int
    lines: int
    cells: int
    across: int
    down: int

    @property
    def per_page(self) -> int:
        return self.across * self.down

    @property
    def pages(self) -> int:
        return -(-self.count // self.per_page)

    def first(self, number: int) -> int:
        """Return the first tile on the page of tile `number`."""
        return number // self.per_page * self.per_page


SMALLEST_TILE = 6
LARGEST_ZOOM = 4


def tiling(count: int, rows: int, columns: int, width: int, height: int) -> Tiling:
    """Return the largest scale at which all tiles, or at least some rows of them, are on a page; otherwise the
    smallest that is legible."""
    scales = [(zoom, 1) for zoom in range(LARGEST_ZOOM, 0, -1)]
    largest = max(rows, columns)
    scales += [(1, every) for every in range(2, largest) if _parts(largest, every) >= SMALLEST_TILE]
    tiling = None
    for zoom, every in scales:
        cells, lines = _parts(columns, every) * zoom, _parts(_parts(rows, every) * zoom, 2)
        across, down = (width - 1) // (cells + 1), height // (lines + 1)
        if across < 1 or down < 1:
            continue
        tiling = Tiling(count, zoom, every, lines, cells, across, down)
        if tiling.pages == 1 or tiling.per_page >= max(10, width // 7):
            return tiling
    if tiling is not None:
        return tiling
    every = max(_parts(columns, max(1, width - 2)), _parts(rows, max(1, 2 * (height - 1))))
    return Tiling(count, 1, every, _parts(_parts(rows, every), 2), _parts(columns, every), 1, 1)


def _parts(size: int, each: int) -> int:
    """Return the number of parts of size `each` that hold `size`."""
    return -(-size // each)


def grid_block(
    tiles: Sequence[tuple[str, Sequence[Line]]],
    layout: Tiling,
    first: int,
    chosen: int,
    width: int,
    name: str,
    colours: Palette,
) -> Block:
    """Return tiles (caption, lines), numbered from `first`, in rows; the chosen one is in brackets, its caption
    reversed. A click picks (`name`, number)."""
    lines: list[Line] = []
    pitch = layout.cells + 1
    for row in range(0, len(tiles), layout.across):
        part = tiles[row : row + layout.across]
        here = chosen - first - row
        rest = width - len(part) * pitch - 1
        caption: Line = []
        for at, (text, _lines) in enumerate(part):
            caption.append(Segment(" "))
            style = colours.term if at == here else colours.faint
            caption.append(Segment(text[: layout.cells], style))
            if len(text) < layout.cells:
                caption.append(Segment(" " * (layout.cells - len(text))))
        caption.append(Segment(" " * (rest + 1)))
        lines.append(caption)
        for y in range(layout.lines):
            line: Line = []
            for at, (_text, tile) in enumerate(part):
                line.append(_edge(at, here, colours))
                line += tile[y]
            line.append(_edge(len(part), here, colours))
            if rest > 0:
                line.append(Segment(" " * rest))
            lines.append(line)

    def pick(x: int, y: int) -> Target | None:
        column, row = max(0, x - 1) // pitch, y // (layout.lines + 1)
        at = row * layout.across + column
        return (name, first + at) if column < layout.across and at < len(tiles) else None

    return Block(lines, width, pick)


def _edge(at: int, here: int, colours: Palette) -> Segment:
    text = "[" if at == here else "]" if at == here + 1 else " "
    return Segment(text, colours.window)


def digit_lines(digits: Any, levels: Any, look: Look) -> list[Line]:
    """Draw weights (H, W) as a sign and a digit each, 9 for the largest, on their colour."""
    return [digit_pairs(row, shades, look) for row, shades in zip(digits.tolist(), levels.tolist(), strict=True)]


def digit_pairs(digits: Sequence[int], levels: Sequence[int], look: Look) -> list[Segment]:
    """Return a row of weights, a segment for each."""
    return [_pair(digit, level, look) for digit, level in zip(digits, levels, strict=True)]


@lru_cache(maxsize=4096)
def _pair(digit: int, level: int, look: Look) -> Segment:
    text = ("-" if level < 0 else "+" if level else " ") + str(abs(digit))
    if look.no_color:
        return Segment(text, Style.null())
    return Segment(text, two_colours(_text_colour(level, "plain", look), level_colour(level, True, "plain", look)))
