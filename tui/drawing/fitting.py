"""Wordings for a given width: the first that fits, and ranges of indices."""

from __future__ import annotations

from rich.cells import cell_len


def first_fit(width: int, *texts: str) -> str:
    """Return the first of `texts` that fits `width` cells, otherwise the last."""
    return next((text for text in texts if cell_len(text) <= width), texts[-1])


def span(first: int, end: int) -> str:
    """Write a range: 3-5, or 3 for a single index, or -1..1 if it begins in the padding."""
    if end == first + 1:
        return str(first)
    return f"{first}..{end - 1}" if first < 0 else f"{first}-{end - 1}"
