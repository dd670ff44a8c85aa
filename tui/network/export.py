"""Taking along what the network screen shows, at each of its depths: a command line that reopens it, the picture, the
maps and the heat map as pictures and numbers, the terms of a value, and layers as Keras code.

The dialog is that of `tui.walk.export`; `cnncore` writes the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand

from cnncore._files import write_text
from tui.drawing.theme import kept_palette
from tui.export.menu import ExportDialog, Item, Saver, ask_file
from tui.i18n import N_, _

if TYPE_CHECKING:
    from cnncore.network.explain import Explanation
    from tui.drawing.maps import Look
    from tui.export.maps import ExportedMap
    from tui.network.screen import NetworkScreen
    from tui.network.session import Session
    from tui.network.state import Microscope

NUMBERS, PICTURES = (".npy", ".csv"), (".png",)
COMMAND = Item("command", "c", N_("Copy the command line that reopens this"))
PICTURE = Item("picture", "i", N_("The picture as the network gets it"), "cnn-picture.png", PICTURES)
INPUTS = Item("inputs", "m", N_("That picture as numbers: .npy or .csv"), "cnn-picture.npy", NUMBERS)
MAP_PICTURE = Item("map-picture", "o", N_("This map as a picture"), "cnn-map.png", PICTURES)
MAP = Item("map", "n", N_("This map as numbers: .npy or .csv"), "cnn-map.npy", NUMBERS)
MAPS = Item(
    "maps", "a", N_("All maps of this layer: .npy (one array), .csv or .png (a file each)"), "cnn-maps.npy",
    (*NUMBERS, *PICTURES),
)  # fmt: skip
VALUES = Item("values", "a", N_("All values of this layer: .npy or .csv"), "cnn-values.npy", NUMBERS)
HEAT = Item(
    "heat", "h", N_("How far the score falls, for each pixel: .npy, .csv or .png"), "cnn-heat.npy", MAPS.suffixes
)
TERMS = Item("terms", "t", N_("All numbers that make this value: .csv"), "cnn-terms.csv", (".csv",))
LAYER = Item("layer", "l", N_("This layer alone as Keras code"), "cnn_layer.py", (".py",))
NETWORK = Item("network", "k", N_("The network as Keras code"), "cnn_network.py", (".py",))
SO_FAR = Item("network", "k", N_("The network up to this layer as Keras code"), "cnn_network.py", (".py",))


def items_of(screen: NetworkScreen) -> list[Item]:
    """What there is to take where the screen is."""
    from tui.network.state import INPUT, Depth

    session = screen.session
    if session is None:
        return []
    scope = session.scope
    found = [COMMAND, PICTURE, INPUTS]
    if scope.layer != INPUT:
        rows, columns, _maps = scope.size
        found += [MAP_PICTURE, MAP, MAPS] if rows * columns > 1 else [VALUES]
    if screen.heat_shown is not None:
        found.append(HEAT)
    if scope.depth == Depth.NEURON:
        found.append(TERMS)
    if scope.layer != INPUT:
        found.append(LAYER)
    inner = scope.depth != Depth.NETWORK and scope.layer not in (INPUT, len(scope.layers) - 1)
    return [*found, SO_FAR if inner else NETWORK]


def open_menu(screen: NetworkScreen) -> None:
    """Asks what to take, and takes it."""
    if screen.session is not None:
        screen.app.push_screen(
            ExportDialog(screen.command_line(), items_of(screen)), lambda name: take(screen, name) if name else None
        )


def palette_commands(screen: NetworkScreen) -> Iterable[SystemCommand]:
    """Each item for the command palette."""
    for item in items_of(screen):
        yield SystemCommand(_(item.title), _("Export"), lambda name=item.id: take(screen, name))


def take(screen: NetworkScreen, name: str) -> None:
    """One item: copied at once, or written once a file is named. It is of what was shown when it was asked for."""
    session = screen.session
    item = next((item for item in items_of(screen) if item.id == name), None)
    if session is None or item is None:
        return
    if item is COMMAND:
        command = screen.command_line()
        screen.app.copy_to_clipboard(command)
        screen.say(_("Copied: {command}").format(command=command))
        return
    note = ""
    if item is MAPS:
        rows, columns, maps = session.scope.size
        note = _("of shape {shape}").format(shape=f"({rows}, {columns}, {maps})")
    ask_file(screen.app, item, _saver(screen, session, item), screen.say, note)


def _saver(screen: NetworkScreen, session: Session, item: Item) -> Saver:
    from tui.drawing.maps import look_of
    from tui.network.state import INPUT, Depth

    scope, seen = session.scope, session.seen
    if item in (LAYER, NETWORK, SO_FAR):
        last = len(scope.layers) - 1 if scope.layer == INPUT or item is NETWORK else scope.layer
        first = last if item is LAYER else 0
        # Of the whole network its answer is of interest, of a layer the value that one looks at.
        shown = scope.place if scope.depth == Depth.NEURON and last == scope.layer else ()
        return _code_saver(item, scope, first, last, shown)
    if item is PICTURE:
        return _simple(item, lambda path: _save_picture(seen.fitted, path))
    if item is INPUTS:
        return _maps_saver(item, seen.values, _maps_of(seen.values))
    if item is TERMS:
        return _simple(item, _terms_writer(screen.explanation()))
    if item is HEAT:
        return _heat_saver(screen, session, item)
    values, look = scope.shot.values(scope.layer), look_of(kept_palette(screen.app.theme))
    if item is VALUES:
        row = values.reshape(1, -1)
        return _maps_saver(item, values, [_kept("", row)])
    maps = scope.shot.maps(scope.layer)
    if item in (MAP, MAP_PICTURE):
        single = maps[:, :, scope.map]
        if item is MAP:
            return _maps_saver(item, single, [_kept("", single)])
        drawn = level_pixels(scope, scope.map, look)
        return _simple(item, lambda path: _save_picture(drawn, path))
    # Only as it is asked for: of 64 maps, 64 pictures.
    return _maps_saver(item, values, _maps_of(values), lambda number: level_pixels(scope, number, look))


def level_pixels(scope: Microscope, number: int, look: Look) -> Any:
    """Map `number` as it is drawn, a pixel a value: greys (H, W), or (H, W, 3) where something is below zero."""
    import numpy as np

    from tui.drawing.maps import level_colour

    levels = scope.shot.levels(scope.layer, number, scope.scale)
    signed = scope.shot.signed(scope.layer)
    colours = [level_colour(level, signed, "plain", look).get_truecolor() for level in range(-255, 256)]
    found = np.array(colours, np.uint8)[levels.astype(np.int64) + 255]
    return found if signed else found[:, :, 0]


def _kept(name: str, values: Any) -> ExportedMap:
    from tui.export.maps import ExportedMap

    return ExportedMap(name, values)


def _maps_of(values: Any) -> list[ExportedMap]:
    """The maps of (H, W, maps) by their numbers, as the screen has them; of anything else one."""
    if values.ndim == 3 and values.shape[2] > 1:
        digits = len(str(values.shape[2] - 1))
        return [_kept(str(number).zfill(digits), values[:, :, number]) for number in range(values.shape[2])]
    return [_kept("", values.reshape(values.shape[0], -1) if values.ndim > 1 else values.reshape(1, -1))]


def _save_picture(pixels: Any, path: Path) -> None:
    from cnncore.datasets.pictures import save_picture

    save_picture(pixels, path)


def _simple(item: Item, write: Callable[[Path], None]) -> Saver:
    """Writes the one file."""

    def written(path: Path) -> Sequence[Path]:
        write(path)
        return [path]

    return Saver(item, written)


def _maps_saver(
    item: Item, values: Any, maps: Sequence[ExportedMap], pixels: Callable[[int], Any] | None = None
) -> Saver:
    """Exact numbers: as .npy in the array's own shape, else a file a map, or a picture of each."""
    from cnncore.datasets.values import save_values

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
                _save_picture(pixels(number), file)
            else:
                save_values(each.values, file)
        return files(path)

    return Saver(item, write, files)


def _terms_writer(explained: Explanation) -> Callable[[Path], None]:
    from cnncore.network.explain.terms_file import save_terms

    return lambda path: save_terms(explained, path)


def _heat_saver(screen: NetworkScreen, session: Session, item: Item) -> Saver:
    from cnncore.display.maps import lightest
    from cnncore.network.occlusion import heat_steps
    from tui.network.heat import heat_pixels

    found, levels, colours = screen.heat_shown, lightest(session.seen.fitted), kept_palette(screen.app.theme)
    assert found is not None
    heat, steps = found.heat, heat_steps(found)
    return _maps_saver(item, heat, [_kept("", heat)], lambda _number: heat_pixels(steps, levels, colours))


def _code_saver(item: Item, scope: Microscope, first: int, last: int, shown: tuple[int, ...]) -> Saver:
    from cnncore.datasets.values import save_values
    from cnncore.network.keras_code import has_weights, layers_code, save_weights

    network, inputs = scope.network, scope.shot.values(first - 1)

    def files(path: Path) -> list[Path]:
        found = [path, path.with_name(path.stem + "_inputs.npy")]
        return [*found, path.with_name(path.stem + "_weights.npz")] if has_weights(network, first, last) else found

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
