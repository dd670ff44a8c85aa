"""The first convolution of a `.keras` file, read without Keras."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore import CnnError
from cnncore.keras.first_layer import read_first_layer

h5py = pytest.importorskip("h5py")

SETTINGS = {
    "kernel_size": [3, 3],
    "strides": [1, 1],
    "dilation_rate": [1, 1],
    "groups": 1,
    "activation": "relu",
    "data_format": "channels_last",
}


def model_file(path: Path, kernel: np.ndarray, class_name: str = "Conv2D", **changes: Any) -> Path:
    """Write an archive with the layout of Keras."""
    layers = [{"class_name": "InputLayer", "config": {}}, {"class_name": class_name, "config": SETTINGS | changes}]
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        file["layers/conv2d/vars/0"] = kernel
        file["layers/conv2d/vars/1"] = np.arange(kernel.shape[-1], dtype=np.float32)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"layers": layers}}))
        archive.writestr("model.weights.h5", weights.getvalue())
    return path


def test_kernel_and_bias_come_back(tmp_path: Path) -> None:
    kernel = np.random.default_rng(0).normal(size=(3, 3, 1, 5)).astype(np.float32)
    layer = read_first_layer(model_file(tmp_path / "m.keras", kernel))
    assert np.array_equal(layer.kernel, kernel)
    assert layer.bias.tolist() == [0, 1, 2, 3, 4]
    assert layer.filters == 5


@pytest.mark.parametrize(
    "changes", [{"strides": [2, 2]}, {"activation": "tanh"}, {"class_name": "Dense"}, {"kernel_size": [5, 5]}]
)
def test_another_first_layer_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(CnnError, match=r"m\.keras: the first layer must be"):
        read_first_layer(model_file(tmp_path / "m.keras", np.zeros((3, 3, 1, 2), np.float32), **changes))


def test_three_channels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match="one input channel"):
        read_first_layer(model_file(tmp_path / "m.keras", np.zeros((3, 3, 3, 2), np.float32)))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a model", b"\x89HDF\r\n\x1a\n"])
def test_what_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(content)
    with pytest.raises(CnnError, match=r"m\.keras cannot be read as a Keras model"):
        read_first_layer(path)


def test_damage_and_absence_are_named(tmp_path: Path) -> None:
    whole = model_file(tmp_path / "m.keras", np.zeros((3, 3, 1, 2), np.float32)).read_bytes()
    for at in range(40, len(whole), 97):
        path = tmp_path / "d.keras"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with contextlib.suppress(CnnError):  # whatever else it raised would fail here
            read_first_layer(path)
    with pytest.raises(CnnError, match="no such file"):
        read_first_layer(tmp_path / "none.keras")


@pytest.mark.keras
def test_it_is_what_keras_saved(tmp_path: Path, keras: Any) -> None:
    model = keras.Sequential(
        [
            keras.layers.Input((28, 28, 1)),
            keras.layers.Conv2D(6, 3, activation="relu", bias_initializer="normal", name="first"),
            keras.layers.Conv2D(3, 3),
        ]
    )
    model.save(tmp_path / "real.keras")
    layer = read_first_layer(tmp_path / "real.keras")
    kernel, bias = model.layers[0].get_weights()
    assert np.array_equal(layer.kernel, kernel)
    assert np.array_equal(layer.bias, bias)
