"""`cnn-tui` with a child that needs no Keras, and with what a test asks for in the environment:

CNN_TUI_TEST_CHILD    how the training's child behaves: see `fake_child`
CNN_TUI_TEST_HANGS    a thread and a screen that never come to their ends
CNN_TUI_TEST_LATE     answers from threads and from the command palette come late, and so does a screen's first picture
CNN_TUI_TEST_STAYS    nothing but a signal ends it; F24 writes MARK once all before it was done
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App
from textual.system_commands import SystemCommandsProvider

from tui.app.dialogs import AskLine
from tui.app.path_input import PathInput
from tui.app.screen import FrameScreen
from tui.cli.main import main
from tui.cnn_app import CnnApp
from tui.training.screen import TrainingScreen
from tui.validation.screen import ValidationScreen

HERE = Path(__file__).parent
MARK = b"\x1b]777;here\x07"
LATE = 0.15
"""Seconds, with nothing for the event loop to do."""


async def _stay(_app: CnnApp) -> None:
    """Replaces quitting, by key, click or palette."""


async def _never(_screen: FrameScreen) -> None:
    await asyncio.Event().wait()


def _late(owner: Any, name: str) -> None:
    work = getattr(owner, name)

    def late(*arguments: Any) -> Any:
        time.sleep(LATE)
        return work(*arguments)

    setattr(owner, name, late)


def _come_late() -> None:
    _late(AskLine, "_answer")
    _late(PathInput, "_look")
    search = SystemCommandsProvider.search

    async def late_search(provider: SystemCommandsProvider, query: str) -> Any:
        await asyncio.sleep(LATE)
        async for hit in search(provider, query):
            yield hit

    SystemCommandsProvider.search = late_search  # type: ignore[assignment, method-assign]
    # Without it a screen that is shown is not drawn at once but by a timer, as on a machine with much to do.
    App.delay_update = lambda _app, _delay=0: None  # type: ignore[method-assign, assignment]


def _ask(app: CnnApp) -> None:
    """Mark in the output that all keys before were handled."""
    assert app._driver is not None
    app._driver.write(MARK.decode())


def run() -> int:
    mode = os.environ.get("CNN_TUI_TEST_CHILD", "good")
    TrainingScreen.command = [sys.executable, str(HERE / "fake_child.py"), mode]
    ValidationScreen.command = [sys.executable, str(HERE / "fake_validation.py"), mode]
    if os.environ.get("CNN_TUI_TEST_HANGS"):
        threading.Thread(target=threading.Event().wait).start()
        FrameScreen.on_unmount = _never  # type: ignore[attr-defined]
    if os.environ.get("CNN_TUI_TEST_LATE"):
        _come_late()
    if os.environ.get("CNN_TUI_TEST_STAYS"):
        CnnApp.action_quit = _stay  # type: ignore[assignment, method-assign]
        on_event = CnnApp.on_event

        async def marked(app: CnnApp, event: events.Event) -> None:
            if isinstance(event, events.Key) and event.key == "f24":
                if not event.is_forwarded:
                    _ask(app)
                return
            await on_event(app, event)

        CnnApp.on_event = marked  # type: ignore[assignment, method-assign]
    return main()


if __name__ == "__main__":
    sys.exit(run())
