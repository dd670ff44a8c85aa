"""The position of a walk, which every view follows: a cursor on the output, and one on the input.

Plain state. A position is an output cell and the number of its products shown so far (0 .. terms). Every cell before it
in reading order is finished, every cell after it is still to come. Every move except `tick` pauses playback.
"""

from __future__ import annotations

from dataclasses import dataclass

SPEEDS = (1, 2, 5, 10, 20, 30, 60, 100, 200, 500, 1000)
"""Cells per second."""
USUAL_SPEED = 10

TERM_BY_TERM = 2
"""Up to this speed a playing cursor shows one product at a time; above it, whole cells. An output of one cell is shown
product by product at any speed, because otherwise nothing would be seen to play."""


@dataclass
class Cursor:
    """The position in an output of `rows` x `columns` cells with `terms` products each."""

    rows: int = 1
    columns: int = 1
    terms: int = 1
    row: int = 0
    column: int = 0
    term: int = 1
    playing: bool = False
    speed: int = USUAL_SPEED
    _owed: float = 0.0
    """Time played but not yet walked, in terms or in cells, as the speed counts."""

    @property
    def cells(self) -> int:
        return self.rows * self.columns

    @property
    def index(self) -> int:
        """The cell's index in reading order."""
        return self.row * self.columns + self.column

    @property
    def finished(self) -> int:
        """The number of finished cells, in reading order."""
        return self.index + (self.term == self.terms)

    @property
    def at_end(self) -> bool:
        return self.finished == self.cells

    def fit(self, rows: int, columns: int, terms: int) -> None:
        """Adapt to another output: keep the position, or the nearest; a finished cell stays finished."""
        complete = self.term == self.terms
        self.rows, self.columns, self.terms = rows, columns, terms
        self.row, self.column = min(self.row, rows - 1), min(self.column, columns - 1)
        self.term = terms if complete else min(self.term, terms)

    def _go(self, index: int, term: int | None = None) -> None:
        self.row, self.column = divmod(index, self.columns)
        self.term = self.terms if term is None else term

    def pause(self) -> None:
        self.playing = False
        self._owed = 0.0

    def move(self, rows: int, columns: int) -> None:
        """Move by rows and cells. Left and right continue through the rows, up and down wrap around the column."""
        self.pause()
        self._go((self.row + rows) % self.rows * self.columns + self.column)
        if columns:
            self._go((self.index + columns) % self.cells)

    def step(self, terms: int) -> None:
        """Move one multiplication forward (1) or back (-1); stop at both ends."""
        self.pause()
        self._walk_terms(terms)

    def _walk_terms(self, terms: int) -> None:
        # A cell offers `terms` positions, 1 .. terms; the very first also has 0, nothing shown.
        position = max(0, min(self.index * self.terms + self.term + terms, self.cells * self.terms))
        cell, done = divmod(position, self.terms)
        if done == 0 and position:
            cell, done = cell - 1, self.terms
        self._go(cell, done)

    def jump(self, row: int, column: int) -> None:
        """Go to a cell, or outside the output to the nearest."""
        self.pause()
        self.row, self.column = max(0, min(row, self.rows - 1)), max(0, min(column, self.columns - 1))
        self.term = self.terms

    def go_term(self, term: int) -> None:
        """Show that many products of this cell."""
        self.pause()
        self.term = max(0 if self.index == 0 else 1, min(term, self.terms))

    def finish_row(self, by: int = 1) -> None:
        """Go to the row's last cell, or with -1 to its first; from there to that of the next or previous row. Stop at
        both ends."""
        self.pause()
        edge = self.columns - 1 if by > 0 else 0
        row = self.row + by if self.column == edge and self.term == self.terms else self.row
        if 0 <= row < self.rows:
            self._go(row * self.columns + edge)

    def home(self) -> None:
        """Go to the start, with nothing shown."""
        self.pause()
        self._go(0, 0)

    def end(self) -> None:
        """Go to the last cell, finished."""
        self.pause()
        self._go(self.cells - 1)

    def toggle(self) -> None:
        """Play or pause. Playing at the end starts over."""
        if self.playing:
            self.pause()
            return
        if self.at_end:
            self._go(0, 0)
        self.playing = True

    def faster(self) -> None:
        self.speed = next((speed for speed in SPEEDS if speed > self.speed), SPEEDS[-1])
        self._owed = 0.0

    def slower(self) -> None:
        self.speed = next((speed for speed in reversed(SPEEDS) if speed < self.speed), SPEEDS[0])
        self._owed = 0.0

    def tick(self, seconds: float) -> bool:
        """Let time pass. Return true if the position moved; pause at the end."""
        if not self.playing:
            return False
        by_terms = self.speed <= TERM_BY_TERM or self.cells == 1
        each = self.terms if by_terms and self.speed <= TERM_BY_TERM else 1
        self._owed += seconds * self.speed * each
        steps = int(self._owed)
        if not steps:
            return False
        self._owed -= steps
        if by_terms:
            self._walk_terms(steps)
        else:
            self._go(min(self.finished - 1 + steps, self.cells - 1))
        if self.at_end:
            self.pause()
        return True


@dataclass
class PixelCursor:
    """The cursor on the input: the value chosen, while `on`, among `rows` x `columns`."""

    rows: int = 1
    columns: int = 1
    row: int = 0
    column: int = 0
    on: bool = False

    def fit(self, rows: int, columns: int) -> None:
        """Adapt to another input: keep the position, or the nearest."""
        self.rows, self.columns = rows, columns
        self.jump(self.row, self.column)

    def jump(self, row: int, column: int) -> None:
        """Go to a value, or outside the input to the nearest."""
        self.row, self.column = max(0, min(row, self.rows - 1)), max(0, min(column, self.columns - 1))

    def home(self) -> None:
        """Go to the first value."""
        self.jump(0, 0)

    def end(self) -> None:
        """Go to the last value."""
        self.jump(self.rows, self.columns)

    def move(self, rows: int, columns: int) -> None:
        """Move by rows and columns, wrapping as the cursor on the output does."""
        index = (self.row + rows) % self.rows * self.columns + self.column
        self.row, self.column = divmod((index + columns) % (self.rows * self.columns), self.columns)
