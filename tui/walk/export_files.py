"""Writes what is exported from a walking screen. It loads numpy, so it is imported when a file is asked for."""

from __future__ import annotations

from pathlib import Path

from cnncore._files import write_text
from cnncore.datasets.pictures import save_picture
from cnncore.datasets.values import save_values
from cnncore.lesson.keras_code import INLINE_PIXELS, keras_code
from cnncore.lesson.stepping import PoolStep
from tui.export.menu import Item, Saver, Write, pixels_beside
from tui.i18n import _
from tui.walk.export import ITEMS
from tui.walk.export_maps import files_of, one_stack, save_maps, shown_maps
from tui.walk.state import WalkState
from tui.walk.walks import ConvolutionWalk, Walk
from tui.walk.workbench import Workbench


def file_export(state: WalkState, name: str) -> tuple[Item, Saver, str]:
    """Return an item, its saver, and a note for the sentence afterwards. Raises `CnnError` if there is no map."""
    item = next(item for item in ITEMS if item.id == name)
    if name == "maps":
        return _maps_export(item, state.bench)
    return item, Saver(item, writer(name, state.walk(), state.bench.convolution())), ""


def _maps_export(item: Item, workbench: Workbench) -> tuple[Item, Saver, str]:
    maps = shown_maps(workbench)
    names = ", ".join(each.name for each in maps)
    # Files carry the names; the order in a stack has to be said.
    note = _("maps in this order: {names}").format(names=names) if one_stack(maps) else ""
    return item, Saver(item, lambda path: save_maps(maps, path), lambda path: files_of(maps, path)), note


def writer(item: str, shown: Walk, convolution: ConvolutionWalk) -> Write:
    """Return the function that writes an item of the walk `shown`, which may be the pooling of `convolution`."""

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
                return _write_code(path, shown, convolution)
        return [path]

    return write


def _write_code(path: Path, shown: Walk, convolution: ConvolutionWalk) -> list[Path]:
    """Write the layer as Keras code, and many pixels to a file beside it."""
    pixels = convolution.sample.pixels
    beside = pixels_beside(path) if pixels.size > INLINE_PIXELS else None
    step = shown.steps[0]
    pool = step if isinstance(step, PoolStep) else None
    text = keras_code(convolution.steps[0], pixels, pool, pixels_file=beside.name if beside else "", say=_)
    if beside is not None:
        save_values(pixels, beside)
    write_text(text, path)
    return [path, beside] if beside else [path]
