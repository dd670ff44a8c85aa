"""Predictions from row strips equal those of the whole network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import networks

from cnncore import ops
from cnncore.network import Conv2D, Dense, Flatten, MaxPooling2D, Network
from cnncore.network.occlusion import occlusion
from cnncore.network.row_strips import RowStrips, are_worth_it, local_layers
from cnncore.training.fresh import fresh_network


@settings(max_examples=300)
@given(networks(most=5), st.data())
def test_it_answers_as_the_network_does(drawn: tuple[Network, np.ndarray], data: st.DataObject) -> None:
    network, picture = drawn
    top = data.draw(st.integers(0, picture.shape[0] - 1))
    bottom = data.draw(st.integers(top + 1, picture.shape[0]))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    changed = np.repeat(picture[None], 3, axis=0)
    changed[:, top:bottom] = rng.normal(size=changed[:, top:bottom].shape)
    outputs = RowStrips(network, picture).predict(changed, top, bottom)
    right = network.predict(changed)
    assert outputs.shape == right.shape
    assert outputs.dtype == np.float32
    np.testing.assert_allclose(outputs, right, rtol=1e-4, atol=1e-4)


def binary() -> tuple[Network, np.ndarray]:
    """A small version of the binary network: nearly all weights are in the dense layer after the maps."""
    rng = np.random.default_rng(1)
    layers = [
        Conv2D(
            name="c", input_shape=(60, 20, 1), activation="relu",
            kernel=rng.normal(size=(3, 3, 1, 4)), bias=rng.normal(size=4),
        ),
        MaxPooling2D(name="p", input_shape=(58, 18, 4)),
        Flatten(name="f", input_shape=(29, 9, 4)),
        Dense(name="d", input_shape=(1044,), kernel=rng.normal(size=(1044, 32)) / 30, activation="relu"),
        Dense(name="e", input_shape=(32,), kernel=rng.normal(size=(32, 1)) / 5, activation="sigmoid"),
    ]  # fmt: skip
    return Network(layers, (60, 20, 1)), rng.random((60, 20, 1), np.float32)


def test_of_the_dense_layer_only_the_changed_rows_are_multiplied(monkeypatch: pytest.MonkeyPatch) -> None:
    network, picture = binary()
    row_strips = RowStrips(network, picture)
    multiplied = []
    dense = ops.dense

    def counted(x: np.ndarray, w: np.ndarray, *rest: Any) -> np.ndarray:
        multiplied.append(len(w))
        return dense(x, w, *rest)

    monkeypatch.setattr("cnncore.ops.dense", counted)
    changed = np.repeat(picture[None], 2, axis=0)
    changed[:, 20:26] = 0
    np.testing.assert_allclose(row_strips.predict(changed, 20, 26), network.predict(changed), atol=1e-5)
    # Rows 20-25 are in windows 18-25, which pooling makes rows 9-12: four of 29.
    assert multiplied[0] == 4 * 9 * 4


def test_the_heat_is_the_same_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    network, picture = binary()
    assert are_worth_it(network, 3)
    in_strips = list(occlusion(network, picture))
    monkeypatch.setattr("cnncore.network.occlusion.are_worth_it", lambda *_: False)
    whole = list(occlusion(network, picture))
    np.testing.assert_allclose(in_strips[-1].heat, whole[-1].heat, atol=1e-5)
    assert in_strips[-1].total == whole[-1].total
    assert len(in_strips) >= len(in_strips[-1].tops)  # at least one after every row of patches


def test_only_where_it_is_worth_it() -> None:
    assert are_worth_it(fresh_network("binary"), 15)
    assert not are_worth_it(fresh_network("binary"), 150)
    assert not are_worth_it(fresh_network(), 4)
    network, _picture = binary()
    assert [layer.name for layer in local_layers(network)] == ["c", "p"]


def test_numbers_beyond_float32_are_left_to_the_network() -> None:
    network, picture = binary()
    picture[3, 3] = np.inf
    *_others, last = occlusion(network, picture, grey=0, label=0)
    assert last.finished
