"""Every dialog, and the palette, takes every key in a terminal of a few cells, and before its first frame."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from screens_of import ready
from textual import events
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import OptionList

from tui.cnn_app import CnnApp

SIZES = [(1, 1), (2, 2), (2, 40), (80, 1), (5, 3), (20, 5)]
OPENED: dict[str, Sequence[str]] = {
    "nothing": (),
    "palette": ("ctrl+p",),
    "path": ("o",),
    "position": ("g",),
    "help": ("question_mark",),
    "export": ("x",),
    "kernel": ("e",),
    "guess": ("v",),
    "options": ("4", "o"),
    "network": ("3", "g"),
    "validation": ("5", "o"),
}
KEYS = ("pageup", "pagedown", "down", "pageup", "pagedown", "end", "home", "up", "left", "right", "a", "tab", "enter")


async def resize(pilot: Pilot[None], columns: int, rows: int) -> None:
    """Also to no column and no row."""
    size = Size(columns, rows)
    pilot.app.post_message(events.Resize(size, size))
    await pilot.pause()


@pytest.mark.parametrize("name", OPENED)
async def test_keys_in_a_tiny_terminal(name: str) -> None:
    app = CnnApp()
    async with app.run_test(size=(100, 36)) as pilot:
        await ready(pilot)
        for columns, rows in [*SIZES, (0, 0)]:
            await resize(pilot, 100, 36)
            await pilot.press(*OPENED[name])
            await resize(pilot, columns, rows)
            await pilot.press(*KEYS, *["escape"] * 3)
        await resize(pilot, 100, 36)
        assert app.is_running
        assert app.screen.size == (100, 36)


async def test_a_list_pages_before_it_is_laid_out() -> None:
    app = CnnApp()
    async with app.run_test(size=(100, 36)) as pilot:
        await ready(pilot)
        options = OptionList("a", "b", "c")
        await app.screen.mount(options)
        options.display = False
        await pilot.pause()
        options.highlighted = 1
        options.action_page_down()  # type: ignore[no-untyped-call] # Textual's
        options.action_page_up()  # type: ignore[no-untyped-call] # Textual's
        assert options.highlighted == 1
        options.display = True
        await pilot.pause()
        options.action_page_down()  # type: ignore[no-untyped-call] # Textual's
        assert options.highlighted == 2
