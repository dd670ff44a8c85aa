"""Predict, then reveal: the walk holds before a cell's value, and the learner says what it will be.

`Predict` is the state, without a screen: it holds the cursor of a walk at a cell whose products are not yet written, so
that every view hides what is not known, and it judges what was typed. `PredictBar` is the line with the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from cnncore.errors import CnnError
from tui.app.screen import current_palette
from tui.i18n import _, error_text
from tui.walk.cursor import Cursor
from tui.walk.guess_input import GuessInput

if TYPE_CHECKING:
    from tui.walk.workbench import ConvolutionWalk, PoolingWalk

FIELD_WIDTH = 13


class Predict:
    """Whether the value at hand is to be guessed, how it went, and what to say about the last guess."""

    def __init__(self, cursor: Cursor) -> None:
        self.on = False
        self.right = 0
        self.tried = 0
        self._cursor = cursor
        self._verdict = ""
        self._cell: tuple[int, int, int] | None = None
        self._known = False
        self._term = 0

    @property
    def asking(self) -> bool:
        """Whether the cell's value is hidden and waited for."""
        return self.on and not self._known

    @property
    def verdict(self) -> str:
        return self._verdict if self.on else ""

    def toggle(self) -> None:
        """On and off. Off, the cell at hand is finished."""
        self.on = not self.on
        self._cell, self._verdict = None, ""
        if not self.on:
            self._cursor.pause()
            self._cursor.term = self._cursor.terms

    def hold(self, version: int) -> None:
        """Called before everything is drawn: keeps the cursor before the value that is to be guessed."""
        if not self.on:
            return
        cursor = self._cursor
        if cursor.playing:
            cursor.pause()
            self._verdict = _("While you predict, nothing plays: v ends it.")
        cell = version, cursor.row, cursor.column
        if cell != self._cell:
            self._cell, self._known, self._term, self._verdict = cell, False, 0, ""
            cursor.term = 0
        if not self._known and cursor.term == cursor.terms:
            cursor.term = self._term  # the last product would be the answer
        self._term = cursor.term

    def answer(self, text: str, walk: ConvolutionWalk | PoolingWalk) -> None:
        """Enter was pressed: a guess; with nothing typed, the value is shown; once it is known, on to the next cell."""
        cursor = self._cursor
        if self._known:
            cursor.move(0, 1)
            return
        if not text.strip():
            self._reveal()
            return
        from cnncore.lesson.predictions import judge, parse_guess
        from tui.drawing.numbers import NETWORK_DECIMALS
        from tui.walk.mistake_words import verdict_text

        try:
            guess = parse_guess(text)
        except CnnError as error:
            self._verdict = error_text(error)
            return
        step: Any = walk.steps[cursor.index]
        verdict = judge(step, walk.inputs, guess, NETWORK_DECIMALS)
        self._verdict = verdict_text(verdict, step, text.strip())
        self.tried += not verdict.coarse
        if verdict.right:
            self.right += 1
            self._reveal()

    def _reveal(self) -> None:
        self._known = True
        self._cursor.term = self._cursor.terms


class PredictBar(Horizontal):
    """The line with the field and the score; not there unless the learner predicts."""

    DEFAULT_CSS = """
    PredictBar { height: 1; display: none; background: $panel; }
    PredictBar #predict-cell { width: auto; padding: 0 1; }
    PredictBar GuessInput, PredictBar GuessInput:focus { width: 13; height: 1; border: none; padding: 0 1; }
    PredictBar GuessInput { background: $surface; }
    PredictBar GuessInput:focus { background: $primary 25%; }
    PredictBar #predict-about { width: 1fr; height: 1; padding: 0 1; }
    """

    class Answered(Message):
        """Enter was pressed on what stands in the field."""

        def __init__(self, bar: PredictBar, text: str) -> None:
            super().__init__()
            self.bar, self.text = bar, text

    def __init__(self) -> None:
        super().__init__(id="predict")

    def compose(self) -> ComposeResult:
        yield Static(id="predict-cell", markup=False)
        yield GuessInput(select_on_focus=False)
        yield Static(id="predict-about", markup=False)

    def show(self, predict: Predict, row: int, column: int) -> None:
        """Draws the line for the cell at hand, and takes the keys that write a number."""
        self.display = predict.on
        if not predict.on:
            return
        colours = current_palette(self)
        field = self.query_one(GuessInput)
        cell = _("Predict [{row}, {column}]:") if predict.asking else _("Known: [{row}, {column}]")
        cell = cell.format(row=row, column=column)
        self.query_one("#predict-cell", Static).update(cell)
        score = _("right {right} of {tried}").format(right=predict.right, tried=predict.tried)
        asking = (_("Enter answers (empty: shows it), . one product, v ends"), _("Enter: answer or show"))
        keys = asking if predict.asking else (_("Enter: the next cell, v ends"), _("Enter: next cell"))
        room = self.app.size.width - cell_len(cell) - 2 - FIELD_WIDTH - 2 - cell_len(score) - 2
        fitting = next((text for text in keys if cell_len(text) <= room), "")
        self.query_one("#predict-about", Static).update(
            Text.assemble((score, colours.strong), "  ", (fitting, colours.faint), no_wrap=True)
        )
        if not field.has_focus:
            self.screen.set_focus(field, scroll_visible=False)  # at once: the next key may be a digit

    def clear(self) -> None:
        """Empties the field."""
        self.query_one(GuessInput).value = ""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Answered(self, event.value))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:  # noqa: ARG002
        """A click beside it took the focus: it comes back as long as a number is waited for."""
        if self.display and self.screen.is_current:
            self.query_one(GuessInput).focus(scroll_visible=False)
