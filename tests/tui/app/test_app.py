"""The frame: places, palette, help, themes; and random keys do not crash it."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from screens_of import ready, screen_lines, screen_text
from textual.command import CommandPalette

from tui.app.help import HelpScreen
from tui.app.places import SCREENS
from tui.app.screen import FrameScreen, fit_hints
from tui.cnn_app import CnnApp
from tui.drawing.theme import DARK_NAME, LIGHT_NAME, palette
from tui.i18n import set_language


async def test_every_place_is_reached_by_its_key_and_keeps_its_state() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("right")
        here = app.screen
        for entry in SCREENS:
            await pilot.press(entry.key)
            await pilot.pause()
            assert app.current_mode == entry.id
            assert f"[{entry.key} {entry.title}]" in screen_lines(app)[0]
        await pilot.press("f1")
        assert app.screen is here


async def test_the_command_palette_offers_every_place_and_setting() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        titles = [command.title for command in app.get_system_commands(app.screen)]
        for expected in [entry.title for entry in SCREENS] + ["Language", "Theme", "Open a picture", "Quit"]:
            assert expected in titles
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, CommandPalette)
        await pilot.pause()
        shown = screen_text(app)
        assert "Find a command" in shown and max(shown) < "\U0001f000"  # no emoji
        await pilot.press(*"Pooling", "enter")
        await pilot.pause()
        if isinstance(app.screen, CommandPalette):
            await pilot.press("enter")
            await pilot.pause()
        assert app.current_mode == "pooling"


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_help_lists_every_key_and_scrolls(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        seen = screen_text(app)
        for _ in range(6):
            await pilot.press("pagedown")
            await pilot.pause()
            seen += screen_text(app)
        for text in ["Jump", "Faster", "Quit", "^P"] if language == "en" else ["건너뛰기", "빠르게", "끝내기", "^P"]:
            assert text in seen
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


async def test_the_theme_switches_and_the_numbers_stay() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        before = screen_text(app)
        await pilot.press("T")
        await pilot.pause()
        assert app.theme == LIGHT_NAME
        assert screen_text(app) == before
        await pilot.press("T")
        assert app.theme == DARK_NAME


@pytest.mark.parametrize("keys", [("q",), ("ctrl+c",), ("ctrl+q",), ("question_mark", "ctrl+c")])
async def test_quitting(keys: tuple[str, ...]) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(*keys)
        await pilot.pause()
    assert app.return_code == 0


@pytest.mark.parametrize("no_color", [False, True])
async def test_without_colour_the_window_still_stands_in_brackets(
    no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert app.no_color == no_color
        assert screen_text(app).count("[") >= 5


def test_hints_fit_and_help_stays() -> None:
    hints = [("a", "first", "a"), ("b", "a very long second hint", "b"), ("c", "third", "c"), ("?", "Help", "app.help")]
    for width in range(8, 60):
        line = fit_hints(hints, width, palette(DARK_NAME))
        assert line.cell_len <= width + 2
        assert "Help" in line.plain


KEYS = [
    *["left", "right", "up", "down", "full_stop", "comma", "space", "plus", "minus", "home", "end"] * 3,
    *["n", "p", "k", "K", "z", "w", "e", "g", "o", "T", "l", "question_mark", "ctrl+p", "1", "2"],
    *["escape", "enter", "escape", "tab", "5", "x", "pagedown", "backspace", "slash"],
    *["f", "F", "j", "J", "s", "S", "d", "D", "m", "M", "left_square_bracket", "right_square_bracket"],
    *["e", "r", "R", "c", "C", "b", "u", "pageup", "greater_than_sign", "tab"],
]
HAMMER_SIZES = [(80, 24), (120, 40), (200, 60), (20, 5), (40, 12), (79, 24), (80, 21), (1, 1), (300, 20), (80, 22)]


@pytest.mark.parametrize("seed", [1, 2])
async def test_hammering_leaves_no_traceback(seed: int) -> None:
    rng = random.Random(seed)
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for _ in range(150):
            if rng.random() < 0.12:
                await pilot.resize_terminal(*rng.choice(HAMMER_SIZES))
            else:
                await pilot.press(rng.choice(KEYS))
        await pilot.resize_terminal(80, 24)
        for _ in range(4):
            await pilot.press("escape")
            await pilot.pause()
        assert isinstance(app.screen, FrameScreen)
        await pilot.press("1")
        await pilot.pause()
        assert app.current_mode == "convolution"
    assert app.return_code in (0, None)


def test_the_first_screen_pays_for_nothing_else() -> None:
    code = (
        "import sys, tui.cnn_app, tui.walk.convolution\n"
        "bad = [m for m in ('numpy', 'cffi', 'PIL', 'scipy', 'tensorflow', 'keras') if m in sys.modules]\n"
        "sys.exit(','.join(bad) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
