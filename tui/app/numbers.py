"""Whole numbers as people type them. Only ASCII digits are accepted: `int` also takes 1_000, +1, digits of other
scripts, and very long numbers, which take it seconds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

MOST_DIGITS: Final = 9
"""The most digits of a number."""


def whole_number(text: str, *, least: int = 0, most: int = 10**MOST_DIGITS - 1) -> int | None:
    """Parse `text` as a whole number from `least` to `most`; None if it is not one."""
    text = text.strip()
    digits = text.removeprefix("-") if least < 0 else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        return None
    number = -int(digits) if digits != text else int(digits)
    return number if least <= number <= most else None


def whole_numbers(
    text: str, counts: Collection[int], *, separators: str = ", ", least: int = 0, most: int = 10**MOST_DIGITS - 1
) -> tuple[int, ...] | None:
    """Parse `text` as a list of whole numbers with one of the lengths `counts`; None if it is anything else."""
    for separator in separators.strip():
        text = text.replace(separator, " ")
    numbers = [whole_number(part, least=least, most=most) for part in text.split()]
    if len(numbers) not in counts or None in numbers:
        return None
    return tuple(number for number in numbers if number is not None)
