"""The meaning of a network's outputs."""

from __future__ import annotations

import numpy as np
import pytest

from cnncore.activations import ActivationName
from cnncore.network import Activation, Conv2D, Dense, Dropout, Flatten, Layer, Network, ReLU, Softmax
from cnncore.network.answers import NO_CLASS, are_probabilities, best, class_count, scores

X = np.linspace(-1, 2, 8).reshape(2, 4).astype(np.float32)


def network(units: int, activation: ActivationName, *behind: Layer) -> Network:
    kernel = np.random.default_rng(1).normal(size=(4, units))
    return Network([Dense(name="dense", input_shape=(4,), kernel=kernel, activation=activation), *behind], (4,))


def test_a_softmax_gives_its_probabilities() -> None:
    one = network(3, "softmax")
    result = scores(one, one.predict(X))
    assert (class_count(one), are_probabilities(one)) == (3, True)
    np.testing.assert_array_equal(result, one.predict(X))
    np.testing.assert_array_equal(best(result), one.predict(X).argmax(axis=1))


def test_one_sigmoid_tells_two_classes_apart() -> None:
    one = network(1, "sigmoid")
    outputs = one.predict(X)
    result = scores(one, outputs)
    assert (class_count(one), are_probabilities(one)) == (2, True)
    np.testing.assert_array_equal(result[:, 1], outputs[:, 0])
    np.testing.assert_allclose(result.sum(axis=1), 1)
    # Keras counts class 1 where the probability is above a half.
    np.testing.assert_array_equal(best(result), (outputs[:, 0] > 0.5).astype(int))
    assert best(scores(one, np.array([[0.5]], np.float32)))[0] == 0


@pytest.mark.parametrize(("units", "activation"), [(3, "softmax"), (3, "linear"), (1, "sigmoid")])
def test_where_a_number_is_nan_no_class_is_named(units: int, activation: ActivationName) -> None:
    one, x = network(units, activation), X.copy()
    x[1, 2] = np.nan
    result = best(scores(one, one.predict(x)))
    assert result[0] == best(scores(one, one.predict(X)))[0]
    assert result[1] == NO_CLASS


def test_one_nan_among_numbers_is_enough_and_infinity_is_not() -> None:
    nan, inf = np.nan, np.inf
    result = best(np.array([[1, nan, 5], [nan, 0, 0], [1, inf, 5], [-inf, -inf, 0], [0, 2, 1]], np.float32))
    assert result.tolist() == [NO_CLASS, NO_CLASS, 1, 2, 1]


def test_other_numbers_are_taken_as_they_are() -> None:
    for one in (network(3, "linear"), network(3, "sigmoid"), network(3, "softmax", ReLU(name="r", input_shape=(3,)))):
        assert (class_count(one), are_probabilities(one)) == (3, False)
        np.testing.assert_array_equal(scores(one, one.predict(X)), one.predict(X))
    assert class_count(network(1, "linear")) == 1


@pytest.mark.parametrize(
    "behind",
    [
        (Softmax(name="s", input_shape=(3,)),),
        (Activation(name="a", input_shape=(3,), activation="softmax"), Dropout(name="d", input_shape=(3,))),
    ],
)
def test_the_softmax_may_be_a_layer_of_its_own(behind: tuple[Layer, ...]) -> None:
    assert are_probabilities(network(3, "linear", *behind))


def test_a_softmax_over_channels_of_many_places_is_no_answer() -> None:
    kernel = np.ones((1, 1, 1, 2), np.float32)
    one = Network(
        [
            Conv2D(name="conv", input_shape=(2, 2, 1), kernel=kernel, activation="softmax"),
            Flatten(name="flat", input_shape=(2, 2, 2)),
        ],
        (2, 2, 1),
    )
    assert (class_count(one), are_probabilities(one)) == (8, False)
