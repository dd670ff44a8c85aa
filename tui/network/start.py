"""The start of the network screen as data: read from a command line, put into the state, and written as a command line
again.

`Start` holds plain values, so that reading the command line needs no numpy; the functions import it when called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from cnncore.errors import CnnError
from tui.app.paths import command_text, given
from tui.i18n.words import language_words

if TYPE_CHECKING:
    from tui.network.cursor import Cursor
    from tui.network.state import NetworkState

DepthName: TypeAlias = Literal["network", "layer", "value"]
DEPTH_NAMES: tuple[DepthName, ...] = ("network", "layer", "value")
"""In the order of `tui.network.cursor.Depth`."""
INPUT_NAME = "input"


@dataclass(frozen=True, slots=True)
class Start:
    """Options that were not given are False, "" or None. Pictures, maps, positions and terms count from 0, as on the
    screen. `fresh` asks for random weights even if a network was trained; `wrong` and `label` filter the pictures;
    `input_map` selects the kernel, or a dense layer's weight, to show; `unfold` the map whose products are listed, and
    `in_order` their order; `backward` looks backwards, with `batch` at the loss of a batch. The other fields are named
    as the options are."""

    fresh: bool = False
    picture: int | None = None
    invert: bool = False
    wrong: bool = False
    label: int | None = None
    depth: DepthName = "network"
    layer: str = ""
    map: int | None = None
    at: tuple[int, int] | None = None
    input_map: int | None = None
    term: int | None = None
    unfold: int | None = None
    in_order: bool = False
    scale: Literal["map", "layer", "network", ""] = ""
    weights: bool = False
    why: bool = False
    backward: bool = False
    batch: bool = False


ANYWHERE = Start()


def put(start: Start, cursor: Cursor) -> None:
    """Put the cursor where `start` asks. Raises `CnnError` for the first option that the network does not have."""
    from tui.network.activations import INPUT
    from tui.network.cursor import Depth

    cursor.scale = start.scale or cursor.scale
    cursor.weights = start.weights
    if start.layer:
        cursor.to_layer(_layer(start.layer, cursor))
    if start.map is not None:
        _check("--map", start.map, cursor.size[2] - 1)
        cursor.to_map(start.map)
    if start.at is not None:
        for at, size in zip(start.at, cursor.size, strict=False):
            _check("--at", at, size - 1)
        cursor.to_cell(*start.at)
    if start.input_map is not None:
        _put_input_map(start.input_map, cursor)
    depth = DEPTH_NAMES.index(start.depth)
    cursor.to_depth(Depth(min(depth, Depth.LAYER) if cursor.layer == INPUT else depth))


def _layer(name: str, cursor: Cursor) -> int:
    from tui.network.activations import INPUT

    names = [layer.name for layer in cursor.layers]
    if name in names:
        return names.index(name)
    if name == INPUT_NAME:
        return INPUT
    raise CnnError(
        "--layer is {value}; the network has these: {names}", value=repr(name), names=", ".join([INPUT_NAME, *names])
    )


def _put_input_map(number: int, cursor: Cursor) -> None:
    channels, weights = cursor.channels, cursor.unit_weights
    if weights is not None:
        _check("--input-map", number, len(weights) - 1)
        cursor.input_number = number
    elif channels:
        _check("--input-map", number, channels.stop - 1, channels.start)
        cursor.channel = number


def _check(name: str, value: int, most: int, least: int = 0) -> None:

    if not least <= value <= most:
        raise CnnError(
            "{name} is {value}; it must be from {least} to {most}", name=name, value=value, least=least, most=most
        )


def put_picture(start: Start, state: NetworkState) -> bool:
    """Show the picture that `start` asks for, or the first that passes its filter.

    Returns True if the network must run on all pictures first. Raises `CnnError` if there is no such picture or class.
    """
    from cnncore.datasets.network_images import PictureFilter

    assert state.picture_set is not None
    if start.picture is not None and not state.title:
        _check("--picture", start.picture, len(state.picture_set.pictures) - 1)
        state.show_number(start.picture)
    if start.invert and not state.picture.inverted:
        state.invert()
    if state.picture_set.pictures.labels is None or not (start.wrong or start.label is not None):
        return False
    if start.label is not None:
        _check("--only-class", start.label, len(state.classes) - 1)
    state.filter = PictureFilter(wrong=start.wrong, label=start.label)
    if not start.wrong and start.picture is None:
        state.choose(state.filter)
    return start.wrong


def put_terms(start: Start, state: NetworkState) -> None:
    """List the terms as `start` asks. Raises `CnnError` if there is no such map or term."""
    cursor, arithmetic = state.cursor, state.arithmetic
    arithmetic.forget()
    arithmetic.order = "index" if start.in_order else "largest"
    channels = state.explanation().channels
    if start.unfold is not None and channels is not None:
        _check("--unfold", start.unfold, channels.first + channels.count - 1, channels.first)
        arithmetic.unfolded = start.unfold - channels.first
    if start.term is not None:
        _check("--term", start.term, len(arithmetic.listing(cursor)) - 1)
        cursor.term = start.term


def command_line(state: NetworkState, *, data: str = "") -> str:
    """The command that opens the current view again; `data` is the folder of the pictures."""
    from tui.network.cursor import Depth

    cursor, arithmetic = state.cursor, state.arithmetic
    words = ["cnn-tui", *language_words(), "--screen", "network"]
    words += [*_picture_words(state, data), *_position_words(cursor)]
    if cursor.depth == Depth.VALUE and not state.backward.on:
        unfolded = arithmetic.unfolded_map(cursor)
        words += ["--term", str(cursor.term)]
        words += [] if unfolded is None else ["--unfold", str(unfolded)]
        words += ["--in-order"] if arithmetic.order == "index" else []
    words += ["--scale-of", cursor.scale] if cursor.scale != "map" else []
    words += ["--weights"] if cursor.weights else []
    words += ["--why"] if state.shows_heat else []
    if state.backward.on:
        words += ["--backward", *(["--batch"] if state.backward.many else [])]
    return command_text(words)


def _picture_words(state: NetworkState, data: str) -> list[str]:
    words = ["--data", given(data)] if data else []
    path = state.source.path
    words += ["--model", given(path)] if path else ["--fresh"]
    if state.title:
        words += ["--image", state.path]
    else:
        words += ["--picture", str(state.picture_number)]
    words += ["--invert"] if state.picture.inverted else []
    words += ["--only-wrong"] if state.filter.wrong else []
    words += [] if state.filter.label is None else ["--only-class", str(state.filter.label)]
    return words


def _position_words(cursor: Cursor) -> list[str]:
    from tui.network.activations import INPUT
    from tui.network.cursor import Depth

    words = ["--depth", DEPTH_NAMES[cursor.depth]] if cursor.depth != Depth.NETWORK else []
    words += ["--layer", INPUT_NAME if cursor.layer == INPUT else cursor.name, "--map", str(cursor.map)]
    rows, columns, _maps = cursor.size
    words += ["--at", f"{cursor.row},{cursor.column}"] if rows * columns > 1 else []
    if cursor.unit_weights is not None:
        words += ["--input-map", str(cursor.input_number)] if cursor.input_number else []
    elif cursor.channel:
        words += ["--input-map", str(cursor.channel)]
    return words
