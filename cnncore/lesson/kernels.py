"""Image kernels that are worth knowing, and custom kernels.

    filter2d(image, SHARPEN.weights, scale=SHARPEN.scale)

The titles and one-line explanations are English sentences that an interface may translate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cnncore._arguments import described
from cnncore.errors import CnnError

LIMIT = 999
"""The largest magnitude of a custom weight or scale: larger ones would give only black and white."""

# A denominator must not be 0.
_NUMBER = re.compile(r"[-+]?([0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9}|[0-9]{1,9}/0*[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel for `filter2d`. `weights` are rows of numbers, all integers or all floats; `scale` is exact."""

    id: str
    title: str
    description: str
    weights: tuple[tuple[int, ...], ...] | tuple[tuple[float, ...], ...]
    scale: Fraction = Fraction(1)


IDENTITY = Kernel(
    "identity",
    "Identity",
    "Only the centre pixel counts, times 1: nothing changes.",
    ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
)
SHARPEN = Kernel(
    "sharpen",
    "Sharpen",
    "Five times the centre minus its four neighbours: differences grow.",
    ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
)
BLUR = Kernel(
    "blur",
    "Blur",
    "A weighted mean: the weights add up to 16, so x 1/16 keeps the brightness.",
    ((1, 2, 1), (2, 4, 2), (1, 2, 1)),
    Fraction(1, 16),
)
OUTLINE = Kernel(
    "outline",
    "Outline",
    "Eight times the centre minus its eight neighbours: even areas turn black.",
    ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
)
EMBOSS = Kernel(
    "emboss",
    "Emboss",
    "Bottom right minus top left: the picture looks lit from one side.",
    ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
)
BOTTOM_SOBEL = Kernel(
    "bottom-sobel",
    "Bottom Sobel",
    "The row below minus the row above: bright where it grows brighter downwards.",
    ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
)
LEFT_SOBEL = Kernel(
    "left-sobel",
    "Left Sobel",
    "The left column minus the right one: bright where it grows brighter to the left.",
    ((1, 0, -1), (2, 0, -2), (1, 0, -1)),
)
RIGHT_SOBEL = Kernel(
    "right-sobel",
    "Right Sobel",
    "The right column minus the left one: bright where it grows brighter to the right.",
    ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
)
TOP_SOBEL = Kernel(
    "top-sobel",
    "Top Sobel",
    "The row above minus the row below: bright where it grows brighter upwards.",
    ((1, 2, 1), (0, 0, 0), (-1, -2, -1)),
)
BOX_BLUR = Kernel(
    "box-blur",
    "Box blur",
    "The mean of nine pixels, all weighted equally: edges become soft.",
    ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
    Fraction(1, 9),
)
GAUSSIAN = Kernel(
    "gaussian",
    "Gaussian",
    "A bell of 25 weights that add up to 256: near pixels count most, so noise fades.",
    ((1, 4, 6, 4, 1), (4, 16, 24, 16, 4), (6, 24, 36, 24, 6), (4, 16, 24, 16, 4), (1, 4, 6, 4, 1)),
    Fraction(1, 256),
)
UNSHARP = Kernel(
    "unsharp",
    "Unsharp mask",
    "Twice the picture minus its blur: the detail that a blur removes is doubled.",
    ((-1, -4, -6, -4, -1), (-4, -16, -24, -16, -4), (-6, -24, 476, -24, -6), (-4, -16, -24, -16, -4),
     (-1, -4, -6, -4, -1)),
    Fraction(1, 256),
)  # fmt: skip
LAPLACIAN = Kernel(
    "laplacian",
    "Laplacian",
    "Four neighbours minus four times the centre: even areas turn black.",
    ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
)
LAPLACIAN_OF_GAUSSIAN = Kernel(
    "log",
    "Spots (LoG)",
    "The Laplacian of a Gaussian: it smooths first, so it finds spots even in noise.",
    ((0, 0, 1, 0, 0), (0, 1, 2, 1, 0), (1, 2, -16, 2, 1), (0, 1, 2, 1, 0), (0, 0, 1, 0, 0)),
)
MOTION = Kernel(
    "motion",
    "Motion blur",
    "The mean along a diagonal, as if the camera moved: edges across it become soft.",
    ((1, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 0, 1, 0, 0), (0, 0, 0, 1, 0), (0, 0, 0, 0, 1)),
    Fraction(1, 5),
)
PREWITT = Kernel(
    "prewitt",
    "Prewitt",
    "The right column minus the left one, all rows alike: a Sobel without its 2.",
    ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
)
SCHARR = Kernel(
    "scharr",
    "Scharr",
    "Sobel with 3, 10, 3, divided by 4: slanted edges are just as strong.",
    ((-3, 0, 3), (-10, 0, 10), (-3, 0, 3)),
    Fraction(1, 4),
)
ROBERTS = Kernel(
    "roberts",
    "Roberts",
    "One diagonal pair, the smallest edge kernel: quick, but noise shows.",
    ((1, 0), (0, -1)),
)
NEGATIVE = Kernel(
    "negative",
    "Minus one",
    "Every sum is 0 or less, so the clamp leaves only black.",
    ((-1,),),
)
CUSTOM = Kernel("custom", "Custom", "Your own weights and scale.", IDENTITY.weights)
"""The initial custom kernel."""

