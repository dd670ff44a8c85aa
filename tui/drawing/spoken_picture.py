"""Pictures and maps in words."""

from __future__ import annotations

from typing import Any

from cnncore.display.summaries import summary
from tui.drawing.numbers import Number, short
from tui.i18n import _


def picture_words(name: str, values: Any) -> str:
    """Describe a picture, a map or a row of numbers: its size, extremes, their positions, its mean, its number of
    zeros."""
    numbers = summary(values)
    return _(
        "{name}: {size}, from {low} at {low_at} to {high} at {high_at}, mean {mean}; {zeros} of {count} values are 0"
    ).format(
        name=name,
        size=" x ".join(map(str, numbers.shape)),
        low=end_words(numbers.low),
        low_at=place_words(numbers.low_at),
        high=end_words(numbers.high),
        high_at=place_words(numbers.high_at),
        mean=end_words(numbers.mean),
        zeros=numbers.zeros,
        count=values.size,
    )


def end_words(value: Number) -> str:
    """Write an extreme value; one near 0 is not written as 0, because the number of zeros is stated beside it."""
    text = short(value)
    return f"{value:.1e}" if value and text == "0" else text


def place_words(place: tuple[int, ...]) -> str:
    """Write a position: row 3, column 5, or the index in a row of numbers."""
    if len(place) < 2:
        return _("position {place}").format(place=", ".join(map(str, place)))
    return _("row {row}, column {column}").format(row=place[0], column=place[1])


def row_words(values: Any) -> str:
    """Write a row of numbers, all of them."""
    return ", ".join(short(value) for value in values.tolist())
