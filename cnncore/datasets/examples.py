"""Built-in images: the lesson's matrix, small computed pictures with known edges, and drawn garments.

Only the garments need Pillow, which is imported when one is made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from cnncore._arguments import described
from cnncore.datasets.dataset import Images
from cnncore.datasets.garments import CLASSES, draw_garment
from cnncore.errors import CnnError

SIDE = 28


@dataclass(frozen=True, slots=True)
class Example:
    """One built-in image.

    `id` names it on a command line, `title` in the app, in English. `make` returns a new (H, W) or (H, W, 3) uint8
    array, always with the same values.
    """

    id: str
    title: str
    make: Callable[[], Images]


def example(name: str) -> Images:
    """Return the built-in image with the id `name`. Raises `CnnError`, which lists the ids."""
    for entry in EXAMPLES:
        if entry.id == name:
            return entry.make()
    raise CnnError(
        "there is no example named {value}; choose one of {names}",
        value=described(name),
        names=", ".join(entry.id for entry in EXAMPLES),
    )


def _lesson() -> Images:
    return np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)


def _to_bytes(light: npt.NDArray[np.floating[Any]]) -> Images:
    """Convert 0..1 to 0..255."""
    image: Images = np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8)
    return image


def _grid() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the row and column of each pixel's centre."""
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    return rows, columns


def _gradient() -> Images:
    """An even gradient from dark to bright: a kernel with sum 0 gives the same small number everywhere."""
    return np.tile(np.linspace(0, 255, SIDE).round().astype(np.uint8), (SIDE, 1))


def _step() -> Images:
    """One vertical edge."""
    image = np.full((SIDE, SIDE), 40, np.uint8)
    image[:, SIDE // 2 :] = 215
    return image


def _checkerboard() -> Images:
    rows, columns = np.mgrid[:SIDE, :SIDE] // 4
    return np.where((rows + columns) % 2, 225, 30).astype(np.uint8)


def _disc() -> Images:
    """Edges in every direction, with half a pixel of grey at the rim."""
    rows, columns = _grid()
    return _to_bytes(9.5 - np.hypot(rows - SIDE / 2, columns - SIDE / 2))


def _strokes(*paths: Sequence[tuple[float, float]], thick: float = 1.6) -> Images:
    """Lines through (row, column) points, `thick` pixels to either side, with smooth edges."""
    rows, columns = _grid()
    nearest = np.full((SIDE, SIDE), np.inf)
    for path in paths:
        for (r0, c0), (r1, c1) in pairwise(path):
            dr, dc = r1 - r0, c1 - c0
            along = np.clip(((rows - r0) * dr + (columns - c0) * dc) / (dr * dr + dc * dc), 0, 1)
            nearest = np.minimum(nearest, np.hypot(rows - r0 - along * dr, columns - c0 - along * dc))
    return _to_bytes(thick + 0.5 - nearest)


def _letter() -> Images:
    return _strokes([(24, 5), (4, 14), (24, 23)], [(17, 8), (17, 20)])


def _digit() -> Images:
    arc = [(9 - 5 * np.sin(t), 14 - 6 * np.cos(t)) for t in np.linspace(0, np.pi * 1.15, 12)]
    return _strokes([*arc, (24, 7), (24, 21)])


def _stripes() -> Images:
    """Waves that become finer to the right, to show which detail a blur removes."""
    phase = np.cumsum(np.linspace(0.15, 1.5, SIDE))
    return np.tile(_to_bytes(0.5 + 0.45 * np.sin(phase)), (SIDE, 1))


def _colours() -> Images:
    """Three discs of red, green and blue light that overlap: three channels that differ."""
    rows, columns = _grid()
    centres = ((10.5, 14), (17, 10), (17, 18))
    return np.stack([_to_bytes(7.5 - np.hypot(rows - r, columns - c)) for r, c in centres], axis=-1)


def _garment(label: int, index: int, height: int = SIDE, width: int = SIDE) -> Callable[[], Images]:
    return lambda: draw_garment(label, height, width, index=index)


_CHOSEN = (8, 5, 5, 8, 3, 5, 18, 6, 1, 0)
"""For each class, the index of a picture that shows it clearly."""

EXAMPLES: tuple[Example, ...] = (
    Example("example", "The 3x3 example", _lesson),
    Example("letter", "Letter A", _letter),
    Example("digit", "Digit 2", _digit),
    Example("disc", "Disc", _disc),
    Example("step", "One edge", _step),
    Example("gradient", "Gradient", _gradient),
    Example("checkerboard", "Checkerboard", _checkerboard),
    Example("stripes", "Finer and finer stripes", _stripes),
    Example("colours", "Three colours (RGB)", _colours),
    *(
        Example(title.lower().split("/")[0].replace(" ", "-"), title, _garment(label, _CHOSEN[label]))
        for label, title in enumerate(CLASSES)
    ),
    Example("large-coat", "Coat, 150x105", _garment(CLASSES.index("Coat"), 4, 150, 105)),
)
"""In the order of the app."""

TITLES: tuple[str, ...] = tuple(entry.title for entry in EXAMPLES)
"""All titles, to be translated."""
