"""A position in maps and its index in the flattened row: both formulas, against numpy's."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnncore.network import Flatten, Network
from cnncore.network.explain import FlatIndex, explain

random = np.random.default_rng(3)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=4), st.data())
def test_flat_indices_are_numpys_and_both_formulas_hold(shape: list[int], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, math.prod(shape) - 1))
    x = random.normal(size=shape).astype(np.float32)
    network = Network([Flatten(name="f", input_shape=tuple(shape))], shape)
    explanation = explain(network, x, network.activations(x), 0, (index,))
    flat = explanation.flat
    assert isinstance(flat, FlatIndex)
    assert flat.position == np.unravel_index(index, shape)
    assert explanation.sources[0].position == flat.position
    assert sum(product for _at, _step, product in flat.terms) == index
    assert all(at * step == product for at, step, product in flat.terms)
    rest = index
    for (number, divisor, quotient, remainder), at in zip(flat.divisions, flat.position, strict=False):
        assert number == rest
        assert divisor * quotient + remainder == number
        assert 0 <= remainder < divisor
        assert quotient == at
        rest = remainder
    assert rest == flat.position[-1]


def test_flat_index_of_the_fashion_network() -> None:
    flat = FlatIndex(1103, (5, 5, 64), (3, 2, 15))
    assert flat.terms == ((3, 320, 960), (2, 64, 128), (15, 1, 15))
    assert flat.divisions == ((1103, 320, 3, 143), (143, 64, 2, 15))
