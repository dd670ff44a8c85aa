"""Predict, then reveal: the walk stops before a cell's value, and the learner types a prediction.

Plain state. It holds the cursor at a cell whose products are not shown yet, so that every view hides the value, and
judges the guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncore.errors import CnnError
from tui.drawing.numbers import NETWORK_DECIMALS
from tui.i18n import _, error_text
from tui.walk.cursor import Cursor
from tui.walk.mistake_words import verdict_text

if TYPE_CHECKING:
    from tui.walk.walks import Walk


class Prediction:
    """The value to predict, the score, and the verdict on the last guess."""

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
        """True while the cell's value is hidden and a guess is awaited."""
        return self.on and not self._known

    @property
    def verdict(self) -> str:
        return self._verdict if self.on else ""

    def start(self) -> None:
        self.on = True
        self._cell, self._verdict = None, ""

    def stop(self) -> None:
        """End the prediction, if it is on, and finish the current cell."""
        if not self.on:
            return
        self.on = False
        self._cell, self._verdict = None, ""
        self._cursor.pause()
        self._cursor.term = self._cursor.terms

    def hold(self, version: int) -> None:
        """Keep the cursor before the value to predict. Called before each redraw."""
        if not self.on:
            return
        cursor = self._cursor
        if cursor.playing:
            cursor.pause()
            self._verdict = _("Playback is off while you predict: v ends the prediction.")
        cell = version, cursor.row, cursor.column
        if cell != self._cell:
            self._cell, self._known, self._term, self._verdict = cell, False, 0, ""
            cursor.term = 0
        if not self._known and cursor.term == cursor.terms:
            cursor.term = self._term  # the last product would be the answer
        self._term = cursor.term

    def answer(self, text: str, walk: Walk) -> None:
        """Judge a guess; reveal the value if nothing was typed; go on to the next cell once the value is known."""
        cursor = self._cursor
        if self._known:
            cursor.move(0, 1)
            return
        if not text.strip():
            self._reveal()
            return
        # Late: it loads numpy, which the first paint must not wait for.
        from cnncore.lesson.predictions import judge, parse_guess

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
