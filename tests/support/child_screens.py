"""Screens that show what a child process tells, in a test."""

from __future__ import annotations

from rich.cells import cell_len
from screens_of import screen_lines, screen_text
from textual.pilot import Pilot

from tui.cnn_app import CnnApp


async def until(pilot: Pilot[None], words: str) -> str:
    """The screen once it says `words`."""
    app = pilot.app
    assert isinstance(app, CnnApp)
    for _ in range(400):
        await pilot.pause(0.02)
        if words in screen_text(app):
            await pilot.pause()
            return screen_text(app)
    raise AssertionError(f"{words!r} is not in\n{screen_text(app)}")


def fits(app: CnnApp) -> bool:
    width, height = app.size
    lines = screen_lines(app)
    return len(lines) == height and all(cell_len(line) <= width for line in lines)
