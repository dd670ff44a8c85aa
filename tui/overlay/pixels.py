"""A picture in real pixels, for terminals that draw them.

It has the size and the position of the half blocks of `tui.drawing.picture`, but is sharper: the window and the
current cell are outlined, so that their pixels keep their greys, and a photograph shows as many of its pixels as the
terminal has.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.color import Color

from tui.drawing.picture import Picture, reduced
from tui.drawing.theme import Palette
from tui.overlay import Cell

RGB = tuple[int, int, int]
GROUND, HIDDEN, WINDOW, CELL, EDGE = range(256, 261)
"""Tones besides the greys 0 to 255: around the picture, unknown pixels, the outlines, and a thin line along them."""
SMALLEST_BOX = 10


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of the tones from GROUND to EDGE, in that order."""

    colours: tuple[RGB, ...]


def tones_of(colours: Palette, ground: RGB, *, no_color: bool = False, output: bool = False) -> Tones:
    """Return the tones of a palette. With `output` the window has the colour of the output's cells. Without colour,
    outlines are white along black."""
    window, cell = _rgb(colours.tints.window), _rgb(colours.tints.cell)
    window = cell if output else window
    hidden = _rgb(colours.hidden.color)
    if no_color:
        window = cell = (255, 255, 255)
        hidden, ground = (_grey(hidden),) * 3, (_grey(ground),) * 3
    edge = (0, 0, 0) if _grey(window) > 96 else (255, 255, 255)
    return Tones((ground, hidden, window, cell, edge))


def _rgb(colour: Color | None) -> RGB:
    assert colour is not None
    red, green, blue = colour.get_truecolor()
    return red, green, blue


def _grey(colour: RGB) -> int:
    return (colour[0] * 299 + colour[1] * 587 + colour[2] * 114) // 1000


