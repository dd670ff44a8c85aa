"""The description in a `.keras` file, read and checked before anything is built from it.

Only the supported layers, and what Keras itself puts beside them (initializers, regularizers, constraints, dtype
policies), may be named in it, so nothing else is looked up or imported, whichever version of Keras reads the file
afterwards. And what it would have built is judged by its size (`cnncore.keras_file.sizes`).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnncore._files import PathLike, name_of, open_to_read, shown
from cnncore.errors import CnnError
from cnncore.keras_file.sizes import check_sizes
from cnncore.network.limits import DESCRIPTION_BYTES
from cnncore.network.unsupported import SUPPORTED, unsupported, unsupported_activation

_MODELS = ("Sequential", "Functional", "Model")
_DATA = ("__keras_tensor__", "__numpy__")
"""Keys with connections and numbers, but no classes."""
_BESIDE = {"initializers", "regularizers", "constraints", "dtype_policies"}
WEIGHTS = "model.weights.h5"
_MOST_COMPRESSED = 100
"""Trained weights hardly compress; a file that would unpack to more than this many times its size is no model."""


def check_path(path: PathLike) -> str:
    """The path as text. Raises `CnnError` unless it ends in .keras."""
    name = name_of(path)
    if Path(name).suffix != ".keras":
        raise CnnError("{path} is not a .keras file; save the model with model.save('name.keras')", path=shown(name))
    return name


def read_description(path: str) -> dict[str, Any]:
    """The description of the model in the file `path`, checked. Raises `CnnError`."""
    description = _description(path)
    _check_description(path, description)
    _check_sizes(path, description)
    return description


def damaged(path: str, reason: str | CnnError) -> CnnError:
    return CnnError("{path} cannot be read as a Keras model: {reason}", path=path, reason=reason)


def _description(path: str) -> dict[str, Any]:
    try:
        with open_to_read(path) as file, zipfile.ZipFile(file) as archive:
            entry = archive.getinfo("config.json")
            if entry.file_size > DESCRIPTION_BYTES:
                raise damaged(path, CnnError("{member} has {size:,} bytes", member="config.json", size=entry.file_size))
            description = json.loads(archive.read(entry))
    except CnnError:
        raise
    except (OSError, KeyError, ValueError, EOFError, RecursionError, RuntimeError, zipfile.BadZipFile) as error:
        reason = error.strerror if isinstance(error, OSError) else error.args[0] if error.args else None
        raise damaged(path, str(reason or type(error).__name__)) from error
    except Exception as error:  # zlib.error and others
        raise damaged(path, str(error) or type(error).__name__) from error
    if not isinstance(description, dict) or not isinstance(description.get("config"), dict):
        raise damaged(path, CnnError("config.json describes no model"))
    return description


def _objects(value: Any) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Yield every serialised object in `value`, including itself, with the layer that contains it and the argument of
    that layer. A layer has no argument (""), and the model also no layer."""
    waiting: list[tuple[Any, str, str]] = [(value, "", "")]
    while waiting:
        item, layer, argument = waiting.pop()
        if isinstance(item, list):
            waiting.extend((inner, layer, argument) for inner in item)
        if not isinstance(item, dict):
            continue
        if isinstance(item.get("class_name"), str):
            yield item, layer, argument
            if not argument and isinstance(config := item.get("config"), dict):
                layer = str(config.get("name", item["class_name"]))
                waiting.extend((inner, layer, "" if key == "layers" else key) for key, inner in config.items())
                item = {key: inner for key, inner in item.items() if key != "config"}
        waiting.extend((inner, layer, argument) for inner in item.values())


def _check_description(path: str, description: dict[str, Any]) -> None:
    if description.get("class_name") not in _MODELS:
        kind = str(description.get("class_name"))
        raise damaged(path, CnnError("it holds a {kind}, not a Sequential or functional model", kind=kind))
    # The compile settings, loss and optimizer, are not read.
    for item, layer, argument in _objects({k: v for k, v in description.items() if k != "compile_config"}):
        kind, module, config = item["class_name"], str(item.get("module")).split("."), item.get("config")
        if kind == "function":
            raise CnnError(
                "{path} needs the custom function {function}, which is not supported",
                path=path,
                function=repr(config)[:80],
            )
        if kind in _DATA:
            continue
        if module[0] == "keras" and (kind in (*SUPPORTED, *_MODELS, "DTypePolicy") or set(module) & _BESIDE):
            continue
        if not argument:
            name = str(config.get("name", kind)) if isinstance(config, dict) else kind
            raise unsupported(name, kind, own=module[0] != "keras")
        if argument == "activation":
            raise unsupported_activation(layer, kind)
        raise CnnError(
            "layer {layer} has the {argument} {value}, which is not supported",
            layer=repr(layer),
            argument=argument,
            value=kind,
        )


def _check_sizes(path: str, description: dict[str, Any]) -> None:
    with zipfile.ZipFile(path) as archive:
        held = [entry.file_size for entry in archive.infolist() if entry.filename == WEIGHTS]
    if not held:
        raise damaged(path, CnnError("{member} is missing", member=WEIGHTS))
    if max(held) > _MOST_COMPRESSED * Path(path).stat().st_size:
        raise damaged(path, CnnError("{member} would unpack to {size:,} bytes", member=WEIGHTS, size=max(held)))
    try:
        check_sizes(description, max(held))
    except CnnError as error:
        raise damaged(path, error) from error
