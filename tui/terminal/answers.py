"""What an app still owes to the keys it got, beyond what asyncio has to run."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui.app.workers import is_answer
from tui.widgets.textual_private import finds_commands, waits_to_be_drawn


def answers_to_come(app: App[Any]) -> set[object]:
    """The workers that answer a key, a dialog's in a thread and the command palette's in the loop, and the screen in
    front where it goes on once it is drawn: a screen shown for the first time takes no keys before."""
    workers = {each for each in app.workers if is_answer(each) or finds_commands(each)}
    to_come: set[object] = {each for each in workers if not each.is_finished and not each.is_cancelled}
    if (screen := waits_to_be_drawn(app)) is not None:
        to_come.add(screen)
    return to_come
