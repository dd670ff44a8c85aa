"""The gradients of convolution: the plain twin against finite differences and Keras, the fast path against the twin, on
every instruction set this machine has."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncore
from cnncore import CnnError, reference
from cnncore.gradients import reference_conv2d

OPTIONS = ("strides", "padding", "dilation_rate", "groups")
convolutions = st.fixed_dictionaries(
    {
        "n": st.integers(0, 3),
        "size": st.tuples(st.integers(1, 12), st.integers(1, 20)),
        "window": st.tuples(st.integers(1, 5), st.integers(1, 5)),
        "groups": st.integers(1, 3),
        "channels": st.sampled_from([1, 2, 3, 8, 16, 17]),
        "filters": st.sampled_from([1, 2, 5, 15, 16, 17, 33]),
        "strides": st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))),
        "dilation_rate": st.one_of(st.just(1), st.tuples(st.integers(1, 2), st.integers(1, 3))),
        "padding": st.one_of(
            st.sampled_from(["valid", "same", 1, 2, 6]),
            st.tuples(st.tuples(st.integers(0, 4), st.integers(0, 2)), st.tuples(st.integers(0, 3), st.integers(0, 7))),
        ),
        "seed": st.integers(0, 1000),
    }
)


def example(c: dict[str, Any], dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, Any]] | None:
    """Inputs, kernel, gradient of the output and options; None where the kernel is larger than the padded input."""
    rng = np.random.default_rng(c["seed"])
    options = {name: c[name] for name in OPTIONS}
    x = rng.standard_normal((c["n"], *c["size"], c["groups"] * c["channels"])).astype(dtype)
    w = rng.standard_normal((*c["window"], c["channels"], c["groups"] * c["filters"])).astype(dtype)
    try:
        shape = cnncore.conv2d(x, w, **options).shape
    except CnnError:
        return None
    return x, w, rng.standard_normal(shape).astype(dtype), options


def largest(values: np.ndarray) -> float:
    return float(np.abs(values).max(initial=1e-30))


def assert_near(got: tuple[np.ndarray, ...], want: tuple[np.ndarray, ...], tolerance: float) -> None:
    for name, ours, theirs in zip(("d_inputs", "d_kernel", "d_bias"), got, want, strict=True):
        assert ours.dtype == theirs.dtype, name
        assert ours.shape == theirs.shape, name
        if ours.size:
            assert np.abs(ours - theirs).max() <= tolerance * largest(theirs), name


def assert_same(got: tuple[np.ndarray, ...], want: tuple[np.ndarray, ...]) -> None:
    for ours, theirs in zip(got, want, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@given(convolutions)
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("isa", cnncore.available_isas())
def test_the_fast_path_equals_the_plain_one(isa: str, dtype: str, c: dict[str, Any]) -> None:
    if (drawn := example(c, dtype)) is None:
        return
    x, w, g, options = drawn
    want = reference_conv2d.conv2d_backward(x, w, g, **options)
    with cnncore.use_isa(isa):
        with cnncore.use_num_threads(1):
            got = cnncore.conv2d_backward(x, w, g, **options)
        assert_near(got, want, 2e-5 if dtype == "float32" else 1e-12)
        for threads in (2, 5):
            with cnncore.use_num_threads(threads):
                assert_same(cnncore.conv2d_backward(x, w, g, **options), got)


def loss(x: np.ndarray, w: np.ndarray, bias: np.ndarray, g: np.ndarray, options: dict[str, Any]) -> float:
    return float((reference.conv2d(x, w, bias, **options) * g).sum())


def differences(values: np.ndarray, f: Any) -> np.ndarray:
    """Central differences of f, which is linear in each value: exact but for rounding, however large the step."""
    slopes = np.empty_like(values)
    for index in np.ndindex(values.shape):
        step = np.zeros_like(values)
        step[index] = 1
        slopes[index] = (f(values + step) - f(values - step)) / 2
    return slopes


@given(convolutions)
@settings(max_examples=15, deadline=None)
def test_the_plain_twin_agrees_with_finite_differences(c: dict[str, Any]) -> None:
    small = {"n": 1 + c["n"] % 2, "channels": 1 + c["channels"] % 2, "filters": 1 + c["filters"] % 3}
    small["size"] = (min(c["size"][0], 6), min(c["size"][1], 6))
    if (drawn := example(c | small, "float64")) is None:
        return
    x, w, g, options = drawn
    bias = np.linspace(-1, 1, w.shape[3])
    want = (
        differences(x, lambda v: loss(v, w, bias, g, options)),
        differences(w, lambda v: loss(x, v, bias, g, options)),
        differences(bias, lambda v: loss(x, w, v, g, options)),
    )
    assert_near(reference_conv2d.conv2d_backward(x, w, g, **options), want, 1e-8)
    assert_near(cnncore.conv2d_backward(x, w, g, **options), want, 1e-8)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("groups", "strides", "dilation", "padding"),
    [
        (groups, strides, dilation, padding)
        for groups, strides, dilation, padding in product((1, 4), (1, 2, 3), (1, 2), ("valid", "same"))
        if strides == 1 or dilation == 1  # TensorFlow has no others
    ],
)
def test_gradients_equal_tensorflow(groups: int, strides: int, dilation: int, padding: Any) -> None:
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(groups + 2 * strides + 7 * dilation)
    x, w, b = (
        tf.constant(rng.standard_normal(s, np.float32)) for s in ((2, 13, 14, 16), (3, 3, 16 // groups, 20), (20,))
    )
    with tf.GradientTape() as tape:
        tape.watch([x, w, b])
        y = tf.nn.bias_add(tf.nn.conv2d(x, w, strides, padding.upper(), dilations=dilation), b)
        g = rng.standard_normal(y.shape, np.float32)
        total = tf.reduce_sum(y * g)
    want = tuple(v.numpy() for v in tape.gradient(total, [x, w, b]))
    got = cnncore.conv2d_backward(
        x.numpy(), w.numpy(), g, strides=strides, padding=padding, dilation_rate=dilation, groups=groups
    )
    assert_near(got, want, 1e-5)


def test_the_gradients_have_the_shapes_of_what_they_belong_to() -> None:
    rng = np.random.default_rng(0)
    found = cnncore.conv2d_backward(rng.random((5, 6)), rng.random((2, 3)), rng.random((4, 4)))
    assert [v.shape for v in found] == [(5, 6), (2, 3), (1,)]
    x, w, g = rng.random((5, 6, 2)), rng.random((2, 3, 2, 7)), rng.random((4, 4, 7))
    found = cnncore.conv2d_backward(x, w, g)
    assert [v.shape for v in found] == [x.shape, w.shape, (7,)]
    batch = cnncore.conv2d_backward(x[None], w, g[None])
    assert_same((batch[0][0], *batch[1:]), found)


def test_no_image_gives_no_gradient() -> None:
    d_inputs, d_kernel, d_bias = cnncore.conv2d_backward(
        np.empty((0, 5, 5, 2), np.float32), np.ones((3, 3, 2, 4), np.float32), np.empty((0, 3, 3, 4), np.float32)
    )
    assert d_inputs.shape == (0, 5, 5, 2)
    assert not d_kernel.any()
    assert not d_bias.any()


def test_views_of_any_strides_and_byte_order() -> None:
    rng = np.random.default_rng(1)
    x, w, g = rng.random((2, 9, 8, 6)), rng.random((3, 3, 6, 5)), rng.random((2, 7, 6, 5))
    want = cnncore.conv2d_backward(x, w, g)
    turned = [np.asfortranarray(v) for v in (x, w, g)]
    assert_same(cnncore.conv2d_backward(*turned), want)
    reversed_ = [v[..., ::-1].copy()[..., ::-1] for v in (x, w, g)]
    assert_same(cnncore.conv2d_backward(*reversed_), want)
    assert_same(cnncore.conv2d_backward(*(v.astype(">f8") for v in (x, w, g))), want)


def test_lists_are_float64() -> None:
    found = cnncore.conv2d_backward([[1, 2], [3, 4]], [[1, 0], [0, 2]], [[5]])
    assert [v.dtype for v in found] == [np.float64] * 3
    assert [v.tolist() for v in found] == [[[5, 0], [0, 10]], [[5, 10], [15, 20]], [5]]


def test_float32_widens_where_an_array_of_float64_meets_it() -> None:
    rng = np.random.default_rng(2)
    x, w, g = (rng.random(s, np.float32) for s in ((6, 6), (3, 3), (4, 4)))
    assert cnncore.conv2d_backward(x, w, g.tolist())[1].dtype == np.float32
    wide = cnncore.conv2d_backward(x, w, g.astype(np.float64))
    assert {v.dtype for v in wide} == {np.dtype(np.float64)}
    assert_same(wide, cnncore.conv2d_backward(*(v.astype(np.float64) for v in (x, w, g))))


@pytest.mark.parametrize("isa", cnncore.available_isas())
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_reach_what_they_are_a_term_of_and_nothing_else(isa: str, value: float) -> None:
    rng = np.random.default_rng(3)
    x, w = rng.standard_normal((1, 12, 12, 16), np.float32), rng.standard_normal((3, 3, 16, 16), np.float32)
    g = rng.standard_normal((1, 12, 12, 16), np.float32)
    with cnncore.use_isa(isa):
        bad = g.copy()
        bad[0, 0, 5, 7] = value  # two of its rows of taps lie on the input, one on padding
        d_inputs, d_kernel, d_bias = cnncore.conv2d_backward(x, w, bad, padding="same")
        odd = ~np.isfinite(d_inputs[0]).all(axis=2)
        assert {tuple(at) for at in np.argwhere(odd)} == set(product((0, 1), (4, 5, 6)))
        spoilt = ~np.isfinite(d_kernel)
        assert spoilt[1:, :, :, 7].all()
        assert spoilt.sum() == spoilt[1:, :, :, 7].size
        assert (~np.isfinite(d_bias)).tolist() == [f == 7 for f in range(16)]
        weights = w.copy()
        weights[0, 1, 2, 3] = value
        d_inputs, d_kernel, _ = cnncore.conv2d_backward(x, weights, g, padding="same")
        odd = ~np.isfinite(d_inputs[0])
        assert odd[:11, :, 2].all()  # input row y takes part in output row y + 1 by the first row of taps
        assert odd.sum() == odd[:11, :, 2].size
        assert np.isfinite(d_kernel).all()


def test_direct_sums_where_exactness_is_asked_for() -> None:
    rng = np.random.default_rng(4)
    x, w, g = (rng.standard_normal(s, np.float32) for s in ((1, 24, 24, 32), (3, 3, 32, 32), (1, 22, 22, 32)))
    want = reference_conv2d.conv2d_backward(x, w, g)[0]
    with cnncore.use_exact(True):
        exact = cnncore.conv2d_backward(x, w, g)[0]
    assert np.abs(exact - want).max() <= 7e-7 * largest(want)


X, W, G = np.ones((1, 4, 4, 2), np.float32), np.ones((3, 3, 2, 3), np.float32), np.ones((1, 2, 2, 3), np.float32)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((X.astype(np.uint8), W, G), "inputs has dtype uint8; it must be one of float32, float64"),
        ((X.astype(np.float16), W, G), "inputs has dtype float16"),
        ((X, W, G[:, :1]), r"grad has shape \(1, 1, 2, 3\); it must be that of the result, \(1, 2, 2, 3\)"),
        ((X, W, G[0]), r"grad has shape \(2, 2, 3\); it must be that of the result"),
        ((X, W, G.astype(np.complex64)), "grad has dtype complex64; it must hold integers, float32 or float64"),
        ((X, W, (G.astype(float) * 1e300).tolist()), "grad has the value 1e\\+300"),
        ((X, W[:, :, :1], G), "kernel takes 1 channels, but inputs have 2"),
        ((X, W, "no array"), "grad"),
    ],
)
def test_bad_arguments_are_named(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(CnnError, match=words):
        cnncore.conv2d_backward(*arguments)


@pytest.mark.parametrize("options", [{"strides": 0}, {"padding": "full"}, {"dilation_rate": -1}, {"groups": 2}])
def test_bad_options_are_named(options: dict[str, Any]) -> None:
    with pytest.raises(CnnError, match=next(iter(options))):
        cnncore.conv2d_backward(X, W, G, **options)
