"""Pictures as real pixels, in terminals that can draw them: Kitty's graphics protocol and Sixel. Everywhere else half
blocks do, and nothing of this is loaded.

Which protocol it is, `choose` reads from the environment alone. A question to the terminal would be surer, but its
answer comes where keys come from: before the app starts, what is typed meanwhile is lost, and after that Textual's
parser takes an answer that it does not know for keys. How many pixels a cell has, the kernel of the system says.

No library does it, of those that are kept up: a picture of 448 x 448 pixels takes textual-image 0.14 22 ms in Sixel,
syxel 0.2 69, dapple 0.9 760 (here 3, and 0.3 where little changed; a frame has 16), with greys that are one to four
hundredths off (here none is). textual-image asks the terminal when it is imported, needs Python 3.12, and its encoder
is not public; term-image wants a Pillow before 11; chafa.py chooses colours of its own; sixel, PySixel and
libsixel-python have had no release for years. What Kitty's protocol needs is a PNG, which Pillow writes, and three
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
"""What stands between app and terminal, and says so: a multiplexer passes no pictures on, and over a network they are
for who asks for them."""
STRANGERS = ("VTE_VERSION", "XTERM_VERSION", "ALACRITTY_WINDOW_ID", "WT_SESSION")
"""Set by terminals that draw no pictures, or not always. One that was started from another has both one's variables:
of the two, half blocks are right in either."""
SIXEL_PROGRAMS = ("WezTerm", "iTerm.app")
SIXEL_TERMS = ("foot", "mlterm", "contour")
KONSOLE_WITH_PICTURES = 220400
"""Konsole knows both protocols since then. Its Sixel clears a column too many to the right of a picture, and
keeps old pictures below, which show through there; Kitty's pictures it draws and removes as it should."""


class Cell(NamedTuple):
    """A cell of the terminal in pixels."""

    width: int
    height: int


def choose(asked: str, environment: Mapping[str, str], cell: Cell | None) -> Protocol:
    """The protocol to draw pictures with; `asked` is one of `ASKED`. What is asked for by name is taken; but Sixel has
    to know the cell's size, and without it is "blocks"."""
    if asked == "kitty":
        return "kitty"
    if asked == "sixel":
        return "sixel" if cell is not None else "blocks"
    if asked == "blocks" or cell is None or any(environment.get(name) for name in BETWEEN):
        return "blocks"
    return _known(environment)


def _known(environment: Mapping[str, str]) -> Protocol:
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    # A terminal with a name of its own in TERM is that one, whatever it was started from.
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
    """A cell's size in pixels as the terminal told the system; None where it did not, or is no terminal."""
    try:
        answer = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return None
    rows, columns, width, height = struct.unpack("HHHH", answer)
    if not (rows and columns and width >= columns and height >= rows):
        return None
    return Cell(width // columns, height // rows)


def own_cell_size() -> Cell | None:
    """The cell's size of the terminal that the app runs on."""
    return None if sys.__stdin__ is None else cell_size(sys.__stdin__.fileno())
