"""What a running app shows, as text; and waiting until it shows something."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from tui.cnn_app import CnnApp
from tui.widgets.matrix import MatrixView

SUPPORT = Path(__file__).parent
"""Where the stand-ins for child processes lie."""


def screen_lines(app: CnnApp) -> list[str]:
    """The screen as it is drawn, a string a line."""
    return ["".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips()]


def screen_text(app: CnnApp) -> str:
    return "\n".join(screen_lines(app))


async def ready(pilot: Pilot[None]) -> None:
    """Waits until the first pictures are on the screen."""
    app = pilot.app
    assert isinstance(app, CnnApp)
    for _ in range(200):
        await pilot.pause(0.02)
        if app.workbench_loader.workbench is not None and app.workbench_loader.workbench.samples:
            break
    await pilot.pause()
    await pilot.pause()


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Waits until something holds, on a busy machine for ten seconds; then it is for the test to say that it does
    not."""
    for _ in range(500):
        await pilot.pause()
        if holds():
            return
        await pilot.pause(0.02)


def painted(app: CnnApp, name: str) -> list[list[int | None]]:
    """The numbers that a matrix has on the screen, read back from its cells; None for a dot."""
    view = app.screen.query_one(name, MatrixView)
    region = view.region
    label, ruler = view._label_width(), view._ruler_lines()
    rows = []
    for line in screen_lines(app)[region.y + ruler : region.bottom]:
        text = line.ljust(region.right)[region.x + label : region.right]
        words = re.sub(r"[\[\]]", " ", text).split()
        if words:
            rows.append([None if word == "." else int(word) for word in words])
    return rows
