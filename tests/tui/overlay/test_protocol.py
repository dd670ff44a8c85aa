"""The graphics protocol and the size of a cell, from the environment and the system."""

from __future__ import annotations

import os
import pty

import pytest
from graphics import CELL, KITTY, set_size

from tui.overlay import Cell, cell_size, choose


@pytest.mark.parametrize(
    ("environment", "protocol"),
    [
        ({}, "blocks"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "blocks"),
        (KITTY, "kitty"),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "blocks"),  # another one that was started from it
        ({"TERM": "foot"}, "sixel"),
        ({"TERM": "foot-extra"}, "sixel"),
        ({"TERM": "mlterm"}, "sixel"),
        ({"TERM": "contour"}, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, "blocks"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "blocks"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "220401"}, "kitty"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "211201"}, "blocks"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "what"}, "blocks"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "22²"}, "blocks"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm", "VTE_VERSION": "7006"}, "blocks"),
        ({"TERM": "xterm", "TERM_PROGRAM": "WezTerm", "XTERM_VERSION": "XTerm(379)"}, "blocks"),
        ({**KITTY, "TMUX": "/tmp/tmux"}, "blocks"),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "WezTerm"}, "blocks"),
        ({"TERM": "foot", "SSH_CONNECTION": "1.2.3.4"}, "blocks"),
        ({"TERM": "linux", "TERM_PROGRAM": "ghostty"}, "blocks"),
    ],
)
def test_the_protocol_is_read_from_the_environment(environment: dict[str, str], protocol: str) -> None:
    assert choose("auto", environment, CELL) == protocol
    assert choose("auto", environment, None) == "blocks"
    assert choose("blocks", environment, CELL) == "blocks"
    assert choose("kitty", environment, None) == "kitty"
    assert choose("sixel", environment, CELL) == "sixel"
    assert choose("sixel", environment, None) == "blocks"


def test_the_size_of_a_cell_comes_from_the_system() -> None:
    master, slave = pty.openpty()
    try:
        assert cell_size(slave) is None
        set_size(slave, 80, 24, None)
        assert cell_size(slave) is None
        set_size(slave, 80, 24, Cell(9, 18))
        assert cell_size(slave) == Cell(9, 18)
    finally:
        os.close(master)
        os.close(slave)
    read, write = os.pipe()
    try:
        assert cell_size(read) is None
    finally:
        os.close(read)
        os.close(write)
