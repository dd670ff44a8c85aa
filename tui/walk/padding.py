"""Padding as it is typed and written: by Keras's names, or in numbers of zeros. Plain values, without numpy.

valid                no zeros
same                 as many as Keras's "same" adds
2                    two on every side
1, 2                 one above and below, two to the left and right
1, 0, 2, 0           above, below, to the left, to the right
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from cnncore.errors import CnnError
from tui.app.numbers import whole_numbers
from tui.i18n import _

Sides: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
Padding: TypeAlias = Literal["valid", "same"] | Sides
MOST = 99
CYCLE: tuple[Padding, ...] = ("valid", "same", ((1, 1), (1, 1)), ((2, 2), (2, 2)))
"""The paddings that one key cycles through; a typed one is followed by the first."""


def next_padding(now: Padding) -> Padding:
    return CYCLE[(CYCLE.index(now) + 1) % len(CYCLE)] if now in CYCLE else CYCLE[0]


def typed_padding(text: str) -> Padding:
    """Parse a typed padding; numbers from 0 to 99 are separated by commas or spaces. All zero means "valid". Raises
    `CnnError`."""
    typed = text.strip().lower()
    if typed == "valid":
        return "valid"
    if typed == "same":
        return "same"
    numbers = whole_numbers(typed, (1, 2, 4), most=MOST)
    if numbers is None:
        raise CnnError(
            "{value} is not a padding; write valid, same, or 1, 2 or 4 whole numbers from 0 to {most}: all "
            "sides; rows, columns; top, bottom, left, right",
            value=repr(text),
            most=MOST,
        )
    if len(numbers) < 4:
        numbers = (numbers[0], numbers[0], numbers[-1], numbers[-1])
    top, bottom, left, right = numbers
    return ((top, bottom), (left, right)) if any(numbers) else "valid"


def padding_text(padding: Padding) -> str:
    """Return the shortest text that `typed_padding` reads as this padding."""
    if isinstance(padding, str):
        return padding
    (top, bottom), (left, right) = padding
    if top == bottom and left == right:
        return str(top) if top == left else f"{top},{left}"
    return f"{top},{bottom},{left},{right}"


def pool_padding_words(padding: Padding) -> str:
    """Describe a newly chosen pooling padding, which adds no zeros."""
    if padding == "valid":
        return _("Padding valid: no window reaches outside")
    if padding == "same":
        return _("Padding same: as in Keras; padding is never the largest value")
    (top, bottom), (left, right) = padding
    return _("Padding {top} above, {bottom} below, {left} left, {right} right: it is never the largest value").format(
        top=top, bottom=bottom, left=left, right=right
    )


def padding_words(padding: Padding) -> str:
    """Describe a newly chosen padding."""
    if padding == "valid":
        return _("Padding valid: no zeros are added")
    if padding == "same":
        return _("Padding same: zeros as in Keras, to keep the size")
    (top, bottom), (left, right) = padding
    if top == bottom == left == right:
        return _("Padding {count}: that many zeros on every side").format(count=top)
    return _("Padding: zeros {top} above, {bottom} below, {left} left, {right} right").format(
        top=top, bottom=bottom, left=left, right=right
    )
