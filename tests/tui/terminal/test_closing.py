"""A dialog closes itself, and once, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from screens_of import ready
from textual import events
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen

from tui.app.choose import ChooseLine
from tui.app.dialogs import AskLine, ask_position
from tui.app.help import HelpScreen
from tui.app.screen import FrameScreen
from tui.cnn_app import CnnApp
from tui.export.menu import ExportDialog
from tui.training.options import TrainingOptions


class Foreign(ModalScreen[int]):
    """As from another library."""


DIALOGS: dict[str, Callable[[CnnApp], Screen[Any]]] = {
    "foreign": lambda _app: Foreign(),
    "palette": lambda _app: CommandPalette(),
    "ask": lambda _app: ask_position(5, 5),
    "choose": lambda _app: ChooseLine("Places", 3, str),
    "help": lambda app: HelpScreen(app.screen) if isinstance(app.screen, FrameScreen) else HelpScreen(FrameScreen()),
    "take": lambda _app: ExportDialog("cnn-tui", ()),
}


@pytest.mark.parametrize("name", DIALOGS)
async def test_closed_twice_it_closes_itself_alone_and_answers_once(name: str) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        answers: list[object] = []
        below = Foreign()
        app.push_screen(below)
        dialog = DIALOGS[name](app)
        app.push_screen(dialog, answers.append)
        await pilot.pause()
        dialog.dismiss(None)
        dialog.dismiss(None)
        await pilot.pause()
        assert app.screen is below
        assert answers == [None]
        dialog.dismiss(None)
        below.dismiss()
        below.dismiss()
        await pilot.pause()
        assert isinstance(app.screen, FrameScreen)
        assert app.is_running


async def test_behind_another_it_closes_when_it_is_in_front_again() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        answers: list[object] = []
        behind, front = Foreign(), Foreign()
        app.push_screen(behind, answers.append)
        app.push_screen(front)
        await pilot.pause()
        behind.dismiss(1)
        behind.dismiss(2)
        await pilot.pause()
        assert app.screen is front
        front.dismiss()
        await pilot.pause()
        await pilot.pause()
        assert isinstance(app.screen, FrameScreen)
        assert answers == [1]


async def test_an_answer_that_comes_after_the_dialog_was_left_is_nobodys() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        answers: list[object] = []
        dialog = AskLine("Asked", "for", str)
        app.push_screen(dialog, answers.append)
        await pilot.pause()
        await pilot.press("escape")
        dialog._succeeded("late")
        await pilot.pause()
        assert isinstance(app.screen, FrameScreen)
        assert answers == [None]


@pytest.mark.parametrize(
    "keys", [["ctrl+p", "enter", "enter", "enter"], ["g", "enter", "escape", "escape"], ["o", "escape", "escape"]]
)
async def test_keys_within_a_frame_end_nothing(keys: list[str]) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(keys[0])
        await pilot.pause(0.3)
        for key in keys[1:]:  # both lie in the queue before the first is dealt with
            app.post_message(events.Key(key, "\r" if key == "enter" else None))
        await pilot.pause(0.3)
        assert app.is_running
        assert len(app.screen_stack) <= 2


async def test_options_accepted_twice_are_accepted_once() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        await pilot.press("o")
        await pilot.pause(0.2)
        assert isinstance(app.screen, TrainingOptions)
        for _ in range(3):
            app.post_message(events.Key("enter", "\r"))
        await pilot.pause(0.3)
        assert app.is_running
