"""Colours of picture cells in terminals with 256 colours, 16 colours or none.

Most of the 256 colours are far from those a picture needs, and Rich rounds each component of a colour separately, so
that a dark blue becomes teal and a dark orange olive. Therefore the shades of each hue are listed here.

Sixteen colours include four greys at even steps; a picture is dithered with them, so that neighbouring cells together
look like a grey in between. Without colour a cell is a character, heavier for a larger value, and marked cells are
reversed. `ColourDepth` names the case.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.palette import Palette as Nearest
from rich.style import Style

from tui.drawing.theme import EIGHT_BIT_TINTS

RAMP = " :-=+*#%@"
UNKNOWN = "."
"""The character of a value not yet computed, as in a matrix."""
MARKED = Style(reverse=True)
CHOSEN = Style(reverse=True, bold=True)
UNMARKED = Style.null()
STEP = 85
"""The difference between neighbouring ones of the four greys."""
_BAYER = ((-32, 11), (32, -11))
"""Offsets added to a level before it is rounded to the nearest grey; they alternate across rows and columns, and their
mean is 0."""


def sign(levels: tuple[int, ...]) -> str:
    """Return the character of a cell that shows levels, 0 to 255, one above the other: that of the largest."""
    return RAMP[min(len(RAMP) - 1, max(levels) * len(RAMP) // 256)]


def dithered(level: int, row: int, column: int) -> int:
    """Return one of the four greys for a level, 0 to 255, at a position."""
    return max(0, min(3, (level + _BAYER[row % 2][column % 2] + STEP // 2) // STEP)) * STEP


@lru_cache(maxsize=64)
def marked(level: int, accent: Color) -> Color:
    """Return the colour, one of sixteen, of a marked pixel: the accent, or for a dark pixel its dark variant."""
    if level >= 128:
        return accent
    return Color.from_rgb(*(170 if part > 170 else 0 for part in accent.get_truecolor()))


def _hexes(text: str) -> tuple[Color, ...]:
    return tuple(Color.parse(f"#{part}") for part in text.split())


# From dark to light. All are among the 256 colours, so that Rich does not change them.
POSITIVE_SHADES = _hexes("875f00 af5f00 d78700 ff8700 ffaf00 ffaf5f")
NEGATIVE_SHADES = _hexes("005f87 005faf 0087d7 0087ff 00afff 5fafff")
SHADES = {
    EIGHT_BIT_TINTS.window: _hexes("875f00 af5f00 af8700 d78700 d7af00 ffaf00 ffd75f ffd787"),
    EIGHT_BIT_TINTS.cell: _hexes("005f5f 008787 00afaf 5fafaf 00d7d7 5fd7d7 87d7d7"),
}


def shade(accent: Color, level: int, least: float) -> Color:
    """Return the tint of a pixel, 0 to 255: the accent, darkened with the pixel, to the part `least` for a black
    one."""
    part = least + (1 - least) * min(255, level) / 255
    if accent in SHADES:
        shades = SHADES[accent]
        return shades[max(0, round((part - 0.45) / 0.55 * (len(shades) - 1)))]
    return Color.from_rgb(*(light * part for light in accent.get_truecolor()))


def blend(grey: float, accent: Color, part: float) -> Color:
    """Mix a grey with a part of the accent; with 256 colours, return the nearest grey or shade of the accent's hue."""
    mixed = tuple(grey * (1 - part) + light * part for light in accent.get_truecolor())
    if accent not in (EIGHT_BIT_TINTS.fall, EIGHT_BIT_TINTS.cell):
        return Color.from_rgb(*mixed)
    near, colours = _near(accent)
    red, green, blue = (round(light) for light in mixed)
    return colours[near.match((red, green, blue))]


@lru_cache(maxsize=4)
def _near(accent: Color) -> tuple[Nearest, list[Color]]:
    """Return those of the 256 colours that are grey or have the accent's hue."""
    steps, lights = (95, 135, 175, 215, 255), accent.get_truecolor()
    pairs = [(low, high) for low in (0, *steps) for high in steps if low < high]
    colours = [(grey, grey, grey) for grey in range(8, 239, 10)]
    for low, high in pairs:
        red, green, blue = (high if light == max(lights) else low for light in lights)
        colours.append((red, green, blue))
    return Nearest(colours), [Color.from_rgb(*colour) for colour in colours]


@lru_cache(maxsize=1024)
def two_colours(upper: Color | None, lower: Color | None) -> Style:
    """Return the style of a cell that shows one colour above another.

    Pictures have tens of thousands of such pairs and most never recur, so few are cached: making one takes less than a
    microsecond.
    """
    return Style.from_color(upper, lower)
