"""`prepare_conv2d`: the same as `conv2d`, called again and again."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import CnnError, conv2d, prepare_conv2d, use_isa, use_num_threads
from cnncore.runtime import available_isas

dice = np.random.default_rng(3)


def random(*shape: int, dtype: Any = np.float32) -> np.ndarray[Any, Any]:
    return dice.standard_normal(shape).astype(dtype)


@given(
    size=st.tuples(st.integers(3, 12), st.integers(3, 12)),
    channels=st.sampled_from([1, 2, 3, 16]),
    filters=st.sampled_from([1, 4, 16, 33]),
    window=st.sampled_from([1, 2, 3]),
    strides=st.integers(1, 2),
    padding=st.sampled_from(["valid", "same", 1, ((0, 1), (2, 0))]),
    activation=st.sampled_from([None, "relu", "sigmoid", "softmax", "tanh"]),
    dtype=st.sampled_from([np.float32, np.float64]),
    n=st.integers(0, 3),
)
def test_as_conv2d(
    size: tuple[int, int],
    channels: int,
    filters: int,
    window: int,
    strides: int,
    padding: Any,
    activation: Any,
    dtype: Any,
    n: int,
) -> None:
    kernel, bias = random(window, window, channels, filters, dtype=dtype), random(filters, dtype=dtype)
    options: dict[str, Any] = {"strides": strides, "padding": padding, "activation": activation}
    prepared = prepare_conv2d(kernel, bias, input_shape=(*size, channels), **options)
    x = random(n, *size, channels, dtype=dtype)
    expected = conv2d(x, kernel, bias, **options) if n else np.zeros((0, *prepared.output_shape), dtype)
    result = prepared(x)
    assert result.dtype == expected.dtype == prepared.dtype
    largest = np.abs(expected, dtype=float).max(initial=1)
    np.testing.assert_allclose(result, expected, rtol=0, atol=(2e-6 if dtype == np.float32 else 1e-14) * largest)
    for i in range(n):
        np.testing.assert_array_equal(prepared(x[i]), prepared(x[i : i + 1])[0])


def test_grey_pictures_and_lists() -> None:
    prepared = prepare_conv2d([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], input_shape=(3, 3))
    image = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)
    assert prepared(image).item() == 65
    assert prepared(image.tolist()).dtype == np.float32


def test_every_instruction_set_threads_groups_and_copies() -> None:
    kernel, x = random(3, 3, 4, 32), random(2, 14, 14, 8)
    prepared = prepare_conv2d(kernel, input_shape=(14, 14, 8), groups=2, dilation_rate=2, exact=True)
    expected = conv2d(x, kernel, groups=2, dilation_rate=2, exact=True)
    for isa in available_isas():
        with use_isa(isa):
            np.testing.assert_allclose(prepared(x), conv2d(x, kernel, groups=2, dilation_rate=2), atol=2e-5)
    with use_num_threads(1):
        one = prepared(x)
    with use_num_threads(2):
        np.testing.assert_array_equal(prepared(x), one)
    np.testing.assert_allclose(one, expected, atol=1e-5)
    for other in (copy.deepcopy(prepared), pickle.loads(pickle.dumps(prepared))):
        np.testing.assert_array_equal(other(x), one)
    kernel[...] = 0  # the weights were copied
    np.testing.assert_array_equal(prepared(x), one)


def test_out_and_views() -> None:
    prepared = prepare_conv2d(random(3, 3, 2, 5), input_shape=(8, 9, 2))
    x = random(3, 9, 8, 2).transpose(0, 2, 1, 3)
    out = np.empty((3, 6, 7, 5), np.float32)
    assert prepared(x, out=out) is out
    np.testing.assert_array_equal(out, prepared(np.ascontiguousarray(x)))
    with pytest.raises(CnnError, match="out"):
        prepared(x, out=np.empty((3, 6, 7, 4), np.float32))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: prepare_conv2d(random(3, 3), input_shape=(2,)), r"input_shape is \(2,\)"),
        (lambda: prepare_conv2d(random(3, 3, 2, 4), input_shape=(8, 8, 3)), "kernel takes 2 channels"),
        (lambda: prepare_conv2d(random(9, 9), input_shape=(8, 8)), "9"),
        (
            lambda: prepare_conv2d(random(3, 3), random(1, dtype=np.float64), input_shape=(8, 8)),
            "bias has dtype float64",
        ),
        (lambda: prepare_conv2d(random(3, 3), input_shape=(8, 8))(random(8, 9)), r"prepared for \(8, 8\)"),
        (lambda: prepare_conv2d(random(3, 3), input_shape=(8, 8))(random(8, 8, dtype=np.float64)), "dtype float64"),
        (lambda: prepare_conv2d(random(3, 3), input_shape=(8, 8), activation="tahn"), "tahn"),  # type: ignore[arg-type]
    ],
)
def test_what_is_refused(call: Any, words: str) -> None:
    with pytest.raises(CnnError, match=words):
        call()
