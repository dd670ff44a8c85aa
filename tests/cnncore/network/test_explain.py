"""Explanations: recomputed values against the network's and numpy's, every stage against the one before."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import KINDS, networks

from cnncore import CnnError, reference
from cnncore.network import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Network,
    ReLU,
    Softmax,
    ZeroPadding2D,
)
from cnncore.network.explain import Explanation, Stage, explain

EXACT = {"MaxPooling2D", "Flatten", "Dropout", "InputLayer", "ZeroPadding2D"}
random = np.random.default_rng(3)


def normal(*shape: int) -> np.ndarray:
    return random.normal(size=shape).astype(np.float32)


def tolerance(layer: Layer, before: np.ndarray, explained: Explanation) -> float:
    """Return the error that float32 rounding may cause in the sum of products and in every stage."""
    if layer.kind in EXACT or (layer.kind == "ReLU" and explained.stages[0].operation == "relu"):
        return 0.0
    magnitudes = [abs(stage.value) for stage in explained.stages if math.isfinite(stage.value)]
    magnitudes += [abs(stage.operand) for stage in explained.stages if stage.operation == "add" and stage.operand]
    if explained.counted:
        magnitudes.append(float(np.abs(before).max()))
    if explained.sources.weights is not None:
        magnitudes.append(float(np.abs(before).max()) * float(np.abs(explained.sources.weights).sum()))
    return 2e-6 * max(1e-3, *magnitudes)


def check_value(network: Network, x: np.ndarray) -> None:
    inside = network.activations(x)
    for at, layer in enumerate(network.layers):
        before = x if at == 0 else inside[at - 1]
        for position in np.ndindex(layer.output_shape):
            explained = explain(network, x, inside, at, position)
            assert (explained.layer, explained.name, explained.kind, explained.position) == (
                at,
                layer.name,
                layer.kind,
                position,
            )
            assert explained.core == inside[at][position]
            assert abs(explained.difference) <= tolerance(layer, before, explained), (layer, position, explained)
            assert explained.value == np.float32(explained.value), "rounded to float32"
            check_sources(before, explained)
            check_stages(explained)


def check_sources(before: np.ndarray, explained: Explanation) -> None:
    """Values are those of the layer before, products are products, and they make the first sum."""
    sources = explained.sources
    for source in sources:
        if source.padded:
            assert source.value == 0
        else:
            assert source.value == before[source.position]
        assert source.product == (source.value if source.weight is None else source.value * source.weight)
    if explained.stages[0].operation == "sum":
        assert explained.stages[0].value == math.fsum(source.product for source in sources)
        assert explained.contributions.sum() == pytest.approx(explained.stages[0].value, rel=1e-9, abs=1e-9)
    for row in range(explained.rows):
        if explained.channels:
            folded = [sources[i] for i in explained.taps(row)]
            assert explained.contributions[row] == pytest.approx(sum(s.product for s in folded), rel=1e-12, abs=1e-12)
            assert {s.position[2] for s in folded} == {explained.channels.first + row}


def check_stages(explained: Explanation) -> None:
    """Each stage follows from the one before, or from the stages it names."""
    was = explained.sources[0].value
    root = centred = 0.0
    for stage in explained.stages:
        assert stage.value == pytest.approx(follows(explained, stage, was, root, centred), rel=1e-9, abs=1e-300)
        root, centred = (
            (stage.value if stage.operation == "root" else root),
            centred or (stage.value if stage.operation == "subtract" else 0.0),
        )
        was = stage.value


def follows(explained: Explanation, stage: Stage, was: float, root: float, centred: float) -> float:
    by = 0.0 if stage.operand is None else stage.operand
    inside = [s.value for s in explained.sources if not s.padded]
    match stage.operation:
        case "sum":
            return math.fsum(s.product for s in explained.sources)
        case "bias" | "add":
            return was + by
        case "relu":
            return max(0.0, was)
        case "tanh":
            return math.tanh(was)
        case "exponential" if stage.operand is None:
            return math.exp(-was)
        case "exponential":
            if explained.softmax is not None and explained.softmax.logits_from == "before":
                was = explained.sources[explained.position[-1]].value
            return math.exp(was - by)
        case "sigmoid":
            return 1 / (1 + was)
        case "softmax" | "mean":
            return was / by
        case "maximum":
            return max(inside)
        case "copy":
            return was
        case "padding" | "threshold":
            return 0.0
        case "subtract":
            return was - by
        case "variance":
            assert explained.epsilon is not None
            return by + explained.epsilon
        case "root":
            return math.sqrt(was)
        case "divide":
            assert by == root
            return centred / root
        case "multiply":
            return was * by
        case "slope":
            assert explained.threshold is not None
            return by * (was - explained.threshold)
        case "cap":
            return min(was, by)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=15)
@given(data=st.data())
def test_every_value_of_every_layer_is_recomputed(kind: type[Layer], data: st.DataObject) -> None:
    network, x = data.draw(networks(first=kind))
    check_value(network, x)


def test_a_network_as_learners_train_it() -> None:
    network = Network(
        [
            Conv2D(name="c1", input_shape=(12, 12, 1), kernel=normal(3, 3, 1, 8), bias=normal(8), activation="relu"),
            MaxPooling2D(name="p1", input_shape=(10, 10, 8)),
            Conv2D(name="c2", input_shape=(5, 5, 8), kernel=normal(3, 3, 8, 6), bias=normal(6), activation="relu"),
            Dropout(name="drop", input_shape=(3, 3, 6)),
            Flatten(name="flat", input_shape=(3, 3, 6)),
            Dense(name="d1", input_shape=(54,), kernel=normal(54, 7), bias=normal(7), activation="relu"),
            Dense(name="d2", input_shape=(7,), kernel=normal(7, 4), bias=normal(4), activation="softmax"),
        ],
        (12, 12, 1),
    )
    check_value(network, random.random((12, 12, 1), np.float32))


def one(layer: Layer, x: np.ndarray, position: tuple[int, ...]) -> Explanation:
    network = Network([layer], layer.input_shape)
    return explain(network, x, network.activations(x), 0, position)


@pytest.mark.parametrize("activation", ["linear", "relu", "sigmoid", "tanh"])
def test_convolution_equals_the_plain_twin_in_float64(activation: str) -> None:
    kernel, bias, x = normal(3, 2, 5, 4), normal(4), normal(7, 8, 5)
    layer = Conv2D(
        name="c", input_shape=x.shape, kernel=kernel, bias=bias, strides=2, padding="same", activation=activation
    )
    wide = [array.astype(np.float64) for array in (x, kernel, bias)]
    right = reference.conv2d(*wide, strides=2, padding="same", activation=activation)
    for position in np.ndindex(right.shape):
        explained = one(layer, x, position)
        assert explained.stages[-1].value == pytest.approx(right[position], rel=1e-12, abs=1e-12)
        assert explained.value == np.float32(explained.stages[-1].value)


def test_a_convolution_is_folded_by_channel_and_a_single_channel_is_not() -> None:
    x = normal(5, 5, 6)
    layer = Conv2D(name="c", input_shape=x.shape, kernel=normal(3, 3, 3, 4), groups=2)
    explained = one(layer, x, (1, 2, 3))
    assert explained.channels is not None
    assert (explained.rows, explained.channels.first, explained.channels.taps, len(explained.sources)) == (3, 3, 9, 27)
    first = explained.sources[explained.taps(1).start]
    assert first.position == (1, 2, 4)
    assert [s.position[:2] for s in explained.sources[:4]] == [(1, 2), (1, 3), (1, 4), (2, 2)]
    single = one(Conv2D(name="c", input_shape=(5, 5, 1), kernel=normal(3, 3, 1, 2)), normal(5, 5, 1), (0, 0, 1))
    assert single.channels is None
    assert single.rows == 9
    alone = one(DepthwiseConv2D(name="c", input_shape=(5, 5, 6), kernel=normal(3, 3, 6, 2)), x, (0, 0, 7))
    assert {source.position[2] for source in alone.sources} == {3}


def test_maximum_has_a_winner_and_says_ties() -> None:
    x = np.array([[1, 7], [7, -3]], np.float32)[..., None]
    explained = one(MaxPooling2D(name="p", input_shape=x.shape), x, (0, 0, 0))
    assert explained.winner == 1
    assert explained.sources[explained.winner].position == (0, 1, 0)
    assert (explained.ties, explained.value, explained.pre_activation) == (2, 7.0, None)


def test_averages_do_not_count_padding() -> None:
    x = np.arange(9, dtype=np.float32).reshape(3, 3, 1)
    explained = one(AveragePooling2D(name="p", input_shape=x.shape, padding="same"), x, (1, 1, 0))
    assert explained.counted == 1
    assert [s.padded for s in explained.sources] == [False, True, True, True]
    assert explained.value == 8
    whole = one(GlobalAveragePooling2D(name="g", input_shape=x.shape), x, (0,))
    assert (whole.counted, whole.value) == (9, 4.0)


def test_softmax_shows_every_share() -> None:
    kernel, bias, x = normal(6, 10), normal(10), normal(6)
    layer = Dense(name="d", input_shape=(6,), kernel=kernel, bias=bias, activation="softmax")
    logits = x.astype(np.float64) @ kernel.astype(np.float64) + bias
    right = np.exp(logits) / np.exp(logits).sum()
    for unit in range(10):
        table = one(layer, x, (unit,)).softmax
        assert table is not None
        assert (table.index, table.logits_from) == (unit, "stepping")
        np.testing.assert_allclose(table.logits, logits, rtol=1e-12)
        np.testing.assert_allclose(table.shares, right, rtol=1e-12)
        assert table.largest == table.logits.max()
        assert table.exponentials.max() == 1
        assert table.total == pytest.approx(table.exponentials.sum())
    alone = one(Softmax(name="s", input_shape=(6,)), x, (2,)).softmax
    assert alone is not None
    assert alone.logits_from == "before"
    np.testing.assert_array_equal(alone.logits, x)


def test_of_a_thousand_shares_the_largest_are_chosen_and_the_one_explained() -> None:
    x = normal(1000)
    table = one(Softmax(name="s", input_shape=(1000,)), x, (int(np.argmin(x)),)).softmax
    assert table is not None
    units, rest = table.chosen(10)
    assert units[-1] == np.argmin(x)
    assert list(units[:-1]) == np.argsort(-x)[:9].tolist()
    assert rest.count == 990
    assert rest.total + table.exponentials[list(units)].sum() == pytest.approx(table.total)
    assert table.chosen(1000)[0] == tuple(range(1000))


def test_normalization_by_its_formula() -> None:
    mean, variance, gamma, beta, x = normal(3), np.abs(normal(3)), normal(3), normal(3), normal(2, 2, 3)
    layer = BatchNormalization(
        name="b", input_shape=x.shape, moving_mean=mean, moving_variance=variance, gamma=gamma, beta=beta
    )
    explained = one(layer, x, (1, 0, 2))
    wide = [float(array[2]) for array in (mean, variance, gamma, beta)]
    right = (float(x[1, 0, 2]) - wide[0]) / math.sqrt(wide[1] + 1e-3) * wide[2] + wide[3]
    assert explained.stages[-1].value == pytest.approx(right, rel=1e-14)
    assert [stage.operation for stage in explained.stages] == [
        "subtract",
        "variance",
        "root",
        "divide",
        "multiply",
        "add",
    ]


def test_dropout_says_what_training_would_do() -> None:
    x = np.array([3.0], np.float32)
    explained = one(Dropout(name="d", input_shape=(1,), rate=0.25), x, (0,))
    assert explained.dropout is not None
    assert (explained.value, explained.dropout.keep, explained.dropout.kept) == (3.0, 0.75, 4.0)
    never = one(Dropout(name="d", input_shape=(1,), rate=1.0), x, (0,)).dropout
    assert never is not None
    assert never.kept is None


def test_padding_is_zero_and_the_rest_passes() -> None:
    x = normal(2, 2, 1)
    layer = ZeroPadding2D(name="z", input_shape=x.shape)
    outside, inside = one(layer, x, (0, 1, 0)), one(layer, x, (1, 2, 0))
    assert outside.stages == (Stage("padding", 0.0),)
    assert outside.sources[0].padded
    assert inside.sources[0].position == (0, 1, 0)
    assert inside.value == x[0, 1, 0]


def test_the_order_and_the_rest() -> None:
    x, kernel = np.array([1, -1, 2, 0.5], np.float32), np.array([[3], [4], [-1], [0]], np.float32)
    explained = one(Dense(name="d", input_shape=(4,), kernel=kernel, bias=np.array([1])), x, (0,))
    assert explained.contributions.tolist() == [3, -4, -2, 0]
    assert explained.order("largest").tolist() == [1, 0, 2, 3]
    assert explained.order("index").tolist() == [0, 1, 2, 3]
    rest = explained.remainder(explained.order("largest")[1:])
    assert (rest.count, rest.total, rest.positive, rest.negative) == (3, 1, 3, -2)
    assert (explained.bias, explained.pre_activation, explained.value) == (1, -2, -2)


def test_infinities_and_nan_go_where_the_core_takes_them() -> None:
    for value in (np.inf, -np.inf, np.nan, 3e38):
        for layer in (
            Dense(name="d", input_shape=(2,), kernel=np.array([[2, 1], [1, -2]]), activation="relu"),
            ReLU(name="r", input_shape=(2,)),
            Softmax(name="s", input_shape=(2,)),
        ):
            x = np.array([value, value], np.float32)
            with np.errstate(all="ignore"):
                explained = one(layer, x, (0,))
            assert explained.difference == 0 or explained.value == pytest.approx(explained.core, rel=1e-6), (
                layer,
                value,
            )
            assert explained.order("largest").tolist()


def test_a_flattened_source_knows_its_map() -> None:
    network = Network(
        [
            Flatten(name="f", input_shape=(2, 3, 4)),
            Dropout(name="o", input_shape=(24,)),
            Dense(name="d", input_shape=(24,), kernel=normal(24, 2)),
            Dense(name="e", input_shape=(2,), kernel=normal(2, 2)),
        ],
        (2, 3, 4),
    )
    x = normal(2, 3, 4)
    inside = network.activations(x)
    explained = explain(network, x, inside, 2, (1,))
    for source in range(24):
        position = explained.flat_position(source)
        assert position is not None
        assert x[position] == explained.sources[source].value
    assert explain(network, x, inside, 3, (1,)).flat_position(0) is None


def test_inputs_are_taken_as_predict_takes_them() -> None:
    layer = Conv2D(name="c", input_shape=(4, 4, 1), kernel=normal(3, 3, 1, 1))
    network = Network([layer], (4, 4, 1))
    pixels = random.integers(0, 256, (4, 4), np.uint8)
    inside = network.activations(pixels)
    assert explain(network, pixels, inside, 0, (1, 1, 0)).sources[0].value == pixels[1, 1]


@pytest.mark.parametrize("position", [(), (0,), (2, 0, 0), (0, -1, 0), (0, 0, 1), (0, 0, 0, 0)])
def test_positions_that_are_not_there_are_refused(position: tuple[int, ...]) -> None:
    layer = Conv2D(name="c", input_shape=(4, 4, 1), kernel=normal(3, 3, 1, 1))
    with pytest.raises(CnnError, match=r"is not a position in an output of shape \(2, 2, 1\)"):
        one(layer, normal(4, 4, 1), position)


def test_wrong_layers_and_foreign_activations_are_refused() -> None:
    layer = Dense(name="d", input_shape=(3,), kernel=normal(3, 2))
    network, x = Network([layer], (3,)), normal(3)
    inside = network.activations(x)
    for at in (-1, 1):
        with pytest.raises(CnnError, match=f"layer is {at}; it must be from 0 to 0"):
            explain(network, x, inside, at, (0,))
    for wrong in ((), (inside[0][:1],), (*inside, *inside)):
        with pytest.raises(CnnError, match="must be those of one input"):
            explain(network, x, wrong, 0, (0,))
    with pytest.raises(CnnError, match="must be those of one input"):
        explain(network, x[None], inside, 0, (0,))


def test_an_explanation_is_frozen() -> None:
    explained = one(Dense(name="d", input_shape=(3,), kernel=normal(3, 2)), normal(3), (0,))
    with pytest.raises(ValueError, match="read-only"):
        explained.sources.values[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        explained.contributions[0] = 1
    with pytest.raises(AttributeError):
        explained.core = 1.0  # type: ignore[misc]
    with pytest.raises(IndexError):
        _ = explained.sources[3]
    assert [s.order for s in explained.sources] == [0, 1, 2]
    assert explained.sources[-1].order == 2
