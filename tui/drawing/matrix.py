"""The visible part of a matrix of numbers as lines of segments.

A row is written `sep value sep value ... sep`: one separator cell between values, so that brackets around the window
need no extra room. Styles in order of precedence: the current cell is reversed; the window is bold in its colour;
padding is faint, and in the window not bold; negative values have a sign and a colour; cells not yet computed are a
dot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from rich.segment import Segment
from rich.style import Style

from tui.drawing.numbers import Number, fit, number
from tui.drawing.theme import Palette


@dataclass(frozen=True)
class Matrix:
    """The matrix to draw. Coordinates are those of the input; `top` and `left` padding has negative ones.

    `value(row, column)` is called inside rows x columns only. `window` is (top, left, bottom, right), ends not
    included; `cell` is the current cell; `revealed` is the number of known cells in reading order (None: all).
    """

    rows: int
    columns: int
    value: Callable[[int, int], Number]
    digits: int
    decimals: int = 0
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)
    window: tuple[int, int, int, int] | None = None
    cell: tuple[int, int] | None = None
    revealed: int | None = None
    output: bool = False
    """True if the current cell is an output cell, which has its own colour."""
    used: tuple[range, range] | None = None
    """The used rows and columns of a window with gaps (None: all of it)."""
    written: Callable[[int, int], str] | None = None
    """A function that writes a value; None: with `decimals` decimals."""
    source: Any = field(default=None, compare=False)
    """The array that `value` reads: two matrices with the same source have the same values."""
    asked: bool = False
    """True if the learner is asked for the current cell, which is then unknown."""
    padding_counts: bool = True
    """True if padding is zeros; padding that does not count is a dash."""

    @property
    def first_row(self) -> int:
        return -self.before[0]

    @property
    def first_column(self) -> int:
        return -self.before[1]

    @property
    def end_row(self) -> int:
        return self.rows + self.after[0]

    @property
    def end_column(self) -> int:
        return self.columns + self.after[1]

    @property
    def box(self) -> tuple[int, int, int, int] | None:
        """The bracketed cells: the window, or without one the current cell."""
        if self.window is None and self.cell is not None:
            return self.cell[0], self.cell[1], self.cell[0] + 1, self.cell[1] + 1
        return self.window

    @property
    def pitch(self) -> int:
        """The cells from one value to the next."""
        return self.digits + 1

    def visible_columns(self, width: int) -> int:
        return max(0, (width - 1) // self.pitch)

    def in_window(self, row: int, column: int) -> bool:
        if self.window is None:
            return False
        if self.used is not None:
            return row in self.used[0] and column in self.used[1]
        return self.window[0] <= row < self.window[2] and self.window[1] <= column < self.window[3]

    def bracketed(self, row: int, column: int) -> bool:
        """Return true for a bracketed cell: one of the window, or without one the current cell."""
        return self.in_window(row, column) if self.window is not None else self.cell == (row, column)

    def is_padding(self, row: int, column: int) -> bool:
        return not (0 <= row < self.rows and 0 <= column < self.columns)

    def text(self, row: int, column: int) -> str:
        """Return the aligned text of a cell."""
        if self.is_padding(row, column):
            if not self.padding_counts:
                return "-".rjust(self.digits)
            return fit(number(0 if self.decimals == 0 else 0.0, self.decimals), self.digits)
        if self.revealed is not None and row * self.columns + column >= self.revealed:
            return ("?" if self.asked and self.cell == (row, column) else ".").rjust(self.digits)
        if self.written is not None:
            return fit(self.written(row, column), self.digits)
        return fit(number(self.value(row, column), self.decimals), self.digits)

    def texts(self, row: int, columns: range) -> list[str]:
        """Return the texts of a row's cells."""
        inside = range(max(0, columns.start), min(columns.stop, self.columns))
        if self.source is None or self.written is not None or self.asked or not inside or not 0 <= row < self.rows:
            return [self.text(row, column) for column in columns]
        known = inside.stop
        if self.revealed is not None:
            known = max(inside.start, min(known, self.revealed - row * self.columns))
        values = self.source[row, inside.start : known].tolist()  # all at once: one by one takes ten times as long
        texts = [fit(number(value, self.decimals), self.digits) for value in values]
        texts += [".".rjust(self.digits)] * (inside.stop - known)
        left, right = range(columns.start, inside.start), range(inside.stop, columns.stop)
        return [self.text(row, column) for column in left] + texts + [self.text(row, column) for column in right]

    def is_plain(self, row: int, columns: range) -> bool:
        """Return true if nothing in a row is marked and none of its `columns` is padding."""
        box, cell = self.box, self.cell
        return (
            0 <= row < self.rows
            and columns.start >= 0
            and columns.stop <= self.columns
            and (box is None or not box[0] <= row < box[2])
            and (cell is None or cell[0] != row)
        )

    def style(self, row: int, column: int, text: str, colours: Palette) -> Style:
        """Return the style of a cell's `text`."""
        if self.cell == (row, column):
            return colours.output if self.output else colours.term
        if self.revealed is not None and row * self.columns + column >= self.revealed:
            return colours.empty
        inside = self.in_window(row, column)
        if self.is_padding(row, column):
            return colours.padded if inside else colours.faint
        if inside:
            return colours.fed if self.output else colours.window
        text = text.lstrip()  # a dash alone is no number
        return colours.negative if text.startswith("-") and text != "-" else colours.text


