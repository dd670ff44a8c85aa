"""How numbers are written: aligned, signed with ASCII '-', and never longer than their column.

Whole numbers are written whole, fractions with a fixed number of decimals, so that points stand under each other.
"""

from __future__ import annotations

import math
from typing import Any

Number = int | float

NETWORK_DECIMALS = 3


def is_whole(array: Any) -> bool:
    """Whether an array's numbers are whole by their type."""
    return bool(array.dtype.kind in "iub")


def number(value: Number, decimals: int = NETWORK_DECIMALS) -> str:
    """`value` as text: 12, -0.123, 1e+06, inf, nan. No negative zero: what rounds to zero is 0.000."""
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= 1e5:
        return f"{value:.2g}"
    text = f"{value:.{decimals}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def short(value: Number, decimals: int = 4) -> str:
    """`value` with at most `decimals` decimals and no zeros at the end: 16, 173.4375, -0.5."""
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def among(number: int, count: int) -> str:
    """Which of `count` things that lie in an array, kernels or maps or pictures: counted from 0 as there, with the
    first and the last: 3 (0-63)."""
    return f"{number:,} (0-{count - 1:,})"


def signed_term(value: Number, decimals: int = NETWORK_DECIMALS) -> str:
    """`value` as it is added to a sum: "+ 12" or "- 12"."""
    text = number(value, decimals)
    return f"- {text[1:]}" if text.startswith("-") else f"+ {text}"


def fit(text: str, width: int) -> str:
    """`text` right-aligned in `width` cells; what is too long gives way to '#', as in a spreadsheet."""
    return text.rjust(width) if len(text) <= width else "#" * width


WAITING = "..."
