"""Editing a kernel in place, as pure state: the current weight, the text being typed, and the action of each key.

    editor.begin(draft)
    editor.key("right", None), editor.key("5", "5"), editor.key("enter", "\\r")
    editor.draft

A key that it does not know is left to the screen. Invalid text raises `CnnError` and stays in the field.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from cnncore.errors import CnnError
from tui.i18n import _

if TYPE_CHECKING:
    from cnncore.lesson.kernel_draft import Draft

TYPED = "0123456789.,/-"
MOVES = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}
NUDGES = {
    "pageup": Fraction(1),
    "shift+up": Fraction(1),
    "ctrl+up": Fraction(1),
    "plus": Fraction(1),
    "equals_sign": Fraction(1),
    "pagedown": Fraction(-1),
    "shift+down": Fraction(-1),
    "ctrl+down": Fraction(-1),
    "underscore": Fraction(-1),
    "greater_than_sign": Fraction(1, 10),
    "less_than_sign": Fraction(-1, 10),
}
SIZES = {
    "r": (1, 0),
    "R": (-1, 0),
    "c": (0, 1),
    "C": (0, -1),
    "right_square_bracket": (1, 1),
    "left_square_bracket": (-1, -1),
}
LONGEST = 12
MOST_UNDOS = 200


class KernelEditor:
    """`row` may be one past the last row of weights: that is the scale."""

    def __init__(self) -> None:
        self._draft: Draft | None = None
        self._last: Draft | None = None
        self.row = 0
        self.column = 0
        self.typed = ""
        self.refused: tuple[int, int, str] | None = None
        """The text, and its position, that was refused at the attempt to close the editor."""
        self._undo: list[Draft] = []

    @property
    def on(self) -> bool:
        return self._draft is not None

    @property
    def draft(self) -> Draft:
        assert self._draft is not None
        return self._draft

    @property
    def last(self) -> Draft:
        """The draft; after leaving, the last one."""
        assert self._last is not None
        return self._last

    @property
    def at_scale(self) -> bool:
        return self.row == self.draft.rows

    def begin(self, draft: Draft) -> None:
        """Edit `draft`, starting at its middle."""
        self._draft = self._last = draft
        self._undo, self.typed, self.refused = [], "", None
        self.row, self.column = draft.rows // 2, draft.columns // 2

    def leave(self) -> None:
        self._draft, self.typed = None, ""

    def go(self, row: int, column: int) -> bool:
        """Accept the typed text and go to a weight. Return true if the kernel changed."""
        changed = self._take()
        self.row, self.column = row, column
        self._fit()
        return changed

    def shown(self, row: int, column: int) -> str:
        """Return the text of a weight: the text being typed, or the weight."""
        if self.typed and (row, column) == (self.row, self.column):
            return self.typed
        return self.draft.typed(row, column)

    def words(self) -> str:
        """Describe the current weight or the scale."""
        if self.at_scale:
            return _("Editing the scale: {value}").format(value=self.shown_scale)
        return _("Editing the weight in row {row}, column {column}: {value}").format(
            row=self.row, column=self.column, value=self.shown(self.row, self.column)
        )

    @property
    def shown_scale(self) -> str:
        return self.typed if self.typed and self.at_scale else str(self.draft.scale)

    def key(self, key: str, character: str | None) -> bool | None:
        """Handle a key. Return true if the kernel changed, false if only the position or the typed text did.

        Return None if the key is not one of the editor's. Raises `CnnError`.
        """
        if character and character in TYPED:
            if len(self.typed) < LONGEST:
                self.typed += character
            return False
        if key in MOVES:
            return self._move(*MOVES[key])
        if key in NUDGES:
            return self._take() | self._nudge(NUDGES[key])
        if key in SIZES:
            return self._take() | self._resize(*SIZES[key])
        done: dict[str, Callable[[], bool | None]] = {
            "enter": self._enter,
            "tab": self._enter,
            "backspace": self._backspace,
            "delete": self._backspace,
            "b": lambda: self._take() | self._put(self.draft.balanced()),
            "u": self._back,
            "escape": self._done,
            "e": self._done,
        }
        return done[key]() if key in done else None

    @property
    def state(self) -> tuple[object, ...]:
        """Everything that a key can change."""
        return self._draft, self.row, self.column, self.typed

    def idle_words(self, key: str) -> str:
        """Say why an editing key changed nothing."""
        if key == "u":
            return _("There is nothing to undo.")
        if key in ("backspace", "delete"):
            return _("Nothing is typed; u undoes.")
        if key == "b":
            return _("The scale is already 1/sum, or the weights add up to 0.")
        if key in MOVES:
            return _("The kernel has one column: Up and Down go to its rows and to the scale.")
        return _("A weight is typed in at most {count} characters.").format(count=LONGEST)

    def _fit(self) -> None:
        self.row = max(0, min(self.row, self.draft.rows))
        self.column = max(0, min(self.column, self.draft.columns - 1))

    def _put(self, draft: Draft) -> bool:
        if draft == self._draft:
            return False
        self._undo = [*self._undo[-MOST_UNDOS:], self.draft]
        self._draft = self._last = draft
        self._fit()
        return True

    def _take(self) -> bool:
        """Accept the typed text."""
        if not self.typed:
            return False
        typed = self.typed
        draft = self.draft.with_scale(typed) if self.at_scale else self.draft.with_weight(self.row, self.column, typed)
        self.typed = ""
        return self._put(draft)

    def _move(self, down: int, right: int) -> bool:
        changed = self._take()
        self.row = (self.row + down) % (self.draft.rows + 1)
        if not self.at_scale:
            self.column = (self.column + right) % self.draft.columns
        return changed

    def _enter(self) -> bool:
        """Accept the typed text and go on in reading order, from the last weight to the scale and back to the
        first."""
        changed = self._take()
        if self.at_scale:
            self.row = self.column = 0
        elif self.column < self.draft.columns - 1:
            self.column += 1
        else:
            self.row, self.column = self.row + 1, 0
        return changed

    def _nudge(self, by: Fraction) -> bool:
        draft = self.draft
        return self._put(draft.scale_nudged(by) if self.at_scale else draft.nudged(self.row, self.column, by))

    def _resize(self, down: int, right: int) -> bool:
        """Change the size; the cursor stays on its weight, which moves with the middle."""
        old, at_scale = self.draft, self.at_scale
        new = old.resized(old.rows + down, old.columns + right)
        self.row = new.rows if at_scale else max(0, min(self.row + old.shift(new)[0], new.rows - 1))
        self.column = max(0, self.column + old.shift(new)[1])
        return self._put(new)

    def _backspace(self) -> bool:
        self.typed = self.typed[:-1]
        return False

    def _back(self) -> bool:
        if self.typed or not self._undo:
            self.typed = ""
            return False
        self._draft = self._last = self._undo.pop()
        self._fit()
        return True

    def _done(self) -> bool:
        """Accept the typed text and leave. Refused text is dropped the second time: there is always a way out."""
        try:
            changed = self._take()
        except CnnError:
            if self.refused == (self.row, self.column, self.typed):
                self.leave()
                return False
            self.refused = self.row, self.column, self.typed
            raise
        self.leave()
        return changed
