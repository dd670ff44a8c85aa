"""A picture as large as fits."""

from __future__ import annotations

from typing import Any

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from cnncore.display.maps import lightest, shrink
from tui.drawing.blocks import Block, Target
from tui.drawing.chart import Line
from tui.drawing.maps import Box, Look, picture_lines
from tui.drawing.picture import Picture, scale_to_fit


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

    # Pictures in terminal pixels are grey.
    picture = None if pixels.ndim == 3 else Picture(pixels, scale, window=window, cell=cell)
    return Block(lines, small.shape[1] * scale.zoom, pick, picture)


def _coloured_lines(pixels: Any, zoom: int) -> list[Line]:
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
