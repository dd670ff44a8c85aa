"""The files of the builder: networks saved by name or opened, programs to take away, and untrained networks."""

from __future__ import annotations

import hashlib
from pathlib import Path

from platformdirs import user_cache_path

from cnncore._files import is_there, list_folder, unwritable, write_text
from cnncore.errors import CnnError
from cnncore.training.architecture import (
    PRESETS,
    Architecture,
    architecture_of_file,
    read_architecture,
    write_architecture,
)
from cnncore.training.architecture.saved import file_name, is_saved, save_network
from cnncore.training.architecture.script import Library
from cnncore.training.config import TrainConfig
from cnncore.training.fresh import save_untrained
from tui.app.paths import typed
from tui.export.menu import Item, Saver, single_file
from tui.i18n import N_
from tui.training.builder.state import BuilderState

NETWORK_FILES = (".json", ".keras")
FOR_KERAS = Item("keras-program", "k", N_("The program for Keras: .py"), "train_keras.py", (".py",))
FOR_CNNCORE = Item("cnncore-program", "c", N_("The program for cnncore: .py"), "train_cnncore.py", (".py",))
LAYERS = Item("layers", "n", N_("The list of layers, for cnn-tui train --network: .json"), "network.json", (".json",))
MOST_UNTRAINED = 8
"""The files of untrained networks that are kept."""


class NameSaver:
    """Saves a network by the typed name when called, and returns it with its file. A name that exists is overwritten
    only after a second Enter on it."""

    def __init__(self, network: Architecture) -> None:
        self._network = network
        self._warned = ""

    def __call__(self, text: str) -> tuple[Architecture, Path]:
        network = self._network.renamed(text)
        if PRESETS.get(network.name, network) != network:
            raise CnnError("{name} is a preset; save this network by another name", name=repr(network.name))
        if is_saved(network.name) and network.name != self._warned:
            self._warned = network.name
            raise CnnError("{path} already exists; press Enter again to overwrite it", path=network.name)
        return network, save_network(network)


def read_network(path: str | Path) -> Architecture:
    """The layers in a JSON or a `.keras` file. Raises `CnnError`."""
    return architecture_of_file(path) if Path(path).suffix.lower() == ".keras" else read_architecture(path)


def read_typed(text: str) -> Architecture:
    """`read_network` of a typed path."""
    return read_network(typed(text))


def items_of(state: BuilderState) -> list[Item]:
    """What can be exported: the programs only of a network that can be trained."""
    return [LAYERS] if state.refusal is not None else [FOR_KERAS, FOR_CNNCORE, LAYERS]


def saver_of(state: BuilderState, item: Item) -> Saver:
    """The saver of an item, for the network as it is now."""
    network, program = state.network, state.program
    libraries: dict[str, Library] = {FOR_KERAS.id: "keras", FOR_CNNCORE.id: "cnncore"}
    library = libraries.get(item.id)
    text = "" if library is None else program.text(state.accepted(), library)

    def write(path: Path) -> None:
        if library is None:
            write_architecture(network, path)
        else:
            write_text(text, path)

    return single_file(item, write)


def untrained_file(config: TrainConfig) -> str:
    """Write the network of `config` with its random weights to a `.keras` file in the cache, and return the path. The
    same network and seed have the same file, which is written once. Raises `CnnError`."""
    folder = user_cache_path("cnn-tui", appauthor=False) / "untrained"
    digest = hashlib.blake2b(f"{config.seed} {config.design.to_plain()}".encode(), digest_size=4).hexdigest()
    path = folder / f"{file_name(config.design.name)}-untrained-{digest}.keras"
    if not is_there(path, "file"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _make_room(folder)
        except OSError as error:
            raise unwritable(path, error) from error
        save_untrained(config, path)
    return str(path)


def _make_room(folder: Path) -> None:
    """Remove the oldest files of untrained networks."""
    files = [path for path in list_folder(folder) if "-untrained-" in path.name and is_there(path, "file")]
    for path in sorted(files, key=lambda path: path.stat().st_mtime)[: 1 - MOST_UNTRAINED]:
        path.unlink(missing_ok=True)
