"""Sixel encoding: bands of six rows, each character a column of six bits, one colour after the other.

Pictures here are enlarged or have few different bands, and most of a picture stays the same from key to key. So a band
is encoded by its runs of equal columns, and cached: only the bands that the window moved over are encoded again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

RGB = tuple[int, int, int]
START, END = "\x1bP0;1;0q", "\x1b\\"
BAND = 6


def encode(indices: Any, colours: Sequence[RGB]) -> str:
    """Encode `indices` (H, W) uint8 into `colours` (at most 256). Colours are rounded to hundredths, the precision of
    Sixel."""
    height, width = indices.shape
    data = indices.tobytes()
    bands, used = [], 0
    for top in range(0, height, BAND):
        text, those = _band(data[top * width : (top + BAND) * width], width)
        bands.append(text)
        used |= those
    palette = "".join(
        f"#{index};2;{';'.join(str((part * 100 + 127) // 255) for part in colour)}"
        for index, colour in enumerate(colours)
        if used >> index & 1
    )
    return f'{START}"1;1;{width};{height}{palette}{"-".join(bands)}{END}'


@lru_cache(maxsize=1024)
def _band(data: bytes, width: int) -> tuple[str, int]:
    """Return up to six encoded rows, and a bit mask of their colours. Equal columns side by side are a run; each pass
    over the band writes one colour of every run."""
    import numpy as np

    rows = np.frombuffer(data, np.uint8).reshape(-1, width)
    starts = [0, *(np.flatnonzero((rows[:, 1:] != rows[:, :-1]).any(axis=0)) + 1).tolist()]
    lengths = [end - start for start, end in zip(starts, [*starts[1:], width], strict=True)]
    runs: list[list[tuple[int, int]]] = []
    used = 0
    for column in rows[:, starts].T.tolist():
        bits: dict[int, int] = {}
        for at, index in enumerate(column):
            bits[index] = bits.get(index, 0) | 1 << at
            used |= 1 << index
        runs.append(list(bits.items()))
    passes = []
    for turn in range(max(len(run) for run in runs)):
        parts: list[str] = []
        gap, colour = 0, -1
        for run, length in zip(runs, lengths, strict=True):
            if turn >= len(run):
                gap += length
                continue
            if gap:
                parts.append(_repeat("?", gap))
                gap = 0
            index, six = run[turn]
            if index != colour:
                parts.append(f"#{index}")
                colour = index
            parts.append(_repeat(chr(63 + six), length))
        passes.append("".join(parts))
    return "$".join(passes), used


def _repeat(character: str, count: int) -> str:
    return character * count if count < 4 else f"!{count}{character}"
