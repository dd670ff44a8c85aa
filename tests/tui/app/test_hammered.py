"""Random keys, clicks and resizes: no traceback and no stuck state on any screen."""

from __future__ import annotations

import random
import string
import sys
from pathlib import Path

import pytest
from screens_of import SUPPORT, ready, screen_lines
from textual.geometry import Offset
from textual.screen import ModalScreen

from tui.app.places import SCREENS
from tui.cnn_app import CnnApp
from tui.i18n import set_language
from tui.training.screen import TrainingScreen
from tui.validation.screen import ValidationScreen

NAMED = ["up", "down", "left", "right", "enter", "escape", "tab", "shift+tab", "home", "end", "pageup", "pagedown"]
NAMED += ["space", "backspace", "delete", "full_stop", "comma", "plus", "minus", "question_mark", "f1", "f9", "ctrl+p"]
KEYS = [*string.ascii_letters, *string.digits, *NAMED, "ㅂ", "한", "left_square_bracket", "slash"]
SIZES = [(80, 24), (20, 5), (120, 40), (81, 22), (79, 24), (200, 60), (1, 1), (100, 30)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
async def test_nothing_breaks_and_nothing_sticks(seed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def stay(_app: CnnApp) -> None:
        """Replaces quitting, by key, click or palette."""

    monkeypatch.setattr(CnnApp, "action_quit", stay)
    chance = random.Random(seed)
    monkeypatch.chdir(tmp_path)  # what is written lands there
    mode = chance.choice(["good", "slow", "crash"])
    monkeypatch.setattr(TrainingScreen, "command", [sys.executable, str(SUPPORT / "fake_child.py"), mode])
    monkeypatch.setattr(ValidationScreen, "command", [sys.executable, str(SUPPORT / "fake_validation.py"), mode])
    set_language(chance.choice(["en", "ko"]))
    app = CnnApp(start=SCREENS[seed % len(SCREENS)].id)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot) if app.current_mode == "convolution" else await pilot.pause(0.2)
        for turn in range(24):
            await pilot.press(*(chance.choice(KEYS) for _ in range(25)))
            if turn % 4 == 0:
                await pilot.resize_terminal(*chance.choice(SIZES))
            width, height = app.size
            place = Offset(chance.randrange(width), chance.randrange(height))
            await pilot.click(offset=place)
            assert app.is_running
        await pilot.resize_terminal(120, 40)
        for _ in range(8):  # every dialog closes on Escape
            if not isinstance(app.screen, ModalScreen):
                break
            await pilot.press("escape")
            await pilot.pause()
        assert not isinstance(app.screen, ModalScreen)
        for entry in SCREENS:  # and every place is still to be had, drawn to its full size
            await pilot.press("f" + entry.key)
            await pilot.pause()
            assert app.current_mode == entry.id
            assert len(screen_lines(app)) == 40
            assert "cnn-tui" in screen_lines(app)[0]
