"""Wordings for a given width: the first that fits, and ranges of indices."""

from __future__ import annotations

from rich.cells import cell_len


def first_fit(width: int, *texts: str) -> str:
    """The first of `texts` that fits `width` cells, else the last."""
    return next((text for text in texts if cell_len(text) <= width), texts[-1])


def span(first: int, end: int) -> str:
    """3-5, or of one only 3; where the padding begins before 0: -1..1."""
    if end == first + 1:
        return str(first)
    return f"{first}..{end - 1}" if first < 0 else f"{first}-{end - 1}"
