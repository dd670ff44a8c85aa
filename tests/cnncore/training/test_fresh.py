"""Networks before training: the planned layers, with weights as Keras would begin them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from cnncore.network import Network
from cnncore.training.config import NetworkName, TrainConfig
from cnncore.training.fresh import fresh_network
from cnncore.training.plan import planned


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("name", ["fashion", "binary"])
def test_the_layers_are_the_planned_ones(name: NetworkName, dropout: float) -> None:
    network = fresh_network(name, dropout=dropout)
    expected = planned(TrainConfig(network=name, dropout=dropout))
    rows = [(row.name, row.kind, row.output_shape, row.parameters) for row in network.summary()]
    assert rows == [(row.name, row.kind, row.output_shape, row.parameters) for row in expected.layers]
    assert network.parameters == expected.parameters


def test_kernels_are_glorot_uniform_and_biases_zero() -> None:
    for layer in fresh_network(seed=1).layers:
        if not layer.weights:
            continue
        kernel, bias = layer.weights["kernel"], layer.weights["bias"]
        window = math.prod(kernel.shape[:-2])
        limit = math.sqrt(6 / (window * kernel.shape[-2] + window * kernel.shape[-1]))
        assert limit * 0.98 < np.abs(kernel).max() <= np.float32(limit)
        assert abs(float(kernel.mean())) < 4 * limit / math.sqrt(3 * kernel.size)
        assert float(kernel.std()) == pytest.approx(limit / math.sqrt(3), rel=0.1)
        assert not bias.any()


def test_the_seed_decides() -> None:
    def kernel(network: Network) -> Any:
        return network.layers[0].weights["kernel"]

    np.testing.assert_array_equal(kernel(fresh_network(seed=3)), kernel(fresh_network(seed=3)))
    assert (kernel(fresh_network(seed=3)) != kernel(fresh_network(seed=4))).all()


@pytest.mark.parametrize(("name", "shape"), [("fashion", (28, 28)), ("binary", (150, 105))])
def test_it_answers(name: NetworkName, shape: tuple[int, int]) -> None:
    found = fresh_network(name).predict(np.random.default_rng(0).random((4, *shape), np.float32))
    assert ((found > 0) & (found < 1)).all()
    if name == "fashion":
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.keras
@pytest.mark.parametrize("name", ["fashion", "binary"])
def test_it_begins_as_keras_does(name: NetworkName) -> None:
    pytest.importorskip("keras")
    from cnncore.keras.build import build

    theirs = Network.from_keras(build(TrainConfig(network=name)))
    for layer, other in zip(fresh_network(name).layers, theirs.layers, strict=True):
        assert (layer.name, layer.kind, dict(layer.config)) == (other.name, other.kind, dict(other.config))
        for weight, array in layer.weights.items():
            assert float(array.std()) == pytest.approx(float(other.weights[weight].std()), rel=0.15)
