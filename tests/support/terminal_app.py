"""`cnn-tui` with a child that needs no Keras, and with what a test asks for in the environment:

CNN_TUI_TEST_CHILD    how the training's child behaves: see `fake_child`
CNN_TUI_TEST_HANGS    a thread and a screen that never come to their ends
CNN_TUI_TEST_STAYS    nothing but a signal ends it; F24 writes MARK once all before it was done
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path

from textual import events

from tui.app.screen import FrameScreen
from tui.cli.main import main
from tui.cnn_app import CnnApp
from tui.training.screen import TrainingScreen
from tui.validation.screen import ValidationScreen

HERE = Path(__file__).parent
MARK = b"\x1b]777;here\x07"


async def _stay(_app: CnnApp) -> None:
    """Replaces quitting, by key, click or palette."""


async def _never(_screen: FrameScreen) -> None:
    await asyncio.Event().wait()


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
