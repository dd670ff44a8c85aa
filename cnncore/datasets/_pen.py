"""A pen for garments, with their pose and cloth. It draws in a square from -1 to 1, x to the right, y down.

All random choices come from `random.Random`, whose numbers are the same on every machine and in every version.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Point: TypeAlias = tuple[float, float]


class Pen:
    """Draw shapes of the unit square on a canvas of `width` x `height` pixels, in a pose chosen by `random`.

    `cloth` is the garment's own brightness, 0 to 255, and `detail` the brightness of seams, buttons and soles. The
    two may be close, so that a detail can be almost invisible.
    """

    def __init__(self, draw: ImageDraw, width: int, height: int, random: Random, *, mirror: bool) -> None:
        self._polygon, self._line = draw.polygon, draw.line
        turn = random.gauss(0.0, 0.07)
        lean = random.gauss(0.0, 0.04)
        size = random.uniform(0.78, 1.0)
        wide, high = size * random.uniform(0.88, 1.06), size * random.uniform(0.9, 1.04)
        if mirror:
            wide = -wide
        half_width = min(width, height * 1.45) / 2
        half_height = min(height, width * 1.45) / 2
        cosine, sine = math.cos(turn), math.sin(turn)
        self._xx, self._xy = half_width * wide * cosine, half_width * high * (lean - sine)
        self._yx, self._yy = half_height * wide * sine, half_height * high * cosine
        self._x = width / 2 + half_width * random.gauss(0.0, 0.04)
        self._y = height / 2 + half_height * random.gauss(0.0, 0.04)
        self.unit = min(half_width, half_height)
        self.cloth = random.triangular(50, 250, 190)
        visible = random.uniform(0.05, 0.6)
        darker = random.random() < 0.65
        self.detail = self.cloth * (1 - visible) if darker else self.cloth + (255 - self.cloth) * visible

    def _place(self, points: Sequence[Point]) -> list[Point]:
        xx, xy, yx, yy, x0, y0 = self._xx, self._xy, self._yx, self._yy, self._x, self._y
        return [(xx * x + xy * y + x0, yx * x + yy * y + y0) for x, y in points]

    def shape(self, points: Sequence[Point], shade: float) -> None:
        """Draw a filled polygon."""
        self._polygon(self._place(points), fill=min(255, max(0, round(shade))))

    def both(self, points: Sequence[Point], shade: float) -> None:
        """Draw a filled polygon and its mirror image."""
        self.shape(points, shade)
        self.shape([(-x, y) for x, y in points], shade)

    def hollow(self, half: float, y: float, depth: float, shade: float) -> None:
        """Draw a neckline: the lower half of an ellipse below `y`, and the low arch of the back behind it."""
        self.shape([(half * c, y + depth * (s if s > 0 else 0.25 * s)) for c, s in _CIRCLE], shade)

    def line(self, points: Sequence[Point], shade: float, thick: float) -> None:
        """Draw a line through `points`, `thick` in units of the square."""
        width = max(1, round(thick * self.unit))
        self._line(self._place(points), fill=min(255, max(0, round(shade))), width=width, joint="curve")

    def disc(self, x: float, y: float, rx: float, ry: float, shade: float) -> None:
        """Draw a filled ellipse."""
        self.shape([(x + rx * c, y + ry * s) for c, s in _CIRCLE], shade)


_CIRCLE = [(math.cos(a * math.pi / 8), math.sin(a * math.pi / 8)) for a in range(16)]


def pick(random: Random, *choices: tuple[float, str]) -> str:
    """Return one of the names, chosen with the given weights."""
    at = random.random() * sum(weight for weight, _ in choices)
    for weight, name in choices:
        at -= weight
        if at < 0:
            return name
    return choices[-1][1]
