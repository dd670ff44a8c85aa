"""Answers to keys that are still to come, beyond what asyncio has to run."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui.app.workers import is_answer
from tui.widgets.textual_private import finds_commands, waits_to_be_drawn


def answers_to_come(app: App[Any]) -> set[object]:
    """The unfinished workers that answer a key (a dialog's in a thread, the command palette's in the loop), and the
    screen in front while it waits to be drawn: a screen shown for the first time takes no keys before that."""
    workers = {each for each in app.workers if is_answer(each) or finds_commands(each)}
    to_come: set[object] = {each for each in workers if not each.is_finished and not each.is_cancelled}
    if (screen := waits_to_be_drawn(app)) is not None:
        to_come.add(screen)
    return to_come
