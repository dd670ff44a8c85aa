"""The terminal as the app uses it beyond drawing: codes of its own, the cursor, being stopped, and the end."""

from __future__ import annotations

import os
import signal
from typing import Any

from textual.app import App

from tui.widgets.textual_private import driver_of


class AppTerminal:
    """The terminal of one app. Without one, in tests, nothing happens."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app

    def write(self, text: str) -> None:
        """Write `text`, codes among it, as it is."""
        driver = driver_of(self._app)
        if driver is not None and self._app.is_running:
            driver.write(text)

    def show_cursor(self, shown: bool) -> None:
        """Show the terminal's cursor, which screen readers follow and Textual hides, or hide it."""
        driver = driver_of(self._app)
        if driver is not None and not self._app.is_headless:
            driver.write("\x1b[?25h" if shown else "\x1b[?25l")
            driver.flush()

    def end_process(self, status: int) -> None:
        """End the process within seconds, whatever still hangs."""
        if (ending := getattr(driver_of(self._app), "ending", None)) is not None:
            ending(status)

    @property
    def can_stop(self) -> bool:
        """Return true if a shell is waiting that can resume a suspended app."""
        driver = driver_of(self._app)
        return os.getpgrp() != os.getsid(0) and driver is not None and driver.can_suspend

    def stop(self) -> None:
        """Leave the terminal to the shell until the process is woken; everything is then painted again."""
        with self._app.suspend():
            os.kill(os.getpid(), signal.SIGSTOP)