def draw(picture: Picture, cell: Cell, finest: int = 1) -> Any:
    """Draw all cells of the picture: (H, W) uint16 of greys and tones. If a picture is reduced, each of its pixels
    takes at least `finest` terminal pixels either way."""
    import numpy as np

    place = _Place(picture, cell)
    rows, columns = picture.levels.shape
    every = place.every(finest)
    levels = reduced(picture.levels, every)
    down, across = place.row_at(np.arange(place.height)), place.column_at(np.arange(place.width))
    wide = levels[:, np.minimum(across // every, levels.shape[1] - 1)].astype(np.uint16)
    drawn = wide[np.minimum(down // every, levels.shape[0] - 1)]  # whole rows at a time
    if picture.revealed is not None:
        row, column = divmod(max(0, picture.revealed), columns)
        here, below = place.y(row), place.y(row + 1)
        drawn[here:below, place.x(column) :] = HIDDEN
        drawn[below:] = HIDDEN
    drawn[place.y(rows) :] = GROUND
    drawn[:, place.x(columns) :] = GROUND
    if picture.window is not None:
        boxes = [picture.window] if picture.used is None else _boxes(picture.window, *picture.used)
        for box in boxes:
            place.outline(drawn, box, WINDOW)
    if picture.cell is not None:
        row, column = picture.cell
        place.outline(drawn, (row, column, row + 1, column + 1), CELL)
    return drawn


def same(drawn: Any, other: Any) -> bool:
    """Return true if two drawings are equal."""
    import numpy as np

    return np.array_equal(drawn, other)


def _boxes(window: tuple[int, int, int, int], rows: range, columns: range) -> list[tuple[int, int, int, int]]:
    """Return the window as one box, or if it has gaps each of its used pixels."""
    whole = len(rows) >= window[2] - window[0] and len(columns) >= window[3] - window[1]
    if whole:
        return [window]
    return [(row, column, row + 1, column + 1) for row in rows for column in columns]


class _Place:
    """Maps a picture's pixels to the terminal's."""

    def __init__(self, picture: Picture, cell: Cell) -> None:
        lines, cells = picture.size
        self._scale, self._cell = picture.scale, cell
        self._shape = picture.levels.shape
        self.height, self.width = lines * cell.height, cells * cell.width

    def every(self, finest: int) -> int:
        """Return the number of pixels, either way, that are drawn as one, their mean."""
        wide = self._scale.zoom * min(self._cell.width, self._cell.height // 2) // finest
        return max(1, -(-self._scale.every // max(1, wide)))

    def y(self, row: int) -> int:
        """Return the upper edge of a row."""
        return min(self.height, max(0, -(-row * self._scale.zoom * self._cell.height // (2 * self._scale.every))))

    def x(self, column: int) -> int:
        """Return the left edge of a column."""
        return min(self.width, max(0, -(-column * self._scale.zoom * self._cell.width // self._scale.every)))

    def row_at(self, y: Any) -> Any:
        return y * 2 * self._scale.every // (self._scale.zoom * self._cell.height)

    def column_at(self, x: Any) -> Any:
        return x * self._scale.every // (self._scale.zoom * self._cell.width)

    def outline(self, drawn: Any, box: tuple[int, int, int, int], tone: int) -> None:
        """Draw a line along the inside of a box, and a thin one of another tone inside it. Sides outside the picture
        are left open."""
        rows, columns = self._shape
        if not (box[0] < rows and box[2] > 0 and box[1] < columns and box[3] > 0):
            return
        (top, bottom), (left, right) = (self.y(box[0]), self.y(box[2])), (self.x(box[1]), self.x(box[3]))
        # On a photograph a window can be smaller than a pixel, and must stay visible.
        top, bottom = _at_least(top, bottom, self.y(rows))
        left, right = _at_least(left, right, self.x(columns))
        least = min(bottom - top, right - left)
        thick = max(2 if least >= 7 else 1, min(least, self._cell.width * 2) // 8)
        if least > 2 * thick + 4:
            self._frame(drawn, (top, left, bottom, right), box, EDGE, thick + 1)
        self._frame(drawn, (top, left, bottom, right), box, tone, thick)

    def _frame(
        self, drawn: Any, place: tuple[int, int, int, int], box: tuple[int, int, int, int], tone: int, thick: int
    ) -> None:
        top, left, bottom, right = place
        rows, columns = self._shape
        if box[0] >= 0:
            drawn[top : top + thick, left:right] = tone
        if box[2] <= rows:
            drawn[bottom - thick : bottom, left:right] = tone
        if box[1] >= 0:
            drawn[top:bottom, left : left + thick] = tone
        if box[3] <= columns:
            drawn[top:bottom, right - thick : right] = tone


def _at_least(start: int, end: int, size: int) -> tuple[int, int]:
    missing = min(SMALLEST_BOX, size) - (end - start)
    if missing <= 0:
        return start, end
    start = max(0, min(start - missing // 2, size - SMALLEST_BOX))
    return start, min(size, start + SMALLEST_BOX)


def png(drawn: Any, tones: Tones) -> bytes:
    """Encode as PNG: with a palette if there are at most 256 tones, which takes a fifth of the time, otherwise in full
    colour."""
    import numpy as np
    from PIL import Image

    colours = np.array([*((level,) * 3 for level in range(256)), *tones.colours], np.uint8)
    used = np.flatnonzero(np.bincount(drawn.ravel(), minlength=len(colours)))
    if len(used) <= 256:
        number = np.zeros(len(colours), np.uint8)
        number[used] = np.arange(len(used))
        image = Image.fromarray(number.take(drawn), "L")
        image.putpalette(colours[used].tobytes())
    else:
        image = Image.fromarray(colours[drawn], "RGB")
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


HUNDREDTHS = 101


def registers(drawn: Any, tones: Tones) -> tuple[Any, Sequence[RGB]]:
    """Return indices (H, W) uint8 and their colours. Sixel counts in hundredths, so there are 101 greys."""
    import numpy as np

    number = np.empty(EDGE + 1, np.uint8)
    number[:256] = (np.arange(256) * 100 + 127) // 255
    number[256:] = np.arange(HUNDREDTHS, HUNDREDTHS + len(tones.colours))
    greys = [((hundredth * 255 + 50) // 100,) * 3 for hundredth in range(HUNDREDTHS)]
    return number.take(drawn), [*greys, *tones.colours]
