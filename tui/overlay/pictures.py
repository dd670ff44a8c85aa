"""Pictures in real pixels on the terminal. Only this module writes, moves and removes them.

A widget leaves its cells blank and tells which picture belongs there (`PictureSource`). After each frame
`TerminalPictures` asks all of them and writes the changes: text first, then pictures, so that a picture painted over
by a frame is restored at once. A changing picture is not blanked before: in Kitty the new one is placed before the old
one is removed, in Sixel the old one is painted over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal, Protocol

from tui.drawing.picture import Picture
from tui.overlay import Cell, kitty, sixel
from tui.overlay.pixels import Tones, draw, png, registers, same

SMOOTH = 12
"""The most pixels per cell sent to Kitty, which enlarges pictures itself: more would show no more."""
KITTY_FINEST = 2
"""The least size of a photograph's pixel, either way, because each is a byte of every frame. In Sixel each is several
bytes, so the least size is two fifths of a cell's width."""


@dataclass(frozen=True)
class PlacedPicture:
    """A picture and its position on the terminal, in cells."""

    x: int
    y: int
    picture: Picture
    tones: Tones

    def looks_as(self, other: PlacedPicture) -> bool:
        """Return true if both look the same, wherever they are."""
        a, b = self.picture, other.picture
        return (
            a.levels is b.levels
            and self.tones == other.tones
            and (a.scale, a.window, a.cell, a.revealed, a.used) == (b.scale, b.window, b.cell, b.revealed, b.used)
        )


class PictureSource(Protocol):
    """A widget, or a part of one, that shows a picture."""

    def shown(self) -> PlacedPicture | None:
        """Return the picture and its position; None if it is not visible."""

    def painted_over(self) -> bool:
        """Return true if the picture's cells were written since the last call."""


@dataclass
class _OnTerminal:
    """A source's picture on the terminal: its `number`, and its pixels `drawn`."""

    shown: PlacedPicture
    cell: Cell
    drawn: Any
    number: int


class TerminalPictures:
    """All pictures on one terminal. `write` sends to it; `cell` returns the size of its cells, which depends on the
    font."""

    def __init__(
        self, protocol: Literal["kitty", "sixel"], write: Callable[[str], None], cell: Callable[[], Cell | None]
    ) -> None:
        self.protocol = protocol
        self._write, self._cell = write, cell
        self._sources: dict[PictureSource, None] = {}
        self._on_terminal: dict[PictureSource, _OnTerminal] = {}
        self._closed = False

    def add(self, source: PictureSource) -> None:
        """Ask `source` for its picture from now on."""
        self._sources[source] = None

    def remove(self, source: PictureSource) -> None:
        """Ask `source` no more, and remove its picture at once, before the next frame."""
        self._sources.pop(source, None)
        if source in self._on_terminal and (text := self._gone(self._on_terminal.pop(source))):
            self._write(text)

    def paint(self) -> None:
        """Bring the terminal up to date."""
        if self._closed or not (self._sources or self._on_terminal):
            return
        cell = self._cell() or Cell(10, 20)
        written: list[str] = []
        here = set()
        for source in self._sources:
            shown, over = source.shown(), source.painted_over()
            if shown is None:
                continue
            here.add(source)
            old = self._on_terminal.get(source)
            drawn = self._drawn(shown, cell, old)
            if old is not None and drawn is old.drawn:
                moved = (shown.x, shown.y) != (old.shown.x, old.shown.y)
                old.shown = shown
                if not moved and not over:
                    continue
                if self.protocol == "kitty":
                    written.append(_at(shown, kitty.move(old.number, *shown.picture.size)))
                    continue
            number = self._free_number()
            written.append(_at(shown, self._picture(shown, drawn, number)))
            if old is not None:
                written.append(self._gone(old))
            self._on_terminal[source] = _OnTerminal(shown, cell, drawn, number)
        written += [self._gone(self._on_terminal.pop(source)) for source in [*self._on_terminal] if source not in here]
        if text := "".join(written):
            self._write(f"\x1b7{text}\x1b8")

    def forget(self) -> None:
        """Remove all pictures. Visible ones are sent again after the next frame, for example after the app was
        suspended."""
        written = "".join(self._gone(old) for old in self._on_terminal.values())
        self._on_terminal.clear()
        if written:
            self._write(written)

    def close(self) -> None:
        """Remove all pictures for good."""
        self.forget()
        self._closed = True

    def _drawn(self, shown: PlacedPicture, cell: Cell, old: _OnTerminal | None) -> Any:
        """Return the picture's pixels; the old array if they are equal. (A step on a photograph may change no
        pixel.)"""
        if old is not None and old.cell == cell and shown.looks_as(old.shown):
            return old.drawn
        if self.protocol == "kitty":
            parts = -(-cell.width // SMOOTH)
            fine = Cell(max(1, cell.width // parts), max(2, cell.height // parts))
            drawn = draw(shown.picture, fine, KITTY_FINEST)
        else:
            drawn = draw(shown.picture, cell, max(1, cell.width * 2 // 5))
        if old is not None and old.cell == cell and old.shown.tones == shown.tones and same(old.drawn, drawn):
            return old.drawn
        return drawn

    def _free_number(self) -> int:
        """Return the smallest free number. Numbers are reused, because Konsole keeps a picture's data until another
        picture takes its number."""
        used = {old.number for old in self._on_terminal.values()}
        return next(number for number in count(1) if number not in used)

    def _picture(self, shown: PlacedPicture, drawn: Any, number: int) -> str:
        if self.protocol == "kitty":
            return kitty.place(png(drawn, shown.tones), number, *shown.picture.size)
        return sixel.encode(*registers(drawn, shown.tones))

    def _gone(self, old: _OnTerminal) -> str:
        """Return the code that removes a picture; none for Sixel, where cells written over a picture erase it."""
        return kitty.remove(old.number) if self.protocol == "kitty" else ""


def _at(shown: PlacedPicture, what: str) -> str:
    return f"\x1b[{shown.y + 1};{shown.x + 1}H{what}"
