"""A network to be: a name, the shape of its input, and its layers. Edited by replacing it.

As a file it is JSON that a person can write:

    {"name": "tiny", "input_shape": [28, 28, 1],
     "layers": [{"layer": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "relu"}, {"layer": "Flatten"},
                {"layer": "Dense", "units": 10, "activation": "softmax"}]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnncore._arguments import counted, described, items, sizes, text
from cnncore._files import PathLike, read_text, shown, write_text
from cnncore.errors import CnnError
from cnncore.network.layer import Shape
from cnncore.network.limits import check_layers
from cnncore.training.architecture.layer import LayerSpec, layer_from_plain

MOST_BYTES = 2**20
"""The largest file of an architecture that is read, in bytes."""
_MOST_CHARACTERS = 60


@dataclass(frozen=True)
class Architecture:
    """The layers after an input of `input_shape` (H, W, C). Positions of layers count from 0.

    Raises `CnnError` for a name that is empty or longer than 60 characters, a shape that is not (H, W, C), and more
    than 1,000 layers. The layers need not fit each other: `outline` tells where they do not.
    """

    name: str
    input_shape: Shape
    layers: tuple[LayerSpec, ...] = ()

    def __post_init__(self) -> None:
        name = text(self.name, "name").strip()
        if not name or len(name) > _MOST_CHARACTERS or not name.isprintable():
            raise CnnError(
                "{name} is {value}; it must have 1 to {most} printable characters",
                name="name",
                value=described(self.name),
                most=_MOST_CHARACTERS,
            )
        shape = sizes(self.input_shape, "input_shape")
        if len(shape) != 3:
            raise CnnError("{name} must be (H, W, C), got {value}", name="input_shape", value=described(shape))
        layers = tuple(self.layers)
        check_layers(len(layers))
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "input_shape", shape)
        object.__setattr__(self, "layers", layers)

    # Edits. Each returns the network after it.

    def inserted(self, at: int, *layers: LayerSpec) -> Architecture:
        """The network with `layers` before the layer `at`, or after the last one."""
        at = counted(at, "at", len(self.layers) + 1)
        return self.with_layers((*self.layers[:at], *layers, *self.layers[at:]))

    def removed(self, at: int) -> Architecture:
        """The network without the layer `at`."""
        at = counted(at, "at", len(self.layers))
        return self.with_layers((*self.layers[:at], *self.layers[at + 1 :]))

    def moved(self, at: int, to: int) -> Architecture:
        """The network with the layer `at` moved to the position `to`."""
        at, to = counted(at, "at", len(self.layers)), counted(to, "to", len(self.layers))
        return self.removed(at).inserted(to, self.layers[at])

    def copied(self, at: int) -> Architecture:
        """The network with the layer `at` twice in a row."""
        return self.inserted(counted(at, "at", len(self.layers)) + 1, self.layers[at])

    def changed(self, at: int, option: str, value: Any) -> Architecture:
        """The network with another value of one option of the layer `at`."""
        return self.replaced(at, self.layers[counted(at, "at", len(self.layers))].changed(option, value))

    def replaced(self, at: int, layer: LayerSpec) -> Architecture:
        """The network with `layer` in the place of the layer `at`."""
        at = counted(at, "at", len(self.layers))
        return self.with_layers((*self.layers[:at], layer, *self.layers[at + 1 :]))

    def renamed(self, name: str) -> Architecture:
        return replace(self, name=name)

    def with_layers(self, layers: Sequence[LayerSpec]) -> Architecture:
        return replace(self, layers=tuple(layers))

    # As plain values.

    def to_plain(self) -> dict[str, Any]:
        """The network as it stands in a JSON file."""
        return {
            "name": self.name,
            "input_shape": list(self.input_shape),
            "layers": [layer.to_plain() for layer in self.layers],
        }


def architecture_from_plain(value: Any) -> Architecture:
    """The network that `Architecture.to_plain` has written. Raises `CnnError` that names the layer, from 1."""
    names = ("name", "input_shape", "layers")
    if not isinstance(value, Mapping) or set(value) != set(names) or (layers := items(value["layers"])) is None:
        raise CnnError(
            "a network must be an object with {names}, got {value}", names=", ".join(names), value=described(value)
        )
    specs = []
    for number, layer in enumerate(layers, 1):
        try:
            specs.append(layer_from_plain(layer))
        except CnnError as error:
            raise CnnError("layer {number}: {reason}", number=number, reason=error) from error
    return Architecture(value["name"], value["input_shape"], tuple(specs))


def read_architecture(path: PathLike) -> Architecture:
    """Read a network from a JSON file. Raises `CnnError` that names the file, and what is wrong in it."""
    try:
        value = json.loads(read_text(path, MOST_BYTES))
    except (ValueError, RecursionError) as error:
        if isinstance(error, CnnError):
            raise
        raise CnnError("{path} is not a JSON file: {reason}", path=shown(path), reason=str(error)) from error
    try:
        return architecture_from_plain(value)
    except CnnError as error:
        raise CnnError("{path}: {reason}", path=shown(path), reason=error) from error


def write_architecture(network: Architecture, path: PathLike) -> None:
    """Write a network as a JSON file, atomically: a line for each layer. Raises `CnnError`."""
    plain = network.to_plain()
    lines = ",\n".join(f"    {json.dumps(layer, ensure_ascii=False)}" for layer in plain["layers"])
    content = (
        f'{{\n  "name": {json.dumps(network.name, ensure_ascii=False)},\n'
        f'  "input_shape": {json.dumps(plain["input_shape"])},\n'
        f'  "layers": [\n{lines}\n  ]\n}}\n'
    )
    write_text(content, path)
