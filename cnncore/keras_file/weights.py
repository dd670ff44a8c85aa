"""The weights in a `.keras` file: an HDF5 file with a group for each layer and a dataset for each array.

    layers/conv2d/vars/0        the kernel of the first Conv2D
    optimizer/vars/2            the optimizer's state, after its step count and learning rate

Only plain datasets are read, of the shape that the layer needs: no links to other files, no data kept elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from cnncore._dtypes import FLOAT32, Array
from cnncore.errors import CnnError
from cnncore.layers import Layer

SLOTS = 4
"""More variables of an optimizer than this for each weight, and beside them, there are not."""
_CHUNK = 2**20
"""Numbers in a chunk, which is unpacked whole."""


def read_weights(data: Any, layers: Sequence[tuple[Layer, str]]) -> None:
    """Put the arrays of each (built layer, HDF5 group) into it. Raises `CnnError` for what is missing or unfit."""
    import h5py

    with h5py.File(data, "r") as file:
        for layer, group in layers:
            arrays = {
                name: _read(file, f"{group}vars/{number}", array.shape, layer.label)
                for number, (name, array) in enumerate(layer.values.items())
            }
            extra = _member(file, f"{group}vars/{len(arrays)}")
            if extra is not None:
                raise CnnError(
                    "layer {layer} has more than its {count} weight arrays in the file",
                    layer=repr(layer.label),
                    count=len(arrays),
                )
            for name, array in arrays.items():
                layer.values[name][...] = array
            layer.version += 1


def read_optimizer(data: Any, layers: Sequence[Layer]) -> list[Array]:
    """The optimizer's variables in order, each a number or of the shape of a weight of `layers`; none where the file
    has none. Raises `CnnError` for anything else."""
    import h5py

    shapes = {(), *(array.shape for layer in layers for array in layer.values.values())}
    most = SLOTS * sum(len(layer.values) for layer in layers) + SLOTS
    found: list[Array] = []
    with h5py.File(data, "r") as file:
        while (member := _member(file, f"optimizer/vars/{len(found)}")) is not None:
            variable = _plain(member, "optimizer")
            if len(found) > most or tuple(variable.shape) not in shapes:
                raise CnnError(
                    "variable {number} of the optimizer has shape {shape}, which no weight has",
                    number=len(found),
                    shape=tuple(variable.shape),
                )
            found.append(np.asarray(variable[()]))
    return found


def _member(file: Any, path: str) -> Any:
    """What lies at `path`, reached through groups of this very file; None where nothing does."""
    import h5py

    here = file
    for part in path.split("/"):
        if not isinstance(here, h5py.Group) or part not in here:
            return None
        if not isinstance(here.get(part, getlink=True), h5py.HardLink):
            raise CnnError("{member} is a link, which is not followed", member=path)
        here = here[part]
    return here


def _plain(member: Any, label: str) -> Any:
    import h5py

    if isinstance(member, h5py.Dataset) and member.chunks and math.prod(member.chunks) > max(_CHUNK, member.size):
        raise CnnError("the weights of {layer} are in chunks larger than themselves", layer=repr(label))
    if not isinstance(member, h5py.Dataset) or member.external or member.is_virtual or member.dtype.kind not in "iuf":
        raise CnnError("the weights of {layer} are not plain numbers", layer=repr(label))
    return member


def _read(file: Any, path: str, shape: tuple[int, ...], label: str) -> Array:
    member = _member(file, path)
    if member is None:
        raise CnnError("{member} is missing: a weight array of layer {layer}", member=path, layer=repr(label))
    dataset = _plain(member, label)
    if tuple(dataset.shape) != shape:
        raise CnnError(
            "{name} of layer {layer} has shape {shape}; it must be {needs}",
            name=path,
            layer=repr(label),
            shape=tuple(dataset.shape),
            needs=shape,
        )
    array: Array = np.asarray(dataset[()], FLOAT32)
    return array


def write_weights(
    target: Any,
    layers: Iterable[tuple[Layer, str]],
    model_name: str,
    optimizer: tuple[str, Sequence[Array]] | None,
) -> None:
    """Write the HDF5 file of these (layer, group)s, and of an optimizer's name and variables, to the open `target`."""
    import h5py

    with h5py.File(target, "w") as file:
        file.create_group("layers")
        for layer, group in layers:
            _write(file, f"{group}vars", str(layer.name), list(layer.values.values()))
        if optimizer is not None:
            _write(file, "optimizer/vars", *optimizer)
        _write(file, "vars", model_name, [])


def _write(file: Any, path: str, name: str, arrays: Sequence[Array]) -> None:
    group = file.create_group(path)
    group.attrs["name"] = name
    for number, array in enumerate(arrays):
        group.create_dataset(str(number), data=array)
