"""The line with the field for a prediction and the score."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.app.screen import current_palette
from tui.i18n import _
from tui.walk.guess_input import GuessInput
from tui.walk.prediction import Prediction

FIELD_WIDTH = 13


class PredictBar(Horizontal):
    """The field and the score; hidden unless the learner predicts."""

    DEFAULT_CSS = """
    PredictBar { height: 1; display: none; background: $panel; }
    PredictBar #predict-cell { width: auto; padding: 0 1; }
    PredictBar GuessInput, PredictBar GuessInput:focus { width: 13; height: 1; border: none; padding: 0 1; }
    PredictBar GuessInput { background: $surface; }
    PredictBar GuessInput:focus { background: $primary 25%; }
    PredictBar #predict-about { width: 1fr; height: 1; padding: 0 1; }
    """

    class Answered(Message):
        """Enter was pressed in the field."""

        def __init__(self, bar: PredictBar, text: str) -> None:
            super().__init__()
            self.bar, self.text = bar, text

    def __init__(self) -> None:
        super().__init__(id="predict")

    def compose(self) -> ComposeResult:
        yield Static(id="predict-cell", markup=False)
        yield GuessInput(select_on_focus=False)
        yield Static(id="predict-about", markup=False)

    def show(self, prediction: Prediction, row: int, column: int) -> None:
        """Draw the line for the current cell and focus the field, or hide both."""
        if prediction.on != self.display:
            self.clear()
        self.display = prediction.on
        if not prediction.on:
            if self.query_one(GuessInput).has_focus:
                self.screen.set_focus(None)
            return
        colours = current_palette(self)
        field = self.query_one(GuessInput)
        cell = _("Predict [{row}, {column}]:") if prediction.asking else _("Known: [{row}, {column}]")
        cell = cell.format(row=row, column=column)
        self.query_one("#predict-cell", Static).update(cell)
        score = _("right {right} of {tried}").format(right=prediction.right, tried=prediction.tried)
        asking = (_("Enter: answer (empty: reveal), .: one product, v: end"), _("Enter: answer or reveal"))
        keys = asking if prediction.asking else (_("Enter: next cell, v: end"), _("Enter: next cell"))
        room = self.app.size.width - cell_len(cell) - 2 - FIELD_WIDTH - 2 - cell_len(score) - 2
        fitting = next((text for text in keys if cell_len(text) <= room), "")
        self.query_one("#predict-about", Static).update(
            Text.assemble((score, colours.strong), "  ", (fitting, colours.faint), no_wrap=True)
        )
        if not field.has_focus:
            self.screen.set_focus(field, scroll_visible=False)  # at once: the next key may be a digit

    def clear(self) -> None:
        """Empty the field."""
        self.query_one(GuessInput).value = ""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Answered(self, event.value))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:  # noqa: ARG002
        """Take the focus back after a click beside the field, as long as the line is shown."""
        if self.display and self.screen.is_current:
            self.query_one(GuessInput).focus(scroll_visible=False)
