"""Whole numbers as people type them. Only ASCII digits count: `int` also takes 1_000, +1, other scripts' digits, and
a line of digits that takes it seconds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

MOST_DIGITS: Final = 9
"""A number with more digits is none."""


def whole_number(text: str, *, least: int = 0, most: int = 10**MOST_DIGITS - 1) -> int | None:
    """The whole number that `text` is, from `least` to `most`; None if it is none."""
    text = text.strip()
    digits = text.removeprefix("-") if least < 0 else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        return None
    number = -int(digits) if digits != text else int(digits)
    return number if least <= number <= most else None


def whole_numbers(
    text: str, counts: Collection[int], *, separators: str = ", ", least: int = 0, most: int = 10**MOST_DIGITS - 1
) -> tuple[int, ...] | None:
    """The whole numbers that `text` lists, as many as one of `counts`; None if it lists anything else."""
    for separator in separators.strip():
        text = text.replace(separator, " ")
    numbers = [whole_number(part, least=least, most=most) for part in text.split()]
    if len(numbers) not in counts or None in numbers:
        return None
    return tuple(number for number in numbers if number is not None)
