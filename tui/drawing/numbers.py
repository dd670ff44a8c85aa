"""The writing of numbers: aligned, signed with ASCII '-', and never longer than their column.

Whole numbers have no decimals, fractions a fixed number, so that decimal points line up.
"""

from __future__ import annotations

import math
from typing import Any

Number = int | float

NETWORK_DECIMALS = 3


def is_whole(array: Any) -> bool:
    """Return true if an array has an integer type."""
    return bool(array.dtype.kind in "iub")


def number(value: Number, decimals: int = NETWORK_DECIMALS) -> str:
    """Write `value`: 12, -0.123, 1e+06, inf, nan. There is no negative zero: numbers that round to zero are 0.000."""
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= 1e5:
        return f"{value:.2g}"
    text = f"{value:.{decimals}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def short(value: Number, decimals: int = 4) -> str:
    """Write `value` with at most `decimals` decimals and no zeros at the end: 16, 173.4375, -0.5."""
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def significant(value: float, digits: int = 6) -> str:
    """Write `value` with at most `digits` significant digits, whatever its size: 0.0123, 3.4e-07, 0."""
    text = f"{value:.{digits}g}"
    return "0" if text == "-0" else text


def among(number: int, count: int) -> str:
    """Write the index of one of `count` kernels, maps or pictures, with the range of indices: 3 (0-63)."""
    return f"{number:,} (0-{count - 1:,})"


def signed_term(value: Number, decimals: int = NETWORK_DECIMALS) -> str:
    """Write `value` as a summand: "+ 12" or "- 12"."""
    text = number(value, decimals)
    return f"- {text[1:]}" if text.startswith("-") else f"+ {text}"


def fit(text: str, width: int) -> str:
    """Right-align `text` in `width` cells; a text that is too long becomes '#', as in a spreadsheet."""
    return text.rjust(width) if len(text) <= width else "#" * width


WAITING = "..."
