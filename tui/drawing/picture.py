"""A picture in half blocks: two pixels in a cell, one above the other, which are square in a 1:2 cell.

Small pictures are enlarged by a whole factor and stay sharp; in large ones the mean of n x n pixels is drawn as one.
The window and the current cell are tinted, each in its colour, and unknown pixels have a flat tone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from weakref import ReferenceType, ref

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui.drawing.cell_colours import CHOSEN, MARKED, UNKNOWN, UNMARKED, dithered, marked, shade, sign, two_colours
from tui.drawing.theme import Palette

UPPER_HALF = "▀"


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale from pixels to half cells: each is drawn `zoom` times either way, or `every` x `every` of them as
    one."""

    zoom: int = 1
    every: int = 1

    def size(self, rows: int, columns: int) -> tuple[int, int]:
        """Return the size (lines, cells) of a picture of rows x columns."""
        across, down = -(-columns // self.every) * self.zoom, -(-rows // self.every) * self.zoom
        return -(-down // 2), across


def scale_to_fit(rows: int, columns: int, lines: int, cells: int) -> Scale:
    """Return the largest scale at which rows x columns pixels fit lines x cells (at least one of each)."""
    half_rows, cells = max(1, lines * 2), max(1, cells)
    zoom = min(half_rows // rows, cells // columns)
    if zoom >= 1:
        return Scale(zoom, 1)
    return Scale(1, max(-(-rows // half_rows), -(-columns // cells)))


@dataclass(frozen=True)
class Picture:
    """The picture to draw: `levels` is (rows, columns) uint8. `window` is (top, left, bottom, right), ends not
    included, and may reach outside; `used` are the used rows and columns of a window with gaps (None: all); `cell` is
    the current cell; `revealed` is the number of known pixels in reading order (None: all). With `output` the window
    has the colour of the output's cells."""

    levels: Any
    scale: Scale = Scale()
    window: tuple[int, int, int, int] | None = None
    cell: tuple[int, int] | None = None
    revealed: int | None = None
    used: tuple[range, range] | None = None
    output: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """The size (lines, cells)."""
        rows, columns = self.levels.shape
        return self.scale.size(rows, columns)

    def line_state(self, line: int) -> tuple[object, ...]:
        """Return everything a line depends on, besides the levels and the scale: lines with equal state look the
        same."""
        first = line * 2 // self.scale.zoom * self.scale.every
        end = ((line * 2 + 1) // self.scale.zoom + 1) * self.scale.every
        columns = self.levels.shape[1]
        window = self.window if self.window and self.window[0] < end and self.window[2] > first else None
        cell = self.cell if self.cell and first <= self.cell[0] < end else None
        known = None if self.revealed is None else max(0, min(self.revealed - first * columns, (end - first) * columns))
        return window, window and self.used, cell, known

    def pixel_at(self, line: int, cell: int, half: int = 0) -> tuple[int, int] | None:
        """Return the pixel drawn at a cell's upper (0) or lower (1) half; None outside the picture."""
        row = (line * 2 + half) // self.scale.zoom * self.scale.every
        column = cell // self.scale.zoom * self.scale.every
        rows, columns = self.levels.shape
        return (row, column) if row < rows and column < columns else None


def changed_lines(old: Picture | None, new: Picture | None) -> list[int] | None:
    """Return the lines that differ; None if any line may."""
    if old is None or new is None or old.levels is not new.levels:
        return None
    marks: dict[str, Any] = {"levels": None, "window": None, "used": None, "cell": None, "revealed": None}
    if replace(old, **marks) != replace(new, **marks):
        return None
    return [line for line in range(new.size[0]) if old.line_state(line) != new.line_state(line)]


_REDUCED: list[tuple[ReferenceType[Any], int, Any]] = []
"""The last reduced pictures: (levels, every, reduced). They live as long as their levels, which the walk keeps, so
each is made once for every zoom."""


def reduced(levels: Any, every: int) -> Any:
    """Return the means of `every` x `every` levels; cached as long as the levels live."""
    if every == 1:
        return levels
    for known, factor, reduced in _REDUCED:
        if known() is levels and factor == every:
            return reduced
    from cnncore.display.greys import overview

    _REDUCED.append((ref(levels), every, overview(levels, every)))
    del _REDUCED[:-4]
    return _REDUCED[-1][2]


def _hits(used: range, place: int, every: int) -> bool:
    return any(index in used for index in range(place, place + every))


def _pixels(picture: Picture, row: int) -> tuple[list[int | None], list[str]]:
    """Return the drawn pixels of a row, each for `every` x `every`: their levels, None if unknown, and their kinds:
    "cell", "hidden", "window" or "plain"."""
    every = picture.scale.every
    levels: list[int | None] = reduced(picture.levels, every)[row // every].tolist()
    kinds = ["plain"] * len(levels)
    if picture.window is not None and picture.window[0] < row + every and row < picture.window[2]:
        box = range(max(0, picture.window[1] // every), min(len(kinds), (picture.window[3] - 1) // every + 1))
        used = picture.used
        for place in box:
            if used is None or (_hits(used[0], row, every) and _hits(used[1], place * every, every)):
                kinds[place] = "window"
    if picture.revealed is not None:
        known = max(0, -(-(picture.revealed - row * picture.levels.shape[1]) // every))
        missing = max(0, len(kinds) - known)
        kinds[known:], levels[known:] = ["hidden"] * missing, [None] * missing
    if picture.cell is not None and row <= picture.cell[0] < row + every:
        kinds[picture.cell[1] // every] = "cell"
    return levels, kinds


@lru_cache(maxsize=4096)
def _colour(level: int, kind: str, accent: Color) -> Color:
    if kind in ("window", "cell"):
        # Dark pixels must show the tint too, and light ones must still differ from one another.
        return shade(accent, level, 0.45 if kind == "window" else 0.65)
    return Color.from_rgb(level, level, level)


def _rows_of(picture: Picture, line: int) -> tuple[int, int | None]:
    """Return the rows drawn in the upper and in the lower half of a line's cells; None below the picture."""
    zoom, every = picture.scale.zoom, picture.scale.every
    upper, lower = line * 2 // zoom * every, (line * 2 + 1) // zoom * every
    return upper, lower if lower < picture.levels.shape[0] else None


def picture_line(
    picture: Picture, line: int, colours: Palette, *, no_color: bool = False, few: bool = False
) -> list[Segment]:
    """Return one line of cells; see `tui.drawing.cell_colours` for `few` and `no_color`."""
    if no_color:
        return _signs_line(picture, line)
    window, output = colours.tints.window, colours.tints.cell
    hidden = colours.hidden.color
    assert hidden is not None
    accent = output if picture.output else window
    zoom, every = picture.scale.zoom, picture.scale.every

    def colour(level: int | None, kind: str, row: int, place: int) -> Color:
        if kind == "hidden":
            return hidden
        level = 255 if level is None else level
        tint = accent if kind == "window" else output
        if few and kind != "plain":
            return marked(level, tint)
        if few and zoom == 1:
            level = dithered(level, row // every, place)
        return _colour(level, kind, tint)

    def painted(row: int) -> list[Color]:
        levels, kinds = _pixels(picture, row)
        return [colour(levels[place], kinds[place], row, place) for place in range(len(levels))]

    upper_row, lower_row = _rows_of(picture, line)
    upper = painted(upper_row)
    lower: Sequence[Color | None] = [None] * len(upper)
    if lower_row is not None:
        lower = upper if lower_row == upper_row else painted(lower_row)
    return _runs((UPPER_HALF * zoom, two_colours(*pair)) for pair in zip(upper, lower, strict=True))


def _runs(parts: Iterable[tuple[str, Style]]) -> list[Segment]:
    """Return the segments of parts; neighbours of one style form one segment."""
    segments: list[Segment] = []
    for text, style in parts:
        if segments and segments[-1].style is style:
            segments[-1] = Segment(segments[-1].text + text, style)
        else:
            segments.append(Segment(text, style))
    return segments


_SIGN_STYLES = {"cell": CHOSEN, "window": MARKED}


def _signs_line(picture: Picture, line: int) -> list[Segment]:
    """Return one line without colour: a character per cell, marked ones reversed."""
    rows = [_pixels(picture, row) for row in dict.fromkeys(_rows_of(picture, line)) if row is not None]

    def signed(place: int) -> tuple[str, Style]:
        kinds = {kinds[place] for _levels, kinds in rows}
        levels = tuple(level for levels, _kinds in rows if (level := levels[place]) is not None)
        style = next((_SIGN_STYLES[kind] for kind in ("cell", "window") if kind in kinds), UNMARKED)
        return (sign(levels) if levels else UNKNOWN) * picture.scale.zoom, style

    return _runs(signed(place) for place in range(len(rows[0][0])))
