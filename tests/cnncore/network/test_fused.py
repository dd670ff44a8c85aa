"""`predict`, which fuses layers and packs weights, equals the separate layers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncore
from cnncore import reference
from cnncore._arguments import Padding
from cnncore.activations import ActivationName
from cnncore.network import Conv2D, Dense, DepthwiseConv2D, Dropout, Flatten, MaxPooling2D, Network
from cnncore.network.fused import fuse


def random(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_normal(shape).astype(np.float32)


def build(rng: np.random.Generator, size: int, filters: int, activation: ActivationName, padding: Padding) -> Network:
    """conv - pool - dropout - depthwise - pool - flatten - dense - dense, with a bias here and none there."""
    conv = Conv2D(
        name="conv",
        input_shape=(size, size + 3, 2),
        kernel=random(rng, 3, 3, 2, filters),
        bias=random(rng, filters),
        activation=activation,
        padding=padding,
    )
    pool = MaxPooling2D(name="pool", input_shape=conv.output_shape)
    drop = Dropout(name="drop", input_shape=pool.output_shape)
    deep = DepthwiseConv2D(
        name="deep", input_shape=drop.output_shape, kernel=random(rng, 2, 2, filters, 2), activation="relu"
    )
    again = MaxPooling2D(name="again", input_shape=deep.output_shape, pool_size=(1, 2))
    flat = Flatten(name="flat", input_shape=again.output_shape)
    hidden = Dense(name="hidden", input_shape=flat.output_shape, kernel=random(rng, flat.output_shape[0], 19) / 9)
    last = Dense(name="last", input_shape=(19,), kernel=random(rng, 19, 3), bias=random(rng, 3), activation="softmax")
    layers = (conv, pool, drop, deep, again, flat, hidden, last)
    return Network(layers, conv.input_shape)


@pytest.mark.parametrize("isa", cnncore.available_isas())
@given(
    st.integers(6, 15),
    st.sampled_from([1, 5, 16, 33]),
    st.sampled_from(["linear", "relu", "tanh"]),
    st.sampled_from(["valid", "same"]),
    st.integers(0, 9),
)
@settings(max_examples=15)
def test_predict_equals_the_layers_one_by_one(
    isa: str, size: int, filters: int, activation: ActivationName, padding: Padding, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    network = build(rng, size, filters, activation, padding)
    x = random(rng, 5, *network.input_shape)
    with cnncore.use_isa(isa):
        np.testing.assert_allclose(network.predict(x, batch_size=2), network.activations(x)[-1], rtol=2e-4, atol=2e-5)


def test_what_the_core_computes_in_a_row_is_one_step() -> None:
    rng = np.random.default_rng(0)
    # conv + relu + pool and depthwise; the (1, 2) pooling; dense and dense + softmax. Dropout and flatten are no steps
    assert len(fuse(build(rng, 10, 16, "relu", "valid").layers)) == 3
    # conv; its tanh; the pooling behind it; depthwise; ...
    assert len(fuse(build(rng, 10, 16, "tanh", "valid").layers)) == 6


def test_layers_that_keep_the_numbers_alone_or_at_the_ends() -> None:
    rng = np.random.default_rng(3)
    x = random(rng, 4, 3, 2, 2)
    flat = Flatten(name="flat", input_shape=(3, 2, 2))
    drop = Dropout(name="drop", input_shape=(12,))
    np.testing.assert_array_equal(Network((flat, drop), (3, 2, 2)).predict(x, batch_size=3), x.reshape(4, 12))
    conv = Conv2D(name="conv", input_shape=(3, 2, 2), kernel=random(rng, 1, 1, 2, 5), activation="softmax")
    for activation in ("softmax", "sigmoid"):
        conv = Conv2D(name="conv", input_shape=(3, 2, 2), kernel=conv.kernel, activation=activation)
        network = Network((conv, Flatten(name="flat", input_shape=(3, 2, 5))), (3, 2, 2))
        predicted = network.predict(x)
        assert predicted.shape == (4, 30)
        np.testing.assert_allclose(predicted, network.activations(x)[-1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_any_number_of_threads_and_of_images_gives_the_same_bits(threads: int) -> None:
    rng = np.random.default_rng(4)
    network = build(rng, 12, 16, "relu", "valid")
    x = random(rng, 70, *network.input_shape)
    want = np.concatenate([network.predict(image)[None] for image in x])
    before = cnncore.get_num_threads()
    cnncore.set_num_threads(threads)
    try:
        for size in (1, 2, 3, 7, 70):
            np.testing.assert_array_equal(network.predict(x, batch_size=size), want)
    finally:
        cnncore.set_num_threads(before)


def test_many_python_threads_use_one_network_at_once() -> None:
    rng = np.random.default_rng(5)
    network = build(rng, 12, 16, "relu", "valid")
    inputs = [random(rng, n, *network.input_shape) for n in (1, 2, 5, 40) for _ in range(10)]
    want = [network.predict(x).tobytes() for x in inputs]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda x: network.predict(x).tobytes(), inputs)) == want


def test_softmax_passes_what_is_no_number_on() -> None:
    dense = Dense(name="d", input_shape=(3,), kernel=np.eye(3), activation="softmax")
    network = Network((dense,), (3,))
    x = np.array([[1000, 0, -1000], [np.nan, 1, 2], [1, 2, 3]], np.float32)
    predicted = network.predict(x)
    np.testing.assert_array_equal(predicted[0], [1, 0, 0])
    assert np.isnan(predicted[1]).all()
    np.testing.assert_allclose(predicted[2], cnncore.softmax(x[2]), rtol=1e-6)


def test_the_mission_s_second_pair_by_winograd_and_fused() -> None:
    rng = np.random.default_rng(1)
    conv = Conv2D(
        name="c", input_shape=(13, 13, 64), kernel=random(rng, 3, 3, 64, 64), bias=random(rng, 64), activation="relu"
    )
    pool = MaxPooling2D(name="p", input_shape=conv.output_shape)
    network = Network((conv, pool), conv.input_shape)
    x = random(rng, 9, 13, 13, 64)
    want = reference.max_pool2d(reference.conv2d(x, conv.kernel, conv.bias, activation="relu"))
    scale = reference.conv2d(np.abs(x), np.abs(conv.kernel)).max()
    assert np.max(np.abs(network.predict(x) - want)) <= 4e-6 * scale
    assert len(fuse(network.layers)) == 1


def test_one_network_serves_every_instruction_set() -> None:
    rng = np.random.default_rng(2)
    network = build(rng, 12, 16, "relu", "valid")
    x = random(rng, 4, *network.input_shape)
    results = []
    for name in cnncore.available_isas():
        with cnncore.use_isa(name):
            results.append(network.predict(x))
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], rtol=1e-4, atol=1e-5)
