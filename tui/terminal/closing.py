"""A dialog closes once, whoever wrote it and whatever closes it.

Textual's `Screen.dismiss` takes away whichever screen is in front. Asked twice (two keys within a frame, a key and an
answer from a thread), it takes a second one, and of the last one `ScreenStackError` is raised, which ends the app.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.screen import Screen

from tui.widgets.textual_private import is_in_a_stack, is_in_front


def closes_once(app: App[Any], screen: Screen[Any]) -> None:
    """From here on, `screen` of `app` closes itself and no other screen, and once."""
    vars(screen)["dismiss"] = partial(_dismiss, app, screen)


def _dismiss(app: App[Any], screen: Screen[Any], result: Any = None) -> AwaitComplete:
    def in_front_again(front: Screen[Any]) -> None:
        if front is screen:
            screen.dismiss(result)

    if is_in_front(app, screen):
        closed: AwaitComplete = type(screen).dismiss(screen, result)
        return closed
    if is_in_a_stack(app, screen):
        app.screen_change_signal.subscribe(screen, in_front_again)
    nothing: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call] # Textual's
    return nothing
