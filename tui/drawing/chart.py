"""A line chart as a pure function: series -> rows of segments, each row exactly as wide as asked.

It works at any size: the legend, the axes and their ticks are dropped one by one as the room shrinks. A cell has one
colour, so where curves cross the later series hides the earlier. Therefore each series has its own line (solid,
dashed, dotted), may mark its points, and has its current value in the legend. Nothing depends on colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

Line: TypeAlias = list[Segment]

HUGE = 1e100
"""Larger values are not drawn, like NaN: on a scale that includes them, nothing else would be visible."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The division of a cell into parts, and the characters for parts and axes.

    A cell has `columns` x `rows` parts; part (column, row) has the bit `bits[row][column]`, and `cells[mask]` is the
    character that shows the parts of `mask`.
    """

    columns: int
    rows: int
    bits: tuple[tuple[int, ...], ...]
    cells: str
    vertical: str
    horizontal: str
    corner: str
    y_tick: str
    x_tick: str
    grid: str
    cut: str


BLOCKS = Glyphs(2, 2, ((1, 2), (4, 8)), " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█", "│", "─", "└", "┤", "┬", "┈", "…")
BRAILLE = Glyphs(
    2,
    4,
    ((1, 8), (2, 16), (4, 32), (64, 128)),
    " " + "".join(map(chr, range(0x2801, 0x2900))),
    "│",
    "─",
    "└",
    "┤",
    "┬",
    "┈",
    "…",
)
ASCII = Glyphs(1, 2, ((1,), (2,)), " '.:", "|", "-", "+", "+", "+", " ", "~")


@dataclass(frozen=True, slots=True)
class Series:
    """One curve. `label` is its text in the legend, with the current value; `points` are (x, y), NaN if unknown.

    `marker` is one cell wide and drawn on each point; "" for none. `dashes` is (drawn, left out) in parts of a cell:
    (1, 0) is a solid line, (0, 1) no line.
    """

    label: str
    points: Sequence[tuple[float, float]]
    style: Style = field(default_factory=Style.null)
    marker: str = ""
    dashes: tuple[int, int] = (1, 0)


def chart(
    series: Sequence[Series],
    width: int,
    height: int,
    *,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    title: str = "",
    x_label: str = "",
    glyphs: Glyphs = BLOCKS,
    title_style: Style = Style.null(),  # noqa: B008 - immutable
    axis_style: Style = Style.null(),  # noqa: B008
    grid_style: Style = Style.null(),  # noqa: B008
) -> list[Line]:
    """`height` rows of `width` cells.

    A range not given comes from the points; the y range is rounded outward to its ticks.
    """
    if width <= 0 or height <= 0:
        return []
    known = [[p for p in one.points if _drawable(*p)] for one in series]
    head = _legend(series, title, width, glyphs, title_style) if height >= 4 else []
    if height - len(head) < 3:
        head = head[: max(0, height - 3)]
    foot = 2 if height - len(head) >= 5 else 0
    rows = height - len(head) - foot
    x0, x1 = _span(x_range, (x for points in known for x, _y in points))
    y0, y1 = _span(y_range, (y for points in known for _x, y in points))
    step = tick_step(y0, y1, rows // 3 + 1)
    y0, y1 = math.floor(y0 / step + 1e-9) * step, math.ceil(y1 / step - 1e-9) * step
    labels = _tick_labels(y0, y1, step)
    gutter = max((len(text) for _v, text in labels), default=0) + 1
    if width < gutter + 8:
        gutter, labels = 0, []
    area = _PlotArea(width - gutter, rows, glyphs)
    at_row = {round((y1 - v) / (y1 - y0) * (rows - 1)): text for v, text in labels}
    for one, points in zip(series, known, strict=True):
        area.curve([(_part(x, x0, x1), _part(y, y1, y0)) for x, y in points], one)
    lines = [*head]
    for row in range(rows):
        text = at_row.get(row)
        line = []
        if gutter:
            edge = glyphs.vertical if text is None else glyphs.y_tick
            line.append(Segment(f"{text or '':>{gutter - 1}}{edge}", axis_style))
        line += area.line(row, glyphs.grid if text is not None else " ", grid_style)
        lines.append(line)
    if foot:
        lines += _x_axis((x0, x1), width, gutter, label=x_label, glyphs=glyphs, style=axis_style)
    return lines


def plain_text(lines: Iterable[Line]) -> str:
    """Return the rows as text without colour and without blanks at their ends."""
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines)


def tick_step(low: float, high: float, most: int) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that divides `low`..`high` into at most `most` parts."""
    raw = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    return next((power * factor for factor in (1, 2, 5) if power * factor >= raw * (1 - 1e-9)), power * 10)


