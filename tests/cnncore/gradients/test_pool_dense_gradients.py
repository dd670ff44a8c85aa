"""Gradients of pooling, dense and activations: against the plain twin, float64 differences and by hand, on every
instruction set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncore
from cnncore import CnnError, activations
from cnncore.gradients import pointwise, reference
from cnncore.gradients.dense import fill_dense_gradients


@pytest.fixture(params=cnncore.available_isas(), autouse=True)
def instruction_set(request: pytest.FixtureRequest) -> Any:
    with cnncore.use_isa(request.param):
        yield request.param


def differences(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray, grad: np.ndarray) -> np.ndarray:
    """The gradient of sum(function(x) * grad) by central differences in float64."""
    result, step = np.empty_like(x), 1e-6
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += step
        down[i] -= step
        result[i] = np.sum((function(up) - function(down)) * grad) / (2 * step)
    return result


def distinct(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Values so far apart that a small step changes no order and no sign."""
    count = int(np.prod(shape))
    return ((rng.permutation(count) - count // 2 + 0.5) / 8).reshape(shape)


windows = st.fixed_dictionaries(
    {
        "n": st.integers(1, 2),
        "size": st.tuples(st.integers(1, 9), st.integers(1, 9)),
        "channels": st.sampled_from([1, 2, 5, 8, 17]),
        "pool_size": st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 4), st.integers(1, 4))),
        "strides": st.one_of(st.none(), st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))),
        "padding": st.sampled_from(["valid", "same"]),
        "rank": st.integers(2, 4),
        "average": st.booleans(),
        "seed": st.integers(0, 1000),
    }
)


def pooling(c: dict[str, Any], rng: np.random.Generator) -> tuple[np.ndarray, dict[str, Any]] | None:
    """Inputs of the drawn rank, and the arguments of the pooling; None where the window is too large."""
    options = {name: c[name] for name in ("pool_size", "strides", "padding")}
    shape = {2: c["size"], 3: (*c["size"], c["channels"]), 4: (c["n"], *c["size"], c["channels"])}[c["rank"]]
    x = distinct(shape, rng)
    try:
        cnncore.max_pool2d(x, **options)
    except CnnError:
        return None
    return x, options


@given(windows)
@settings(max_examples=25)
def test_pooling_agrees_with_differences(c: dict[str, Any]) -> None:
    rng = np.random.default_rng(c["seed"])
    drawn = pooling(c, rng)
    if drawn is None or drawn[0].size > 400:
        return
    x, options = drawn
    forward = cnncore.avg_pool2d if c["average"] else cnncore.max_pool2d
    backward = cnncore.avg_pool2d_backward if c["average"] else cnncore.max_pool2d_backward
    grad = rng.standard_normal(forward(x, **options).shape)
    got = backward(x, grad, **options)
    np.testing.assert_allclose(got, differences(lambda v: forward(v, **options), x, grad), atol=1e-6)


@given(windows, st.sampled_from(["float32", "float64"]))
def test_pooling_equals_its_twin(c: dict[str, Any], dtype: str) -> None:
    """With many equal values, NaN and infinity."""
    rng = np.random.default_rng(c["seed"])
    drawn = pooling(c, rng)
    if drawn is None:
        return
    x, options = drawn
    x = rng.integers(-2, 2, x.shape).astype(dtype)
    x[rng.random(x.shape) < 0.02] = np.nan
    x[rng.random(x.shape) < 0.02] = -np.inf
    grad = rng.standard_normal(cnncore.max_pool2d(x, **options).shape).astype(dtype)
    name = "avg_pool2d_backward" if c["average"] else "max_pool2d_backward"
    got, want = getattr(cnncore, name)(x, grad, **options), getattr(reference, name)(x, grad, **options)
    assert got.dtype == want.dtype == np.dtype(dtype)
    np.testing.assert_allclose(got, want, atol=50 * float(np.finfo(dtype).eps))
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), dtype)
    wide[..., ::2] = x
    np.testing.assert_array_equal(getattr(cnncore, name)(wide[..., ::2], grad, **options), got)


