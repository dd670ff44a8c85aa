"""Textual's driver for terminals of Linux and macOS, with the other parts of this package in it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import sys
import termios
from codecs import getincrementaldecoder
from typing import Any

from textual import events
from textual.message import Message

from tui.terminal.ending import Ending
from tui.terminal.keyboard import ENDING
from tui.terminal.keys import KeyParser
from tui.terminal.output import Output
from tui.terminal.waiting import Waiting
from tui.widgets.textual_private import OpenDriver, end_with_error

LEAVE = b"\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
"""All that was switched on is switched off, and the shell's screen is back."""


class TerminalDriver(OpenDriver):
    """See the package. `ending` begins the end of the process, which nothing then keeps."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        assert sys.__stderr__ is not None, "the app opens on a terminal alone"
        self._output = Output(sys.__stderr__)
        self.write_to(self._output)
        self._waiting = Waiting(self.loop, app.post_message, app.answers_to_come)
        self._ending = Ending(self._leave, app.child_processes)
        self._drawing = False
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            # Not by the loop alone, which may wait for the terminal.
            signal.signal(number, lambda number, _frame: self._leave_with(128 + number))

    # The end.

    def ending(self, status: int) -> None:
        """Keys that wait are dropped, the terminal is not waited for, and the process is gone within seconds."""
        self._waiting.close()
        self._output.hurry()
        self._ending.begin(status)

    def _leave_with(self, status: int) -> None:
        """Ended from outside: leaves as with q, so that no process and no odd terminal stays."""
        self.ending(status)
        self._in_loop(self.app.exit, None, status)

    def closed(self) -> None:
        """The app has returned."""
        self._ending.closed()

    def _leave(self) -> None:
        """Gives the terminal back, from any thread, and waits for nothing."""
        if self._drawing:
            self._output.write(LEAVE.decode())
            if self.attrs_before is not None:
                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def start_application_mode(self) -> None:
        self._waiting.open()
        self._drawing = True
        super().start_application_mode()  # type: ignore[no-untyped-call] # Textual's

    def stop_application_mode(self) -> None:
        super().stop_application_mode()
        self._drawing = False

    def disable_input(self) -> None:
        self._waiting.close()
        super().disable_input()

    # The size.

    def terminal_size(self) -> tuple[int, int]:
        """Of the terminal itself: COLUMNS and LINES say what it was when the shell wrote them."""
        for descriptor in (self._output.fileno(), self.fileno):
            with contextlib.suppress(OSError):
                size = os.get_terminal_size(descriptor)
                if size.columns and size.lines:
                    return size.columns, size.lines
        return 80, 24

    # Input.

    def run_input_thread(self) -> None:
        """Reads until the app is left, or the terminal is gone."""
        decode = getincrementaldecoder("utf-8")("replace").decode
        parser = KeyParser(self.debug)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    try:
                        data = os.read(self.fileno, 4096)
                    except BlockingIOError:
                        continue
                    except OSError:
                        data = b""
                    if not data:
                        # The terminal is gone: as with SIGHUP, which not every shell sends.
                        self._leave_with(128 + signal.SIGHUP)
                        return
                    if text := decode(data):  # a character may not yet be whole; "" would be the end for the parser
                        for event in parser.feed(text):
                            self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def read_failed(self, error: Exception) -> None:
        self._in_loop(end_with_error, self.app, error)

    def _in_loop(self, act: Any, *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # it is closed: the end has come already
            self.loop.call_soon_threadsafe(act, *arguments)

    def process_message(self, message: Message) -> None:
        if not isinstance(message, events.Resize):  # nobody asked for it: SIGWINCH tells of the size
            super().process_message(message)

    def send_message(self, message: Message) -> None:
        self._waiting.put(message)
        if isinstance(message, events.Key) and message.key in ENDING:
            self._output.hurry()
            self._ending.begin(0)
