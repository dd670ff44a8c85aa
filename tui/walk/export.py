"""The exports of a walking screen: the command line that reopens it, pictures, exact values, Keras code.

It loads no numpy, so that the menu opens at once; `tui.walk.export_files` writes the files.
"""

from __future__ import annotations

from tui.export.menu import Item
from tui.i18n import N_
from tui.walk.command_line import command_line
from tui.walk.cursor import USUAL_SPEED
from tui.walk.state import WalkState

ITEMS = (
    Item("command", "c", N_("Copy the command line that reopens this")),
    Item("input-picture", "i", N_("Input as a picture: .png"), "cnn-input.png", (".png",)),
    Item("output-picture", "o", N_("Output as a picture: .png"), "cnn-output.png", (".png",)),
    Item("input-values", "m", N_("Input as numbers: .npy or .csv"), "cnn-input.npy", (".npy", ".csv")),
    Item("output-values", "n", N_("Output as numbers: .npy or .csv"), "cnn-output.npy", (".npy", ".csv")),
    Item(
        "maps",
        "a",
        N_("All maps: .npy (one array), .csv or .png (one file per map)"),
        "cnn-maps.npy",
        (".npy", ".csv", ".png"),
    ),
    Item("keras", "k", N_("The layer as Keras code"), "cnn_layer.py", (".py",)),
)


def items_of(state: WalkState) -> list[Item]:
    """Return the items of the menu: all maps only if several are shown side by side."""
    maps = state.ready and bool(state.bench.maps)
    return [item for item in ITEMS if item.id != "maps" or maps]


def command_of(state: WalkState, *, data: str, model: str) -> str:
    """Return the command line that reopens the screen, or "" if nothing is walked.

    `data` is the folder of pictures and `model` the network's file, "" for none.
    """
    if not state.ready:
        return ""
    cursor, pixel = state.cursor, state.pixel
    return command_line(
        state.bench,
        (cursor.row, cursor.column),
        screen=state.operation.name,
        data=data,
        model=model,
        term=None if cursor.term == cursor.terms else cursor.term,
        pixel=(pixel.row, pixel.column) if pixel.on else None,
        speed=cursor.speed if cursor.speed != USUAL_SPEED else 0,
    )
