"""One training step by hand: against a fresh pass, the trainer's own step, and a trained file's averages."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from backward_networks import batches
from hypothesis import assume, given

from cnncore import CnnError
from cnncore.backward import BackwardPass, backward_pass, optimizer_state, step, step_weight
from cnncore.keras_file.file import network_from_file
from cnncore.layers import Conv2D as TrainedConv2D
from cnncore.layers import Dense as TrainedDense
from cnncore.layers import Flatten as TrainedFlatten
from cnncore.layers import Input
from cnncore.layers import MaxPooling2D as TrainedMaxPooling2D
from cnncore.models import Sequential
from cnncore.network import BatchNormalization, Dense, Flatten, Network
from cnncore.optimizers import SGD, Adam
from cnncore.utils import set_random_seed

random = np.random.default_rng(8)


def normal(*shape: int) -> np.ndarray:
    return random.normal(size=shape).astype(np.float32)


def model(*, optimizer: object = "adam", pooled: bool = False) -> Sequential:
    set_random_seed(4)
    pooling = [TrainedMaxPooling2D()] if pooled else []
    made = Sequential([
        Input((8, 8, 1)), TrainedConv2D(5, 3, activation="relu"), *pooling, TrainedFlatten(),
        TrainedDense(6, activation="relu"), TrainedDense(3, activation="softmax"),
    ])  # fmt: skip
    made.compile(optimizer, "sparse_categorical_crossentropy")
    return made


def classifier() -> Network:
    first = Dense(name="first", input_shape=(4,), kernel=normal(4, 5), bias=normal(5), activation="relu")
    return Network(
        [first, Dense(name="last", input_shape=(5,), kernel=normal(5, 3), bias=normal(3), activation="softmax")], (4,)
    )


IMAGES, LABELS = normal(9, 8, 8, 1), random.integers(0, 3, 9)


@given(batches())
def test_the_loss_after_a_step_is_that_of_a_fresh_pass(batch: BackwardPass) -> None:
    assume(any(batch.weights))
    before = pickle.dumps(batch.network)
    after = step(batch.network, batch, optimizer_state(batch.network, SGD(0.01)))
    assert pickle.dumps(batch.network) == before
    fresh = backward_pass(after.network, batch.images, batch.labels, loss=batch.loss_function)
    assert (after.before, after.after) == (batch.loss, fresh.loss) and after.after == after.batch.loss
    for old, new in zip(batch.weights, after.batch.weights, strict=True):
        for (name, value, gradient), (same, moved, _gradient) in zip(old, new, strict=True):
            assert name == same and not moved.flags.writeable
            np.testing.assert_array_equal(moved, value - gradient * np.float32(0.01))


@pytest.mark.parametrize("optimizer", ["adam", SGD(0.1, 0.9, nesterov=True), "rmsprop"])
def test_steps_by_hand_are_the_trainers_own_steps(optimizer: object) -> None:
    trained = model(optimizer=optimizer)
    network = trained.to_network()
    batch, state = backward_pass(network, IMAGES, LABELS), optimizer_state(network, optimizer)
    assert trained.compiled is not None
    for _step in range(3):
        loss, _targets, _outputs = trained.compiled.step(IMAGES, LABELS)
        after = step(network, batch, state)
        assert after.before == pytest.approx(loss, rel=1e-6)
        moved = [value for weights in after.batch.weights for _name, value, _gradient in weights]
        for ours, theirs in zip(moved, trained.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        network, batch, state = after.network, after.batch, after.state
    assert state.steps == trained.optimizer.iterations == 3 and state.origin == "steps"


def test_a_step_with_pooling_is_the_trainers_own_but_for_the_order_of_sums() -> None:
    trained = model(optimizer=SGD(0.1), pooled=True)
    network = trained.to_network()
    assert trained.compiled is not None
    trained.compiled.step(IMAGES, LABELS)
    after = step(network, backward_pass(network, IMAGES, LABELS), optimizer_state(network, SGD(0.1)))
    moved = [value for weights in after.batch.weights for _name, value, _gradient in weights]
    for ours, theirs in zip(moved, trained.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def test_a_step_can_be_repeated_and_undone() -> None:
    network = classifier()
    batch = backward_pass(network, normal(8, 4), random.integers(0, 3, 8))
    first = step(network, batch)
    second = step(first.network, first.batch, first.state)
    assert second.after < first.after < batch.loss
    again = step(first.network, first.batch, first.state)
    assert again.after == second.after
    for layer, same in zip(again.network.layers, second.network.layers, strict=True):
        np.testing.assert_array_equal(layer.weights["kernel"], same.weights["kernel"])


def test_one_weight_moves_alone() -> None:
    network = classifier()
    batch = backward_pass(network, normal(8, 4), random.integers(0, 3, 8))
    state = step(network, batch).state
    whole, alone = step(network, batch, state), step_weight(network, batch, 1, "kernel", (2, 1), state)
    changed = [
        (layer, name, *map(tuple, np.argwhere(value != new)))
        for layer, (old, after) in enumerate(zip(batch.weights, alone.batch.weights, strict=True))
        for (name, value, _gradient), (_name, new, _after) in zip(old, after, strict=True)
        if (value != new).any()
    ]
    assert changed == [(1, "kernel", (2, 1))]
    assert alone.update is not None
    assert alone.batch.weight(1, "kernel")[0][2, 1] == whole.batch.weight(1, "kernel")[0][2, 1] == alone.update.core
    assert alone.before == batch.loss != alone.after
    for slot, averages in alone.state.slots[1]["kernel"].items():
        moved, kept = whole.state.slots[1]["kernel"][slot], state.slots[1]["kernel"][slot]
        assert averages[2, 1] == moved[2, 1] and (averages != kept).sum() == 1
    assert alone.state.steps == 2
    assert alone.after == backward_pass(alone.network, batch.images, batch.labels).loss


def test_moving_averages_stay() -> None:
    norm = BatchNormalization(
        name="norm", input_shape=(4,), moving_mean=normal(4), moving_variance=normal(4) ** 2, gamma=normal(4)
    )
    network = Network([norm, *classifier().layers], (4,))
    moved = step(network, backward_pass(network, normal(3, 4), [0, 1, 2])).network.layers[0]
    np.testing.assert_array_equal(moved.weights["moving_mean"], norm.moving_mean)
    assert (moved.weights["gamma"] != norm.gamma).all()


def trained_file(folder: Path, optimizer: object = "adam", steps: int = 3) -> tuple[Path, Sequential]:
    trained = model(optimizer=optimizer)
    assert trained.compiled is not None
    for _step in range(steps):
        trained.compiled.step(IMAGES, LABELS)
    path = folder / "trained.keras"
    trained.save(path)
    return path, trained


@pytest.mark.parametrize("optimizer", [Adam(0.002), "rmsprop", SGD(0.1, 0.9), SGD(0.1)])
def test_a_trained_file_goes_on_where_it_stopped(optimizer: object, tmp_path: Path) -> None:
    path, trained = trained_file(tmp_path, optimizer)
    network = network_from_file(path)
    state = optimizer_state(network, path=path)
    assert (state.origin, state.steps, state.learning_rate) == ("file", 3, trained.optimizer.learning_rate)
    assert trained.compiled is not None
    trained.compiled.step(IMAGES, LABELS)
    after = step(network, backward_pass(network, IMAGES, LABELS), state)
    moved = [value for weights in after.batch.weights for _name, value, _gradient in weights]
    for ours, theirs in zip(moved, trained.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_file_that_was_not_trained_begins_with_zeros_for_its_own_optimizer(tmp_path: Path) -> None:
    path, trained = trained_file(tmp_path, SGD(0.1, 0.9), steps=0)
    state = optimizer_state(network_from_file(path), path=path)
    assert (state.origin, state.steps, type(state.rule).__name__) == ("zeros", 0, "SGD")
    other = optimizer_state(classifier(), path=trained_file(tmp_path)[0])
    assert (other.origin, other.steps) == ("zeros", 0)
    assert trained.to_network().layers[0].weights["kernel"].shape == state.slots[0]["kernel"]["momentum"].shape


def test_a_state_begins_at_zero_and_cannot_be_changed() -> None:
    state = optimizer_state(classifier())
    assert (state.steps, state.origin, state.learning_rate) == (0, "zeros", 0.001)
    for averages in state.slots[0]["kernel"].values():
        assert not averages.any() and not averages.flags.writeable
    same = pickle.loads(pickle.dumps(state))
    assert same.rule == state.rule and not same.slots[0]["bias"]["velocity"].flags.writeable


def test_what_does_not_fit_is_refused_by_name() -> None:
    network, other = classifier(), classifier()
    batch = backward_pass(network, normal(2, 4), [0, 1])
    with pytest.raises(CnnError, match="batch_pass is of another network"):
        step(other, batch)
    with pytest.raises(CnnError, match="state is of another network"):
        step(network, batch, optimizer_state(model().to_network()))
    with pytest.raises(CnnError, match="batch_pass is in float64; a step is made in float32"):
        step(network, backward_pass(network, normal(2, 4), [0, 1], dtype="float64"))
    with pytest.raises(CnnError, match="the network has no weights to train"):
        optimizer_state(Network([Flatten(name="flat", input_shape=(2, 2, 1))], (2, 2, 1)))