def _drawable(x: float, y: float) -> bool:
    return abs(x) <= HUGE and abs(y) <= HUGE  # both are false for NaN


def _span(given: tuple[float, float] | None, values: Iterable[float]) -> tuple[float, float]:
    """Return two finite ends, far enough apart for distinct ticks."""
    if given is not None and _drawable(*given) and given[0] < given[1]:
        low, high = given
    else:
        numbers = list(values)
        low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    least = max(abs(low), abs(high), 1e-6) * 1e-6
    return (low, high) if high - low > least else (low - least * 1e3, high + least * 1e3)


def _part(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low)


def _tick_labels(low: float, high: float, step: float) -> list[tuple[float, str]]:
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    values = [index * step for index in range(first, min(last, first + 1000) + 1)]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if decimals > 6 or max(abs(low), abs(high)) >= 1e7:
        return [(v, f"{v:.3g}") for v in values]
    return [(v, f"{v:.{decimals}f}") for v in values]


def _legend(series: Sequence[Series], title: str, width: int, glyphs: Glyphs, title_style: Style) -> list[Line]:
    """Return the title, then each series with a sample of its line, on up to three rows."""
    entries = [[Segment(title, title_style)]] if title else []
    entries += [[Segment(sample(one, glyphs), one.style), Segment(f" {one.label}", one.style)] for one in series]
    rows: list[Line] = []
    left = 0
    for entry in entries:
        cells = sum(cell_len(s.text) for s in entry)
        if rows and left >= cells + 3:
            rows[-1] += [Segment("   "), *entry]
            left -= cells + 3
        elif len(rows) < 3:
            rows.append(entry)
            left = width - cells
    return [_fit(row, width, glyphs.cut) for row in rows]


def sample(one: Series, glyphs: Glyphs) -> str:
    """Return three cells of the series' line."""
    drawn, skipped = one.dashes
    if not drawn:
        line = " "
    elif skipped:
        line = "." if drawn == 1 else "-"
    else:
        line = ":" if glyphs is ASCII else "━"
    return line + (one.marker or line) + line


def _fit(line: Line, width: int, cut: str) -> Line:
    """Return `line` in exactly `width` cells; if it was cut, the last one is `cut`."""
    cells = sum(cell_len(s.text) for s in line)
    if cells <= width:
        return [*line, Segment(" " * (width - cells))] if cells < width else line
    fitted: Line = []
    left = width - 1
    for segment in line:
        if left <= 0:
            break
        size = min(cell_len(segment.text), left)
        fitted.append(Segment(set_cell_size(segment.text, size), segment.style))
        left -= size
    return [*fitted, Segment(cut)]


