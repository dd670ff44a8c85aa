"""The gradient of a value, and of a weight, recomputed term by term, against the pass of the C core."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from backward_networks import batches, value_slope, weight_slope
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import KINDS

from cnncore import CnnError
from cnncore.backward import BackwardPass, backward_pass, explain_gradient, explain_weight
from cnncore.backward.layer_gradients import activation_of
from cnncore.network import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    Network,
    Softmax,
)
from cnncore.network.explain import feeds

random = np.random.default_rng(6)

ROUNDING = 1e-6
"""The error of a float32 sum, in parts of its terms' largest possible magnitude."""


def normal(*shape: int) -> np.ndarray:
    return random.normal(size=shape).astype(np.float32)


def somewhere(draw: st.DataObject, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(draw.draw(st.integers(0, size - 1)) for size in shape)


def check_value(batch: BackwardPass, image: int, layer: int, position: tuple[int, ...]) -> None:
    network = batch.network
    explained = explain_gradient(network, batch, image, layer, position)
    core = batch.gradient(layer)[(image, *position)].item()
    assert explained.core == core or (np.isnan(explained.core) and np.isnan(core))
    assert explained.output == batch.values(layer)[(image, *position)]
    if layer == len(network.layers) - 1:
        assert explained.reader is None and not len(explained.terms) and explained.stages[-1].operation == "divide"
        assert explained.difference == pytest.approx(0, abs=ROUNDING * max(abs(core), 1e-3))
        return
    terms = explained.terms
    assert explained.reader == terms.layer == layer + 1
    assert explained.stages[0].value == pytest.approx(terms.products.sum(), rel=1e-9, abs=1e-12)
    readers = feeds(network, layer, position)
    assert {term.position for term in terms} <= set(readers)
    reader = network.layers[layer + 1]
    only_softmax = isinstance(reader, (Softmax, Activation)) and activation_of(reader) == "softmax"
    sums = (batch.gradients if only_softmax else batch.sum_gradients)[layer + 1]
    rounding = ROUNDING * float(np.abs(batch.gradients[layer + 1]).max())
    for term in terms[:5]:
        at = (image, *term.position)
        assert term.gradient == batch.gradients[layer + 1][at]
        assert term.sum_gradient == pytest.approx(sums[at].item(), rel=1e-5, abs=rounding)
        assert term.product == term.sum_gradient * term.weight
        if term.gate is not None:
            assert term.sum_gradient == term.gradient * term.gate
    size = float(np.abs(batch.gradients[layer + 1][image]).max()) * np.abs(terms.weights).sum()
    assert abs(explained.difference) <= ROUNDING * size


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(data=st.data())
def test_every_kind_of_layer_gives_the_gradient_of_the_core(kind: type, data: st.DataObject) -> None:
    batch = data.draw(batches(kind))
    for layer in range(-1, len(batch.network.layers)):
        image, *position = somewhere(data, batch.values(layer).shape)
        check_value(batch, image, layer, tuple(position))


@given(batches(dtype="float64"), st.data())
def test_the_recomputed_gradient_agrees_with_difference_quotients(batch: BackwardPass, data: st.DataObject) -> None:
    for layer in range(-1, len(batch.network.layers)):
        image, *position = somewhere(data, batch.values(layer).shape)
        explained = explain_gradient(batch.network, batch, image, layer, tuple(position))
        slope = value_slope(batch, image, layer, tuple(position))
        if slope is not None:
            assert explained.value == pytest.approx(slope, rel=1e-6, abs=1e-7)


@given(batches(), st.data())
def test_a_weights_terms_give_the_gradient_of_the_core(batch: BackwardPass, data: st.DataObject) -> None:
    for layer, weights in enumerate(batch.weights):
        for name, value, gradient in weights:
            position = somewhere(data, value.shape)
            explained = explain_weight(batch.network, batch, layer, name, position)
            assert explained.core == gradient[position] and explained.weight == value[position]
            terms = explained.terms
            size = np.abs(batch.sum_gradients[layer]).max() * np.abs(terms.values).sum()
            assert abs(explained.difference) <= ROUNDING * size
            assert explained.by_image.mean() == pytest.approx(explained.stages[-1].value, rel=1e-9, abs=1e-9)
            inputs = batch.values(layer - 1)
            for term in (*terms[:3], *terms[-3:]):
                assert term.gradient == batch.sum_gradients[layer][(term.image, *term.position)]
                assert term.product == term.value * term.gradient and term.image == terms.images[term.order]
                if name == "kernel":
                    assert term.source is not None and term.value == inputs[(term.image, *term.source)]
                elif name != "gamma":
                    assert term.source is None and term.value == 1


@given(batches(dtype="float64"), st.data())
def test_a_recomputed_weight_agrees_with_difference_quotients(batch: BackwardPass, data: st.DataObject) -> None:
    for layer, weights in enumerate(batch.weights):
        for name, value, _gradient in weights:
            position = somewhere(data, value.shape)
            slope = weight_slope(batch, layer, name, position)
            if slope is not None:
                explained = explain_weight(batch.network, batch, layer, name, position)
                assert explained.value == pytest.approx(slope, rel=1e-6, abs=1e-7)


def classifier(*first: object, inputs: int = 3, units: int = 4, **options: object) -> Network:
    last = Dense(
        name="last", input_shape=(inputs,), kernel=normal(inputs, units), bias=normal(units), activation="softmax"
    )
    return Network([*first, last], options.get("shape", (inputs,)))  # type: ignore[list-item, arg-type]


def test_softmax_with_cross_entropy_is_p_minus_y() -> None:
    network = classifier()
    batch = backward_pass(network, normal(5, 3), [0, 1, 2, 3, 1])
    for unit, target in ((1, 1.0), (2, 0.0)):
        explained = explain_gradient(network, batch, 1, 0, (unit,))
        p = batch.outputs[0][1, unit].item()
        probability, difference, mean = explained.stages
        assert [stage.operation for stage in explained.stages] == ["probability", "subtract", "divide"]
        assert probability.value == pytest.approx(p, abs=1e-7)
        assert (difference.operand, mean.operand) == (target, 5)
        assert mean.value == (probability.value - target) / 5
        assert explained.fused and explained.target == target and explained.own_gate is None
        assert explained.value == explained.core == explained.sum_gradient


def test_one_sigmoid_with_binary_cross_entropy_is_p_minus_y() -> None:
    kernel = normal(3, 1)
    network = Network([Dense(name="d", input_shape=(3,), kernel=kernel, activation="sigmoid")], (3,))
    batch = backward_pass(network, normal(2, 3), [1, 0])
    explained = explain_gradient(network, batch, 0, 0, (0,))
    assert [stage.operation for stage in explained.stages] == ["probability", "subtract", "divide"]
    assert explained.stages[1].operand == explained.target == 1 and explained.difference == 0


def test_a_saturated_softmax_is_recomputed_from_its_logits() -> None:
    kernel = np.array([[20, 0, -20]], np.float32)
    network = Network([Dense(name="d", input_shape=(1,), kernel=kernel, activation="softmax")], (1,))
    batch = backward_pass(network, np.ones((1, 1)), [0])
    assert batch.outputs[0][0, 0] == 1  # the rounded probability says nothing of the gradient
    explained = explain_gradient(network, batch, 0, 0, (0,))
    assert explained.value == explained.core == pytest.approx(-np.exp(-20), rel=1e-6)


def test_a_pooled_value_sends_its_gradient_to_the_first_of_the_largest() -> None:
    shape = (2, 2, 1)
    layers = [MaxPooling2D(name="pool", input_shape=shape), Flatten(name="flat", input_shape=(1, 1, 1))]
    network = classifier(*layers, inputs=1, shape=shape)
    batch = backward_pass(network, np.array([[[[1], [3]], [[3], [2]]]]), [0])
    given = batch.gradients[0][0, 0, 0, 0].item()
    for position, weight in (((0, 0, 0), 0), ((0, 1, 0), 1), ((1, 0, 0), 0), ((1, 1, 0), 0)):
        (term,) = explain_gradient(network, batch, 0, -1, position).terms
        assert (term.position, term.gradient, term.weight, term.product) == ((0, 0, 0), given, weight, weight * given)


def test_an_averaged_value_takes_its_share_of_what_is_not_padding() -> None:
    shape = (3, 3, 1)
    pool = AveragePooling2D(name="pool", input_shape=shape, padding="same")
    network = classifier(pool, Flatten(name="flat", input_shape=(2, 2, 1)), inputs=4, shape=shape)
    batch = backward_pass(network, normal(1, *shape), [0])
    shares = {(0, 0, 0): 1 / 4, (0, 2, 0): 1 / 2, (2, 2, 0): 1.0}
    for position, share in shares.items():
        (term,) = explain_gradient(network, batch, 0, -1, position).terms
        assert term.weight == share


def test_relus_gate_is_shut_at_zero_and_below() -> None:
    first = Dense(name="first", input_shape=(1,), kernel=np.array([[1, 2, -1]], np.float32), bias=normal(3) * 0,
                  activation="relu")  # fmt: skip
    network = classifier(first, shape=(1,))
    batch = backward_pass(network, np.array([[1.0], [0.0]]), [0, 1])
    assert [term.gate for term in explain_gradient(network, batch, 0, -1, (0,)).terms] == [1, 1, 0]
    assert [term.gate for term in explain_gradient(network, batch, 1, -1, (0,)).terms] == [0, 0, 0]
    assert explain_gradient(network, batch, 1, -1, (0,)).value == 0
    shut = explain_gradient(network, batch, 0, 0, (2,))
    assert shut.own_gate == 0 and shut.sum_gradient == 0 != shut.value


def test_a_softmax_layer_joins_all_its_units() -> None:
    network = Network([Softmax(name="inner", input_shape=(3,)), *classifier().layers], (3,))
    batch = backward_pass(network, normal(1, 3), [0])
    p = batch.outputs[0][0].astype(np.float64)
    terms = explain_gradient(network, batch, 0, -1, (1,)).terms
    np.testing.assert_allclose(terms.weights, [-p[0] * p[1], p[1] * (1 - p[1]), -p[2] * p[1]])


def test_the_largest_terms_come_first_and_the_rest_is_summed() -> None:
    conv = Conv2D(name="conv", input_shape=(6, 6, 1), kernel=normal(3, 3, 1, 4), bias=normal(4), activation="relu")
    network = classifier(conv, Flatten(name="flat", input_shape=(4, 4, 4)), inputs=64, shape=(6, 6, 1))
    batch = backward_pass(network, normal(2, 6, 6, 1), [0, 1])
    explained = explain_weight(network, batch, 0, "kernel", (1, 1, 0, 2))
    assert len(explained.terms) == explained.rows == 2 * 4 * 4
    chosen, rest = explained.largest(5)
    sizes = np.abs(explained.products)
    assert sizes[chosen].tolist() == sorted(sizes.tolist(), reverse=True)[:5]
    assert rest.count == 27
    assert explained.products[chosen].sum() + rest.total == pytest.approx(explained.stages[-1].value)
    assert rest.positive + rest.negative == pytest.approx(rest.total)
    assert explained.order("index").tolist() == list(range(32))
    assert explained.count == 2 and explained.by_image.shape == (2,)


def test_dropout_and_normalization_pass_on_what_they_do_at_inference() -> None:
    normalized = BatchNormalization(
        name="norm", input_shape=(3,), moving_mean=normal(3), moving_variance=normal(3) ** 2, gamma=normal(3)
    )
    network = classifier(Dropout(name="drop", input_shape=(3,), rate=0.5), normalized)
    batch = backward_pass(network, normal(2, 3), [0, 1])
    (through_dropout,) = explain_gradient(network, batch, 1, -1, (2,)).terms
    (through_norm,) = explain_gradient(network, batch, 1, 0, (2,)).terms
    assert through_dropout.weight == 1
    assert normalized.gamma is not None
    scale = normalized.gamma[2] / np.sqrt(normalized.moving_variance[2] + 1e-3)
    assert through_norm.weight == pytest.approx(scale, rel=1e-5)


def test_nan_and_infinity_pass_through_and_are_no_difference() -> None:
    shape = (4, 4, 1)
    conv = Conv2D(name="conv", input_shape=shape, kernel=normal(2, 2, 1, 2), bias=normal(2), activation="relu")
    pool = MaxPooling2D(name="pool", input_shape=(3, 3, 2), pool_size=(3, 3))
    network = classifier(conv, pool, Flatten(name="flat", input_shape=(1, 1, 2)), inputs=2, shape=shape)
    images = normal(2, *shape)
    images[0, 1, 1] = np.nan
    batch = backward_pass(network, images, [0, 1])
    for layer in range(1, 4):
        explained = explain_gradient(network, batch, 0, layer, (0,) * len(network.layers[layer].output_shape))
        assert np.isnan(explained.core) and np.isnan(explained.value) and explained.difference == 0
    bias = explain_weight(network, batch, 3, "bias", (1,))
    assert np.isnan(bias.value) and bias.difference == 0 and np.isnan(bias.by_image).tolist() == [True, False]


def test_what_does_not_exist_is_refused_by_name() -> None:
    network, other = classifier(), classifier()
    batch = backward_pass(network, normal(2, 3), [0, 1])
    with pytest.raises(CnnError, match="image"):
        explain_gradient(network, batch, 2, 0, (0,))
    with pytest.raises(CnnError, match="layer"):
        explain_gradient(network, batch, 0, 1, (0,))
    with pytest.raises(CnnError, match=r"\(4,\) is not a position"):
        explain_gradient(network, batch, 0, 0, (4,))
    with pytest.raises(CnnError, match="batch_pass is of another network"):
        explain_gradient(other, batch, 0, 0, (0,))
    with pytest.raises(CnnError, match="no weight 'beta'"):
        explain_weight(network, batch, 0, "beta", (0,))
    with pytest.raises(CnnError, match=r"\(0,\) is not a position"):
        explain_weight(network, batch, 0, "kernel", (0,))


def test_explanations_can_be_copied() -> None:
    network = classifier()
    batch = backward_pass(network, normal(2, 3), [0, 1])
    of_value = explain_gradient(network, batch, 0, -1, (0,))
    of_weight = explain_weight(network, batch, 0, "kernel", (1, 2))
    for explained in (of_value, of_weight):
        same = pickle.loads(pickle.dumps(explained))
        assert same.value == explained.value and same.terms[0] == explained.terms[0]
        assert not same.products.flags.writeable
