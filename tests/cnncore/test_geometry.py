"""Sizes, padding and receptive fields, against their definitions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnncore.geometry import Axis, geometry

axes = st.builds(
    Axis,
    size=st.integers(1, 30),
    window=st.integers(1, 5),
    stride=st.integers(1, 4),
    dilation=st.integers(1, 3),
    before=st.integers(0, 3),
    after=st.integers(0, 3),
).filter(lambda a: a.extent <= a.padded)


@given(axes)
def test_output_is_the_number_of_places_the_window_fits(axis: Axis) -> None:
    places = [p for p in range(0, axis.padded, axis.stride) if p + axis.extent <= axis.padded]
    assert axis.output == len(places)
    assert axis.unused == axis.padded - (places[-1] + axis.extent)


@given(axes)
def test_feeds_is_the_inverse_of_taps(axis: Axis) -> None:
    for index in range(axis.size):
        want = [p for p in range(axis.output) if index in axis.taps(p)]
        assert list(axis.feeds(index)) == want


def test_the_networks_sizes() -> None:
    size, sizes = 28, []
    for window, stride in ((3, 1), (2, 2), (3, 1), (2, 2)):
        size = Axis(size, window, stride, 1, 0, 0).output
        sizes.append(size)
    assert sizes == [26, 13, 11, 5]
    assert np.prod([5, 5, 64]) == 1600


def test_the_exact_size_before_it_is_floored() -> None:
    axis = geometry((5, 5), (2, 2), strides=2).rows
    assert (axis.room, axis.exact, axis.output, axis.unused) == (3, Fraction(5, 2), 2, 1)


def test_the_tap_that_falls_on_an_input_value() -> None:
    axis = geometry((9, 9), (3, 3), strides=2, dilation_rate=2, padding="same").rows
    for position in range(axis.output):
        for tap, index in enumerate(axis.taps(position)):
            assert axis.tap_of(position, index) == tap
