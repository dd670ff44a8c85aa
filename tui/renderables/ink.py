"""Pictures with few colours or none.

Sixteen colours have four greys, at even steps; a picture of them is dithered, so that neighbours of one grey together
look like what lies between. Without colour a cell is a sign, the heavier the larger the value, and what is marked is
reversed. `Inks` says which it is.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.style import Style

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


@lru_cache(maxsize=1024)
def two_colours(upper: Color | None, lower: Color | None) -> Style:
    """What a cell is drawn in that shows one colour above another.

    Pictures have tens of thousands of such pairs and most are never seen again, so few are kept: one is made anew in
    less than a microsecond.
    """
    return Style.from_color(upper, lower)