def test_the_first_of_equal_values_takes_it() -> None:
    x = np.array([[1, 3, 3], [3, 3, 2]], np.float32)
    np.testing.assert_array_equal(cnncore.max_pool2d_backward(x, [[5, 7]], 2, 1), [[0, 12, 0], [0, 0, 0]])
    x[0, 0] = x[1, 2] = np.nan
    np.testing.assert_array_equal(cnncore.max_pool2d_backward(x, [[5, 7]], 2, 1), [[5, 0, 0], [0, 0, 7]])
    x[:] = -np.inf
    np.testing.assert_array_equal(cnncore.max_pool2d_backward(x, [[5, 7]], 2, 1), [[5, 7, 0], [0, 0, 0]])


@given(
    st.sampled_from([1, 2, 5, 17, 33]), st.sampled_from([1, 3, 16, 40]), st.sampled_from([1, 2, 10, 35]), st.booleans()
)
@settings(max_examples=30)
def test_dense_equals_its_twin(n: int, k: int, m: int, single: bool) -> None:
    rng = np.random.default_rng(n * k * m)
    x = rng.standard_normal((k,) if single else (n, k))
    w, grad = rng.standard_normal((k, m)), rng.standard_normal((m,) if single else (n, m))
    for got, want in zip(cnncore.dense_backward(x, w, grad), reference.dense_backward(x, w, grad), strict=True):
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, atol=1e-13)
    small = x.astype("f4"), w.astype("f4"), grad.astype("f4")
    for got, want in zip(cnncore.dense_backward(*small), reference.dense_backward(*small), strict=True):
        assert got.dtype == want.dtype == np.float32
        np.testing.assert_allclose(got, want, atol=2e-5)


def test_dense_agrees_with_differences() -> None:
    rng = np.random.default_rng(3)
    x, w, b, grad = (rng.standard_normal(shape) for shape in ((3, 5), (5, 4), (4,), (3, 4)))
    d_x, d_w, d_b = cnncore.dense_backward(x, w, grad)
    np.testing.assert_allclose(d_x, differences(lambda v: cnncore.dense(v, w, b), x, grad), atol=1e-6)
    np.testing.assert_allclose(d_w, differences(lambda v: cnncore.dense(x, v, b), w, grad), atol=1e-6)
    np.testing.assert_allclose(d_b, differences(lambda v: cnncore.dense(x, w, v), b, grad), atol=1e-6)


def test_dense_into_given_arrays() -> None:
    rng = np.random.default_rng(4)
    x, w, grad = (rng.standard_normal(shape).astype("f4") for shape in ((6, 9), (9, 3), (6, 3)))
    want = cnncore.dense_backward(x, w, grad)
    got = tuple(np.full_like(array, 7) for array in want)
    fill_dense_gradients(x, w, grad, None, got[1], got[2])
    np.testing.assert_array_equal(got[0], 7)
    fill_dense_gradients(x, w, grad, got[0], None, None)
    for a, b in zip(got, want, strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(CnnError, match="d_kernel has shape"):
        fill_dense_gradients(x, w, grad, None, np.empty((3, 9), np.float32), None)
    with pytest.raises(CnnError, match="overlaps"):
        fill_dense_gradients(x, w, grad, x, None, None)
    got[2].flags.writeable = False
    with pytest.raises(CnnError, match="read-only"):
        fill_dense_gradients(x, w, grad, None, None, got[2])


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (cnncore.relu, lambda x, _y, g: pointwise.relu_backward(x, g)),
        (pointwise.leaky_relu, lambda x, _y, g: pointwise.leaky_relu_backward(x, g)),
        (activations.sigmoid, lambda _x, y, g: pointwise.sigmoid_backward(y, g)),
        (np.tanh, lambda _x, y, g: pointwise.tanh_backward(y, g)),
        (cnncore.softmax, lambda _x, y, g: pointwise.softmax_backward(y, g)),
    ],
)
def test_activations_agree_with_differences(forward: Any, backward: Any) -> None:
    rng = np.random.default_rng(5)
    x = distinct((4, 7), rng)
    grad = rng.standard_normal(x.shape)
    got = backward(x, forward(x), grad)
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, differences(forward, x, grad), atol=1e-6)
    small = x.astype(np.float32)
    got = backward(small, forward(small), grad.astype(np.float32))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, differences(forward, x, grad), atol=1e-5)


