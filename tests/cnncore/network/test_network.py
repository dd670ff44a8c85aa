"""Networks built by hand, without Keras: shapes, accepted inputs and errors."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest

from cnncore import CnnError, reference
from cnncore.network import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    InputLayer,
    MaxPooling2D,
    Network,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)

random = np.random.default_rng(5)
KERNEL = random.normal(size=(3, 3, 1, 4)).astype(np.float32)
BIAS = random.normal(size=4).astype(np.float32)
DENSE = random.normal(size=(36, 3)).astype(np.float32)


def small() -> Network:
    return Network(
        [
            Conv2D(name="conv", input_shape=(8, 8, 1), kernel=KERNEL, bias=BIAS, activation="relu"),
            MaxPooling2D(name="pool", input_shape=(6, 6, 4)),
            Dropout(name="drop", input_shape=(3, 3, 4)),
            Flatten(name="flat", input_shape=(3, 3, 4)),
            Dense(name="dense", input_shape=(36,), kernel=DENSE, activation="softmax"),
        ],
        (8, 8, 1),
    )


def by_definition(x: np.ndarray) -> np.ndarray:
    maps = reference.max_pool2d(reference.conv2d(x, KERNEL, BIAS, activation="relu"))
    return reference.dense(maps.reshape(len(x), -1), DENSE, activation="softmax")


@pytest.mark.parametrize("batch_size", [1, 3, 7, 100])
def test_predict_is_what_the_operations_give(batch_size: int) -> None:
    x = random.random((7, 8, 8, 1), np.float32)
    np.testing.assert_allclose(small().predict(x, batch_size=batch_size), by_definition(x), rtol=1e-5, atol=1e-6)


def test_one_input_or_many_with_the_channel_or_without() -> None:
    x, network = random.random((5, 8, 8, 1), np.float32), small()
    many = network.predict(x)
    assert many.shape == (5, 3)
    assert many.dtype == np.float32
    np.testing.assert_array_equal(network.predict(x[..., 0]), many)
    for one in (x[2], x[2, ..., 0]):
        assert network.predict(one).shape == (3,)
        np.testing.assert_allclose(network.predict(one), many[2], rtol=1e-6)
    assert network.predict(x[:0]).shape == (0, 3)


def test_whole_numbers_keep_their_values() -> None:
    x, network = random.integers(0, 256, (2, 8, 8), np.uint8), small()
    np.testing.assert_array_equal(network.predict(x), network.predict(x.astype(np.float32)))
    np.testing.assert_array_equal(network.predict(x.tolist()), network.predict(x))
    np.testing.assert_array_equal(network.predict(x.astype(">f8")), network.predict(x))
    np.testing.assert_array_equal(network.predict(np.asfortranarray(x)), network.predict(x))


def test_activations_are_one_a_layer_in_order_and_end_in_the_prediction() -> None:
    x, network = random.random((5, 8, 8, 1), np.float32), small()
    found = network.activations(x, batch_size=2)
    assert [a.shape[1:] for a in found] == [layer.output_shape for layer in network.layers]
    np.testing.assert_allclose(found[-1], network.predict(x, batch_size=2), rtol=1e-6)
    for layer, before, after in zip(network.layers, (x, *found), found, strict=False):
        np.testing.assert_allclose(layer.forward(before), after, rtol=1e-6)
        np.testing.assert_allclose(layer.forward(before[1]), after[1], rtol=1e-6)
    assert network.activations(x[0])[0].shape == (6, 6, 4)


def test_memory_does_not_grow_with_the_batch() -> None:
    network = Network(
        [Conv2D(name="c", input_shape=(32, 32, 1), kernel=np.zeros((3, 3, 1, 16))), GlobalAveragePooling2D(
            name="g", input_shape=(30, 30, 16))], (32, 32, 1),
    )  # fmt: skip

    def peak(n: int) -> int:
        x = np.zeros((n, 32, 32), np.uint8)
        tracemalloc.start()
        network.predict(x, batch_size=4)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(4)
    one_map = 30 * 30 * 16 * 4
    assert peak(400) < peak(8) + 400 * 16 * 4 + one_map


@pytest.mark.parametrize("shape", [(8, 7), (8, 8, 2), (2, 8, 8, 2), (64,), (), (1, 1, 8, 8, 1)])
def test_wrong_shapes_are_refused_by_name(shape: tuple[int, ...]) -> None:
    with pytest.raises(CnnError, match=r"x has shape .*takes \(8, 8, 1\)"):
        small().predict(np.zeros(shape, np.float32))


def test_what_is_no_number_is_refused() -> None:
    for wrong in (np.full((8, 8), "a"), np.zeros((8, 8), complex)):
        with pytest.raises(CnnError, match="x"):
            small().predict(wrong)
    with pytest.raises(CnnError, match="batch_size"):
        small().predict(np.zeros((8, 8)), batch_size=0)


def test_layers_that_do_not_fit_are_refused() -> None:
    flat, pool = Flatten(name="a", input_shape=(4, 4, 1)), MaxPooling2D(name="a", input_shape=(8, 8, 1))
    with pytest.raises(CnnError, match=r"'a' takes shape \(4, 4, 1\), but its input has shape \(8, 8, 1\)"):
        Network([flat], (8, 8, 1))
    with pytest.raises(CnnError, match="two layers are called 'a'"):
        Network([pool, flat], (8, 8, 1))
    with pytest.raises(CnnError, match="at least one layer"):
        Network([], (8, 8, 1))


def test_everything_is_frozen() -> None:
    layer = small().layers[0]
    assert isinstance(layer, Conv2D)
    with pytest.raises(dataclasses.FrozenInstanceError):
        layer.padding = "same"  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        layer.weights["kernel"][0] = 1
    with pytest.raises(TypeError):
        layer.weights["kernel"] = KERNEL  # type: ignore[index]
    given = KERNEL.copy()
    made = Conv2D(name="c", input_shape=(8, 8, 1), kernel=given)
    given[:] = 0
    np.testing.assert_array_equal(made.kernel, KERNEL)


def test_a_layer_says_what_it_is() -> None:
    layer = small().layers[0]
    assert (layer.kind, layer.name, layer.input_shape, layer.output_shape) == ("Conv2D", "conv", (8, 8, 1), (6, 6, 4))
    assert layer.parameters == 40
    assert list(layer.weights) == ["kernel", "bias"]
    assert dict(layer.config) == {
        "strides": (1, 1),
        "padding": "valid",
        "dilation_rate": (1, 1),
        "activation": "relu",
        "groups": 1,
    }
    assert list(small().layers[4].weights) == ["kernel"]


def test_the_summary_iterates_and_prints() -> None:
    summary = small().summary()
    assert [(row.name, row.parameters) for row in summary] == [
        ("conv", 40),
        ("pool", 0),
        ("drop", 0),
        ("flat", 0),
        ("dense", 108),
    ]
    assert summary.parameters == small().parameters == 148
    text = str(summary)
    assert "Total parameters: 148" in text
    assert max(map(len, text.splitlines())) <= 80
    assert len({len(line) for line in text.splitlines()[1:-1]}) == 1  # the columns line up


def test_long_names_are_cut_to_80_columns_korean_too() -> None:
    name = "아주_긴_이름의_합성곱_층" * 5
    text = str(Network([Flatten(name=name, input_shape=(4, 4, 1))], (4, 4, 1)).summary())
    row = text.splitlines()[3]
    assert ".." in row
    assert sum(2 if ord(letter) > 0x1100 else 1 for letter in row) <= 80


def test_depthwise_is_each_channel_alone() -> None:
    x = random.random((2, 6, 5, 3), np.float32)
    kernel = random.normal(size=(3, 2, 3, 2)).astype(np.float32)
    layer = DepthwiseConv2D(name="d", input_shape=(6, 5, 3), kernel=kernel, padding="same", strides=2)
    assert layer.output_shape == (3, 3, 6)
    assert layer.depth_multiplier == 2
    found = layer.forward(x)
    for c in range(3):
        for m in range(2):
            alone = reference.conv2d(x[..., c : c + 1], kernel[:, :, c : c + 1, m : m + 1], padding="same", strides=2)
            np.testing.assert_allclose(found[..., c * 2 + m], alone[..., 0], rtol=1e-5, atol=1e-6)


def test_the_small_layers_do_what_their_names_say() -> None:
    x = np.array([[[-2.0, 0.5], [3.0, 9.0]]], np.float32)  # (1, 2, 2)
    shape = x.shape
    np.testing.assert_array_equal(InputLayer(name="i", input_shape=shape).forward(x), x)
    np.testing.assert_array_equal(ReLU(name="r", input_shape=shape).forward(x), np.maximum(x, 0))
    full = ReLU(name="r", input_shape=shape, max_value=6, negative_slope=0.5, threshold=1).forward(x)
    np.testing.assert_array_equal(full, [[[-1.5, -0.25], [3, 6]]])
    np.testing.assert_allclose(Activation(name="a", input_shape=shape, activation="tanh").forward(x), np.tanh(x), 1e-6)
    np.testing.assert_allclose(Softmax(name="s", input_shape=shape).forward(x).sum(-1), 1, rtol=1e-6)
    scaled = Rescaling(name="s", input_shape=shape, scale=(2, 3), offset=1).forward(x)
    np.testing.assert_array_equal(scaled, [[[-3, 2.5], [7, 28]]])
    padded = ZeroPadding2D(name="z", input_shape=shape, padding=((1, 0), (0, 2))).forward(x)
    assert padded.shape == (2, 4, 2)
    assert padded.sum() == x.sum()
    assert AveragePooling2D(name="p", input_shape=shape, pool_size=(1, 2)).forward(x).tolist() == [[[0.5, 4.75]]]
    assert GlobalAveragePooling2D(name="g", input_shape=shape).forward(x).tolist() == [0.5, 4.75]
    assert GlobalAveragePooling2D(name="g", input_shape=shape, keepdims=True).output_shape == (1, 1, 2)
    normal = BatchNormalization(
        name="b", input_shape=shape, moving_mean=[1, 2], moving_variance=[4, 1], beta=[0, 1], gamma=[1, 2], epsilon=0.0
    )
    np.testing.assert_allclose(normal.forward(x), [[[-1.5, -2], [1, 15]]])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Conv2D(name="c", input_shape=(8, 8, 3), kernel=KERNEL), "kernel of layer 'c'"),
        (lambda: Conv2D(name="c", input_shape=(8, 8, 1), kernel=KERNEL, bias=[1, 2]), "bias has shape"),
        (lambda: Conv2D(name="c", input_shape=(8, 8, 1), kernel=KERNEL, activation="gelu"), "activation is 'gelu'"),
        (lambda: Conv2D(name="c", input_shape=(2, 2, 1), kernel=KERNEL), "spans 3"),
        (lambda: Conv2D(name="c", input_shape=(64,), kernel=KERNEL), r"takes maps of shape \(H, W, C\)"),
        (lambda: DepthwiseConv2D(name="c", input_shape=(8, 8, 2), kernel=KERNEL), "depth_multiplier"),
        (lambda: Dense(name="d", input_shape=(35,), kernel=DENSE), "kernel of layer 'd'"),
        (lambda: MaxPooling2D(name="p", input_shape=(8, 8, 1), pool_size=9), "pool window spans 9"),
        (lambda: Rescaling(name="s", input_shape=(8, 8, 3), scale=(1, 2)), "scale of layer 's'"),
        (lambda: ReLU(name="r", input_shape=(8,), negative_slope=-1), "negative_slope must be at least 0"),
        (lambda: BatchNormalization(name="b", input_shape=(8, 8, 3), moving_mean=[1], moving_variance=[1]), "mean"),
        (lambda: ZeroPadding2D(name="z", input_shape=(8, 8, 3), padding=-1), "padding must be at least 0"),
    ],
)
def test_wrong_layers_are_refused(make: object, words: str) -> None:
    with pytest.raises(CnnError, match=words):
        make()  # type: ignore[operator]


def test_not_a_number_passes_through() -> None:
    x = np.full((8, 8), np.nan, np.float32)
    assert np.isnan(small().activations(x)[0]).all()
