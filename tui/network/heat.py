"""A heat map over a picture: hiding these pixels lowers the score of the class, hiding those raises it.

In half blocks a pixel keeps its grey and is tinted the more it matters: one colour for a fall, another for a rise.
Glyphs need no colour: a digit from 1 to 9 is a fall and a letter from a to i a rise, in ninths of the largest change;
`.` is less than half a ninth, and a space is not known yet. The legend is the same for both. Sixteen colours cannot
tell the tints apart: use glyphs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui.drawing.cell_colours import blend, two_colours
from tui.drawing.chart import Line
from tui.drawing.numbers import number
from tui.drawing.picture import UPPER_HALF, Picture, Scale
from tui.drawing.theme import Palette, text_colour_on
from tui.i18n import _

if TYPE_CHECKING:
    from cnncore.network.occlusion import Occlusion

FALLS, RISES, NONE, UNKNOWN = "123456789", "abcdefghi", ".", " "
CORNER = "+"
DECIMALS = 3


@dataclass(frozen=True)
class Heat:
    """`steps` (rows, columns) are `cnncore.network.occlusion.heat_steps`, `levels` the picture's greys, uint8.

    `patch` is (top, left, bottom, right), ends not included: its corners are marked.
    """

    steps: Any
    levels: Any
    scale: Scale = field(default_factory=Scale)
    patch: tuple[int, int, int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(lines, cells)."""
        return self.picture.size

    @property
    def picture(self) -> Picture:
        """The picture without heat; it knows the cells of its pixels."""
        return Picture(self.levels, self.scale)

    def corners(self) -> frozenset[tuple[int, int]]:
        """(line, cell) of the patch's four corners."""
        if self.patch is None:
            return frozenset()
        zoom, every = self.scale.zoom, self.scale.every
        top, left, bottom, right = self.patch
        lines = top // every * zoom // 2, (((bottom - 1) // every + 1) * zoom - 1) // 2
        cells = left // every * zoom, ((right - 1) // every + 1) * zoom - 1
        return frozenset((line, cell) for line in lines for cell in cells)


def glyph(step: int) -> str:
    """The glyph of a step."""
    if step == 0:
        return NONE
    if abs(step) > len(FALLS):
        return UNKNOWN
    return FALLS[step - 1] if step > 0 else RISES[-step - 1]


@lru_cache(maxsize=8192)
def _tint(step: int, level: int, colours: Palette) -> Color:
    """The colour of a pixel. Its grey is dark and low in contrast, so that no grey looks like a tint."""
    if abs(step) > len(FALLS):
        hidden = colours.hidden.color
        assert hidden is not None
        return hidden
    accent = colours.tints.fall if step > 0 else colours.tints.cell
    part = abs(step) / len(FALLS)
    return blend(25 + level * 0.45, accent, part)


def heat_pixels(steps: Any, levels: Any, colours: Palette) -> Any:
    """The map as it is drawn, one pixel for each pixel of the picture: (H, W, 3) uint8."""
    import numpy as np

    pairs = zip(steps.ravel().tolist(), levels.ravel().tolist(), strict=True)
    tints = [_tint(step, level, colours).get_truecolor() for step, level in pairs]
    return np.array(tints, np.uint8).reshape(*steps.shape, 3)


@lru_cache(maxsize=8192)
def _on(back: Color) -> Style:
    """A readable style on a colour."""
    return Style(color=text_colour_on(back), bgcolor=back)


def heat_line(heat: Heat, line: int, colours: Palette, *, glyphs: bool = False, no_color: bool = False) -> Line:
    """One line of cells. `no_color` implies `glyphs`."""
    corners = heat.corners()
    segments: Line = []
    for cell in range(heat.size[1]):
        text, style = _cell(heat, line, cell, colours, glyphs or no_color, no_color)
        if (line, cell) in corners:
            text = CORNER
            if style.bgcolor is not None and not (glyphs or no_color):
                style = _on(style.bgcolor)
            style += Style(bold=True)
        if segments and segments[-1].style == style:
            segments[-1] = Segment(segments[-1].text + text, style)
        else:
            segments.append(Segment(text, style))
    return segments


def _cell(heat: Heat, line: int, cell: int, colours: Palette, glyphs: bool, no_color: bool) -> tuple[str, Style]:
    at = [pixel for half in (0, 1) if (pixel := heat.picture.pixel_at(line, cell, half)) is not None]
    pixels = [(int(heat.steps[pixel]), int(heat.levels[pixel])) for pixel in at]
    if not glyphs:
        tints = [_tint(step, level, colours) for step, level in pixels]
        return UPPER_HALF, two_colours(tints[0], tints[1] if len(tints) > 1 else None)
    # A cell shows the one of its two pixels that matters more; an unknown one matters least.
    step, level = max(pixels, key=lambda pixel: abs(pixel[0]) if abs(pixel[0]) <= len(FALLS) else -1)
    return glyph(step), colours.text if no_color else _on(_tint(step, level, colours))


def heat_legend(most: float, width: int, colours: Palette, *, no_color: bool = False) -> list[Line]:
    """Two lines that explain digits, letters and colours, with the largest change as a number. That is a mean, and says
    so: the one patch of `heat_words` changes the score by more."""
    largest_mean = number(float(most), DECIMALS)
    rows = (
        (_("score falls"), FALLS, 1, _("9 = mean {change}").format(change=f"-{largest_mean}")),
        (_("score rises"), RISES, -1, _("i = mean {change}").format(change=f"+{largest_mean}")),
    )
    widest = max(cell_len(row[0]) for row in rows)
    lines: list[Line] = []
    for label, glyphs, sign, largest in rows:
        line: Line = [Segment(label + " " * (widest - cell_len(label) + 1), colours.faint)]
        for i, text in enumerate(glyphs, 1):
            line.append(Segment(text, colours.text if no_color else _on(_tint(sign * i, 0, colours))))
        line.append(Segment(f"  {largest}", colours.text))
        lines.append(Segment.adjust_line_length(line, width, colours.text))
    return lines


def heat_meaning(heat: Occlusion) -> str:
    """The meaning of a pixel of the map, in short."""
    return _("Pixel: mean of the {size} patches over it").format(size=f"{heat.size[0]}x{heat.size[1]}")


def heat_words(heat: Occlusion) -> str:
    """The patch that lowers the score most: the score without and with it, and the position of its marked corners."""
    top, left, bottom, right = heat.patch
    return _(
        "Strongest single patch ({corner}): {base} -> {score}, at rows {top}-{bottom}, columns {left}-{right}"
    ).format(
        corner=CORNER,
        base=number(heat.base, DECIMALS),
        score=number(heat.lowest_score, DECIMALS),
        top=top,
        bottom=bottom - 1,
        left=left,
        right=right - 1,
    )


def heat_progress(heat: Occlusion, seconds_left: float) -> str:
    """The progress, with the time left if it is a second or more; empty once the map is finished."""
    if heat.finished:
        return ""
    text = _("{done:,} of {total:,} positions").format(done=heat.done, total=heat.total)
    if seconds_left >= 1:
        text += ", " + _("{seconds} s left").format(seconds=f"{seconds_left:.0f}")
    return text
