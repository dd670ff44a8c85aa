"""The networks that a learner has saved by name.

<user data>/cnn-tui/networks/my network.json
"""

from __future__ import annotations

from pathlib import Path

from cnncore._files import is_there, kind_of, list_folder, make_folder_of
from cnncore.errors import CnnError
from cnncore.training.architecture.architecture import Architecture, write_architecture

_NOT_IN_NAMES = '/\\:*?"<>|'
"""Characters that a file name must not have on some system."""


def networks_folder() -> Path:
    """The folder of the saved networks, which may not exist yet."""
    from platformdirs import user_data_path  # loaded only where files are

    return user_data_path("cnn-tui", appauthor=False) / "networks"


def file_name(name: str) -> str:
    """The name of a network as that of a file, without an ending."""
    plain = "".join("-" if character in _NOT_IN_NAMES else character for character in name.strip())
    return f"-{plain[1:]}" if plain.startswith(".") else plain


def saved_path(name: str) -> Path:
    """The file of the network called `name`, whether it exists or not."""
    return networks_folder() / f"{file_name(name)}.json"


def saved_networks() -> tuple[Path, ...]:
    """The files of the saved networks, by name."""
    try:
        files = list_folder(networks_folder())
    except CnnError:
        return ()
    return tuple(path for path in files if path.suffix == ".json" and is_there(path, "file"))


def is_saved(name: str) -> bool:
    """True if there is a network called `name`."""
    return bool(kind_of(saved_path(name)))


def save_network(network: Architecture) -> Path:
    """Save a network by its name, in place of one with the same name, and return the file. Raises `CnnError`."""
    path = saved_path(network.name)
    make_folder_of(path)
    write_architecture(network, path)
    return path