def test_relu_in_place_and_at_zero() -> None:
    x = np.array([-1, 0, -0.0, 2, np.nan, np.inf], np.float32)
    grad = np.arange(1, 7, dtype=np.float32)
    want = [0, 0, 0, 4, 0, 6]
    np.testing.assert_array_equal(reference.relu_backward(x, grad), want)
    assert pointwise.relu_backward(x, grad, out=grad) is grad
    np.testing.assert_array_equal(grad, want)
    with pytest.raises(CnnError, match="out overlaps"):
        pointwise.relu_backward(x, grad, out=x)


def test_threads_change_no_bit() -> None:
    rng = np.random.default_rng(6)
    x, w, grad = (rng.standard_normal(shape).astype("f4") for shape in ((50, 900), (900, 70), (50, 70)))
    maps, pooled = rng.standard_normal((3, 61, 60, 20)).astype("f4"), rng.standard_normal((3, 59, 58, 20)).astype("f4")
    results = []
    for threads in (1, 2, 5):
        with cnncore.use_num_threads(threads):
            results.append(
                (
                    *cnncore.dense_backward(x, w, grad),
                    cnncore.max_pool2d_backward(maps, pooled, 3, 1),
                    cnncore.avg_pool2d_backward(maps, pooled, 3, 1),
                )
            )
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            assert a.tobytes() == b.tobytes()


def test_dtypes_widen_and_no_image_is_fine() -> None:
    x = np.ones((4, 4), np.float32)
    assert cnncore.max_pool2d_backward(x, [[1, 2], [3, 4]]).dtype == np.float32
    assert cnncore.max_pool2d_backward(x, np.ones((2, 2))).dtype == np.float64
    assert cnncore.max_pool2d_backward([[1, 2], [3, 4]], [[1]]).tolist() == [[0, 0], [0, 1]]
    assert cnncore.avg_pool2d_backward(np.ones((0, 4, 4, 3)), np.ones((0, 2, 2, 3))).shape == (0, 4, 4, 3)
    d_x, d_w, d_b = cnncore.dense_backward(np.ones((0, 2)), np.ones((2, 3)), np.ones((0, 3)))
    assert d_x.shape == (0, 2)
    assert not d_w.any()
    assert not d_b.any()
    out = np.empty((8, 8), np.float32)[::2, ::2]
    assert cnncore.avg_pool2d_backward(x, np.ones((2, 2), np.float32), out=out) is out
    np.testing.assert_array_equal(out, 0.25)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cnncore.max_pool2d_backward(np.ones((4, 4)), np.ones((4, 4))), r"grad has shape \(4, 4\); .*\(2, 2\)"),
        (lambda: cnncore.max_pool2d_backward(np.ones((4, 4), np.uint8), np.ones((2, 2))), "inputs has dtype uint8"),
        (lambda: cnncore.avg_pool2d_backward(np.ones((4, 4)), np.ones((2, 2), np.int32)), "grad has dtype int32"),
        (lambda: cnncore.avg_pool2d_backward(np.ones((4, 4)), np.ones((2, 2)), 5), "pool window spans 5"),
        (lambda: cnncore.max_pool2d_backward(np.ones((4, 4)), np.ones((2, 2)), padding=-1), "padding must be"),
        (lambda: cnncore.max_pool2d_backward(np.ones(4), np.ones(2)), "inputs has 1 dimensions"),
        (lambda: cnncore.dense_backward(np.ones((2, 3)), np.ones((4, 5)), np.ones((2, 5))), "kernel has shape"),
        (lambda: cnncore.dense_backward(np.ones((2, 3)), np.ones((3, 5)), np.ones((2, 4))), "grad has shape"),
        (lambda: cnncore.dense_backward(np.ones((2, 3)), np.ones((3, 5)), np.ones(5)), "grad has shape"),
        (lambda: cnncore.dense_backward(np.ones((2, 3)), [["a"]], np.ones((2, 1))), "kernel has dtype"),
        (lambda: pointwise.relu_backward(np.ones(3), np.ones(4)), "grad has shape"),
        (lambda: pointwise.leaky_relu(np.ones(3), float("nan")), "negative_slope must be a finite number"),
    ],
)
def test_bad_arguments(call: Callable[[], object], message: str) -> None:
    with pytest.raises(CnnError, match=message):
        call()