def changed_rows(old: Matrix | None, new: Matrix | None) -> set[int] | None:
    """Return the rows that differ; None if any row may."""
    if old is None or new is None or new.source is None or old.source is not new.source:
        return None
    if replace(old, value=new.value, window=new.window, cell=new.cell, revealed=new.revealed, used=new.used) != new:
        return None
    rows: set[int] = set()
    for matrix in (old, new):
        if (old.box, old.cell, old.used) != (new.box, new.cell, new.used) and matrix.box is not None:
            rows.update(range(matrix.box[0], matrix.box[2]))
            rows.update([matrix.cell[0]] if matrix.cell is not None else [])
    if old.revealed != new.revealed:
        if old.revealed is None or new.revealed is None:
            return None
        low, high = sorted((old.revealed, new.revealed))
        rows.update(range(low // new.columns, -(-high // new.columns)))
    return rows


def follow(offset: int, box: tuple[int, int], visible: int, limits: tuple[int, int]) -> int:
    """Return the first visible index so that `box` is visible, with one more index on either side if there is room.

    `box` and `limits` are (first, end), ends not included. It scrolls no further than needed, so that the window
    visibly moves.
    """
    (low, high), (first, end) = box, limits
    context = 1 if visible >= high - low + 2 else 0
    offset = min(offset, low - context)
    offset = max(offset, high + context - visible)
    return max(first, min(offset, max(first, end - visible)))


def matrix_line(matrix: Matrix, row: int, first_column: int, width: int, colours: Palette) -> list[Segment]:
    """Return one row from `first_column` on, at most `width` cells. Neighbours of one style form one segment."""
    columns = range(first_column, min(first_column + matrix.visible_columns(width), matrix.end_column))
    if not columns:
        return []
    if matrix.is_plain(row, columns):
        return _plain_line(matrix, row, columns, colours)
    segments: list[Segment] = []
    mark = colours.fed if matrix.output and matrix.window is not None else colours.window
    before = matrix.bracketed(row, first_column - 1)
    for column, text in zip(columns, matrix.texts(row, columns), strict=True):
        here = matrix.bracketed(row, column)
        segments.append(_separator(before, here, mark, colours))
        segments.append(Segment(text, matrix.style(row, column, text, colours)))
        before = here
    segments.append(_separator(before, matrix.bracketed(row, columns.stop), mark, colours))
    return list(Segment.simplify(segments))


def _plain_line(matrix: Matrix, row: int, columns: range, colours: Palette) -> list[Segment]:
    """Return a row without marks."""
    texts = matrix.texts(row, columns)
    hidden = columns.stop
    if matrix.revealed is not None:
        hidden = max(columns.start, min(columns.stop, matrix.revealed - row * matrix.columns))
    segments: list[Segment] = []
    run, style = "", colours.text
    for text, column in zip(texts, columns, strict=True):
        own = colours.negative if "-" in text and text.lstrip().startswith("-") else colours.text
        if column >= hidden:
            own = colours.empty
        if own is not style:
            # Spaces join the segment before them: their style is invisible.
            segments.append(Segment(run + " ", style))
            run, style = text, own
        else:
            run += " " + text
    return [*segments, Segment(run + " ", style)]


def _separator(before: bool, after: bool, mark: Style, colours: Palette) -> Segment:
    """Return the separator of two cells: a bracket or a space."""
    if before == after:
        return Segment(" ", colours.text)
    return Segment("[" if after else "]", mark)


def column_ruler(matrix: Matrix, first_column: int, width: int, colours: Palette) -> list[Segment]:
    """Return the column numbers, faint; those of the window or the current cell in colour."""
    segments: list[Segment] = []
    for column in range(first_column, min(first_column + matrix.visible_columns(width), matrix.end_column)):
        marked = _marked(matrix, column, 1)
        segments.append(Segment(column_label(matrix, column), colours.window if marked else colours.faint))
    return segments


def column_label(matrix: Matrix, column: int) -> str:
    """Return a column's number, as wide as a value with its separator. If numbers would touch, every other column has
    one, including the first of the box."""
    if len(str(matrix.end_column - 1)) <= matrix.digits:
        return fit(str(column), matrix.pitch)
    first = matrix.box[1] if matrix.box is not None else 0
    return fit(str(column), matrix.pitch) if (column - first) % 2 == 0 else " " * matrix.pitch


def row_label(matrix: Matrix, row: int, width: int, colours: Palette) -> Segment:
    """Return a row's number, faint; in colour for the window or the current cell."""
    marked = _marked(matrix, row, 0)
    return Segment(fit(str(row), width), colours.window if marked else colours.faint)


def _marked(matrix: Matrix, place: int, direction: int) -> bool:
    if matrix.used is not None:
        return place in matrix.used[direction]
    box = matrix.box
    return box is not None and box[direction] <= place < box[direction + 2]
