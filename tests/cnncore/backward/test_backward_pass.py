"""A batch's backward pass against difference quotients of the loss, the trainer, and its own refusals."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from backward_networks import batches, value_slope, weight_slope
from hypothesis import given
from hypothesis import strategies as st

from cnncore import CnnError
from cnncore.activations import ActivationName
from cnncore.backward import BackwardPass, backward_pass
from cnncore.layers import Conv2D as TrainedConv2D
from cnncore.layers import Dense as TrainedDense
from cnncore.layers import Flatten as TrainedFlatten
from cnncore.layers import Input
from cnncore.layers import MaxPooling2D as TrainedMaxPooling2D
from cnncore.models import Sequential
from cnncore.network import Conv2D, Dense, Dropout, Flatten, MaxPooling2D, Network
from cnncore.utils import set_random_seed

random = np.random.default_rng(5)


def normal(*shape: int) -> np.ndarray:
    return random.normal(size=shape).astype(np.float32)


def dense(units: int, activation: ActivationName, inputs: int = 3, name: str = "dense") -> Dense:
    return Dense(
        name=name, input_shape=(inputs,), kernel=normal(inputs, units), bias=normal(units), activation=activation
    )


def somewhere(draw: st.DataObject, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(draw.draw(st.integers(0, size - 1)) for size in shape)


@given(batches(dtype="float64"), st.data())
def test_gradients_of_values_agree_with_difference_quotients(batch: BackwardPass, data: st.DataObject) -> None:
    for layer in range(-1, len(batch.network.layers)):
        image, *position = somewhere(data, batch.values(layer).shape)
        slope = value_slope(batch, image, layer, tuple(position))
        if slope is not None:
            assert batch.gradient(layer)[(image, *position)] == pytest.approx(slope, rel=1e-6, abs=1e-7)


@given(batches(dtype="float64"), st.data())
def test_gradients_of_weights_agree_with_difference_quotients(batch: BackwardPass, data: st.DataObject) -> None:
    for layer, weights in enumerate(batch.weights):
        for name, value, gradient in weights:
            position = somewhere(data, value.shape)
            slope = weight_slope(batch, layer, name, position)
            if slope is not None:
                assert gradient[position] == pytest.approx(slope, rel=1e-6, abs=1e-7)


@given(batches())
def test_a_pass_holds_the_forward_pass_and_every_weight(batch: BackwardPass) -> None:
    network = batch.network
    for output, shown in zip(batch.outputs, network.activations(batch.images), strict=True):
        np.testing.assert_array_equal(output, shown)
    for layer, at_output, at_sum, weights in zip(
        network.layers, batch.gradients, batch.sum_gradients, batch.weights, strict=True
    ):
        assert at_output.shape == at_sum.shape == (len(batch), *layer.output_shape)
        assert at_output.dtype == at_sum.dtype == np.float32
        trained = [name for name in layer.weights if not name.startswith("moving")]
        assert [name for name, _value, _gradient in weights] == trained
        for name, value, gradient in weights:
            assert value is layer.weights[name] and gradient.shape == value.shape and gradient.dtype == np.float32
    assert batch.input_gradient.shape == batch.images.shape
    assert batch.losses.shape == (len(batch),)
    assert batch.loss == pytest.approx(batch.losses.mean())


def trained_model(*, pooled: bool) -> Sequential:
    set_random_seed(3)
    pooling = [TrainedMaxPooling2D()] if pooled else []
    model = Sequential([
        Input((8, 8, 2)), TrainedConv2D(6, 3, activation="relu"), *pooling, TrainedConv2D(5, 2, activation="tanh"),
        TrainedFlatten(), TrainedDense(7, activation="relu"), TrainedDense(4, activation="softmax"),
    ])  # fmt: skip
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("pooled", [False, True])
def test_the_trainer_has_the_same_loss_and_gradients(pooled: bool) -> None:
    model = trained_model(pooled=pooled)
    images, labels = normal(9, 8, 8, 2), random.integers(0, 4, 9)
    batch = backward_pass(model.to_network(), images, labels)
    assert model.compiled is not None
    loss, _targets, outputs = model.compiled.step(images, labels)
    given = [gradient for weights in batch.weights for _name, _value, gradient in weights]
    for ours, (_layer, _name, theirs) in zip(given, model.compiled.chain.trained(), strict=True):
        if pooled:  # the trainer does convolution, ReLU and pooling in one pass, which adds in another order
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-6 * np.abs(theirs).max())
        else:
            np.testing.assert_array_equal(ours, theirs)
    assert batch.loss == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(batch.outputs[-1], outputs, rtol=0, atol=1e-6)


def test_the_loss_follows_from_the_last_layer() -> None:
    of_many = Network([dense(4, "softmax")], (3,))
    of_one = Network([dense(1, "sigmoid")], (3,))
    assert backward_pass(of_many, normal(2, 3), [0, 3]).loss_function.name == "sparse_categorical_crossentropy"
    assert backward_pass(of_one, normal(2, 3), [0, 1]).loss_function.name == "binary_crossentropy"
    assert backward_pass(of_many, normal(2, 3), normal(2, 4), loss="mse").loss_function.name == "mean_squared_error"


def test_one_image_is_a_batch_of_one() -> None:
    network = Network([dense(4, "softmax")], (3,))
    image = normal(3)
    one, same = backward_pass(network, image, 2), backward_pass(network, image[None], [2])
    assert len(one) == 1 and one.loss == same.loss
    np.testing.assert_array_equal(one.gradients[0], same.gradients[0])


def test_a_batch_is_the_mean_of_its_images() -> None:
    network = Network([dense(5, "relu"), dense(4, "softmax", 5, "last")], (3,))
    images, labels = normal(6, 3), random.integers(0, 4, 6)
    alone = [backward_pass(network, image, label) for image, label in zip(images, labels, strict=True)]
    batch = backward_pass(network, images, labels)
    assert batch.loss == pytest.approx(np.mean([one.loss for one in alone]))
    for layer, name in ((0, "kernel"), (0, "bias"), (1, "kernel"), (1, "bias")):
        mean = np.mean([one.weight(layer, name)[1] for one in alone], axis=0)
        np.testing.assert_allclose(batch.weight(layer, name)[1], mean, rtol=1e-5, atol=1e-7)


def test_relu_passes_nothing_at_zero() -> None:
    kernel = np.array([[1, 1]], np.float32)
    first = Dense(name="first", input_shape=(1,), kernel=kernel, bias=np.array([0, 1], np.float32), activation="relu")
    batch = backward_pass(Network([first, dense(3, "softmax", 2)], (1,)), np.zeros((1, 1)), [0])
    np.testing.assert_array_equal(batch.outputs[0], [[0, 1]])
    assert batch.sum_gradients[0][0, 0] == 0 != batch.gradients[0][0, 0]
    assert batch.sum_gradients[0][0, 1] == batch.gradients[0][0, 1]


def test_of_equal_values_the_first_of_a_window_takes_the_gradient() -> None:
    layers = [
        MaxPooling2D(name="pool", input_shape=(2, 2, 1)),
        Flatten(name="flat", input_shape=(1, 1, 1)),
        dense(3, "softmax", 1),
    ]
    batch = backward_pass(Network(layers, (2, 2, 1)), np.full((1, 2, 2, 1), 0.5), [1])
    assert batch.input_gradient[0, 0, 0, 0] == batch.gradients[0][0, 0, 0, 0] != 0
    np.testing.assert_array_equal(batch.input_gradient.ravel()[1:], 0)


def test_a_saturated_softmax_has_a_loss_and_gradients_without_overflow() -> None:
    kernel = np.array([[1000, 0, -1000]], np.float32)
    network = Network([Dense(name="d", input_shape=(1,), kernel=kernel, activation="softmax")], (1,))
    right, wrong = (backward_pass(network, np.ones((1, 1)), [label]) for label in (0, 2))
    assert right.loss == 0 and not right.gradients[0].any()
    assert wrong.loss == 2000
    np.testing.assert_array_equal(wrong.gradients[0], [[1, 0, -1]])


def test_nan_passes_through() -> None:
    network = Network([dense(5, "relu"), dense(4, "softmax", 5, "last")], (3,))
    images = normal(2, 3)
    images[0, 1] = np.nan
    batch = backward_pass(network, images, [0, 1])
    assert np.isnan(batch.loss) and np.isnan(batch.losses).tolist() == [True, False]
    assert np.isnan(batch.gradients[1][0]).all() and np.isfinite(batch.gradients[1][1]).all()


def test_dropout_drops_nothing() -> None:
    last = dense(4, "softmax")
    images, labels = normal(2, 3), [1, 2]
    dropped = backward_pass(Network([Dropout(name="drop", input_shape=(3,), rate=0.5), last], (3,)), images, labels)
    without = backward_pass(Network([last], (3,)), images, labels)
    np.testing.assert_array_equal(dropped.outputs[0], images)
    np.testing.assert_array_equal(dropped.gradients[0], without.input_gradient)


def test_a_pass_keeps_images_of_its_own_and_cannot_be_changed() -> None:
    images, labels = normal(2, 3), [1, 2]
    batch = backward_pass(Network([dense(4, "softmax")], (3,)), images, labels)
    images[:] = 0
    assert batch.images.all()
    arrays = (batch.images, batch.labels, batch.losses, batch.outputs[0], batch.gradients[0], batch.sum_gradients[0])
    for array in (*arrays, batch.input_gradient, *(gradient for _name, _value, gradient in batch.weights[0])):
        assert not array.flags.writeable


def test_a_pass_can_be_copied_and_pickled() -> None:
    batch = backward_pass(Network([dense(4, "softmax")], (3,)), normal(2, 3), [1, 2])
    for same in (pickle.loads(pickle.dumps(batch)), copy.deepcopy(batch)):
        assert same.loss == batch.loss and not same.weights[0][0][1].flags.writeable
        np.testing.assert_array_equal(same.gradients[0], batch.gradients[0])


class Halves(Dropout):
    """A kind of layer of which nothing is known here."""


def test_what_does_not_fit_is_refused_by_name() -> None:
    own = Network([Halves(name="half", input_shape=(3,)), dense(4, "softmax")], (3,))
    with pytest.raises(CnnError, match=r"layer 'half' \(Halves\) has no backward pass here"):
        backward_pass(own, normal(1, 3), [0])
    conv = Conv2D(name="maps", input_shape=(4, 4, 1), kernel=normal(3, 3, 1, 2), activation="relu")
    with pytest.raises(CnnError, match=r"layer 'maps', the last, ends in relu .* no loss belongs to that"):
        backward_pass(Network([conv], (4, 4, 1)), normal(1, 4, 4, 1), [0])
    network = Network([dense(4, "softmax")], (3,))
    with pytest.raises(CnnError, match="the label 4; the model tells 4 classes apart"):
        backward_pass(network, normal(2, 3), [0, 4])
    with pytest.raises(CnnError, match="x has 2 samples and y has shape"):
        backward_pass(network, normal(2, 3), [0])
    with pytest.raises(CnnError, match="x has shape"):
        backward_pass(network, normal(2, 5), [0, 1])
    with pytest.raises(CnnError, match="loss is 'nothing'"):
        backward_pass(network, normal(2, 3), [0, 1], loss="nothing")
    with pytest.raises(CnnError, match="dtype is"):
        backward_pass(network, normal(2, 3), [0, 1], dtype="int32")  # type: ignore[arg-type]
    batch = backward_pass(network, normal(2, 3), [0, 1])
    with pytest.raises(CnnError, match=r"layer 'dense' has no weight 'gamma' .*: kernel, bias"):
        batch.weight(0, "gamma")
