"""The pictures that lie on the terminal as real pixels: the one place that writes them, moves them and takes them away.

A widget leaves its cells blank and says what belongs there (`Sheet`). After each frame the board looks at all of them
and writes what changed: text first, then pictures, so that what a frame paints over is there again at once. A picture
that changes is not blanked before: Kitty gets the new one before the old one goes, Sixel is painted over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Literal, Protocol

from tui.graphics import Cell, kitty
from tui.renderables.picture import Picture
from tui.renderables.pixels import Tones

SMOOTH = 12
"""Kitty enlarges pictures itself. More pixels a cell than this are not sent: they would show nothing more."""
SIXEL_FINEST = 3
"""Every pixel of a photograph is a few characters in Sixel; one of three by three says as much for a ninth of them."""


@dataclass(frozen=True)
class Shown:
    """A picture at a place of the terminal, in cells."""

    x: int
    y: int
    picture: Picture
    tones: Tones

    def looks_as(self, other: Shown) -> bool:
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
    """What the terminal has of a sheet."""

    shown: Shown
    cell: Cell
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
        self._numbers = count(1)
        self._closed = False

    def add(self, sheet: Sheet) -> None:
        """From now on `sheet` is asked what it shows."""
        self._sheets[sheet] = None

    def remove(self, sheet: Sheet) -> None:
        """`sheet` shows nothing for now: its picture is taken away at once, before the next frame."""
        self._sheets.pop(sheet, None)
        lying = self._lying.pop(sheet, None)
        if lying is not None and (text := self._gone(lying)):
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
            if old is not None and old.cell == cell and shown.looks_as(old.shown):
                moved = (shown.x, shown.y) != (old.shown.x, old.shown.y)
                if not moved and not over:
                    continue
                if self.protocol == "kitty":
                    lines, cells = shown.picture.size
                    written.append(_at(shown, kitty.move(old.number, lines, cells)))
                    old.shown = shown
                    continue
            number = next(self._numbers)
            written.append(_at(shown, self._picture(shown, cell, number)))
            if old is not None:
                written.append(self._gone(old))
            self._lying[sheet] = _Lying(shown, cell, number)
        written += [self._gone(self._lying.pop(sheet)) for sheet in [*self._lying] if sheet not in here]
        if text := "".join(written):
            self._write(f"\x1b7{text}\x1b8")

    def forget(self) -> None:
        """The terminal has nothing of it any more, as after a stop and a return."""
        self._lying.clear()

    def close(self) -> None:
        """Takes everything away, for good."""
        written = "".join(self._gone(lying) for lying in self._lying.values())
        self._lying.clear()
        self._closed = True
        if written:
            self._write(written)

    def _picture(self, shown: Shown, cell: Cell, number: int) -> str:
        from tui.renderables.pixels import draw, png, registers

        if self.protocol == "kitty":
            parts = -(-cell.width // SMOOTH)
            fine = Cell(max(1, cell.width // parts), max(2, cell.height // parts))
            lines, cells = shown.picture.size
            return kitty.place(png(draw(shown.picture, fine), shown.tones), number, lines, cells)
        from tui.graphics.sixel import encode

        return encode(*registers(draw(shown.picture, cell, SIXEL_FINEST), shown.tones))

    def _gone(self, lying: _Lying) -> str:
        """(A Sixel picture goes with the cells that are written over it.)"""
        return kitty.remove(lying.number) if self.protocol == "kitty" else ""


def _at(shown: Shown, what: str) -> str:
    return f"\x1b[{shown.y + 1};{shown.x + 1}H{what}"
