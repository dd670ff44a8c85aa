"""A picture is sent once, moved, replaced and removed, in Kitty's protocol and in Sixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from graphics import Fixed

from tui.drawing.picture import Picture
from tui.overlay import Cell
from tui.overlay.pictures import PlacedPicture
from tui.overlay.pixels import Tones

TONES = Tones(((0, 0, 0),) * 5)


LEVELS = np.random.default_rng(1).integers(0, 256, (8, 6), np.uint8)


class FakeSource:
    def __init__(self, shown: PlacedPicture | None) -> None:
        self.now = shown
        self.over = True

    def shown(self) -> PlacedPicture | None:
        return self.now

    def painted_over(self) -> bool:
        over, self.over = self.over, False
        return over


def shown(x: int = 3, y: int = 2, **marks: Any) -> PlacedPicture:
    return PlacedPicture(x, y, Picture(LEVELS, **marks), TONES)


@pytest.mark.parametrize("protocol", ["kitty", "sixel"])
def test_a_source_is_on_the_terminal_once(protocol: str) -> None:
    fixed = Fixed(protocol)
    source = FakeSource(shown())
    fixed.terminal_pictures.add(source)
    fixed.terminal_pictures.paint()
    (laid,) = fixed.terminal.pictures.values()
    assert (laid.x, laid.y) == (3, 2)
    assert laid.pixels.shape == (80, 60, 3)
    assert np.abs(laid.pixels[::10, ::10, 0].astype(int) - LEVELS).max() <= (0 if protocol == "kitty" else 2)
    before = fixed.bytes
    fixed.terminal_pictures.paint()
    assert fixed.bytes == before  # nothing changed, nothing is written
    source.over = True
    fixed.terminal_pictures.paint()
    assert fixed.terminal.sent == (1 if protocol == "kitty" else 2)  # Sixel was painted over, Kitty's lies above
    source.now = shown(window=(0, 0, 3, 3))
    fixed.terminal_pictures.paint()
    assert len(fixed.terminal.pictures) == 1
    source.now = PlacedPicture(3, 2, Picture(LEVELS.copy(), window=(0, 0, 3, 3)), TONES)
    sent = fixed.terminal.sent
    fixed.terminal_pictures.paint()
    assert fixed.terminal.sent == sent  # other levels, the same to look at


def test_kitty_moves_and_removes_and_keeps_nothing_in_memory() -> None:
    fixed = Fixed("kitty")
    source, other = FakeSource(shown()), FakeSource(shown(30))
    fixed.terminal_pictures.add(source)
    fixed.terminal_pictures.add(other)
    fixed.terminal_pictures.paint()
    source.now = shown(5, 7)
    fixed.terminal_pictures.paint()
    assert sorted((laid.x, laid.y) for laid in fixed.terminal.pictures.values()) == [(5, 7), (30, 2)]
    assert fixed.terminal.sent == 2
    for column in range(4):
        source.now = shown(5, 7, cell=(0, column))
        fixed.terminal_pictures.paint()
        assert len(fixed.terminal.memory) == len(fixed.terminal.pictures) == 2
        assert max(fixed.terminal.memory) <= 3  # numbers are used again: Konsole keeps what it has of every number
    source.now = None
    fixed.terminal_pictures.paint()
    assert [laid.x for laid in fixed.terminal.pictures.values()] == [30]
    fixed.terminal_pictures.remove(other)
    assert not fixed.terminal.pictures and not fixed.terminal.memory
    fixed.terminal_pictures.add(other)
    fixed.terminal_pictures.paint()
    assert len(fixed.terminal.pictures) == 1
    fixed.terminal_pictures.forget()
    assert not fixed.terminal.memory
    fixed.terminal_pictures.paint()
    assert len(fixed.terminal.pictures) == 1
    fixed.terminal_pictures.close()
    fixed.terminal_pictures.paint()
    assert not fixed.terminal.pictures and not fixed.terminal.memory


@pytest.mark.parametrize("protocol", ["kitty", "sixel"])
def test_a_larger_font_gets_a_larger_picture(protocol: str) -> None:
    fixed = Fixed(protocol)
    fixed.terminal_pictures.add(FakeSource(shown()))
    fixed.terminal_pictures.paint()
    fixed.cell = Cell(30, 60)
    fixed.terminal_pictures.paint()
    (laid,) = fixed.terminal.pictures.values()
    # Kitty enlarges by itself, so that of 30 x 60 every third pixel is sent.
    assert laid.pixels.shape == ((80, 60, 3) if protocol == "kitty" else (240, 180, 3))
