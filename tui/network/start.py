"""Where the network screen begins, as data: said by a command line, and put on the screen; and read off it again.

`Start` is plain values, so that reading the command line needs no numpy; the functions are for when it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from cnncore.errors import CnnError
from tui.i18n.words import language_words

if TYPE_CHECKING:
    from cnncore.network.explain.explanation import Channels
    from tui.network.session import Session
    from tui.network.state import Microscope

DepthName: TypeAlias = Literal["network", "layer", "value"]
DEPTH_NAMES: tuple[DepthName, ...] = ("network", "layer", "value")
"""In the order of `tui.network.state.Depth`."""
INPUT_NAME = "input"


@dataclass(frozen=True, slots=True)
class Start:
    """What was not said is False, "" or None. Pictures, maps, places and terms count from 0, as the screen does.
    `fresh` is a network with fresh weights, whatever was trained; `wrong` and `label` choose among the pictures;
    `input_map` is whose kernel, or of a dense layer which weight, is looked at; `unfold` the map whose products are
    listed, and `in_order` how. The rest are the options' names."""

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


ANYWHERE = Start()


def put(start: Start, scope: Microscope) -> None:
    """The cursor where it was asked for, as far as that is in the network. Raises `CnnError` for the first that is
    not."""
    from tui.network.state import INPUT, Depth

    scope.scale = start.scale or scope.scale
    scope.weights = start.weights
    if start.layer:
        scope.to_layer(_layer(start.layer, scope))
    if start.map is not None:
        _check("--map", start.map, scope.size[2] - 1)
        scope.to_map(start.map)
    if start.at is not None:
        for at, size in zip(start.at, scope.size, strict=False):
            _check("--at", at, size - 1)
        scope.to_cell(*start.at)
    if start.input_map is not None:
        _put_input_map(start.input_map, scope)
    depth = DEPTH_NAMES.index(start.depth)
    scope.to_depth(Depth(min(depth, Depth.LAYER) if scope.layer == INPUT else depth))


def _layer(name: str, scope: Microscope) -> int:
    from tui.network.state import INPUT

    names = [layer.name for layer in scope.layers]
    if name in names:
        return names.index(name)
    if name == INPUT_NAME:
        return INPUT
    raise CnnError(
        "--layer is {value}; the network has these: {names}", value=repr(name), names=", ".join([INPUT_NAME, *names])
    )


def _put_input_map(number: int, scope: Microscope) -> None:
    channels, weights = scope.channels, scope.unit_weights
    if weights is not None:
        _check("--input-map", number, len(weights) - 1)
        scope.source = number
    elif channels:
        _check("--input-map", number, channels.stop - 1, channels.start)
        scope.channel = number


def _check(name: str, value: int, most: int, least: int = 0) -> None:
    if not least <= value <= most:
        raise CnnError(
            "{name} is {value}; it must be from {least} to {most}", name=name, value=value, least=least, most=most
        )


def check_picture(picture: int, count: int) -> None:
    """Raises `CnnError` where there is no such picture, counted from 0."""
    _check("--picture", picture, count - 1)


def check_label(label: int, count: int) -> None:
    """Raises `CnnError` where there is no such class."""
    _check("--only-class", label, count - 1)


def unfolded_row(number: int, channels: Channels) -> int:
    """Which row of a value's listing is map `number`. Raises `CnnError` where none is."""
    _check("--unfold", number, channels.first + channels.count - 1, channels.first)
    return number - channels.first


def check_term(term: int, count: int) -> None:
    """Raises `CnnError` where the listing has no such line."""
    _check("--term", term, count - 1)


def command_line(
    session: Session, *, data: str = "", why: bool = False, unfolded: int | None = None, in_order: bool = False
) -> str:
    """The command that opens what the screen looks at again."""
    from tui.app.paths import command_text
    from tui.network.state import Depth

    words = ["cnn-tui", *language_words(), "--screen", "network"]
    words += [*_picture_words(session, data), *_place_words(session.scope)]
    scope = session.scope
    if scope.depth == Depth.NEURON:
        words += ["--term", str(scope.term)]
        words += [] if unfolded is None else ["--unfold", str(unfolded)]
        words += ["--in-order"] if in_order else []
    words += ["--scale-of", scope.scale] if scope.scale != "map" else []
    words += ["--weights"] if scope.weights else []
    words += ["--why"] if why else []
    return command_text(words)


def _picture_words(session: Session, data: str) -> list[str]:
    from tui.app.paths import given

    words = ["--data", given(data)] if data else []
    path = session.source.path
    words += ["--model", given(path)] if path else ["--fresh"]
    if session.title:
        words += ["--image", session.path]
    else:
        words += ["--picture", str(session.place)]
    words += ["--invert"] if session.seen.inverted else []
    words += ["--only-wrong"] if session.filter.wrong else []
    words += [] if session.filter.label is None else ["--only-class", str(session.filter.label)]
    return words


def _place_words(scope: Microscope) -> list[str]:
    from tui.network.state import INPUT, Depth

    words = ["--depth", DEPTH_NAMES[scope.depth]] if scope.depth != Depth.NETWORK else []
    words += ["--layer", INPUT_NAME if scope.layer == INPUT else scope.name, "--map", str(scope.map)]
    rows, columns, _maps = scope.size
    words += ["--at", f"{scope.row},{scope.column}"] if rows * columns > 1 else []
    if scope.unit_weights is not None:
        words += ["--input-map", str(scope.source)] if scope.source else []
    elif scope.channel:
        words += ["--input-map", str(scope.channel)]
    return words
