"""Taking along what a screen shows: a command line that reopens it, pictures, exact values, Keras code. Here is what
all screens share, and what the walking screens have; `tui.network.export` has the network's.

The menu, the question for a file's name, and the sentence afterwards; `cnncore` writes the files.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from cnncore._files import write_text
from cnncore.errors import CnnError
from tui.export.menu import ExportDialog, Item, Saver, Write, ask_file, pixels_beside
from tui.i18n import N_, _
from tui.walk.cursor import USUAL_SPEED
from tui.walk.view import command_line

if TYPE_CHECKING:
    from tui.walk.screen import WalkScreen
    from tui.walk.workbench import ConvolutionWalk, PoolingWalk, Workbench


ITEMS = (
    Item("command", "c", N_("Copy the command line that reopens this")),
    Item("input-picture", "i", N_("Input as a picture: .png"), "cnn-input.png", (".png",)),
    Item("output-picture", "o", N_("Output as a picture: .png"), "cnn-output.png", (".png",)),
    Item("input-values", "m", N_("Input as numbers: .npy or .csv"), "cnn-input.npy", (".npy", ".csv")),
    Item("output-values", "n", N_("Output as numbers: .npy or .csv"), "cnn-output.npy", (".npy", ".csv")),
    Item(
        "maps",
        "a",
        N_("All maps: .npy (one stack), .csv or .png (a file each)"),
        "cnn-maps.npy",
        (".npy", ".csv", ".png"),
    ),
    Item("keras", "k", N_("The layer as Keras code"), "cnn_layer.py", (".py",)),
)


def items_of(screen: WalkScreen) -> list[Item]:
    """What there is to take: all maps only where several stand side by side."""
    workbench = screen.walked_workbench
    return [item for item in ITEMS if item.id != "maps" or (workbench is not None and workbench.chosen)]


def command_of(screen: WalkScreen) -> str:
    """The command line that reopens the screen; "" where nothing is walked."""
    workbench = screen.walked_workbench
    if workbench is None:
        return ""
    app = screen.cnn_app
    at = screen.cursor.row, screen.cursor.column
    cursor, pixel = screen.cursor, screen.pixel
    return command_line(
        workbench,
        at,
        screen=app.current_mode,
        data=app.options.data,
        model=app.workbench_loader.model_path,
        term=None if cursor.term == cursor.terms else cursor.term,
        pixel=(pixel.row, pixel.column) if pixel.on else None,
        speed=cursor.speed if cursor.speed != USUAL_SPEED else 0,
    )


def open_menu(screen: WalkScreen) -> None:
    """Asks what to take, and takes it."""
    command = command_of(screen)
    if command:
        screen.app.push_screen(
            ExportDialog(command, items_of(screen)), lambda item: take(screen, item) if item else None
        )


def palette_commands(screen: WalkScreen) -> Iterable[SystemCommand]:
    """Each item for the command palette."""
    for item in items_of(screen):
        yield SystemCommand(_(item.title), _("Export"), lambda name=item.id: take(screen, name))


def take(screen: WalkScreen, name: str) -> None:
    """One item: copied at once, or written once a file is named."""
    item = next(item for item in ITEMS if item.id == name)
    workbench = screen.walked_workbench
    if workbench is None:
        return
    if item.id == "command":
        command = command_of(screen)
        screen.app.copy_to_clipboard(command)
        screen.workbench_changed(_("Copied: {command}").format(command=command))
        return
    if item.id == "maps":
        take_maps(screen, workbench, item)
        return
    write = writer(item.id, screen.walk_of(workbench), workbench.walk())
    ask_file(screen.app, item, Saver(item, write), screen.workbench_changed)


def take_maps(screen: WalkScreen, workbench: Workbench, item: Item) -> None:
    """The maps of all kernels that stand side by side."""
    from tui.i18n import error_text
    from tui.walk.export_maps import files_of, kept_maps, one_stack, save_maps

    try:
        maps = kept_maps(workbench)
    except CnnError as error:
        screen.workbench_changed(error_text(error))
        return
    names = ", ".join(each.name for each in maps)
    # Of a stack the order has to be said; files bear the names.
    note = _("maps in this order: {names}").format(names=names) if one_stack(maps) else ""
    save = Saver(item, lambda path: save_maps(maps, path), lambda path: files_of(maps, path))
    ask_file(screen.app, item, save, screen.workbench_changed, note)


def writer(item: str, shown: ConvolutionWalk | PoolingWalk, walk: ConvolutionWalk) -> Write:
    """What writes an item of the walk that is shown; `walk` is the convolution, which pooling follows."""
    from cnncore.datasets.pictures import save_picture
    from cnncore.datasets.values import save_values
    from cnncore.lesson.keras_code import INLINE_PIXELS, keras_code
    from cnncore.lesson.stepping import PoolStep

    def write(path: Path) -> list[Path]:
        match item:
            case "input-picture":
                save_picture(shown.input_levels, path)
            case "output-picture":
                save_picture(shown.output_levels, path)
            case "input-values":
                save_values(shown.inputs, path)
            case "output-values":
                save_values(shown.output, path)
            case _:
                return code(path)
        return [path]

    def code(path: Path) -> list[Path]:
        pixels = walk.sample.pixels
        beside = pixels_beside(path) if pixels.size > INLINE_PIXELS else None
        step = shown.steps[0]
        pool = step if isinstance(step, PoolStep) else None
        text = keras_code(walk.steps[0], pixels, pool, pixels_file=beside.name if beside else "", say=_)
        if beside is not None:
            save_values(pixels, beside)
        write_text(text, path)
        return [path, beside] if beside else [path]

    return write
