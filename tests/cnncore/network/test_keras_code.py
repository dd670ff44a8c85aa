"""Layers as Keras code: the program runs and gives what is shown."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore import network as layers
from cnncore._files import write_text
from cnncore.datasets.values import save_values
from cnncore.errors import CnnError
from cnncore.network import Network
from cnncore.network.explain import explain
from cnncore.network.explain.terms_file import save_terms
from cnncore.network.keras_code import has_weights, layers_code, save_weights
from cnncore.training.fresh import fresh_network

RNG = np.random.default_rng(8)


def weights(*shape: int) -> Any:
    return RNG.normal(size=shape).astype(np.float32)


def every_kind() -> Network:
    """A network with a layer of every kind but one, and with a name that Keras does not take."""
    made: list[layers.Layer] = []

    def add(kind: str, name: str = "", **fields: Any) -> None:
        shape = made[-1].output_shape if made else (12, 10, 2)
        made.append(getattr(layers, kind)(name=name or f"{kind.lower()}_{len(made)}", input_shape=shape, **fields))

    add("InputLayer")
    add("Rescaling", scale=(0.5, 2.0), offset=0.25)
    add("ZeroPadding2D", padding=((1, 0), (2, 1)))
    add("Conv2D", kernel=weights(3, 2, 1, 4), bias=weights(4), groups=2, padding="same", activation="relu")
    add("DepthwiseConv2D", kernel=weights(2, 3, 4, 2), strides=(1, 1), dilation_rate=(2, 1))
    add("BatchNormalization", "block/batch", moving_mean=weights(8), moving_variance=weights(8) ** 2, gamma=weights(8))
    add("ReLU", negative_slope=0.25, max_value=4.0, threshold=0.5)
    add("MaxPooling2D", pool_size=(2, 3), strides=(1, 2), padding="same")
    add("AveragePooling2D", padding="valid")
    add("Activation", activation="tanh")
    add("Dropout", rate=0.25)
    add("Flatten")
    add("Dense", kernel=weights(made[-1].output_shape[0], 5), bias=weights(5), activation="sigmoid")
    add("Dense", kernel=weights(5, 3))
    add("Softmax")
    return Network(made, (12, 10, 2))


def run(network: Network, first: int, last: int, x: Any, folder: Path, shown: tuple[int, ...] = ()) -> dict[str, Any]:
    code = layers_code(network, first, last, inputs_file="in.npy", weights_file="w.npz", shown=shown)
    write_text(code, folder / "net.py")
    save_values(x, folder / "in.npy")
    if has_weights(network, first, last):
        save_weights(network, first, last, folder / "w.npz")
    return runpy.run_path(str(folder / "net.py"), run_name="__main__")


@pytest.mark.keras
def test_a_whole_network_in_keras_gives_what_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("keras")
    network = every_kind()
    x = weights(12, 10, 2)
    done = run(network, 0, len(network.layers) - 1, x, tmp_path, shown=(1,))
    outputs = network.activations(x)
    np.testing.assert_allclose(done["output"], outputs[-1], rtol=1e-4, atol=1e-5)
    assert float(capsys.readouterr().out) == pytest.approx(float(outputs[-1][1]), rel=1e-4)
    assert [layer.name for layer in done["layers"]][10] == "flatten_11"


@pytest.mark.keras
@pytest.mark.parametrize("layer", [0, 1, 2, 5])
def test_one_layer_in_keras_gives_what_is_shown(layer: int, tmp_path: Path) -> None:
    pytest.importorskip("keras")
    network = fresh_network()
    x = RNG.random((28, 28, 1), np.float32)
    outputs = network.activations(x)
    done = run(network, layer, layer, outputs[layer - 1] if layer else x, tmp_path)
    np.testing.assert_allclose(done["output"], outputs[layer], rtol=1e-4, atol=1e-5)
    assert (tmp_path / "w.npz").exists() == bool(network.layers[layer].weights)


def test_padding_that_keras_has_not_is_said() -> None:
    pool = layers.MaxPooling2D(name="pool", input_shape=(4, 4, 1), padding=((1, 0), (0, 0)))
    with pytest.raises(CnnError, match=r"'pool' has padding \(\(1, 0\), \(0, 0\)\)"):
        layers_code(Network([pool], (4, 4, 1)), 0, 0, inputs_file="in.npy", weights_file="w.npz")


@pytest.mark.parametrize(
    ("layer", "position", "header"),
    [
        (0, (3, 4, 5), "row,column,map,value,weight,product"),
        (1, (2, 2, 7), "row,column,map,value"),
        (5, (9,), "index,value,weight,product"),
    ],
)
def test_the_terms_of_a_value_are_written_exactly(
    layer: int, position: tuple[int, ...], header: str, tmp_path: Path
) -> None:
    network = fresh_network()
    x = RNG.random((28, 28, 1), np.float32)
    outputs = network.activations(x)
    explained = explain(network, x, outputs, layer, position)
    path = tmp_path / "terms.csv"
    save_terms(explained, path)
    assert path.read_text().splitlines()[0] == header
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    assert len(table) == len(explained.sources)
    before = x if layer == 0 else outputs[layer - 1]
    rank = before.ndim
    values = before[tuple(table[:, :rank].astype(int).T)]
    assert np.array_equal(table[:, rank], values)
    if "weight" in header:
        assert np.array_equal(table[:, rank] * table[:, rank + 1], table[:, rank + 2])
        assert explained.pre_activation is not None
        assert np.isclose(table[:, -1].sum() + (explained.bias or 0.0), explained.pre_activation)
