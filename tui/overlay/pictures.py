"""The pictures that lie on the terminal as real pixels: the one place that writes them, moves them and takes them away.

A widget leaves its cells blank and says what belongs there (`Sheet`). After each frame the board looks at all of them
and writes what changed: text first, then pictures, so that what a frame paints over is there again at once. A picture
that changes is not blanked before: Kitty gets the new one before the old one goes, Sixel is painted over.
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
"""Kitty enlarges pictures itself. More pixels a cell than this are not sent: they would show nothing more."""
KITTY_FINEST = 2
"""What a pixel of a photograph takes at least, either way: each is a byte of every frame. In Sixel each is several
bytes: there it is two fifths of a cell's width."""


@dataclass(frozen=True)
class Shown:
    """A picture at a place of the terminal, in cells."""

    x: int
    y: int
    picture: Picture
    tones: Tones

    def looks_as(self, other: Shown) -> bool:
        """Whether there is nothing to draw anew, wherever it is."""
        a, b = self.picture, other.picture
        return (
            a.levels is b.levels
            and self.tones == other.tones
            and (a.scale, a.window, a.cell, a.revealed, a.lit) == (b.scale, b.window, b.cell, b.revealed, b.lit)
        )


class Sheet(Protocol):
    """What has a picture to show."""

    def shown(self) -> Shown | None:
        """The picture and where; None where there is none to be seen."""

    def painted_over(self) -> bool:
        """Whether cells were written where the picture is, since this was last asked."""


@dataclass
class _Lying:
    """What the terminal has of a sheet: picture `number`, drawn of `drawn`."""

    shown: Shown
    cell: Cell
    drawn: Any
    number: int


class Board:
    """`write` sends to the terminal; `cell` says the size of its cells, which a change of font changes."""

    def __init__(
        self, protocol: Literal["kitty", "sixel"], write: Callable[[str], None], cell: Callable[[], Cell | None]
    ) -> None:
        self.protocol = protocol
        self._write, self._cell = write, cell
        self._sheets: dict[Sheet, None] = {}
        self._lying: dict[Sheet, _Lying] = {}
        self._closed = False

    def add(self, sheet: Sheet) -> None:
        """From now on `sheet` is asked what it shows."""
        self._sheets[sheet] = None

    def remove(self, sheet: Sheet) -> None:
        """`sheet` shows nothing for now: its picture is taken away at once, before the next frame."""
        self._sheets.pop(sheet, None)
        if sheet in self._lying and (text := self._gone(self._lying.pop(sheet))):
            self._write(text)

    def paint(self) -> None:
        """Brings the terminal up to date."""
        if self._closed or not (self._sheets or self._lying):
            return
        cell = self._cell() or Cell(10, 20)
        written: list[str] = []
        here = set()
        for sheet in self._sheets:
            shown, over = sheet.shown(), sheet.painted_over()
            if shown is None:
                continue
            here.add(sheet)
            old = self._lying.get(sheet)
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
            self._lying[sheet] = _Lying(shown, cell, drawn, number)
        written += [self._gone(self._lying.pop(sheet)) for sheet in [*self._lying] if sheet not in here]
        if text := "".join(written):
            self._write(f"\x1b7{text}\x1b8")

    def forget(self) -> None:
        """Takes everything away. What is still to be seen comes again after the next frame, as after a stop and a
        return, when the terminal has none of it."""
        written = "".join(self._gone(lying) for lying in self._lying.values())
        self._lying.clear()
        if written:
            self._write(written)

    def close(self) -> None:
        """Takes everything away, for good."""
        self.forget()
        self._closed = True

    def _drawn(self, shown: Shown, cell: Cell, old: _Lying | None) -> Any:
        """The picture's pixels; the old ones, where they are the same. (A step on a photograph is less than one.)"""
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
        """The smallest that no picture has: used again, numbers stay few. (Konsole never forgets a picture's data,
        until another comes by its number.)"""
        used = {lying.number for lying in self._lying.values()}
        return next(number for number in count(1) if number not in used)

    def _picture(self, shown: Shown, drawn: Any, number: int) -> str:
        if self.protocol == "kitty":
            return kitty.place(png(drawn, shown.tones), number, *shown.picture.size)
        return sixel.encode(*registers(drawn, shown.tones))

    def _gone(self, lying: _Lying) -> str:
        """(A Sixel picture goes with the cells that are written over it.)"""
        return kitty.remove(lying.number) if self.protocol == "kitty" else ""


def _at(shown: Shown, what: str) -> str:
    return f"\x1b[{shown.y + 1};{shown.x + 1}H{what}"
