"""Where the walk is: one position that every view follows, and the clock that moves it.

Pure state, no screen. A position is an output cell and how many of its products are written (0 .. terms). Everything
before it in reading order is finished, everything after it is still to come. A hand stops the clock: whatever moves
the cursor by hand pauses it.
"""

from __future__ import annotations

from dataclasses import dataclass

SPEEDS = (1, 2, 5, 10, 20, 30, 60, 100, 200, 500, 1000)
"""Cells per second."""
USUAL_SPEED = 10

TERM_BY_TERM = 2
"""Up to this speed a playing cursor writes one product at a time; above it, whole cells. Where there is one cell only,
it is written product by product at any speed: at once, nothing would be seen to play."""


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
    """Time played but not yet walked, in terms or in cells, whichever the speed counts."""

    @property
    def cells(self) -> int:
        return self.rows * self.columns

    @property
    def index(self) -> int:
        """The cell's place in reading order."""
        return self.row * self.columns + self.column

    @property
    def finished(self) -> int:
        """How many cells, in reading order, have their value."""
        return self.index + (self.term == self.terms)

    @property
    def at_end(self) -> bool:
        return self.finished == self.cells

    def fit(self, rows: int, columns: int, terms: int) -> None:
        """Another walk: keeps the position where the new output has it, else the nearest; a finished cell stays so."""
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
        """By cells and rows, by hand. Left and right run on through the rows, up and down around the column."""
        self.pause()
        self._go((self.row + rows) % self.rows * self.columns + self.column)
        if columns:
            self._go((self.index + columns) % self.cells)

    def step(self, terms: int) -> None:
        """By one multiplication forward (1) or back (-1), by hand; stops at both ends."""
        self.pause()
        self._walk_terms(terms)

    def _walk_terms(self, terms: int) -> None:
        # A cell offers `terms` positions, 1 .. terms; the very first also has 0, nothing written.
        place = max(0, min(self.index * self.terms + self.term + terms, self.cells * self.terms))
        cell, done = divmod(place, self.terms)
        if done == 0 and place:
            cell, done = cell - 1, self.terms
        self._go(cell, done)

    def jump(self, row: int, column: int) -> None:
        """To a cell, by hand; outside the output, to the nearest."""
        self.pause()
        self.row, self.column = max(0, min(row, self.rows - 1)), max(0, min(column, self.columns - 1))
        self.term = self.terms

    def go_term(self, term: int) -> None:
        """By hand to where that many products of this cell are written."""
        self.pause()
        self.term = max(0 if self.index == 0 else 1, min(term, self.terms))

    def finish_row(self, by: int = 1) -> None:
        """By hand to the row's last cell, or with -1 to its first; from there on to that of the next row, or of the
        one before. Stops at both ends."""
        self.pause()
        edge = self.columns - 1 if by > 0 else 0
        row = self.row + by if self.column == edge and self.term == self.terms else self.row
        if 0 <= row < self.rows:
            self._go(row * self.columns + edge)

    def home(self) -> None:
        """To the very beginning, nothing written."""
        self.pause()
        self._go(0, 0)

    def end(self) -> None:
        """To the last cell, finished."""
        self.pause()
        self._go(self.cells - 1)

    def toggle(self) -> None:
        """Plays or pauses. Playing at the end starts over."""
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
        """Time has passed. Returns whether the position moved; pauses at the end."""
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
class Pixel:
    """The hand's other end: the input value that is chosen while `on`, among `rows` x `columns`."""

    rows: int = 1
    columns: int = 1
    row: int = 0
    column: int = 0
    on: bool = False

    def fit(self, rows: int, columns: int) -> None:
        """Another input: keeps the place where it has it, else the nearest."""
        self.rows, self.columns = rows, columns
        self.choose(self.row, self.column)

    def choose(self, row: int, column: int) -> None:
        """That value; outside the input, the nearest."""
        self.row, self.column = max(0, min(row, self.rows - 1)), max(0, min(column, self.columns - 1))

    def home(self) -> None:
        """To the first value."""
        self.choose(0, 0)

    def end(self) -> None:
        """To the last value."""
        self.choose(self.rows, self.columns)

    def move(self, rows: int, columns: int) -> None:
        """By rows and columns, on through the rows as the cursor does, up and down around the column."""
        index = (self.row + rows) % self.rows * self.columns + self.column
        self.row, self.column = divmod((index + columns) % (self.rows * self.columns), self.columns)
