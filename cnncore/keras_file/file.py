"""Whole `.keras` files: read into layers with weights, written from them."""

from __future__ import annotations

import datetime
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, BinaryIO

from cnncore import network
from cnncore._dtypes import Array
from cnncore._files import PathLike, is_there, name_of, open_to_read, write_atomically
from cnncore.errors import CnnError
from cnncore.keras_file.chain import description_of, groups_of, steps_of
from cnncore.keras_file.description import WEIGHTS, check_path, damaged, read_description
from cnncore.keras_file.stored import opened
from cnncore.keras_file.weights import read_optimizer, read_weights, write_weights
from cnncore.layers import InputLayer, Layer
from cnncore.network.layer import Shape

MOST_TIMES, MOST_BESIDE = 16, 2**24
"""The largest weights file, as multiples of the weights (an optimizer keeps up to three more of each, in float64) and
bytes beside them."""
_IN_MEMORY, _PART = 2**24, 2**20
"""A larger weights file is written to the disk first; the bytes copied from there at once."""
KERAS_VERSION = "3.0.0"
"""The first version of Keras with this format."""


@dataclass(frozen=True)
class KerasFile:
    """The contents of a file: built layers with their weights, the shape of one input, the name of the input layer
    where the model counts it among its layers, how the model was compiled (Keras's description, or None), and the
    optimizer's variables."""

    name: str
    layers: list[Layer]
    input_shape: Shape
    input_name: str
    compiled: dict[str, Any] | None
    optimizer: list[Array]


def read_keras_file(path: PathLike, *, training: bool = True) -> KerasFile:
    """Read `path`. With `training` False the optimizer's variables, twice the size of the weights, are left out.

    Raises `CnnError` naming the file, and the layer where one is not supported.
    """
    name = check_path(path)
    description = read_description(name)
    try:
        steps, shape, input_name = steps_of(description)
        _make_unique([step.layer for step in steps])
        given = shape
        for step in steps:
            step.layer.build(shape, None)
            shape = step.layer.output_shape or ()
    except (CnnError, MemoryError):
        raise
    except Exception as error:  # an edited description
        raise damaged(name, f"{type(error).__name__}: {error}") from error
    layers = [step.layer for step in steps]
    optimizer: list[Array] = []
    needed = sum(array.nbytes for layer in layers for array in layer.values.values())
    with _weights(name, needed) as data:
        _guarded(name, lambda: read_weights(data, [(step.layer, step.group) for step in steps]))
        if training:
            optimizer = _guarded(name, lambda: read_optimizer(data, layers))
    compiled = description.get("compile_config")
    config = description.get("config")
    title = str(config.get("name", "sequential")) if isinstance(config, dict) else "sequential"
    return KerasFile(title, layers, given, input_name, compiled if isinstance(compiled, dict) else None, optimizer)


def network_from_file(path: PathLike) -> network.Network:
    """The network in a `.keras` file, for inference. Raises `CnnError`."""
    contents = read_keras_file(path, training=False)
    layers = [layer.network_layer(layer.label) for layer in contents.layers]
    if contents.input_name or not layers:
        name = contents.input_name or "input_layer"
        layers.insert(0, network.InputLayer(name=name, input_shape=contents.input_shape))
    return network.Network(layers, contents.input_shape)


def _make_unique(layers: Sequence[Layer]) -> None:
    """Layers of one name, from a model that is used twice, get a number."""
    taken: set[str] = set()
    for layer in layers:
        stem, count = layer.label, 1
        while layer.label in taken:
            count += 1
            layer.name = f"{stem}_{count}"
        taken.add(layer.label)


def _guarded(path: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except CnnError as error:
        if "path" in error.values:  # the file is missing, or no file
            raise
        raise damaged(path, error) from error
    except MemoryError:
        raise
    except Exception as error:  # HDF5 raises every kind for a damaged file
        reason = f"{type(error).__name__}: {str(error).strip().splitlines()[0][:300] if str(error).strip() else ''}"
        raise damaged(path, reason) from error


@contextmanager
def _weights(path: str, needed: int) -> Iterator[Any]:
    """The weights file inside `path`, of at most the size that `needed` bytes of weights can have."""

    def within(file: io.BufferedReader) -> Any:
        with zipfile.ZipFile(file) as archive:
            size = archive.getinfo(WEIGHTS).file_size
            if size > MOST_TIMES * needed + MOST_BESIDE:
                raise CnnError(
                    "{member} has {size} bytes for {needed} bytes of weights", member=WEIGHTS, size=size, needed=needed
                )
            return opened(file, archive, WEIGHTS)

    with _guarded(path, lambda: open_to_read(path)) as file:
        yield _guarded(path, lambda: within(file))


def _scratch(folder: Path, size: int) -> IO[bytes]:
    """A file for `size` bytes that leaves nothing behind, in memory or in `folder`: HDF5 is not written from front to
    back, as a member of a zip file must be."""
    return tempfile.TemporaryFile(dir=folder) if size > _IN_MEMORY else io.BytesIO()


def read_member(path: PathLike, member: str, most: int) -> bytes | None:
    """The member `member` of the file, at most `most` bytes; None where there is none. Raises `CnnError`."""
    name = check_path(path)

    def read() -> bytes | None:
        with open_to_read(name) as file, zipfile.ZipFile(file) as archive:
            if member not in archive.namelist():
                return None
            size = archive.getinfo(member).file_size
            if size > most:
                raise CnnError("{member} has {size:,} bytes", member=member, size=size)
            return archive.read(member)

    if not is_there(name, "file"):
        open_to_read(name).close()  # says what is there instead
    content: bytes | None = _guarded(name, read)
    return content


def write_keras_file(
    path: PathLike,
    layers: Sequence[Layer],
    input_layer: InputLayer,
    name: str,
    *,
    compiled: dict[str, Any] | None = None,
    optimizer: tuple[str, Sequence[Array]] | None = None,
    others: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write the file, whole or not at all, with `others` as members by name, which Keras passes over. Raises
    `CnnError`."""
    if not name_of(path).endswith(".keras"):
        raise CnnError("{path} does not end in .keras; the name of a model must", path=name_of(path))
    description = description_of(list(layers), input_layer, name)
    if compiled is not None:
        description["compile_config"] = compiled
    now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": KERAS_VERSION, "date_saved": now}
    groups = groups_of(list(layers), input_layer)

    def write(file: BinaryIO) -> None:
        arrays = [array for layer in layers for array in layer.values.values()]
        size = sum(array.nbytes for array in [*arrays, *(optimizer or ("", ()))[1]])
        with _scratch(Path(file.name).parent, size) as weights, zipfile.ZipFile(file, "w") as archive:
            archive.writestr("metadata.json", json.dumps(metadata))
            archive.writestr("config.json", json.dumps(description))
            write_weights(weights, zip(layers, groups, strict=True), name, optimizer)
            weights.seek(0)
            with archive.open(WEIGHTS, "w", force_zip64=True) as stream:
                shutil.copyfileobj(weights, stream, _PART)
            for member, content in others.items():
                archive.writestr(member, content)

    write_atomically(path, write)
