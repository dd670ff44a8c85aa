"""Exports the view of the network screen: the command that opens it again, the picture, maps and heat map as pictures
and numbers, the terms of a value, and layers as Keras code. `cnncore` writes the files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cnncore._files import write_text
from cnncore.datasets.pictures import save_picture
from cnncore.datasets.values import save_values
from cnncore.display.maps import lightest
from cnncore.network.explain.terms_file import save_terms
from cnncore.network.keras_code import has_weights, layers_code, save_weights
from cnncore.network.occlusion import heat_steps
from tui.drawing.maps import Look, level_colour, look_of
from tui.drawing.theme import Palette, kept_palette
from tui.export.maps import ExportedMap
from tui.export.menu import Item, Saver, single_file
from tui.i18n import N_, _
from tui.network.activations import INPUT
from tui.network.backward_export import backward_items, backward_saver
from tui.network.cursor import Cursor, Depth
from tui.network.heat import heat_pixels
from tui.network.state import NetworkState

NUMBERS, PICTURES = (".npy", ".csv"), (".png",)
COMMAND = Item("command", "c", N_("Copy the command line that reopens this"))
PICTURE = Item("picture", "i", N_("The picture as the network sees it"), "cnn-picture.png", PICTURES)
INPUTS = Item("inputs", "m", N_("This picture as numbers: .npy or .csv"), "cnn-picture.npy", NUMBERS)
MAP_PICTURE = Item("map-picture", "o", N_("This map as a picture"), "cnn-map.png", PICTURES)
MAP = Item("map", "n", N_("This map as numbers: .npy or .csv"), "cnn-map.npy", NUMBERS)
MAPS = Item(
    "maps", "a", N_("All maps of this layer: .npy (one array), .csv or .png (one file per map)"), "cnn-maps.npy",
    (*NUMBERS, *PICTURES),
)  # fmt: skip
VALUES = Item("values", "a", N_("All values of this layer: .npy or .csv"), "cnn-values.npy", NUMBERS)
HEAT = Item("heat", "h", N_("Score drop for each pixel: .npy, .csv or .png"), "cnn-heat.npy", MAPS.suffixes)
TERMS = Item("terms", "t", N_("All terms of this value: .csv"), "cnn-terms.csv", (".csv",))
LAYER = Item("layer", "l", N_("This layer alone as Keras code"), "cnn_layer.py", (".py",))
NETWORK = Item("network", "k", N_("The network as Keras code"), "cnn_network.py", (".py",))
SO_FAR = Item("network", "k", N_("The network up to this layer as Keras code"), "cnn_network.py", (".py",))


def items_of(state: NetworkState) -> list[Item]:
    """The items that can be exported from the current view."""
    cursor = state.cursor
    items = [COMMAND, PICTURE, INPUTS]
    if cursor.layer != INPUT:
        items += [VALUES] if cursor.one_value_per_map else [MAP_PICTURE, MAP, MAPS]
    if state.finished_heat is not None:
        items.append(HEAT)
    backward = backward_items(state)
    if cursor.depth == Depth.VALUE and not backward:
        items.append(TERMS)
    items += backward
    if cursor.layer != INPUT:
        items.append(LAYER)
    inner = cursor.depth != Depth.NETWORK and cursor.layer != INPUT and not cursor.is_last_layer
    return [*items, SO_FAR if inner else NETWORK]


def note_of(state: NetworkState, item: Item) -> str:
    """A note for an item written to one file: the shape of all maps."""
    return _("of shape {shape}").format(shape=str(state.cursor.size)) if item is MAPS else ""


def saver_of(state: NetworkState, item: Item, theme: str) -> Saver:
    """The saver of an item, for the state as it is now; `theme` colours the pictures."""
    cursor, picture = state.cursor, state.picture
    if item in backward_items(state):
        return backward_saver(state, item)
    if item in (LAYER, NETWORK, SO_FAR):
        last = len(cursor.layers) - 1 if cursor.layer == INPUT or item is NETWORK else cursor.layer
        first = last if item is LAYER else 0
        # The code of a whole network prints its answer, that of a layer the value under the cursor.
        shown = cursor.index if cursor.depth == Depth.VALUE and last == cursor.layer else ()
        return _code_saver(item, cursor, first, last, shown)
    if item is PICTURE:
        return single_file(item, lambda path: save_picture(picture.fitted, path))
    if item is INPUTS:
        return _maps_saver(item, picture.values, _maps_of(picture.values))
    if item is TERMS:
        explanation = state.explanation()
        return single_file(item, lambda path: save_terms(explanation, path))
    if item is HEAT:
        return _heat_saver(state, item, kept_palette(theme))
    return _layer_saver(item, cursor, look_of(kept_palette(theme)))


def _layer_saver(item: Item, cursor: Cursor, look: Look) -> Saver:
    """The values of a layer, one map of it or all its maps."""
    activations = cursor.activations
    values, maps = activations.values(cursor.layer), activations.maps(cursor.layer)
    single = maps[:, :, cursor.map]
    if item is VALUES:
        return _maps_saver(item, values, [ExportedMap("", values.reshape(1, -1))])
    if item is MAP:
        return _maps_saver(item, single, [ExportedMap("", single)])
    if item is MAP_PICTURE:
        pixels = level_pixels(cursor, cursor.map, look)
        return single_file(item, lambda path: save_picture(pixels, path))
    shown = replace(cursor)  # the cursor may move before the file is named

    def drawn(number: int) -> Any:  # only as it is asked for: 64 maps are 64 pictures
        return level_pixels(shown, number, look)

    return _maps_saver(item, values, _maps_of(values), drawn)


def level_pixels(cursor: Cursor, number: int, look: Look) -> Any:
    """Map `number` as it is drawn, one pixel for each value: greys (H, W), or (H, W, 3) if the layer has negatives."""
    levels = cursor.activations.levels(cursor.layer, number, cursor.scale)
    signed = cursor.activations.signed(cursor.layer)
    colours = [level_colour(level, signed, "plain", look).get_truecolor() for level in range(-255, 256)]
    pixels = np.array(colours, np.uint8)[levels.astype(np.int64) + 255]
    return pixels if signed else pixels[:, :, 0]


def _maps_of(values: Any) -> list[ExportedMap]:
    """The maps of (H, W, maps), named by number as on the screen; anything else is one map."""
    if values.ndim == 3 and values.shape[2] > 1:
        digits = len(str(values.shape[2] - 1))
        return [ExportedMap(str(number).zfill(digits), values[:, :, number]) for number in range(values.shape[2])]
    return [ExportedMap("", values.reshape(values.shape[0], -1) if values.ndim > 1 else values.reshape(1, -1))]


def _maps_saver(
    item: Item, values: Any, maps: Sequence[ExportedMap], pixels: Callable[[int], Any] | None = None
) -> Saver:
    """Exact numbers: as .npy in the array's own shape, else one file or picture for each map."""

    def files(path: Path) -> list[Path]:
        if path.suffix.lower() == ".npy" or len(maps) == 1:
            return [path]
        return [path.with_name(f"{path.stem}-{each.name}{path.suffix}") for each in maps]

    def write(path: Path) -> Sequence[Path]:
        if path.suffix.lower() == ".npy":
            save_values(values, path)
            return [path]
        for number, (each, file) in enumerate(zip(maps, files(path), strict=True)):
            if pixels is not None and file.suffix.lower() == ".png":
                save_picture(pixels(number), file)
            else:
                save_values(each.values, file)
        return files(path)

    return Saver(item, write, files)


