"""Steps agree with the fast path: each result equals the output cell, each term its product."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncore
from cnncore import CnnError

SHARPEN = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
EXAMPLE = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)


def test_the_worked_example_term_by_term() -> None:
    (step,) = cnncore.filter2d_steps(EXAMPLE, SHARPEN)
    assert [t.product for t in step.terms] == [0, -205, 0, -244, 805, -137, 0, -154, 0]
    assert [t.running for t in step.terms] == [0, -205, -205, -449, 356, 219, 219, 65, 65]
    assert (step.total, step.result, step.clipped) == (65, 65, None)
    third = step.terms[2]
    assert (third.value, third.weight, third.product) == (247, 0, 0), "0 x 247 is 0: 312 comes from 0 + 247"


@given(
    st.tuples(st.integers(1, 7), st.integers(1, 8)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(1, 2),
    st.sampled_from(["valid", "same", 2]),
    st.sampled_from(["float32", "float64", "uint8", "int16"]),
    st.sampled_from([None, "relu"]),
    st.integers(0, 999),
)
@settings(max_examples=60)
def test_conv2d_steps_make_the_output(
    size: tuple[int, int],
    window: tuple[int, int],
    groups: int,
    channels: int,
    strides: int,
    dilation: int,
    padding: Any,
    dtype: str,
    activation: str | None,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    whole = not dtype.startswith("f")
    x = (rng.standard_normal((2, *size, groups * channels)) * 60).astype(dtype)
    w = (rng.standard_normal((*window, channels, groups * 2)) * 5).astype("int8" if whole else dtype)
    b = np.arange(groups * 2).astype(w.dtype)
    options: dict[str, Any] = {
        "strides": strides,
        "dilation_rate": dilation,
        "padding": padding,
        "groups": groups,
        "activation": activation,
    }
    try:
        out = cnncore.conv2d(x, w, b, **options)
    except CnnError:
        with pytest.raises(CnnError):
            cnncore.conv2d_steps(x, w, b, **options)
        return
    steps = cnncore.conv2d_steps(x, w, b, **options)
    assert len(steps) == out.size
    for i in rng.integers(0, len(steps), 6):
        step = steps[int(i)]
        assert steps.index_of(step.row, step.column, step.filter, step.image) == step.index == i
        cell = out[step.image, step.row, step.column, step.filter]
        size_of_sum = float(np.abs(step.products).sum()) + abs(step.bias or 0)
        bound = 0 if whole else size_of_sum * np.finfo(dtype).eps * (step.products.size + 2)
        assert abs(step.result - cell.item()) <= bound
        running: float = 0
        for term in step.terms:
            where = (step.image, term.input_row, term.input_column, term.input_channel)
            assert term.value == (0 if term.padded else x[where].item())
            assert term.weight == w[term.row, term.column, term.channel, step.filter].item()
            assert term.product == term.value * term.weight
            running += term.product
            assert term.running == running
        assert step.total == running
        assert step.pre_activation == step.total + b[step.filter].item()
        assert sum(step.channel_totals) == pytest.approx(step.total, rel=1e-9, abs=1e-9)


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.sampled_from([None, 3]),
    st.sampled_from([1, 1 / 16, 0.5, -1]),
    st.sampled_from(["valid", "same", 1]),
    st.booleans(),
    st.integers(0, 99),
)
@settings(max_examples=40)
def test_filter2d_steps_make_the_picture(
    size: tuple[int, int], channels: int | None, scale: float, padding: Any, whole: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, size if channels is None else (*size, channels)).astype(np.uint8)
    kernel = rng.integers(-6, 7, (3, 3)) if whole else rng.integers(-24, 25, (3, 3)) / 4
    try:
        out = cnncore.filter2d(image, kernel, scale=scale, padding=padding)
    except CnnError:
        return
    steps = cnncore.filter2d_steps(image, kernel, scale=scale, padding=padding)
    assert len(steps) == out.size
    cells = out.reshape(*out.shape[:2], -1)
    for step in steps:
        assert step.result == cells[step.row, step.column, step.filter]
        assert step.clipped == ("low" if step.rounded < 0 else "high" if step.rounded > 255 else None)


@given(
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(["valid", "same", 1]),
    st.sampled_from(["float32", "uint8", "int16"]),
    st.integers(0, 99),
)
@settings(max_examples=40)
def test_max_pool2d_steps_make_the_output(
    size: tuple[int, int], pool: int, strides: int, padding: Any, dtype: str, seed: int
) -> None:
    x = (np.random.default_rng(seed).standard_normal((*size, 2)) * 3).astype(dtype)
    try:
        out = cnncore.max_pool2d(x, pool, strides, padding)
    except CnnError:
        return
    steps = cnncore.max_pool2d_steps(x, pool, strides, padding)
    assert len(steps) == out.size
    for step in steps:
        assert step.result == out[step.row, step.column, step.channel]
        row, column = step.winner_input
        assert x[row, column, step.channel] == step.result
        assert step.inside[step.winner]
        assert step.ties >= 1


def test_pool_steps_with_nothing_but_infinity_and_nan() -> None:
    low = np.full((2, 2), -np.inf, np.float32)
    assert cnncore.max_pool2d_steps(low, padding="same")[0].winner == (0, 0)
    low[1, 0] = np.nan
    assert np.isnan(cnncore.max_pool2d_steps(low)[0].result)


def test_steps_are_a_sequence() -> None:
    steps = cnncore.conv2d_steps(np.zeros((5, 5), np.uint8), SHARPEN)
    assert len(steps) == 9
    assert steps[-1].index == 8
    assert [s.index for s in steps[2:5]] == [2, 3, 4]
    assert [s.index for s in steps] == list(range(9))
    with pytest.raises(IndexError):
        steps[9]