def _x_axis(
    ends: tuple[float, float], width: int, gutter: int, *, label: str, glyphs: Glyphs, style: Style
) -> list[Line]:
    """The axis and the row of numbers below it."""
    low, high = ends
    room = width - gutter
    step = tick_step(low, high, max(1, room // 8))
    axis = [glyphs.horizontal] * room
    below = [" "] * width
    free = 0
    for value, text in _tick_labels(low, high, max(step, 1.0) if high - low > 1 else step):
        column = round(_part(value, low, high) * (room - 1))
        if not 0 <= column < room:
            continue
        axis[column] = glyphs.x_tick
        start = min(max(gutter + column - len(text) // 2, 0), width - len(text))
        if start >= free:
            below[start : start + len(text)] = text
            free = start + len(text) + 1
    _write_label(below, label, gutter)
    corner = [Segment(" " * (gutter - 1) + glyphs.corner, style)] if gutter else []
    return [[*corner, Segment("".join(axis), style)], [Segment("".join(below), style)]]


def _write_label(below: list[str], label: str, start: int) -> None:
    """Put `label` into the last gap of the tick labels that holds it with a blank on either side."""
    size = cell_len(label)
    for at in range(len(below) - size - 2, start, -1) if label else ():
        if all(cell == " " for cell in below[at : at + size + 2]):
            # A wide character takes two places of the list, so the second of them is emptied.
            below[at + 1 : at + 1 + size] = [label, *[""] * (size - 1)]
            return


class _PlotArea:
    """The plotting area: the drawn parts of each cell, and the series that drew them."""

    def __init__(self, width: int, height: int, glyphs: Glyphs) -> None:
        self._glyphs = glyphs
        self._width, self._height = width, height
        self._masks = [[0] * width for _ in range(height)]
        self._marks = [[""] * width for _ in range(height)]
        self._styles = [[Style.null()] * width for _ in range(height)]
        self._owners: list[list[Series | None]] = [[None] * width for _ in range(height)]

    def curve(self, points: Sequence[tuple[float, float]], one: Series) -> None:
        """Draw points given as parts of the width (0 left, 1 right) and of the height (0 top, 1 bottom)."""
        columns, rows = self._width * self._glyphs.columns, self._height * self._glyphs.rows
        # Many points may fall on one column of parts: their mean is drawn.
        sums: dict[int, tuple[float, int]] = {}
        for x, y in points:
            if -1e-9 <= x <= 1 + 1e-9:
                column = min(columns - 1, max(0, int(x * columns)))
                total, count = sums.get(column, (0.0, 0))
                sums[column] = (total + min(max(y, -1.0), 2.0), count + 1)
        path = [(column, total / count * (rows - 1)) for column, (total, count) in sorted(sums.items())]
        drawn, skipped = one.dashes
        before: int | None = None
        for column, row in _columns(path):
            here = round(row)
            if drawn and column % (drawn + skipped) < drawn:
                # A steep line fills its column from half way to the column before.
                from_row = here if before is None or skipped else before + (here > before) - (here < before)
                for part in range(max(0, min(from_row, here)), min(rows - 1, max(from_row, here)) + 1):
                    self._set(column, part, one)
            before = here
        if one.marker:
            for column, row in path:
                if 0 <= round(row) < rows:
                    self._mark(column // self._glyphs.columns, round(row) // self._glyphs.rows, one)

    def _set(self, column: int, row: int, one: Series) -> None:
        glyphs = self._glyphs
        x, y = column // glyphs.columns, row // glyphs.rows
        if self._owners[y][x] is not one:
            self._own(x, y, one)
        self._masks[y][x] |= glyphs.bits[row % glyphs.rows][column % glyphs.columns]

    def _mark(self, x: int, y: int, one: Series) -> None:
        self._own(x, y, one)
        self._marks[y][x] = one.marker

    def _own(self, x: int, y: int, one: Series) -> None:
        self._owners[y][x] = one
        self._styles[y][x] = one.style
        self._masks[y][x] = 0
        self._marks[y][x] = ""

    def line(self, row: int, grid: str, grid_style: Style) -> Line:
        """Return one row of cells; empty ones show `grid`."""
        line: Line = []
        run, run_style = "", grid_style
        for x in range(self._width):
            drawn = self._marks[row][x] or (self._masks[row][x] and self._glyphs.cells[self._masks[row][x]])
            style = self._styles[row][x] if drawn else grid_style
            if style is not run_style and run:
                line.append(Segment(run, run_style))
                run = ""
            run, run_style = run + (drawn or grid), style
        return [*line, Segment(run, run_style)] if run else line


def _columns(path: Sequence[tuple[int, float]]) -> Iterable[tuple[int, float]]:
    """Yield every column from the first of `path` to its last, with straight lines in between."""
    for (column, row), (next_column, next_row) in pairwise(path):
        for at in range(column, next_column):
            yield at, row + (next_row - row) * (at - column) / (next_column - column)
    if path:
        yield path[-1]
