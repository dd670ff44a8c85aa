"""Texts and rows made to fit a width or a height."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size


def cut_middle(text: str, width: int) -> str:
    """`text` without its middle if it does not fit: files often differ in the end of their names."""
    if cell_len(text) <= width:
        return text
    half = max(1, (width - 2) // 2)
    head, tail = set_cell_size(text, half), set_cell_size(text[::-1], half)[::-1]
    return f"{head.strip()}..{tail.strip()}"


def cut(text: str, width: int) -> str:
    """`text` in exactly `width` cells; a cut text ends in two dots."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(0, width - 2)) + ".."


def first_in_sight(at: int, count: int, visible: int) -> int:
    """The first of `visible` rows that keeps row `at` visible, in the middle if possible."""
    return max(0, min(at - visible // 2, count - visible))


def joined_to_fit(between: str, parts: Sequence[str], width: int) -> str:
    """The first part, and those after it that fit in `width` cells."""
    text = ""
    for part in parts:
        joined = f"{text}{between}{part}" if text else part
        if not text or cell_len(joined) <= width:
            text = joined
    return text
