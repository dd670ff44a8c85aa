"""Errors for invalid arguments, and unusual arrays that must give right results."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncore
from cnncore import CnnError, reference

F = np.float32
IMAGE = np.arange(56, dtype=np.uint8).reshape(7, 8)
MAPS = np.arange(7 * 8 * 3, dtype=F).reshape(7, 8, 3)
KERNEL = np.ones((3, 3, 3, 2), F)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cnncore.conv2d(np.ones(5, F), [[1.0]]), ["inputs", "(5,)", "(H, W)"]),
        (lambda: cnncore.conv2d(np.ones((1, 1, 1, 1, 1), F), [[1.0]]), ["inputs", "5 dimensions"]),
        (lambda: cnncore.conv2d(np.ones((3, 3), complex), [[1.0]]), ["inputs", "complex128", "float32"]),
        (lambda: cnncore.conv2d(np.ones((3, 3), bool), [[1.0]]), ["inputs", "bool"]),
        (lambda: cnncore.conv2d(np.ones((3, 3), np.float16), [[1.0]]), ["inputs", "float16"]),
        (lambda: cnncore.conv2d(np.full((3, 3), 2**40), [[1]]), ["int32", "float64"]),
        (lambda: cnncore.conv2d(np.full((3, 3), 2**24 + 1), [[0.5]]), ["inputs", "float32", "exactly"]),
        (lambda: cnncore.conv2d(np.full((3, 3), 2**63 - 1), [[0.5]]), ["inputs", "float32", "exactly"]),
        (lambda: cnncore.conv2d([["a"]], [[1.0]]), ["inputs"]),
        (lambda: cnncore.conv2d([[1.0, 2.0], [3.0]], [[1.0]]), ["inputs"]),
        (lambda: cnncore.conv2d(np.ones((0, 3), F), [[1.0]]), ["inputs", "empty", "(0, 3)"]),
        (lambda: cnncore.conv2d(IMAGE, np.ones((0, 3), int)), ["kernel", "empty"]),
        (lambda: cnncore.conv2d(IMAGE, np.ones((3, 3, 1, 1), int)), ["kernel", "(3, 3, 1, 1)", "(kh, kw)"]),
        (lambda: cnncore.conv2d(MAPS, np.ones((3, 3), F)), ["kernel", "(3, 3)", "(kh, kw, C // groups, F)"]),
        (lambda: cnncore.conv2d(MAPS, np.ones((3, 3, 2, 2), F)), ["kernel", "2 channels", "3", "(kh, kw, 3, F)"]),
        (lambda: cnncore.conv2d(MAPS, KERNEL, groups=2), ["groups", "2", "3 input channels"]),
        (lambda: cnncore.conv2d(MAPS, KERNEL, groups=0), ["groups", "at least 1", "0"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], groups=2), ["groups", "2"]),
        (lambda: cnncore.conv2d(IMAGE, np.ones((9, 3), int)), ["kernel", "9 rows", "7"]),
        (lambda: cnncore.conv2d(IMAGE, np.ones((3, 3), int), dilation_rate=4), ["9 rows", "7"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], strides=0), ["strides", "at least 1", "0"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], strides=(1, -2)), ["strides", "-2"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], strides=1.0), ["strides", "integer", "1.0"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], strides=float("nan")), ["strides", "integer", "nan"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], strides=True), ["strides", "True"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], strides=(1, 2, 3)), ["strides", "(1, 2, 3)"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], dilation_rate=0), ["dilation_rate", "0"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], padding="full"), ["padding", "'full'", "same"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], padding=-1), ["padding", "-1"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], padding=(1, 2)), ["padding", "(1, 2)"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], padding=((1, 2), (3, 0.5))), ["padding", "0.5"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], padding=2**70), ["padding"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], padding=2**40), ["does not fit in memory"]),
        (lambda: cnncore.conv2d(np.broadcast_to(F(1), (2**30, 2**29)), [[1.0]]), ["does not fit in memory"]),
        (lambda: cnncore.conv2d(MAPS, KERNEL, [1.0]), ["bias", "(1,)", "2 filters"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], [0.5]), ["bias", "float64", "int32"]),
        (lambda: cnncore.conv2d(IMAGE, [[2**40]]), ["kernel", str(2**40), "int32"]),
        (lambda: cnncore.conv2d(IMAGE, [[2**31 - 1]]), ["overflow", "int32"][1:]),
        (lambda: cnncore.conv2d(MAPS, np.full((1, 1, 3, 1), 2**24 + 1)), ["kernel", "float32", "exactly"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], activation="softplus"), ["activation", "'softplus'", "relu"]),
        (lambda: cnncore.conv2d(IMAGE, [[1]], activation="softmax"), ["activation", "int32"]),
        (lambda: cnncore.conv2d(np.ma.masked_array(MAPS), KERNEL), ["inputs", "masked"]),
        (lambda: cnncore.filter2d(MAPS, [[1]]), ["image", "float32", "uint8"]),
        (lambda: cnncore.filter2d(IMAGE[None, :, :, None], [[1]]), ["image", "4 dimensions"]),
        (lambda: cnncore.filter2d(IMAGE, [1, 2]), ["kernel", "(2,)"]),
        (lambda: cnncore.filter2d(IMAGE, [[1]], scale="2"), ["scale", "'2'"]),
        (lambda: cnncore.filter2d(IMAGE, [[1]], scale=[1, 2]), ["scale", "[1, 2]"]),
        (lambda: cnncore.max_pool2d(IMAGE, 0), ["pool_size", "0"]),
        (lambda: cnncore.max_pool2d(IMAGE, 9), ["pool window", "9", "7"]),
        (lambda: cnncore.max_pool2d(IMAGE, 2, padding=2), ["padding", "2", "window"]),
        (lambda: cnncore.max_pool2d(np.full((3, 3), 2**53 + 1)), ["inputs", "float64", "exactly"]),
        (lambda: cnncore.max_pool2d(np.ones((3, 3), np.float16)), ["inputs", "float16"]),
        (lambda: cnncore.avg_pool2d(np.ones((3, 3), "U1")), ["inputs"]),
        (lambda: cnncore.clamp(["a"]), ["x"]),
        (lambda: cnncore.clamp(MAPS, 5, 1), ["low", "5", "1"]),
        (lambda: cnncore.clamp(MAPS, 0, 300), ["high", "255", "300"]),
        (lambda: cnncore.clamp(MAPS, 0, 1.5), ["whole", "1.5"]),
        (lambda: cnncore.clamp(MAPS, float("nan"), 2), ["low", "nan"]),
        (lambda: cnncore.clamp(MAPS, None, 2), ["low", "None"]),
        (lambda: cnncore.relu(np.ones(3, bool)), ["x", "bool"]),
        (lambda: cnncore.softmax(1.0), ["x", "()"]),
        (lambda: cnncore.dense(np.ones((2, 3), F), np.ones((4, 5), F)), ["kernel", "(4, 5)", "(3, M)"]),
        (lambda: cnncore.dense(np.ones((2, 3, 1), F), np.ones((3, 5), F)), ["inputs", "(2, 3, 1)"]),
        (lambda: cnncore.conv2d(MAPS, KERNEL, out=np.empty((5, 6, 3), F)), ["out", "(5, 6, 3)", "(5, 6, 2)"]),
        (lambda: cnncore.conv2d(MAPS, KERNEL, out=np.empty((5, 6, 2))), ["out", "float64", "float32"]),
        (lambda: cnncore.conv2d(MAPS, KERNEL, out=[1]), ["out", "list"]),
        (lambda: cnncore.conv2d(IMAGE, [[1.0]], out=np.broadcast_to(F(0), (7, 8))), ["read-only"]),
        (lambda: cnncore.conv2d_steps(MAPS, KERNEL).index_of(9, 0), ["row", "9", "4"]),
        (lambda: cnncore.set_num_threads(0), ["n", "at least 1"]),
        (lambda: cnncore.set_num_threads(10_000), ["256", "10000"]),
        (lambda: cnncore.use_isa("mmx").__enter__(), ["'mmx'", "ref"]),
    ],
)
def test_wrong_input_is_named(call: Callable[[], Any], words: list[str]) -> None:
    with pytest.raises(CnnError) as raised:
        call()
    assert isinstance(raised.value, ValueError)
    for word in words:
        assert word in str(raised.value)


def test_an_error_keeps_its_template_and_survives_pickling() -> None:
    error = CnnError("{name} is {value}", name="x", value=3)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.template, again.values) == ("x is 3", "{name} is {value}", {"name": "x", "value": 3})


@pytest.mark.parametrize(
    "overlap",
    [lambda x: x, lambda x: x[1:], lambda x: x[::-1]],
    ids=["the same", "shifted", "reversed"],
)
def test_an_out_that_overlaps_is_refused(overlap: Callable[[Any], Any]) -> None:
    memory = np.zeros((10, 10), F)
    view = overlap(memory)
    with pytest.raises(CnnError, match="overlaps"):
        cnncore.conv2d(memory[: view.shape[0]], [[1.0]], out=view)
    kernel = np.ones((3, 3), F)
    with pytest.raises(CnnError, match="overlaps"):
        cnncore.conv2d(np.ones((5, 5), F), kernel, out=kernel)


def test_neighbours_in_one_buffer_do_not_overlap() -> None:
    memory = np.ones((10, 8), F)
    out = memory[:, 4:]
    cnncore.conv2d(memory[:, :4], [[2.0]], out=out)
    np.testing.assert_array_equal(memory, np.repeat([[1.0, 2.0]], 4, axis=1).repeat(10, axis=0))


VIEWS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "reversed": lambda x: x[::-1, ::-1],
    "every second": lambda x: np.repeat(np.repeat(x, 2, 0), 2, 1)[::2, ::2],
    "Fortran": np.asfortranarray,
    "transposed": lambda x: np.ascontiguousarray(x.swapaxes(0, 1)).swapaxes(0, 1),
    "byte-swapped": lambda x: x.astype(x.dtype.newbyteorder(">")),
    "read-only": lambda x: np.broadcast_to(x, x.shape),
    "unaligned": lambda x: np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape),
    "a list": lambda x: x,
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int16"])
def test_odd_views_are_right(view: str, dtype: str) -> None:
    rng = np.random.default_rng(4)
    x, w = (
        (rng.standard_normal((9, 11, 2)) * 50).astype(dtype),
        (rng.standard_normal((3, 2, 2, 5)) * 9).astype(dtype if dtype.startswith("f") else "int16"),
    )
    odd_x, odd_w = VIEWS[view](x), VIEWS[view](w)
    plain_x, plain_w = np.array(odd_x.tolist(), dtype), np.array(odd_w.tolist(), w.dtype)
    tolerance = 1e-4 if dtype == "float32" else 1e-10
    np.testing.assert_allclose(
        cnncore.conv2d(odd_x, odd_w), reference.conv2d(plain_x, plain_w), rtol=tolerance, atol=tolerance
    )
    np.testing.assert_array_equal(cnncore.max_pool2d(odd_x), reference.max_pool2d(plain_x))
    np.testing.assert_array_equal(cnncore.clamp(odd_x), reference.clamp(plain_x))
    np.testing.assert_array_equal(cnncore.relu(odd_x), np.maximum(plain_x, 0))
    if dtype == "uint8":
        np.testing.assert_array_equal(
            cnncore.filter2d(odd_x, [[1, 2], [-3, 4]]), reference.filter2d(plain_x, [[1, 2], [-3, 4]])
        )


def test_out_is_reused_even_where_it_is_not_contiguous() -> None:
    memory = np.zeros((5, 6, 4), F)
    out = memory[:, :, ::2]
    got = cnncore.conv2d(MAPS, KERNEL, out=out, activation="tanh")
    assert got is out
    np.testing.assert_allclose(out, np.tanh(reference.conv2d(MAPS, KERNEL)), rtol=1e-6)
    assert not memory[:, :, 1::2].any()
    same = np.empty((5, 6), np.uint8)
    assert cnncore.filter2d(IMAGE, np.ones((3, 3), int), out=same) is same


def test_no_images_give_no_images() -> None:
    none = np.empty((0, 7, 8, 3), F)
    assert cnncore.conv2d(none, KERNEL).shape == (0, 5, 6, 2)
    assert cnncore.max_pool2d(none).shape == (0, 3, 4, 3)
    assert cnncore.avg_pool2d(none).shape == (0, 3, 4, 3)
    assert cnncore.dense(np.empty((0, 3), F), np.ones((3, 2), F)).shape == (0, 2)
    assert cnncore.relu(np.empty((0,), F)).shape == (0,)
    assert len(cnncore.conv2d_steps(none, KERNEL)) == 0


def test_dtypes_are_those_of_the_contract() -> None:
    small = np.ones((3, 3), np.uint8)
    assert cnncore.conv2d(small, [[1]]).dtype == np.int32
    assert cnncore.conv2d(small.astype(np.int8), np.ones((1, 1), np.int64)).dtype == np.int32
    assert cnncore.conv2d(small, [[0.5]]).dtype == np.float32
    assert cnncore.conv2d(small.astype(F), [[0.5]]).dtype == np.float32
    assert cnncore.conv2d(small.astype(F), [[1]]).dtype == np.float32
    assert cnncore.conv2d(small.astype(F), np.ones((1, 1))).dtype == np.float64, "widened, not narrowed"
    assert cnncore.conv2d(small.astype(float), np.ones((1, 1), F)).dtype == np.float64
    assert cnncore.avg_pool2d(small).dtype == np.float32
    assert cnncore.max_pool2d(small).dtype == np.uint8


@given(st.integers(-(2**15), 2**15 - 1), st.integers(-(2**31) + 1, 2**31 - 1))
@settings(max_examples=60)
def test_integers_are_exact_or_refused(value: int, weight: int) -> None:
    x = np.full((1, 2), value, np.int16)
    exact = value * weight + value * weight
    try:
        got = cnncore.conv2d(x, [[weight, weight]]).item()
    except CnnError:
        assert 2 * abs(value) * abs(weight) > 2**31 - 1
    else:
        assert got == exact
