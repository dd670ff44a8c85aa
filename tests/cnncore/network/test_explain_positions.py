"""Connections between positions, against explanations and against the effect of real changes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import KINDS, networks

from cnncore import CnnError
from cnncore.network import Conv2D, Dense, Flatten, Layer, MaxPooling2D, Network
from cnncore.network.explain import Positions, explain, feeds, receptive_field, sources_of

random = np.random.default_rng(8)


def shape_before(network: Network, layer: int) -> tuple[int, ...]:
    return network.layers[layer].input_shape


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=15)
@given(data=st.data())
def test_feeds_and_sources_are_inverse(kind: type[Layer], data: st.DataObject) -> None:
    network, x = data.draw(networks(first=kind, most=2))
    inside = network.activations(x)
    for at, layer in enumerate(network.layers):
        down = set()
        for position in np.ndindex(layer.output_shape):
            explanation = explain(network, x, inside, at, position)
            sources = {source.position for source in explanation.sources if not source.padded}
            field = set(sources_of(network, at, position))
            if getattr(layer, "activation", "") == "softmax" and "Conv2D" in layer.kind:
                assert sources <= field  # the other groups' are those of other logits
            else:
                assert sources == field
            assert explanation.sources.layer == at - 1
            down |= {(source, position) for source in sources_of(network, at, position)}
        up = {
            (source, position)
            for source in np.ndindex(shape_before(network, at))
            for position in feeds(network, at - 1, source)
        }
        assert down == up


def test_what_feeds_says_is_what_changes() -> None:
    kernel = np.abs(random.normal(size=(3, 2, 2, 3))).astype(np.float32)
    for layer in (
        Conv2D(name="c", input_shape=(6, 7, 2), kernel=kernel, strides=2, padding="same"),
        Conv2D(name="c", input_shape=(6, 7, 2), kernel=kernel, dilation_rate=2),
        Conv2D(name="c", input_shape=(6, 7, 2), kernel=kernel[:, :, :1, :2], groups=2, strides=3),
    ):
        network = Network([layer], layer.input_shape)
        x = random.random(layer.input_shape, np.float32)
        before = network.predict(x)
        for position in np.ndindex(layer.input_shape):
            changed = x.copy()
            changed[position] += 1
            moved = np.abs(network.predict(changed) - before) > 1e-3 * kernel.min()
            assert {tuple(map(int, at)) for at in np.argwhere(moved)} == set(feeds(network, -1, position))


def fashion() -> Network:
    def ones(*shape: int) -> np.ndarray:
        return np.ones(shape, np.float32)

    return Network(
        [
            Conv2D(name="c1", input_shape=(28, 28, 1), kernel=ones(3, 3, 1, 2), activation="relu"),
            MaxPooling2D(name="p1", input_shape=(26, 26, 2)),
            Conv2D(name="c2", input_shape=(13, 13, 2), kernel=ones(3, 3, 2, 2), activation="relu"),
            MaxPooling2D(name="p2", input_shape=(11, 11, 2)),
            Flatten(name="f", input_shape=(5, 5, 2)),
            Dense(name="d", input_shape=(50,), kernel=ones(50, 10)),
        ],
        (28, 28, 1),
    )


def test_the_way_up_of_the_fashion_network() -> None:
    network = fashion()
    corner, middle = feeds(network, -1, (0, 0, 0)), feeds(network, -1, (10, 10, 0))
    assert (len(corner), len(middle)) == (2, 18)
    assert corner[0] == (0, 0, 0)
    assert middle.representative == (9, 9, 1)
    assert (9, 8, 1) in middle
    assert (11, 8, 1) not in middle
    assert list(feeds(network, 0, (25, 25, 1))) == [(12, 12, 1)]
    assert not feeds(network, 2, (10, 10, 0)), "the last row and column fill no window"
    assert feeds(network, 2, (10, 10, 0)).representative is None
    assert list(feeds(network, 3, (1, 2, 1))) == [(15,)]
    assert list(feeds(network, 4, (15,))) == [(unit,) for unit in range(10)]
    assert len(feeds(network, 5, (3,))) == 0


def test_the_receptive_field_of_the_fashion_network() -> None:
    network = fashion()
    assert receptive_field(network, 0, (3, 4, 1)).axes == (range(3, 6), range(4, 7), range(1))
    assert receptive_field(network, 1, (3, 4, 1)).axes == (range(6, 10), range(8, 12), range(1))
    assert receptive_field(network, 4, (0,)).axes == (range(10), range(10), range(1))
    assert receptive_field(network, 5, (0,)).axes[:2] == (range(26), range(26))


@settings(max_examples=40)
@given(data=st.data())
def test_nothing_outside_the_receptive_field_matters(data: st.DataObject) -> None:
    network, x = data.draw(networks(most=3))
    at = len(network.layers) - 1
    position = tuple(data.draw(st.integers(0, size - 1)) for size in network.output_shape)
    field = receptive_field(network, at, position)
    changed = x + 1
    kept = np.ix_(*(list(axis) for axis in field.axes))
    changed[kept] = x[kept]
    before, after = network.activations(x)[at][position], network.activations(changed)[at][position]
    assert after == pytest.approx(before, rel=1e-4, abs=1e-4)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(1, 3)), min_size=1, max_size=3))
def test_positions_are_the_product_of_their_ranges(axes: list[tuple[int, int, int]]) -> None:
    ranges = tuple(range(start, start + count * step, step) for start, count, step in axes)
    explanation, right = Positions(0, ranges), list(itertools.product(*ranges))
    assert len(explanation) == len(right)
    assert list(explanation) == right
    assert explanation[:2] == tuple(right[:2])
    assert all(position in explanation for position in right)
    assert (99,) * len(ranges) not in explanation
    if right:
        assert explanation[-1] == right[-1]
        assert explanation.representative in right
    with pytest.raises(IndexError):
        _ = explanation[len(right)]


def test_wrong_positions_and_layers_are_refused() -> None:
    network = fashion()
    for ask in (feeds, sources_of, receptive_field):
        with pytest.raises(CnnError, match="layer is 9; it must be from 0 to 5"):
            ask(network, 9, (0, 0, 0))
        with pytest.raises(CnnError, match=r"\(26, 0, 0\) is not a position"):
            ask(network, 0, (26, 0, 0))
    with pytest.raises(CnnError, match=r"is not a position in an output of shape \(28, 28, 1\)"):
        feeds(network, -1, (28, 0, 0))
