"""The screen of a running app as text, and waiting for it to show something."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from tui.cnn_app import CnnApp
from tui.widgets.matrix import MatrixView

SUPPORT = Path(__file__).parent
"""The folder of the fake child processes."""


def screen_lines(app: CnnApp) -> list[str]:
    """The drawn screen, a string for each line."""
    return ["".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips()]


def screen_text(app: CnnApp) -> str:
    return "\n".join(screen_lines(app))


async def ready(pilot: Pilot[None]) -> None:
    """Wait until the first pictures are on the screen."""
    app = pilot.app
    assert isinstance(app, CnnApp)
    for _ in range(200):
        await pilot.pause(0.02)
        if app.workbench_loader.workbench is not None and app.workbench_loader.workbench.samples:
            break
    await pilot.pause()
    await pilot.pause()


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait until `holds()`, at most ten seconds on a busy machine; the test then asserts it."""
    for _ in range(500):
        await pilot.pause()
        if holds():
            return
        await pilot.pause(0.02)


def painted(app: CnnApp, name: str) -> list[list[int | None]]:
    """The numbers of a matrix on the screen, read back from its cells; None for a dot."""
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
