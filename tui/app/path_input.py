"""A field for a path: Tab completes it, as in a shell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from tui.app.paths import complete
from tui.app.workers import start_worker
from tui.i18n import N_

MOST_NAMES = 12


class PathInput(Input):
    """Completes files with one of `suffixes` (none: all files), or with `folders` only folders. If Tab has nothing to
    add, it moves to the next field as usual."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", N_("Complete the path"), show=False)]

    class Ambiguous(Message):
        """The typed text has several completions: `names` are the first of them, `more` counts the others."""

        def __init__(self, names: Sequence[str], more: int) -> None:
            super().__init__()
            self.names, self.more = names, more

    def __init__(self, value: str = "", *, suffixes: Sequence[str] = (), folders: bool = False, id: str | None = None):
        super().__init__(value, id=id)
        self._suffixes, self._folders = suffixes, folders

    def action_complete(self) -> None:
        # In a thread: a network folder may be slow.
        start_worker(self, self._look, self.value, thread=True, exclusive=True, answers=True)

    def _look(self, text: str) -> None:
        completion = complete(text, self._suffixes, folders=self._folders)
        self.app.call_from_thread(self._found, text, completion.text, completion.names)

    def _found(self, asked: str, text: str, names: Sequence[str]) -> None:
        if not self.is_attached or self.value != asked:  # the learner has typed on
            return
        if text != asked:
            self.value = text
            self.cursor_position = len(text)
        if names:
            self.post_message(self.Ambiguous(names[:MOST_NAMES], max(0, len(names) - MOST_NAMES)))
        elif text == asked:
            self.screen.focus_next()
