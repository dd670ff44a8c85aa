"""Every combination of dtypes: the dtype of the result, without loss of precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncore
from cnncore import CnnError, reference

INTEGERS = ["uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
INPUTS = [*INTEGERS, "float32", "float64", "whole list", "list"]
WEIGHTS = ["whole list", "list", "int8", "int32", "uint64", "float32", "float64"]
BIASES = [None, "whole list", "list", "int64", "float32", "float64"]


def numbers(kind: str, shape: tuple[int, ...], seed: int) -> Any:
    """Numbers that take digits: 0.1 and its like are not what they are any more once float32 has rounded them."""
    rng = np.random.default_rng(seed)
    whole = rng.integers(1, 9, shape)
    if kind == "whole list":
        return whole.tolist()
    if kind == "list":
        return (whole / 10).tolist()
    return (whole if np.dtype(kind).kind in "iu" else whole / 10).astype(kind)


def is_float(kind: str | None) -> bool:
    return kind in ("list", "float32", "float64")


def expected_dtype(inputs: str, kernel: str, bias: str | None) -> str | None:
    """The table of the README; None where the call is refused."""
    if not is_float(inputs):
        if not is_float(kernel):
            return None if is_float(bias) else "int32"
        return "float32"
    return "float64" if inputs in ("list", "float64") or "float64" in (kernel, bias) else "float32"


@pytest.mark.parametrize("inputs", INPUTS)
def test_results_have_the_dtype_and_the_digits_of_the_table(inputs: str) -> None:
    for kernel in WEIGHTS:
        for bias in BIASES:
            x, w, b = numbers(inputs, (4, 5), 1), numbers(kernel, (5, 3), 2), bias and numbers(bias, (3,), 3)
            dtype = expected_dtype(inputs, kernel, bias)
            if dtype is None:
                with pytest.raises(CnnError, match="bias"):
                    cnncore.dense(x, w, b)
                continue
            exact = np.array(x, float) @ np.array(w, float) + (0 if b is None else np.array(b, float))
            tolerance = {"int32": 0, "float32": 1e-6, "float64": 1e-15}[dtype]
            maps, kernels = np.array(x)[:, None, None], np.array(w)[None, None]
            calls = [cnncore.dense(x, w, b), reference.dense(x, w, b)]
            if isinstance(w, np.ndarray):
                calls += [cnncore.conv2d(maps, kernels, b)[:, 0, 0], reference.conv2d(maps, kernels, b)[:, 0, 0]]
            for found in calls:
                assert found.dtype == dtype, (kernel, bias)
                np.testing.assert_allclose(found, exact, rtol=tolerance)


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("largest", [7, 2**7, 2**15, 2**24, 2**31 - 1, 2**31, 2**53, 2**63 - 1])
def test_integers_are_right_or_refused_where_they_cannot_be(dtype: str, largest: int) -> None:
    largest = min(largest, int(np.iinfo(dtype).max))
    x = np.array([[0, largest], [largest - 2, 1]], dtype)
    whole = [[1, 1], [1, -1]]
    total = 2 * largest - 3
    if 3 * largest + largest <= 2**31 - 1:  # the bound, |x| times the sum of |w|
        assert cnncore.conv2d(x, whole).item() == total
        assert cnncore.conv2d(x[None, ..., None], np.array(whole)[..., None, None]).item() == total
    elif 4 * (largest - 2) > 2**31 - 1:
        with pytest.raises(CnnError, match="int32"):
            cnncore.conv2d(x, whole)
    if all(int(np.float32(v)) == v for v in x.ravel().tolist()):
        assert cnncore.conv2d(x, [[0.5, 0.0], [0.0, 0.0]]).item() == 0
        assert cnncore.conv2d(x, [[0.0, 0.5], [0.0, 0.0]]).item() == np.float32(largest) / 2
    else:
        with pytest.raises(CnnError, match="exactly"):
            cnncore.conv2d(x, [[0.5, 0.5], [0.5, 0.5]])
    if all(int(float(v)) == v for v in x.ravel().tolist()):
        assert cnncore.max_pool2d(x).item() == largest
        assert cnncore.max_pool2d(x).dtype == dtype
        assert cnncore.avg_pool2d(x).item() == np.float32((2 * largest - 1) / 4)
        assert cnncore.max_pool2d_steps(x)[0].result == largest
    else:
        with pytest.raises(CnnError, match="exactly"):
            cnncore.max_pool2d(x)
    np.testing.assert_array_equal(cnncore.relu(x), x)


@pytest.mark.parametrize("dtype", ["uint16", "int32", "int64", "list"])
def test_a_picture_of_sixteen_bits_is_filtered_as_its_definition_says(dtype: str) -> None:
    rng = np.random.default_rng(5)
    wide = rng.integers(0, 65536, (9, 12, 3))
    picture: Any = wide.tolist() if dtype == "list" else wide.astype(dtype)
    for kernel in ([[0, 1], [2, -1]], [[0.25, 0.5], [0.75, -0.5]]):
        out = np.empty((8, 11, 3), np.uint8)
        found = cnncore.filter2d(picture, kernel, scale=1 / 257, out=out)
        assert found is out
        np.testing.assert_array_equal(found, reference.filter2d(picture, kernel, scale=1 / 257))
        np.testing.assert_array_equal(
            [s.result for s in cnncore.filter2d_steps(picture, kernel, scale=1 / 257)][:11], found[0, :, 0]
        )
    small = wide // 257
    np.testing.assert_array_equal(
        cnncore.filter2d(small, [[1, 2], [3, -4]]), cnncore.filter2d(small.astype(np.uint8), [[1, 2], [3, -4]])
    )


BEYOND = [1e300, -1e300, float(np.finfo(np.float32).max) * (1 + 2**-24)]


@pytest.mark.parametrize("value", BEYOND)
@pytest.mark.filterwarnings("error")
def test_nothing_finite_becomes_infinite(value: float) -> None:
    grey, x = np.ones((2, 2), np.uint8), np.ones((2, 2), np.float32)
    for call in (
        lambda: cnncore.conv2d(x, [[value]]),
        lambda: cnncore.conv2d(grey, [[value]]),
        lambda: cnncore.conv2d(grey, np.array([[value]])),
        lambda: cnncore.conv2d(x, [[1.0]], [value]),
        lambda: cnncore.conv2d(x, [[1.0]], value),
        lambda: cnncore.dense(x, [[value], [1.0]]),
        lambda: cnncore.dense(x, np.ones((2, 1), np.float32), [value]),
        lambda: cnncore.filter2d(grey, [[value]]),
        lambda: cnncore.filter2d(grey, np.array([[value]])),
        lambda: cnncore.filter2d(grey, np.ones((1, 1), int), scale=value),
        lambda: cnncore.filter2d(grey, [[1]], scale=value),
    ):
        with pytest.raises(CnnError, match=r"e\+3"):
            call()


def test_the_largest_numbers_and_infinity_pass() -> None:
    x = np.ones((1, 1), np.float32)
    most = float(np.finfo(np.float32).max)
    for value in (most, most * (1 + 2**-26), float("inf"), float("-inf")):
        assert cnncore.conv2d(x, [[value]]).item() == np.float32(value)
        assert cnncore.filter2d(np.ones((1, 1), np.uint8), np.array([[value]])).item() == (255 if value > 0 else 0)


def test_an_image_has_one_channel_for_softmax() -> None:
    x = np.arange(12, dtype=np.float32).reshape(3, 4)
    for module in (cnncore, reference):
        found = module.conv2d(x, [[1.0]], activation="softmax")
        expected = module.conv2d(x[..., None], np.ones((1, 1, 1, 1), np.float32), activation="softmax")[..., 0]
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(found, np.ones((3, 4)))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_softmax_of_many_adds_up(dtype: str) -> None:
    found = cnncore.softmax(np.zeros((2, 100_000), dtype))
    assert found.dtype == dtype
    np.testing.assert_allclose(found.astype(float), 1e-5, rtol=0.01)
