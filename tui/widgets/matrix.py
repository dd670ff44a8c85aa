"""A matrix of numbers that shows the part in sight and follows the cursor."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.renderables.matrix import Matrix, changed_rows, column_ruler, follow, matrix_line, row_label
from tui.theme import palette


class MatrixView(Widget):
    """Draws a `Matrix` line by line; rows and columns are numbered where there is room. A click picks a cell."""

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
        self._base: Style | None = None
        self.first_row = 0
        self.first_column = 0

    @property
    def matrix(self) -> Matrix | None:
        return self._matrix

    def show(self, matrix: Matrix | None) -> None:
        """Draws `matrix` (None: nothing), scrolled no further than its box needs."""
        changed, place = changed_rows(self._matrix, matrix), (self.first_row, self.first_column)
        self._matrix, self._base = matrix, None
        self._follow()
        if changed is None or place != (self.first_row, self.first_column):
            self.refresh()
        elif changed:
            ruler = self._ruler_lines()
            lines = {row - self.first_row + ruler for row in changed} | set(range(ruler))
            self.refresh(*(Region(0, line, self.size.width, 1) for line in lines if 0 <= line < self.size.height))

    def _label_width(self) -> int:
        """Room for the rows' numbers, 0 where there is none to spare."""
        matrix = self._matrix
        if matrix is None or not self._labels or self.size.height < 8 or self.size.width < 30:
            return 0
        return max(len(str(matrix.first_row)), len(str(matrix.end_row - 1))) + 1

    def _ruler_lines(self) -> int:
        return 1 if self._label_width() else 0

    def _follow(self) -> None:
        matrix = self._matrix
        if matrix is None or not self.size:
            return
        top, left, bottom, right = matrix.box or (0, 0, 1, 1)
        lines = max(1, self.size.height - self._ruler_lines())
        columns = max(1, matrix.visible_columns(self.size.width - self._label_width()))
        if matrix.cell is not None:  # of a window that does not fit, the value at hand is what must be seen
            row, column = matrix.cell
            top, bottom = (row, row + 1) if bottom - top > lines else (top, bottom)
            left, right = (column, column + 1) if right - left > columns else (left, right)
        self.first_row = follow(self.first_row, (top, bottom), lines, (matrix.first_row, matrix.end_row))
        self.first_column = follow(self.first_column, (left, right), columns, (matrix.first_column, matrix.end_column))

    def on_resize(self) -> None:
        self._follow()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        matrix = self._matrix
        if matrix is None:
            return Strip.blank(self.size.width, self.rich_style)
        colours = palette(self.app.theme)
        label, ruler = self._label_width(), self._ruler_lines()
        width = self.size.width - label
        row = self.first_row + y - ruler
        segments: list[Segment] = []
        if y < ruler:
            segments = [Segment(" " * label), *column_ruler(matrix, self.first_column, width, colours)]
        elif row < matrix.end_row:
            if label:
                segments.append(row_label(matrix, row, label, colours))
            segments += matrix_line(matrix, row, self.first_column, width, colours)
        if self._base is None:  # asked for once a frame: it looks at all ancestors
            self._base = self.rich_style
        base = self._base
        # Most neighbours look alike: as one segment they are styled, filtered and written once.
        return Strip(Segment.simplify(segments)).apply_style(base).adjust_cell_length(self.size.width, base)

    def on_click(self, event: events.Click) -> None:
        matrix = self._matrix
        if matrix is None:
            return
        label = self._label_width()
        row = self.first_row + event.y - self._ruler_lines()
        column = self.first_column + max(0, event.x - label) // matrix.pitch
        if event.y >= self._ruler_lines() and 0 <= row < matrix.rows and 0 <= column < matrix.columns:
            self.post_message(self.Picked(self, row, column))
