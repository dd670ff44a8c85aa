"""Pictures with 256 colours, with few or none.

Of 256 colours most lie far from what a picture needs, and Rich takes each part of a colour to the nearest by itself, so
that a dark blue becomes teal and a dark orange olive. So the shades of each hue are named here.

Sixteen colours have four greys, at even steps; a picture of them is dithered, so that neighbours of one grey together
look like what lies between. Without colour a cell is a sign, the heavier the larger the value, and what is marked is
reversed. `ColourDepth` says which it is.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.palette import Palette as Nearest
from rich.style import Style

from tui.drawing.theme import EIGHT_BIT_TINTS

RAMP = " :-=+*#%@"
UNKNOWN = "."
"""What is not yet computed, as in a matrix."""
MARKED = Style(reverse=True)
CHOSEN = Style(reverse=True, bold=True)
UNMARKED = Style.null()
STEP = 85
"""From one of the four greys to the next."""
_BAYER = ((-32, 11), (32, -11))
"""What is added before a level is taken to the nearest grey; in turns down and across, nothing in the mean."""


def sign(levels: tuple[int, ...]) -> str:
    """The sign of a cell in which levels, 0 to 255, lie one above the other: of the largest of them."""
    return RAMP[min(len(RAMP) - 1, max(levels) * len(RAMP) // 256)]


def dithered(level: int, row: int, column: int) -> int:
    """One of the four greys for a level, 0 to 255, at a place."""
    return max(0, min(3, (level + _BAYER[row % 2][column % 2] + STEP // 2) // STEP)) * STEP


@lru_cache(maxsize=64)
def marked(level: int, accent: Color) -> Color:
    """A marked pixel in one of sixteen colours: the accent, and where the pixel is dark the dark one of its kind."""
    if level >= 128:
        return accent
    return Color.from_rgb(*(170 if part > 170 else 0 for part in accent.get_truecolor()))


def _hexes(text: str) -> tuple[Color, ...]:
    return tuple(Color.parse(f"#{part}") for part in text.split())


# Each lighter than the one before, and one of the 256, so that Rich leaves it as it is.
POSITIVE_SHADES = _hexes("875f00 af5f00 d78700 ff8700 ffaf00 ffaf5f")
NEGATIVE_SHADES = _hexes("005f87 005faf 0087d7 0087ff 00afff 5fafff")
SHADES = {
    EIGHT_BIT_TINTS.window: _hexes("875f00 af5f00 af8700 d78700 d7af00 ffaf00 ffd75f ffd787"),
    EIGHT_BIT_TINTS.cell: _hexes("005f5f 008787 00afaf 5fafaf 00d7d7 5fd7d7 87d7d7"),
}


def shade(accent: Color, level: int, least: float) -> Color:
    """A pixel, from 0 to 255, tinted: the accent, darkened to a part of it, the `least` where the pixel is black."""
    part = least + (1 - least) * min(255, level) / 255
    if accent in SHADES:
        shades = SHADES[accent]
        return shades[max(0, round((part - 0.45) / 0.55 * (len(shades) - 1)))]
    return Color.from_rgb(*(light * part for light in accent.get_truecolor()))


def blend(grey: float, accent: Color, part: float) -> Color:
    """A grey that has a part of the accent; in 256 colours the nearest grey, or colour of the accent's hue."""
    mixed = tuple(grey * (1 - part) + light * part for light in accent.get_truecolor())
    if accent not in (EIGHT_BIT_TINTS.fall, EIGHT_BIT_TINTS.cell):
        return Color.from_rgb(*mixed)
    near, colours = _near(accent)
    red, green, blue = (round(light) for light in mixed)
    return colours[near.match((red, green, blue))]


@lru_cache(maxsize=4)
def _near(accent: Color) -> tuple[Nearest, list[Color]]:
    """Of 256 colours the greys and those of the accent's hue."""
    steps, lights = (95, 135, 175, 215, 255), accent.get_truecolor()
    pairs = [(low, high) for low in (0, *steps) for high in steps if low < high]
    colours = [(grey, grey, grey) for grey in range(8, 239, 10)]
    for low, high in pairs:
        red, green, blue = (high if light == max(lights) else low for light in lights)
        colours.append((red, green, blue))
    return Nearest(colours), [Color.from_rgb(*colour) for colour in colours]


@lru_cache(maxsize=1024)
def two_colours(upper: Color | None, lower: Color | None) -> Style:
    """What a cell is drawn in that shows one colour above another.

    Pictures have tens of thousands of such pairs and most are never seen again, so few are kept: one is made anew in
    less than a microsecond.
    """
    return Style.from_color(upper, lower)
