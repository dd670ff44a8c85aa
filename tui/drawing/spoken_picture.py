"""Pictures and maps in words."""

from __future__ import annotations

from typing import Any

from cnncore.display.summaries import summary
from tui.drawing.numbers import Number, short
from tui.i18n import _


def picture_words(name: str, values: Any) -> str:
    """A picture, a map or a row of numbers: its size, its ends, where they are, its mean, how much of it is 0."""
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
    """Not 0 what is only near it, because how many are 0 is said beside it."""
    text = short(value)
    return f"{value:.1e}" if value and text == "0" else text


def place_words(place: tuple[int, ...]) -> str:
    """row 3, column 5; of a row of numbers the index."""
    if len(place) < 2:
        return _("position {place}").format(place=", ".join(map(str, place)))
    return _("row {row}, column {column}").format(row=place[0], column=place[1])


def row_words(values: Any) -> str:
    """A row of numbers, each said."""
    return ", ".join(short(value) for value in values.tolist())
