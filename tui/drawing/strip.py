"""A row of numbers, such as a dense layer's units, as bars, as signs with a digit, or as half blocks: the first that
shows all of it, otherwise a page of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.segment import Segment
from rich.style import Style

from tui.drawing.blocks import Block, Target, text_line
from tui.drawing.chart import Line
from tui.drawing.maps import Look, digit_pairs, picture_lines
from tui.drawing.numbers import number
from tui.drawing.theme import Palette

BAR, REST = "━", "─"
SPACE = Segment(" ")


def bar(part: float, width: int) -> tuple[str, str]:
    """Return a bar as (filled, empty) for a part from 0 to 1; any part above 0 is visible."""
    full = min(width, max(1 if part > 0 else 0, round(part * width)))
    return BAR * full, REST * (width - full)


def bars_block(
    values: Sequence[float], parts: Sequence[float], first: int, chosen: int, width: int, name: str, colours: Palette
) -> Block:
    """Return a line for each number: its index, its value, a bar of its size. A click picks (`name`, index)."""
    digits = len(str(first + len(values) - 1))
    cells = max(len(number(value)) for value in values)
    lines = []
    for at, (value, part) in enumerate(zip(values, parts, strict=True)):
        here = first + at == chosen
        full, rest = bar(abs(part), max(2, width - digits - cells - 6))
        style = colours.negative if value < 0 else colours.text
        lines.append(
            text_line(
                [
                    (">" if here else " ", colours.window),
                    (str(first + at).rjust(digits), colours.window if here else colours.faint),
                    ("  " + number(value).rjust(cells) + "  ", colours.window if here else style),
                    (full, style),
                    (rest, colours.rule),
                ],
                width,
            )
        )

    def pick(_x: int, y: int) -> Target | None:
        return (name, first + y)

    return Block(lines, width, pick)


def strip_block(
    count: int,
    chosen: int,
    width: int,
    height: int,
    name: str,
    *,
    values: Callable[[int, int], Sequence[float]],
    levels: Callable[[int, int], Any],
    digits: Callable[[int, int], Any],
    signed: bool,
    colours: Palette,
    look: Look,
) -> tuple[Block, int, int]:
    """Return the numbers first .. end around the chosen one as a block, and (first, end).

    `values`, `levels` and `digits` are functions of a range; `digits` are from -9 to 9.
    """
    label = len(str(count - 1)) + 1
    if count <= height:
        heights = [level / 255 for level in levels(0, count).tolist()]
        return bars_block(values(0, count), heights, 0, chosen, width, name, colours), 0, count
    across = _tens((width - label - 1) // 3)
    if -(-count // across) <= height - 1:
        return _digits(count, chosen, across, label, width, name, levels, digits, colours, look), 0, count
    across = _tens(width - label - 1)
    per_page = across * 2 * max(1, height - 1)
    first = max(0, chosen) // per_page * per_page
    end = min(count, first + per_page)
    return _halves(first, end, chosen, across, label, width, name, levels, signed, colours, look), first, end


def _tens(cells: int) -> int:
    return cells // 10 * 10 if cells >= 10 else max(1, cells)


def _ruler(across: int, pitch: int, label: int, width: int, colours: Palette) -> Line:
    text = " " * (label + (1 if pitch > 1 else 0))
    for at in range(0, across, 10 if pitch == 1 else 5):
        text = text.ljust(label + at * pitch + (1 if pitch > 1 else 0)) + f"+{at}"
    return text_line([(text[:width], colours.faint)], width)


def _digits(
    count: int,
    chosen: int,
    across: int,
    label: int,
    width: int,
    name: str,
    levels: Callable[[int, int], Any],
    digits: Callable[[int, int], Any],
    colours: Palette,
    look: Look,
) -> Block:
    lines: list[Line] = [_ruler(across, 3, label, width, colours)]
    pairs = digit_pairs(digits(0, count).tolist(), levels(0, count).tolist(), look)
    for first in range(0, count, across):
        end = min(count, first + across)
        here = chosen - first if chosen >= 0 else -2  # no mark at all
        line: Line = [_label(first, label, first <= chosen < end, colours)]
        for at, pair in enumerate(pairs[first:end]):
            line.append(_mark(at, here, colours))
            line.append(pair)
        line.append(_mark(end - first, here, colours))
        line.append(Segment(" " * max(0, width - label - 3 * (end - first) - 1)))
        lines.append(line)

    def pick(x: int, y: int) -> Target | None:
        at = (y - 1) * across + max(0, x - label - 1) // 3
        return (name, at) if y >= 1 and x < label + 1 + 3 * across and at < count else None

    return Block(lines, width, pick)


def _halves(
    first: int,
    end: int,
    chosen: int,
    across: int,
    label: int,
    width: int,
    name: str,
    levels: Callable[[int, int], Any],
    signed: bool,
    colours: Palette,
    look: Look,
) -> Block:
    import numpy as np

    rows = -(-(end - first) // across)
    rows_of_cells = np.zeros((rows, across), np.int16)
    rows_of_cells.reshape(-1)[: end - first] = levels(first, end)
    cell = divmod(chosen - first, across) if first <= chosen < end else None
    drawn = picture_lines(rows_of_cells, 1, signed=signed, look=look, cell=cell)
    lines: list[Line] = [_ruler(across, 1, label, width, colours)]
    for at, line in enumerate(drawn):
        begin = first + at * 2 * across
        inside = begin <= chosen < begin + 2 * across
        lines.append([_label(begin, label, inside, colours), *line, Segment(" " * (width - label - across))])

    def pick(x: int, y: int) -> Target | None:
        at = first + (y - 1) * 2 * across + x - label
        return (name, at) if y >= 1 and 0 <= x - label < across and at < end else None

    return Block(lines, width, pick)


def _label(first: int, width: int, here: bool, colours: Palette) -> Segment:
    return Segment(str(first).rjust(width - 1) + " ", colours.window if here else colours.faint)


def _mark(at: int, here: int, colours: Palette) -> Segment:
    style: Style = colours.window
    return Segment("[", style) if at == here else Segment("]", style) if at == here + 1 else SPACE
