"""The first convolution of a `.keras` file, read without Keras, in milliseconds and without loading code from it.

A `.keras` file is a ZIP archive of `config.json` and `model.weights.h5`
(https://keras.io/guides/serialization_and_saving/). h5py, a dependency of Keras, reads the latter.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnncore._copies import Copied
from cnncore._dtypes import Array
from cnncore._files import PathLike, open_to_read, shown
from cnncore.errors import CnnError, MissingExtraError
from cnncore.keras._import import without_warnings

MAX_CONFIG = 16_000_000
"""The largest description of a network, in bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class FirstLayer(Copied):
    """A convolution of grey pixels / 255 with ReLU: kernel (3, 3, 1, filters) and bias (filters,), float32."""

    kernel: Array = field(repr=False)
    bias: Array = field(repr=False)

    @property
    def filters(self) -> int:
        return int(self.kernel.shape[3])


def read_first_layer(path: PathLike) -> FirstLayer:
    """Read the first layer of the model at `path`. Raises `CnnError` if it is not a 3x3 Conv2D of one channel with
    stride 1 and ReLU, or if the file is not a Keras model; `MissingExtraError` without h5py."""
    name = shown(path)
    try:
        with without_warnings():
            import h5py  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except ImportError as error:
        raise MissingExtraError("reading {path} needs h5py: pip install h5py", path=name) from error
    try:
        with open_to_read(path) as file, zipfile.ZipFile(file) as archive:
            if archive.getinfo("config.json").file_size > MAX_CONFIG:
                raise ValueError("config.json is too long")
            _check(json.loads(archive.read("config.json")), name)
            with archive.open("model.weights.h5") as weights, h5py.File(weights, "r") as stored_model:
                stored = stored_model["layers/conv2d/vars"]
                kernel = _small(stored["0"])
                bias = _small(stored["1"]) if "1" in stored else np.zeros(kernel.shape[-1:], np.float32)
    except CnnError:
        raise
    except Exception as error:  # zipfile, json and h5py raise almost anything for a damaged archive
        raise CnnError("{path} cannot be read as a Keras model: {reason}", path=name, reason=str(error)) from error
    if kernel.ndim != 4 or kernel.shape[:3] != (3, 3, 1) or bias.shape != kernel.shape[3:]:
        raise _unfit(name)
    return FirstLayer(np.ascontiguousarray(kernel), np.ascontiguousarray(bias))


def _check(config: Any, name: str) -> None:
    """Raise `CnnError` unless the first layer after the input is a convolution that can be stepped through."""
    layer = next(layer for layer in config["config"]["layers"] if layer["class_name"] != "InputLayer")
    settings = layer["config"]
    if (
        layer["class_name"] != "Conv2D"
        or settings["kernel_size"] != [3, 3]
        or settings["strides"] != [1, 1]
        or settings["dilation_rate"] != [1, 1]
        or settings["groups"] != 1
        or settings["activation"] != "relu"
        or settings["data_format"] != "channels_last"
    ):
        raise _unfit(name)


def _unfit(name: str) -> CnnError:
    return CnnError(
        "{path}: the first layer must be a Conv2D with 3x3 kernels, one input channel, stride 1 and ReLU", path=name
    )


def _small(stored: Any) -> Array:
    """Read a dataset as float32, after a check that it is small."""
    if stored.size > 10_000_000:
        raise ValueError("the first layer is too large")
    array: Array = np.asarray(stored[()], dtype=np.float32)
    return array
