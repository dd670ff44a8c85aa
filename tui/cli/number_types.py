"""Option types for whole numbers, for argparse's `type=`. A wrong number gets a sentence that says what would be
right."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tui.app.numbers import whole_number, whole_numbers
from tui.i18n import N_, _

Pair = tuple[int, int]
NUMBER = N_("{value} is not a whole number of at least {least}")
SIZE = N_("{value} is not a size: write one whole number of at least 1, or two separated by a comma (rows,columns)")
POSITION = N_("{value} is not a position: write row,column, counted from 0")


def number(least: int = 0) -> Callable[[str], int]:
    """The type of a whole number of at least `least`."""

    def read(text: str) -> int:
        value = whole_number(text, least=least)
        if value is None:
            raise argparse.ArgumentTypeError(_(NUMBER).format(value=repr(text), least=least))
        return value

    return read


def size(text: str) -> Pair:
    """The type of a size: one number for both directions, or rows,columns."""
    values = whole_numbers(text, (1, 2), separators=",", least=1)
    if values is None:
        raise argparse.ArgumentTypeError(_(SIZE).format(value=repr(text)))
    return values[0], values[-1]


def position(text: str) -> Pair:
    """The type of a position: row,column."""
    values = whole_numbers(text, (2,), separators=",")
    if values is None:
        raise argparse.ArgumentTypeError(_(POSITION).format(value=repr(text)))
    return values[0], values[1]
