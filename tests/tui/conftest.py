"""Shared by the app's tests: English at the start, no Fashion-MNIST, and what the screen says as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tui.app import CnnApp
from tui.i18n import set_language


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No data folder of this machine is found, and no test leaves its language behind."""
    monkeypatch.delenv("CNN_TUI_DATA", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    set_language("en")
    yield
    set_language("en")


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
        if app._bench is not None and app._bench.samples:
            break
    await pilot.pause()
    await pilot.pause()
