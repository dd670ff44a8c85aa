"""A matrix of numbers that shows the visible part and follows the cursor."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.message import Message

from tui.drawing.matrix import Matrix, changed_rows, column_ruler, follow, matrix_line, row_label
from tui.drawing.theme import palette
from tui.widgets.rows import Row, Rows


class MatrixView(Rows):
    """Draws a `Matrix` line by line; rows and columns are numbered if there is room. A click picks a cell."""

    DEFAULT_CSS = "MatrixView { height: 1fr; }"

    class Picked(Message):
        """A cell was clicked."""

        def __init__(self, view: MatrixView, row: int, column: int) -> None:
            super().__init__()
            self.view, self.row, self.column = view, row, column

        @property
        def control(self) -> MatrixView:
            return self.view

    def __init__(self, *, id: str, labels: bool = True) -> None:
        super().__init__(id=id)
        self._labels = labels
        self._matrix: Matrix | None = None
        self.first_row = 0
        self.first_column = 0

    @property
    def matrix(self) -> Matrix | None:
        return self._matrix

    def show(self, matrix: Matrix | None) -> None:
        """Draw `matrix` (None: nothing), scrolled no further than its box needs."""
        changed, place = changed_rows(self._matrix, matrix), (self.first_row, self.first_column)
        self._matrix = matrix
        self._follow()
        if changed is None or place != (self.first_row, self.first_column):
            self.redraw()
        elif changed:
            ruler = self._ruler_lines()
            self.redraw([*range(ruler), *sorted(row - self.first_row + ruler for row in changed)])

    def _label_width(self) -> int:
        """Return the cells for the row numbers, 0 if there is no room for them."""
        matrix, (width, height) = self._matrix, self.outer_size
        if matrix is None or not self._labels or height < 8 or width < 30:
            return 0
        return max(len(str(matrix.first_row)), len(str(matrix.end_row - 1))) + 1

    def _ruler_lines(self) -> int:
        return 1 if self._label_width() else 0

    def _follow(self) -> None:
        matrix, (width, height) = self._matrix, self.outer_size
        if matrix is None or not width or not height:
            return
        top, left, bottom, right = matrix.box or (0, 0, 1, 1)
        lines = max(1, height - self._ruler_lines())
        columns = max(1, matrix.visible_columns(width - self._label_width()))
        if matrix.cell is not None:  # if the window does not fit, the current value must be visible
            row, column = matrix.cell
            top, bottom = (row, row + 1) if bottom - top > lines else (top, bottom)
            left, right = (column, column + 1) if right - left > columns else (left, right)
        self.first_row = follow(self.first_row, (top, bottom), lines, (matrix.first_row, matrix.end_row))
        self.first_column = follow(self.first_column, (left, right), columns, (matrix.first_column, matrix.end_column))

    def on_resize(self) -> None:
        self._follow()
        self.refresh()

    def draw_row(self, y: int, width: int) -> Row:
        matrix = self._matrix
        if matrix is None:
            return []
        colours = palette(self.app.theme)
        label = self._label_width()
        ruler = 1 if label else 0
        row = self.first_row + y - ruler
        if y < ruler:
            return [Segment(" " * label), *column_ruler(matrix, self.first_column, width - label, colours)]
        if row >= matrix.end_row:
            return []
        line = matrix_line(matrix, row, self.first_column, width - label, colours)
        return [row_label(matrix, row, label, colours), *line] if label else line

    def on_click(self, event: events.Click) -> None:
        matrix = self._matrix
        if matrix is None:
            return
        label = self._label_width()
        row = self.first_row + event.y - self._ruler_lines()
        column = self.first_column + max(0, event.x - label) // matrix.pitch
        if event.y >= self._ruler_lines() and 0 <= row < matrix.rows and 0 <= column < matrix.columns:
            self.post_message(self.Picked(self, row, column))
