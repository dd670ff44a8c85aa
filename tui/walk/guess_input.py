"""The field for a guessed number. It takes the characters of a number; every other key goes to the screen."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

INSIDE = ".,"
"""Keys of the field only once it has text; with an empty field they are the screen's."""


class GuessInput(Input, inherit_bindings=False):
    """See the module. Arrows, letters and the function keys are the screen's even while this has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", show=False),
        Binding("backspace", "delete_left", show=False),
        Binding("escape", "screen.predict", show=False),
    ]

    def takes(self, character: str | None) -> bool:
        """Return true if a key that types `character` is for this field."""
        if not character:
            return False
        if character in INSIDE:
            return bool(self.value)
        return (character.isascii() and character.isdigit()) or (character == "-" and self.cursor_position == 0)

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 - Textual's signature
        return self.takes(character)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "delete_left" and not self.value:
            return False  # an empty field has nothing to delete: the key is the screen's
        return super().check_action(action, parameters)

    async def _on_key(self, event: events.Key) -> None:
        if event.is_printable and not self.takes(event.character):
            event.prevent_default()  # `Input` would write it
