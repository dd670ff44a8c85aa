"""Networks as files: one `.npz` with a JSON description of the layers, and their weights.

save(network, "fashion.npz"); network = load("fashion.npz")    # the same layers, the same bits

Loading never runs code from the file: layers are looked up in `KINDS`, and nothing is unpickled. `numpy.load` can also
open the file: "description" contains the bytes of the JSON, "0/kernel" the kernel of the first layer.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

from cnncore._arguments import described, instance
from cnncore._dtypes import FLOAT32, Array
from cnncore._files import PathLike, open_to_read, reason_of, shown, write_atomically
from cnncore.errors import CnnError
from cnncore.network import layers as kinds
from cnncore.network import limits
from cnncore.network.layer import Layer
from cnncore.network.network import Network

FORMAT = "cnncore network"
VERSION = 1
"""Increased when an older `load` could not read the files of `save`."""
DESCRIPTION = "description"

KINDS: Mapping[str, type[Layer]] = {
    kind.__name__: kind
    for kind in (
        kinds.Activation,
        kinds.AveragePooling2D,
        kinds.BatchNormalization,
        kinds.Conv2D,
        kinds.Dense,
        kinds.DepthwiseConv2D,
        kinds.Dropout,
        kinds.Flatten,
        kinds.GlobalAveragePooling2D,
        kinds.InputLayer,
        kinds.MaxPooling2D,
        kinds.ReLU,
        kinds.Rescaling,
        kinds.Softmax,
        kinds.ZeroPadding2D,
    )
}
"""The layers that can be saved, by name."""


def save(network: Network, path: PathLike) -> None:
    """Write the network atomically. Raises `CnnError` if the system refuses, for a layer whose class is not one of
    `KINDS`, and for a network larger than `load` accepts (`cnncore.network.limits`)."""
    limits.check_layers(len(instance(network, Network, "network").layers))
    limits.check_weights(network.parameters, network.parameters * FLOAT32.itemsize)
    for layer in network.layers:
        limits.check_output(layer.name, layer.output_shape)
        if KINDS.get(layer.kind) is not type(layer):
            raise CnnError(
                "layer {layer} is a {kind}, which cannot be saved; supported are {supported}",
                layer=repr(layer.name),
                kind=layer.kind,
                supported=", ".join(KINDS),
            )
    description = {
        "format": FORMAT,
        "version": VERSION,
        "input_shape": network.input_shape,
        "layers": [
            {
                "kind": layer.kind,
                "name": layer.name,
                "input_shape": layer.input_shape,
                "config": dict(layer.config),
                "weights": list(layer.weights),
            }
            for layer in network.layers
        ],
    }
    text = json.dumps(description, default=_python_number)
    weights = {f"{i}/{name}": array for i, layer in enumerate(network.layers) for name, array in layer.weights.items()}
    arrays: dict[str, Array] = {DESCRIPTION: np.frombuffer(text.encode(), np.uint8), **weights}
    write_atomically(path, lambda file: write_arrays(file, arrays))


def write_arrays(file: BinaryIO, arrays: Mapping[str, Array]) -> None:
    """Write an `.npz`. Names may contain slashes; arrays of objects are refused."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def load(path: PathLike) -> Network:
    """Load a network from a file of `save`. Raises `CnnError` for a missing, damaged or other file."""
    with open_to_read(path) as file:
        name = shown(path)
        try:
            archive = zipfile.ZipFile(file)
            description = _description(archive, name)
            return _network(archive, description)  # checks the size of everything before reading it
        except CnnError as error:
            if "path" in error.values:
                raise
            raise _damaged(name, error) from error  # from the validation of a layer
        except MemoryError as error:
            raise CnnError("{path}: there is not enough memory to open it", path=name) from error
        except KeyError as error:
            raise _damaged(name, f"{error.args[0]} is missing") from error
        except Exception as error:  # zipfile, zlib, json and numpy raise many types for a damaged file
            raise _damaged(name, reason_of(error)) from error


def _damaged(path: str, reason: str | CnnError) -> CnnError:
    return CnnError("{path} is damaged: {reason}", path=path, reason=reason)


def _python_number(value: Any) -> Any:
    """Convert a numpy number to a Python number."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__} cannot be written")


def _description(archive: zipfile.ZipFile, path: str) -> dict[str, Any]:
    if f"{DESCRIPTION}.npy" not in archive.namelist():
        raise CnnError("{path} is not a network saved by cnncore", path=path)
    if archive.getinfo(f"{DESCRIPTION}.npy").file_size > limits.DESCRIPTION_BYTES:
        raise ValueError(f"{DESCRIPTION} is too long")
    description = json.loads(_array(archive, DESCRIPTION, np.dtype(np.uint8)).tobytes())
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise CnnError("{path} is not a network saved by cnncore", path=path)
    if description.get("version") != VERSION:
        raise CnnError(
            "{path} has version {version} of the format; this program reads version {known}",
            path=path,
            version=described(description.get("version")),
            known=VERSION,
        )
    return description


def _array(archive: zipfile.ZipFile, name: str, dtype: np.dtype[Any]) -> Array:
    if f"{name}.npy" not in archive.namelist():
        raise KeyError(name)
    _check_array(archive, name)
    with archive.open(f"{name}.npy") as entry:
        array: Array = np.lib.format.read_array(entry, allow_pickle=False)
        entry.read()  # reading to the end verifies the checksum
    if array.dtype != dtype:
        raise ValueError(f"{name} holds {array.dtype} instead of {dtype}")
    return array


_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def _check_array(archive: zipfile.ZipFile, name: str) -> None:
    """Raise `ValueError` unless the header of an array promises the bytes in the file, since numpy allocates first."""
    info = archive.getinfo(f"{name}.npy")
    limits.check_weights(info.file_size // FLOAT32.itemsize, info.file_size)
    with archive.open(info) as entry:
        version = np.lib.format.read_magic(entry)
        if version not in _HEADERS:
            raise ValueError(f"{name} has version {version} of numpy's format")
        shape, _fortran, dtype = _HEADERS[version](entry)
        held = info.file_size - entry.tell()
    if not dtype.hasobject and math.prod(shape) * dtype.itemsize != held:
        raise ValueError(f"{name} of shape {shape} is not {held} bytes long")


def _network(archive: zipfile.ZipFile, description: dict[str, Any]) -> Network:
    layers: list[Layer] = []
    limits.check_layers(len(description["layers"]))
    for i, row in enumerate(description["layers"]):
        kind = KINDS.get(row["kind"])
        if kind is None:
            raise ValueError(f"there is no layer of the kind {row['kind']!r}")
        known = set(kind._weight_names)
        if wrong := (known & set(row["config"])) | (set(row["weights"]) - known):
            raise ValueError(f"a {row['kind']} has no {min(wrong)} there")
        weights = {name: _array(archive, f"{i}/{name}", FLOAT32) for name in row["weights"]}
        config = {name: _tuples(value) for name, value in row["config"].items()}
        layers.append(kind(name=row["name"], input_shape=_tuples(row["input_shape"]), **config, **weights))
        for shape in (layers[-1].input_shape, layers[-1].output_shape):
            limits.check_output(str(row["name"]), shape)
    return Network(layers, _tuples(description["input_shape"]))


def _tuples(value: Any) -> Any:
    """Convert the lists of JSON back to tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
