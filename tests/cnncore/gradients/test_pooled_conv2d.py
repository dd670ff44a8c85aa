"""Convolution, ReLU and maximum pooling as one step of training: against plain numpy in float64, and Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import CnnError, available_isas, use_isa, use_num_threads
from cnncore.geometry import Geometry, geometry, pool_geometry
from cnncore.gradients._pooled_conv2d import SHUT, PooledConv2D
from cnncore.gradients._pooled_reference import pooled_conv2d, pooled_conv2d_backward

FASHION = [((28, 28), 1, 64, 3), ((13, 13), 64, 64, 3)]


def drawn(rng: np.random.Generator, *shape: int) -> np.ndarray[Any, Any]:
    return rng.standard_normal(shape).astype(np.float32)


def windows(size: tuple[int, int], kernel: int, **options: Any) -> tuple[Geometry, Geometry]:
    convolution = geometry(size, (kernel, kernel), **options)
    return convolution, pool_geometry(convolution.output, 2, None, "valid")


def layer_of(
    rng: np.random.Generator, size: tuple[int, int], channels: int, filters: int, kernel: int, bias: float = 0.0
) -> PooledConv2D:
    weights = drawn(rng, kernel, kernel, channels, filters) / np.float32(kernel * channels**0.5)
    return PooledConv2D(*windows(size, kernel), channels, weights, np.full(filters, bias, np.float32))


def close(found: Any, wanted: Any, tolerance: float = 2e-6, least: float = 0.0) -> None:
    """`least`: the size of the terms, where the sums may be small because terms cancel."""
    assert found.dtype == np.float32 and found.shape == wanted.shape
    largest = max(np.abs(wanted).max(initial=0), least)
    assert np.abs(found - wanted).max(initial=0) <= tolerance * max(largest, 1e-30)


@st.composite
def examples(draw: st.DrawFn) -> dict[str, Any]:
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    size = draw(st.tuples(st.integers(1, 14), st.integers(1, 14)))
    window = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    options = {
        "strides": draw(st.tuples(st.integers(1, 2), st.integers(1, 3))),
        "padding": draw(st.sampled_from(["valid", "same", 1])),
        "dilation_rate": draw(st.tuples(st.integers(1, 2), st.integers(1, 2))),
    }
    pool = draw(st.sampled_from([(2, 2), (2, 2), (2, 2), (3, 2), (1, 4)]))
    return {
        "n": draw(st.integers(1, 6)),
        "size": size,
        "window": window,
        "options": options,
        "channels": groups * draw(st.sampled_from([1, 2, 3, 5, 8, 17])),
        "filters": groups * draw(st.sampled_from([1, 2, 7, 16, 21])),
        "groups": groups,
        "pool": pool,
        "pool_strides": draw(st.sampled_from([None, (1, 1), (2, 3)])),
        "pool_padding": draw(st.sampled_from(["valid", "valid", "same"])),
        "relu": draw(st.booleans()),
        "seed": draw(st.integers(0, 2**32 - 1)),
    }


@given(examples())
@settings(max_examples=120, deadline=None)
def test_equals_plain_numpy(e: dict[str, Any]) -> None:
    rng = np.random.default_rng(e["seed"])
    try:
        convolution = geometry(e["size"], e["window"], **e["options"])
        pooling = pool_geometry(convolution.output, e["pool"], e["pool_strides"], e["pool_padding"])
    except CnnError:
        return
    # Whole numbers: sums are exact, and values of a window are often equal.
    kernel = rng.integers(-2, 3, (*e["window"], e["channels"] // e["groups"], e["filters"])).astype(np.float32)
    bias = rng.integers(-3, 4, e["filters"]).astype(np.float32)
    x = rng.integers(-3, 4, (e["n"], *e["size"], e["channels"])).astype(np.float32)
    layer = PooledConv2D(convolution, pooling, e["channels"], kernel, bias, groups=e["groups"], relu=e["relu"])
    wide = (x.astype(np.float64), kernel.astype(np.float64))
    wanted, winners = pooled_conv2d(*wide, bias, convolution, pooling, groups=e["groups"], relu=e["relu"])
    grad = drawn(rng, *wanted.shape)
    gradients = pooled_conv2d_backward(*wide, winners, grad, convolution, pooling, groups=e["groups"])
    for isa in available_isas():
        with use_isa(isa):
            layer.refresh()
            out, found = layer.forward(x)
            assert np.array_equal(out, wanted) and np.array_equal(found, winners)
            for one, other in zip(layer.backward(x, found, grad), gradients, strict=True):
                close(one, other, least=float(np.abs(grad).max(initial=0)))


@pytest.mark.parametrize(
    ("size", "channels", "filters", "kernel"), [*FASHION, ((28, 28), 1, 6, 5), ((12, 12), 6, 16, 5)]
)
def test_layers_of_networks(size: tuple[int, int], channels: int, filters: int, kernel: int) -> None:
    rng = np.random.default_rng(1)
    layer = layer_of(rng, size, channels, filters, kernel, -0.1)
    x = np.abs(drawn(rng, 25, *size, channels))
    out, winners = layer.forward(x)
    grad = drawn(rng, *out.shape)
    d_inputs, d_kernel, d_bias = layer.backward(x, winners, grad)
    wanted = pooled_conv2d_backward(
        x.astype(np.float64), layer._kernel.astype(np.float64), winners, grad, *layer._windows[::2]
    )
    for one, other in zip((d_inputs, d_kernel, d_bias), wanted, strict=True):
        close(one, other)


@pytest.mark.parametrize(("size", "channels", "filters", "kernel"), FASHION)
def test_any_number_of_threads_gives_the_same_bits(
    size: tuple[int, int], channels: int, filters: int, kernel: int
) -> None:
    rng = np.random.default_rng(2)
    layer = layer_of(rng, size, channels, filters, kernel)
    x = drawn(rng, 53, *size, channels)
    grad = drawn(rng, 53, *layer.output_shape)

    def all_of_it() -> list[bytes]:
        out, winners = layer.forward(x)
        results = (out, winners, *layer.backward(x, winners, grad))
        return [result.tobytes() for result in results if result is not None]

    with use_num_threads(1):
        wanted = all_of_it()
    for threads in (2, 3, 7):
        with use_num_threads(threads):
            assert all_of_it() == wanted


def test_an_odd_row_and_column_belong_to_no_window() -> None:
    rng = np.random.default_rng(3)
    layer = layer_of(rng, (5, 5), 16, 16, 1)
    x = np.abs(drawn(rng, 2, 5, 5, 16))
    out, winners = layer.forward(x)
    filled = np.full(x.shape, np.nan, np.float32)
    d_inputs, _, _ = layer.backward(x, winners, np.ones_like(out), d_inputs=filled)
    assert d_inputs is filled
    assert out.shape == (2, 2, 2, 16)
    assert not filled[:, 4].any() and not filled[:, :, 4].any() and filled[:, :4, :4].any()


def one_to_one(values: Any) -> tuple[np.ndarray[Any, Any], PooledConv2D]:
    """A 1x1 kernel of weight 1, so that the sums are the input; with 16 filters, all alike."""
    x = np.array(values, np.float32)[None, :, :, None]
    return x, PooledConv2D(*windows(x.shape[1:3], 1), 1, np.ones((1, 1, 1, 16), np.float32), None)


def test_of_equal_values_the_first_wins() -> None:
    x, layer = one_to_one([[1, 7, 0, 2], [7, 7, 2, 2]])
    for isa in available_isas():
        with use_isa(isa):
            layer.refresh()
            out, winners = layer.forward(x)
            assert (out[0, 0, :, 0] == [7, 2]).all() and (winners == np.array([1, 1])[:, None]).all()
            d_inputs, _, _ = layer.backward(x, winners, np.ones_like(out))
            assert d_inputs is not None
            assert np.array_equal(d_inputs[0, :, :, 0], [[0, 16, 0, 16], [0, 0, 0, 0]])


def test_dead_maps_pass_nothing() -> None:
    rng = np.random.default_rng(4)
    layer = layer_of(rng, (13, 13), 16, 20, 3, bias=-1e6)
    x = drawn(rng, 3, 13, 13, 16)
    out, winners = layer.forward(x)
    assert not out.any() and (winners == SHUT).all()
    for gradient in layer.backward(x, winners, np.full_like(out, np.nan)):
        assert gradient is not None and not gradient.any()


def test_nan_goes_through_and_its_gate_is_shut() -> None:
    x, layer = one_to_one([[1, np.nan, 3, 2], [4, 2, 1, 0]])
    for isa in available_isas():
        with use_isa(isa):
            layer.refresh()
            out, winners = layer.forward(x)
            assert np.isnan(out[0, 0, 0]).all() and (winners[0, 0, 0] == SHUT).all()
            assert (out[0, 0, 1] == 3).all() and (winners[0, 0, 1] == 0).all()
    grad = np.ones_like(out)
    grad[0, 0, 1] = np.nan
    d_inputs, d_kernel, d_bias = layer.backward(x, winners, grad)
    assert d_inputs is not None
    assert np.isnan(d_kernel).all() and np.isnan(d_bias).all() and np.isnan(d_inputs[0, 0, 2, 0])


def test_changed_weights_count_after_refresh() -> None:
    rng = np.random.default_rng(5)
    kernel, bias = drawn(rng, 3, 3, 16, 32), drawn(rng, 32)
    layer = PooledConv2D(*windows((12, 12), 3), 16, kernel, bias)
    x = drawn(rng, 2, 12, 12, 16)
    layer.forward(x)
    for changed in (
        drawn(rng, 3, 3, 16, 32),
        np.ones_like(kernel),
        drawn(rng, 3, 3, 16, 32),
    ):  # of whole numbers: direct
        kernel[...] = changed
        layer.refresh()
        fresh = PooledConv2D(*windows((12, 12), 3), 16, changed, bias)
        assert layer.forward(x)[0].tobytes() == fresh.forward(x)[0].tobytes()


def test_given_arrays_are_filled() -> None:
    rng = np.random.default_rng(6)
    layer = layer_of(rng, (8, 9), 3, 5, 3)
    x = drawn(rng, 4, 8, 9, 3)
    out, winners = layer.forward(x)
    again = np.empty_like(out), np.empty_like(winners)
    assert layer.forward(x, *again) == again
    assert np.array_equal(again[0], out) and np.array_equal(again[1], winners)
    d_kernel, d_bias = np.empty((3, 3, 3, 5), np.float32), np.empty(5, np.float32)
    none, same_kernel, same_bias = layer.backward(
        x, winners, np.ones_like(out), d_kernel=d_kernel, d_bias=d_bias, d_inputs=False
    )
    assert none is None and same_kernel is d_kernel and same_bias is d_bias
    _, wanted, _ = layer.backward(x, winners, np.ones_like(out))
    assert np.array_equal(d_kernel, wanted)


def test_arrays_that_do_not_fit_are_refused() -> None:
    rng = np.random.default_rng(7)
    layer = layer_of(rng, (8, 8), 3, 5, 3)
    x = drawn(rng, 4, 8, 8, 3)
    out, winners = layer.forward(x)
    with pytest.raises(CnnError, match="x has shape"):
        layer.forward(x[:, 1:])
    with pytest.raises(CnnError, match="dtype float64"):
        layer.forward(x.astype(np.float64))
    with pytest.raises(CnnError, match="x is not contiguous"):
        layer.forward(np.asfortranarray(x))
    with pytest.raises(CnnError, match="grad has shape"):
        layer.backward(x, winners, out[:3])
    with pytest.raises(CnnError, match="winners has"):
        layer.backward(x, winners.astype(np.int64), out)
    with pytest.raises(CnnError, match="kernel has shape"):
        PooledConv2D(*windows((8, 8), 3), 3, drawn(rng, 3, 3, 4, 5), None)
    with pytest.raises(CnnError, match="pooling takes maps"):
        PooledConv2D(windows((8, 8), 3)[0], windows((9, 9), 3)[1], 3, drawn(rng, 3, 3, 3, 5), None)
    wide = pool_geometry((20, 20), 16, None, "valid")
    with pytest.raises(CnnError, match="at most 255"):
        PooledConv2D(geometry((22, 22), (3, 3)), wide, 3, drawn(rng, 3, 3, 3, 5), None)


@pytest.mark.keras
@pytest.mark.parametrize(("size", "channels", "filters", "kernel"), FASHION)
def test_equals_keras(size: tuple[int, int], channels: int, filters: int, kernel: int) -> None:
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(8)
    layer = layer_of(rng, size, channels, filters, kernel, -0.05)
    x = np.maximum(drawn(rng, 20, *size, channels), 0)
    x[:, :, : size[1] // 2] = 0  # windows of equal values
    model = keras.Sequential(
        [keras.layers.Conv2D(filters, kernel, activation="relu"), keras.layers.MaxPooling2D(2), keras.layers.Flatten()]
    )
    model.build((None, *size, channels))
    model.layers[0].set_weights([layer._kernel, layer._bias])
    out, winners = layer.forward(x)
    grad = drawn(rng, *out.shape)
    with tf.GradientTape() as tape:
        given_x = tf.constant(x)
        tape.watch(given_x)
        result = model(given_x, training=True)
        total = tf.reduce_sum(result * grad.reshape(len(x), -1))
    wanted = tape.gradient(total, [given_x, *model.trainable_weights])
    close(out.reshape(len(x), -1), np.asarray(result), 1e-5)
    for found, other in zip(layer.backward(x, winners, grad), wanted, strict=True):
        # Where two sums of a window are equal but for their rounding, the winner may differ.
        different = np.abs(found - np.asarray(other)) > 1e-4 * np.abs(np.asarray(other)).max()
        assert different.mean() < 1e-3
