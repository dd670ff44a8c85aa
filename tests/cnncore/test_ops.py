"""The fast path against numpy, SciPy and the reference, on every instruction set of this machine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, signal

import cnncore
from cnncore import CnnError, reference

DTYPES = ["float32", "float64", "uint8", "int8", "int16", "int32"]
SHARPEN = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
EXAMPLE = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)


@pytest.fixture(params=cnncore.available_isas(), autouse=True)
def instruction_set(request: pytest.FixtureRequest) -> Any:
    """Every test here runs on every instruction set."""
    with cnncore.use_isa(request.param):
        yield request.param


def values(dtype: Any, shape: tuple[int, ...], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return rng.standard_normal(shape).astype(dtype)
    limits = np.iinfo(dtype)
    return rng.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


def close(got: np.ndarray, want: np.ndarray, scale: np.ndarray, terms: int) -> None:
    """Within the rounding of a sum of `terms` products whose absolute values sum to `scale`."""
    assert got.dtype == want.dtype
    assert got.shape == want.shape
    if got.dtype.kind == "i":
        np.testing.assert_array_equal(got, want)
    else:
        bound = np.finfo(got.dtype).eps * (terms + 2) * (scale + 1e-30)
        assert np.all(np.abs(got - want) <= bound)


def test_the_worked_example_is_65() -> None:
    assert cnncore.conv2d(EXAMPLE, SHARPEN).item() == 65
    assert cnncore.filter2d(EXAMPLE, SHARPEN).item() == 65


convolutions = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["float32", "float64", "uint8", "int8", "int16", "uint8 x float"]),
        "n": st.integers(1, 2),
        "size": st.tuples(st.integers(1, 20), st.integers(1, 40)),
        "window": st.tuples(st.integers(1, 5), st.integers(1, 5)),
        "groups": st.integers(1, 3),
        "channels": st.sampled_from([1, 2, 3, 8, 17]),
        "filters": st.sampled_from([1, 2, 5, 15, 16, 17, 33]),
        "strides": st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))),
        "dilation_rate": st.one_of(st.just(1), st.tuples(st.integers(1, 2), st.integers(1, 3))),
        "padding": st.one_of(
            st.sampled_from(["valid", "same", 1, 2]),
            st.tuples(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.tuples(st.integers(0, 3), st.integers(0, 3))),
        ),
        "bias": st.booleans(),
        "activation": st.sampled_from([None, "relu"]),
        "seed": st.integers(0, 1000),
    }
)


@given(convolutions)
@settings(max_examples=60)
def test_conv2d_equals_its_definition(c: dict[str, Any]) -> None:
    in_dtype, kernel_dtype = {"uint8 x float": ("uint8", "float32")}.get(
        c["dtype"], (c["dtype"], c["dtype"] if c["dtype"].startswith("float") else "int8")
    )
    x = values(in_dtype, (c["n"], *c["size"], c["groups"] * c["channels"]), c["seed"])
    w = values(kernel_dtype, (*c["window"], c["channels"], c["groups"] * c["filters"]), c["seed"] + 1)
    b = values(kernel_dtype, (w.shape[3],), c["seed"] + 2) if c["bias"] else None
    options = {k: c[k] for k in ("strides", "dilation_rate", "padding", "groups")}
    try:
        want = reference.conv2d(x, w, b, activation=c["activation"], **options)
    except CnnError as error:
        with pytest.raises(CnnError) as refused:
            cnncore.conv2d(x, w, b, activation=c["activation"], **options)
        assert str(refused.value) == str(error)
        return
    scale = reference.conv2d(
        np.abs(x.astype(float)), np.abs(w.astype(float)), None if b is None else np.abs(b.astype(float)), **options
    )
    close(cnncore.conv2d(x, w, b, activation=c["activation"], **options), want, scale, w[..., 0].size)


@given(st.integers(1, 30), st.integers(1, 70), st.integers(1, 5), st.integers(1, 7), st.integers(0, 99))
@settings(max_examples=40)
def test_conv2d_equals_scipy(height: int, width: int, kh: int, kw: int, seed: int) -> None:
    x, w = values("float64", (height, width), seed), values("float64", (kh, kw), seed + 1)
    if kh > height or kw > width:
        return
    np.testing.assert_allclose(cnncore.conv2d(x, w), signal.correlate2d(x, w, "valid"), rtol=1e-11, atol=1e-12)


@given(
    st.integers(1, 20),
    st.integers(1, 90),
    st.sampled_from([None, 1, 3, 4]),
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.sampled_from([2, 40, 5000, 100_000]),
    st.sampled_from([1, 1 / 16, 0.5, -0.25, 1 / 9]),
    st.sampled_from(["valid", "same", 3, ((0, 1), (2, 0))]),
    st.integers(0, 999),
)
@settings(max_examples=60)
def test_filter2d_equals_its_definition(
    height: int,
    width: int,
    channels: int | None,
    window: tuple[int, int],
    largest: int,
    scale: float,
    padding: Any,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (height, width) if channels is None else (height, width, channels)).astype(np.uint8)
    kernel = rng.integers(-largest, largest + 1, window)
    try:
        want = reference.filter2d(image, kernel, scale=scale, padding=padding)
    except CnnError:
        with pytest.raises(CnnError):
            cnncore.filter2d(image, kernel, scale=scale, padding=padding)
        return
    np.testing.assert_array_equal(cnncore.filter2d(image, kernel, scale=scale, padding=padding), want)


def test_filter2d_equals_scipy_on_a_picture() -> None:
    image = values("uint8", (301, 517), 3)
    total = ndimage.correlate(image.astype(np.int64), np.array(SHARPEN))[1:-1, 1:-1]
    np.testing.assert_array_equal(cnncore.filter2d(image, SHARPEN), np.clip(total, 0, 255))


@pytest.mark.parametrize(
    ("image", "scale", "want"),
    [(1, 0.5, 0), (3, 0.5, 2), (5, 0.5, 2), (255, 2, 255), (7, -1, 0), (3, float("nan"), 0), (0, float("inf"), 0)],
)
def test_filter2d_rounds_halves_to_even_and_clamps(image: int, scale: float, want: int) -> None:
    assert cnncore.filter2d(np.full((1, 1), image, np.uint8), [[1]], scale=scale).item() == want


def test_filter2d_with_a_float_kernel_is_within_one_rounding() -> None:
    image, kernel = values("uint8", (60, 77, 3), 5), values("float32", (5, 5), 6)
    got, want = cnncore.filter2d(image, kernel), reference.filter2d(image, kernel)
    assert np.max(np.abs(got.astype(int) - want)) <= 1
    assert np.mean(got != want) < 0.001
    kernel[2, 2] = np.nan
    assert not cnncore.filter2d(image, kernel).any()


pools = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(DTYPES),
        "shape": st.one_of(
            st.tuples(st.integers(1, 20), st.integers(1, 40)),
            st.tuples(st.integers(1, 9), st.integers(1, 20), st.sampled_from([1, 2, 7, 16, 33])),
            st.tuples(st.integers(1, 2), st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 64])),
        ),
        "pool_size": st.one_of(st.just(2), st.tuples(st.integers(1, 4), st.integers(1, 4))),
        "strides": st.one_of(st.none(), st.tuples(st.integers(1, 3), st.integers(1, 3))),
        "padding": st.sampled_from(["valid", "same", 1]),
        "seed": st.integers(0, 999),
    }
)


@given(pools)
@settings(max_examples=60)
def test_pooling_equals_its_definition(c: dict[str, Any]) -> None:
    x = values(c["dtype"], c["shape"], c["seed"])
    options = {k: c[k] for k in ("pool_size", "strides", "padding")}
    try:
        want = reference.max_pool2d(x, **options)
    except CnnError:
        with pytest.raises(CnnError):
            cnncore.max_pool2d(x, **options)
        return
    np.testing.assert_array_equal(cnncore.max_pool2d(x, **options), want)
    mean = reference.avg_pool2d(x, **options)
    scale = float(np.max(np.abs(x.astype(float)))) * np.ones(mean.shape)
    close(cnncore.avg_pool2d(x, **options), mean, scale, 16)


def test_max_pool_equals_numpy_with_nan_and_infinity() -> None:
    x = values("float32", (8, 10), 1)
    x[2, 3], x[5, 5], x[0, 0], x[7, 9] = np.nan, np.inf, -np.inf, np.nan
    want = x.reshape(4, 2, 5, 2).max(axis=(1, 3))
    np.testing.assert_array_equal(cnncore.max_pool2d(x), want)
    np.testing.assert_array_equal(cnncore.max_pool2d(np.full((2, 2), -np.inf, np.float32), padding="same"), [[-np.inf]])


def test_nan_and_infinity_pass_through_convolution_and_relu() -> None:
    x = np.ones((1, 40), np.float32)
    x[0, 5], x[0, 20], x[0, 30] = np.nan, np.inf, -np.inf
    got = cnncore.conv2d(x, [[1.0, 1.0]], activation="relu")[0]
    want = np.maximum(x[0, :-1] + x[0, 1:], 0)
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(cnncore.relu(x), np.maximum(x, 0))


@given(
    st.sampled_from(["float32", "float64", "uint8", "int8", "int16", "int32"]), st.integers(0, 70), st.integers(0, 99)
)
@settings(max_examples=40)
def test_clamp_and_relu_equal_numpy(dtype: str, count: int, seed: int) -> None:
    x = values(dtype, (count,), seed)
    if x.dtype.kind == "f":
        x = (x * 150).astype(dtype)
        x[::7] = np.nan
        x[::5] = np.array([0.5, 1.5, 2.5, 254.5, 300])[seed % 5]
    np.testing.assert_array_equal(cnncore.relu(x), np.maximum(x, 0))
    wide = np.where(np.isnan(x), 10, x) if x.dtype.kind == "f" else x.astype(np.int64)
    np.testing.assert_array_equal(cnncore.clamp(x, 10, 200), np.rint(np.clip(wide, 10, 200)).astype(np.uint8))
    for target in (np.int16, np.float32, dtype):
        if np.can_cast(np.uint8, target) or target == dtype:
            low, high = (0, 100)
            got = cnncore.clamp(x, low, high, target)
            assert got.dtype == target
            np.testing.assert_array_equal(got, reference.clamp(x, low, high, target))


def test_clamp_of_large_whole_numbers_is_exact() -> None:
    x = np.array([2**62 + 1, -(2**62) - 1, 7])
    np.testing.assert_array_equal(cnncore.clamp(x, -(2**61), 2**61, np.int64), [2**61, -(2**61), 7])


@given(st.integers(0, 5), st.integers(1, 70), st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=30)
def test_dense_equals_numpy(n: int, k: int, m: int, seed: int) -> None:
    x, w, b = values("float64", (n, k), seed), values("float64", (k, m), seed + 1), values("float64", (m,), seed + 2)
    np.testing.assert_allclose(cnncore.dense(x, w, b), x @ w + b, rtol=1e-11, atol=1e-11)
    if n:
        np.testing.assert_allclose(cnncore.dense(x[0], w, b, "relu"), np.maximum(x[0] @ w + b, 0), atol=1e-11)


def test_softmax_neither_overflows_nor_drifts() -> None:
    x = np.array([[1000.0, 1001.0, -1000.0], [0, 0, 0]], np.float32)
    got = cnncore.softmax(x)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(got[0, :2], [1 / (1 + np.e), np.e / (1 + np.e)], rtol=1e-6)


def test_results_do_not_depend_on_the_number_of_threads() -> None:
    x, w = values("float32", (7, 40, 50, 8), 1), values("float32", (3, 3, 8, 40), 2)
    before = cnncore.get_num_threads()
    try:
        results = []
        for threads in (1, 2, 3, 7):
            cnncore.set_num_threads(threads)
            results.append(cnncore.conv2d(x, w, padding="same").tobytes())
        assert len(set(results)) == 1
    finally:
        cnncore.set_num_threads(before)


def test_a_call_like_an_earlier_one_is_checked_all_the_same() -> None:
    """Repeated shapes and options use a cache, which must refuse the same arguments."""
    x, k = np.ones((6, 6, 2), np.float32), np.ones((3, 3, 2, 4), np.float32)
    bias = np.zeros(4, np.float32)
    first = cnncore.conv2d(x, k, bias)
    assert np.array_equal(cnncore.conv2d(x, k, bias), first)
    assert np.array_equal(cnncore.conv2d(x[::-1], k, bias), first), "other memory, the same numbers"
    assert cnncore.conv2d(x.astype(np.float64), k, bias).dtype == np.float64
    assert cnncore.conv2d(x, k, bias, strides=2).shape == (2, 2, 4)
    for wrong in (True, 1.0, 0):
        with pytest.raises(cnncore.CnnError, match="strides"):
            cnncore.conv2d(x, k, bias, strides=wrong)
    with pytest.raises(cnncore.CnnError, match="activation"):
        cnncore.conv2d(x, k, bias, activation="none such")
    with pytest.raises(cnncore.CnnError, match="bias"):
        cnncore.conv2d(x, k, np.zeros(3, np.float32))
    assert cnncore.max_pool2d(x, 2).shape == cnncore.max_pool2d(x, 2).shape == (3, 3, 2)
    with pytest.raises(cnncore.CnnError, match="pool_size"):
        cnncore.max_pool2d(x, True)
    big = np.ones((2, 6, 6, 2), np.float32)
    for view in (big[0], big[0, ::-1]):
        with pytest.raises(cnncore.CnnError, match="overlaps"):
            cnncore.max_pool2d(view, 1, out=big[0])
        with pytest.raises(cnncore.CnnError, match="overlaps"):
            cnncore.conv2d(view, np.ones((1, 1, 2, 2), np.float32), out=big[0])