def _heat_saver(state: NetworkState, item: Item, colours: Palette) -> Saver:
    occlusion, levels = state.finished_heat, lightest(state.picture.fitted)
    assert occlusion is not None
    heat, steps = occlusion.heat, heat_steps(occlusion)
    return _maps_saver(item, heat, [ExportedMap("", heat)], lambda _number: heat_pixels(steps, levels, colours))


def _code_saver(item: Item, cursor: Cursor, first: int, last: int, shown: tuple[int, ...]) -> Saver:
    """Layers as a Python program, with its inputs and, where they have some, its weights in files beside it."""
    network, inputs = cursor.network, cursor.activations.values(first - 1)

    def files(path: Path) -> list[Path]:
        weights = [path.with_name(path.stem + "_weights.npz")] if has_weights(network, first, last) else []
        return [path, path.with_name(path.stem + "_inputs.npy"), *weights]

    def write(path: Path) -> Sequence[Path]:
        code, inputs_file, *weights_files = files(path)
        weights_file = weights_files[0].name if weights_files else ""
        text = layers_code(
            network, first, last, inputs_file=inputs_file.name, weights_file=weights_file, shown=shown, say=_
        )
        save_values(inputs, inputs_file)
        for file in weights_files:
            save_weights(network, first, last, file)
        write_text(text, code)
        return [code, inputs_file, *weights_files]

    return Saver(item, write, files)
