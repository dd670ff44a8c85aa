"""The cells that a value feeds agree with a search of every output cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import CnnError, filter2d_steps, max_pool2d_steps
from cnncore.lesson.contributions import conv_feeds, pool_feeds


@given(
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(["valid", "same", 1]),
    st.integers(0, 99),
)
@settings(max_examples=60)
def test_feeds_are_the_terms_that_hold_the_value(
    size: Any, window: Any, strides: Any, dilation: Any, padding: Any, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, size, dtype=np.uint8)
    kernel = rng.integers(-9, 10, window)
    try:
        steps = filter2d_steps(image, kernel, strides=strides, dilation_rate=dilation, padding=padding)
    except CnnError:
        return
    for row, column in np.ndindex(*size):
        expected = [
            (step.row, step.column, term.row, term.column, term.weight, term.product)
            for step in steps
            for term in step.terms
            if (term.input_row, term.input_column) == (row, column)
        ]
        cells = [
            (f.row, f.column, f.tap_row, f.tap_column, f.weight, f.product)
            for f in conv_feeds(steps, image, row, column)
        ]
        assert cells == expected


@pytest.mark.parametrize(("pool_size", "strides"), [(2, None), (3, 1), (3, 2), (2, 3)])
def test_a_pooled_window_names_its_winner(pool_size: int, strides: int | None) -> None:
    x = np.random.default_rng(1).integers(0, 5, (7, 6), dtype=np.uint8)
    steps = max_pool2d_steps(x, pool_size, strides)
    for row, column in np.ndindex(*x.shape):
        expected = [
            (step.row, step.column, step.result, step.winner_input == (row, column))
            for step in steps
            if step.top <= row < step.top + pool_size and step.left <= column < step.left + pool_size
        ]
        assert [(f.row, f.column, f.result, f.wins) for f in pool_feeds(steps, row, column)] == expected