KERNELS: tuple[Kernel, ...] = (
    IDENTITY,
    SHARPEN,
    BLUR,
    OUTLINE,
    EMBOSS,
    BOTTOM_SOBEL,
    LEFT_SOBEL,
    RIGHT_SOBEL,
    TOP_SOBEL,
    BOX_BLUR,
    GAUSSIAN,
    UNSHARP,
    LAPLACIAN,
    LAPLACIAN_OF_GAUSSIAN,
    MOTION,
    PREWITT,
    SCHARR,
    ROBERTS,
    NEGATIVE,
    CUSTOM,
)


def kernel_by_id(name: str) -> Kernel:
    """Return the preset with the id `name`. Raises `CnnError`, which lists the ids."""
    for kernel in KERNELS:
        if kernel.id == name:
            return kernel
    raise CnnError(
        "kernel is {value}; it must be one of {names}", value=described(name), names=", ".join(k.id for k in KERNELS)
    )


def custom_kernel(weights: Sequence[Sequence[str]], scale: str) -> Kernel:
    """Return a custom kernel from typed rows of weights and a typed scale, such as 1, 0.5 or 1/16.

    If all weights are whole, they stay integers, so that sums are exact. Raises `CnnError`, which names the first wrong
    field.
    """
    rows = [[parse_number(text, f"[{r}, {c}]") for c, text in enumerate(row)] for r, row in enumerate(weights)]
    return exact_kernel(rows, parse_number(scale, "scale"))


def exact_kernel(rows: Sequence[Sequence[Fraction]], scale: Fraction) -> Kernel:
    """Return a custom kernel of exact weights. If all are whole, they stay integers, so that sums are exact."""
    if all(number.denominator == 1 for row in rows for number in row):
        return Kernel(
            CUSTOM.id, CUSTOM.title, CUSTOM.description, tuple(tuple(int(n) for n in row) for row in rows), scale
        )
    return Kernel(
        CUSTOM.id, CUSTOM.title, CUSTOM.description, tuple(tuple(float(n) for n in row) for row in rows), scale
    )


def parse_number(text: str, place: str) -> Fraction:
    """Return the exact value of a typed number. Raises `CnnError`, which names `place`: "scale", or the [row, column]
    of a weight, from 0."""
    typed = text.strip().replace(",", ".")
    if not _NUMBER.fullmatch(typed):
        if place == "scale":
            raise CnnError("the scale is {value}; enter a number such as 1, 0.5 or 1/16", value=repr(text))
        raise CnnError(
            "weight {place} is {value}; enter a number such as 2, -0.5 or 1/16", place=place, value=repr(text)
        )
    number = Fraction(typed)
    if abs(number) > LIMIT:
        raise CnnError("{value} is too large; it must be from -{limit} to {limit}", value=typed, limit=LIMIT)
    return number


def parse_kernel(text: str, scale: str) -> Kernel:
    """Return a preset by its id, or a kernel from rows of numbers: "0 -1 0;-1 5 -1;0 -1 0". An empty `scale` is that of
    the preset, or 1."""
    if any(c.isdigit() for c in text):
        rows = [row.replace(",", " ").split() for row in text.strip().strip(";").split(";")]
        if not all(len(row) == len(rows[0]) for row in rows):
            raise CnnError("kernel is {value}; its rows must have the same length", value=repr(text))
        return custom_kernel(rows, scale or "1")
    if text.strip().lower() == "custom":
        raise CnnError('kernel is {value}; enter rows of numbers such as "0 -1 0;-1 5 -1;0 -1 0"', value=repr(text))
    preset = kernel_by_id(text.strip().lower())
    if not scale:
        return preset
    return custom_kernel([[str(weight) for weight in row] for row in preset.weights], scale)
