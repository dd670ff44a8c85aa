"""Pictures in real pixels, for terminals that can draw them with Kitty's graphics protocol or Sixel. All other
terminals get half blocks, and this package is not loaded.

`choose` picks the protocol from environment variables alone. Asking the terminal would be more reliable, but the
answer arrives among the keys: before the app starts, keys typed meanwhile would be lost, and afterwards Textual's
parser would take an unknown answer for keys. The size of a cell in pixels comes from the operating system.

No maintained library is suitable. For a picture of 448 x 448 pixels in Sixel, textual-image 0.14 takes 22 ms, syxel
0.2 takes 69 and dapple 0.9 takes 760, with greys that are one to four hundredths off. This package takes 3 ms, or 0.3
if little changed, with exact greys; a frame has 16 ms. textual-image queries the terminal when imported, needs Python
3.12, and its encoder is private; term-image needs Pillow below 11; chafa.py chooses its own colours; sixel, PySixel
and libsixel-python have had no release for years. Kitty's protocol only needs a PNG, which Pillow writes, and three
short commands.
"""

from __future__ import annotations

import fcntl
import struct
import sys
import termios
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias, get_args

Protocol: TypeAlias = Literal["kitty", "sixel", "blocks"]
ASKED = ("auto", *get_args(Protocol))
VARIABLE = "CNN_TUI_GRAPHICS"

BETWEEN = ("TMUX", "STY", "ZELLIJ", "SSH_CONNECTION", "SSH_TTY")
"""Variables set by programs between app and terminal. A multiplexer passes no pictures on; over a network, pictures
are drawn only on request."""
STRANGERS = ("VTE_VERSION", "XTERM_VERSION", "ALACRITTY_WINDOW_ID", "WT_SESSION")
"""Variables set by terminals that draw no pictures, or not always. A terminal started from another inherits its
variables; half blocks are right in both."""
SIXEL_PROGRAMS = ("WezTerm", "iTerm.app")
SIXEL_TERMS = ("foot", "mlterm", "contour")
KONSOLE_WITH_PICTURES = 220400
"""The first version of Konsole that knows both protocols. Its Sixel clears a column too many to the right of a
picture, where old pictures show through; with Kitty's protocol it draws and removes pictures correctly."""


class Cell(NamedTuple):
    """A cell of the terminal in pixels."""

    width: int
    height: int


def choose(asked: str, environment: Mapping[str, str], cell: Cell | None) -> Protocol:
    """Return the protocol for pictures; `asked` is one of `ASKED`. A protocol asked for by name is used, except that
    Sixel without a known cell size becomes "blocks"."""
    if asked == "kitty":
        return "kitty"
    if asked == "sixel":
        return "sixel" if cell is not None else "blocks"
    if asked == "blocks" or cell is None or any(environment.get(name) for name in BETWEEN):
        return "blocks"
    return _known(environment)


def _known(environment: Mapping[str, str]) -> Protocol:
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    # A terminal named in TERM is that one, whatever terminal started it.
    if term in ("xterm-kitty", "xterm-ghostty"):
        return "kitty"
    if term.partition("-")[0] in SIXEL_TERMS:
        return "sixel"
    if not term.startswith("xterm") or any(environment.get(name) for name in STRANGERS):
        return "blocks"
    version = environment.get("KONSOLE_VERSION", "")
    if program == "ghostty" or (version.isdecimal() and int(version) >= KONSOLE_WITH_PICTURES):
        return "kitty"
    return "sixel" if program in SIXEL_PROGRAMS else "blocks"


def cell_size(descriptor: int) -> Cell | None:
    """Return a cell's size in pixels as the terminal reported it to the system; None if it did not, or is no
    terminal."""
    try:
        answer = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return None
    rows, columns, width, height = struct.unpack("HHHH", answer)
    if not (rows and columns and width >= columns and height >= rows):
        return None
    return Cell(width // columns, height // rows)


def own_cell_size() -> Cell | None:
    """Return the cell size of the app's own terminal."""
    return None if sys.__stdin__ is None else cell_size(sys.__stdin__.fileno())
