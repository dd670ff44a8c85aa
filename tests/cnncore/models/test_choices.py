"""Optimizers, schedules, losses and weights, as a script for Keras names them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore import CnnError, losses, optimizers
from cnncore.callbacks import EarlyStopping
from cnncore.layers import BatchNormalization, Conv2D, Dense, Flatten, Input, MaxPooling2D
from cnncore.models import Sequential, load_model
from cnncore.optimizers.schedules import CosineDecay, ExponentialDecay, PiecewiseConstantDecay, Schedule
from cnncore.utils import set_random_seed, to_categorical

X = np.random.default_rng(0).random((24, 8, 8, 1), np.float32)
Y = np.arange(24) % 3

SCHEDULES: list[Schedule] = [
    ExponentialDecay(0.01, 10, 0.5),
    ExponentialDecay(0.01, 10, 0.5, staircase=True),
    PiecewiseConstantDecay((3, 8), (0.1, 0.01, 0.001)),
    CosineDecay(0.01, 12, alpha=0.1),
    CosineDecay(0.001, 12, warmup_target=0.01, warmup_steps=4),
]


def small(optimizer: Any = "adam", **options: Any) -> Sequential:
    set_random_seed(3)
    layers = [Input((8, 8, 1)), Conv2D(4, 3, activation="relu"), MaxPooling2D(), Flatten(), Dense(3, "softmax")]
    model = Sequential(layers, **options)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: optimizers.Adam(lr=0.1), "Adam has no argument 'lr'"),
        (lambda: optimizers.SGD(clipnorm=1.0), "SGD has clipnorm=1.0, which is not supported; it must be None"),
        (lambda: optimizers.Adam(0.1, 0.9, 0.9, 1e-7, True), "Adam has amsgrad=True"),
        (lambda: optimizers.RMSprop(use_ema=True), "RMSprop has use_ema=True"),
        (lambda: losses.BinaryCrossentropy(label_smoothing=0.1), "BinaryCrossentropy has label_smoothing=0.1"),
        (lambda: losses.MeanSquaredError(from_logits=1), "from_logits"),
        (lambda: losses.CategoricalCrossentropy(reduction="sum"), "CategoricalCrossentropy has reduction='sum'"),
        (lambda: losses.SparseCategoricalCrossentropy(smooth=1), "has no argument 'smooth'"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(CnnError) as refused:
        make()
    assert sentence in str(refused.value)


def test_keras_order_of_arguments() -> None:
    assert optimizers.Adam(0.1, 0.8, 0.9, 1e-6, False, 0.01).weight_decay == 0.01
    assert optimizers.AdamW(0.1, 0.02, 0.8).beta_1 == 0.8
    assert losses.SparseCategoricalCrossentropy(True).from_logits


@pytest.mark.keras
@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_schedules_are_those_of_keras(schedule: Schedule) -> None:
    keras = pytest.importorskip("keras")
    theirs = keras.optimizers.schedules.deserialize(schedule.serialized())
    for step in range(20):
        assert schedule(step) == pytest.approx(float(theirs(step)), rel=2e-6, abs=1e-9)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_a_schedule_is_saved_and_goes_on_bit_for_bit(schedule: Schedule, tmp_path: Path) -> None:
    model = small(optimizers.Adam(schedule))
    model.fit(X, Y, batch_size=4, shuffle=False, verbose=0)
    model.save(tmp_path / "net.keras")
    again = load_model(tmp_path / "net.keras")
    assert again.optimizer.rule == model.optimizer.rule
    assert again.optimizer.learning_rate == schedule(6)
    for one in (model, again):
        one.fit(X, Y, batch_size=4, shuffle=False, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), again.get_weights(), strict=True))


def test_a_file_whose_weights_were_compressed_is_opened_too(tmp_path: Path) -> None:
    model = small("adam")
    model.save(tmp_path / "net.keras")
    with (
        zipfile.ZipFile(tmp_path / "net.keras") as stored,
        zipfile.ZipFile(tmp_path / "packed.keras", "w", 8) as packed,
    ):
        for name in stored.namelist():
            packed.writestr(name, stored.read(name))
    again = load_model(tmp_path / "packed.keras")
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), again.get_weights(), strict=True))


def test_a_learning_rate_that_was_set_is_saved_in_place_of_the_schedule(tmp_path: Path) -> None:
    model = small(optimizers.Adam(SCHEDULES[0]))
    model.optimizer.learning_rate = 0.25
    model.save(tmp_path / "net.keras")
    assert load_model(tmp_path / "net.keras").optimizer.learning_rate == 0.25


@pytest.mark.parametrize(
    "make",
    [
        lambda: ExponentialDecay(0.1, 0, 0.5),
        lambda: ExponentialDecay(-0.1, 1, 0.5),
        lambda: PiecewiseConstantDecay((5, 2), (0.1, 0.2, 0.3)),
        lambda: PiecewiseConstantDecay((5,), (0.1,)),
        lambda: CosineDecay(0.1, 5, alpha=-1),
    ],
)
def test_wrong_schedules_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(CnnError):
        make()


def test_to_categorical() -> None:
    assert np.array_equal(to_categorical([0, 2, 1]), np.eye(3, dtype=np.float32)[[0, 2, 1]])
    assert to_categorical([[1], [0]], 4).shape == (2, 4)
    for wrong in ([-1], [0.5], [4]):
        with pytest.raises(CnnError):
            to_categorical(wrong, 4)
    with pytest.raises(CnnError, match="x is empty"):
        to_categorical([])


def test_weights_can_be_read_by_name_but_not_written() -> None:
    model = small()
    layer = model.layers[0]
    assert isinstance(layer, Conv2D)
    assert layer.kernel is not None
    assert np.array_equal(layer.kernel, model.get_weights()[0])
    with pytest.raises(ValueError, match="read-only"):
        layer.kernel[...] = 0
    assert [array.shape for array in model.weights] == [array.shape for array in model.get_weights()]
    assert Sequential([Input((4,)), layer_without_bias := Dense(2, use_bias=False)]).weights
    assert layer_without_bias.bias is None
    with pytest.raises(CnnError, match="no weights yet"):
        _ = BatchNormalization().gamma


def test_input_dim_is_a_short_input_shape() -> None:
    assert Sequential([Dense(2, input_dim=5)]).input_shape == (None, 5)


@pytest.mark.parametrize("given", [True, False])
def test_a_frozen_model_keeps_its_weights(given: bool) -> None:
    model = small(trainable=False) if given else small()
    model.trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_a_figure_of_validation_may_come_only_every_few_epochs() -> None:
    stop = EarlyStopping(patience=9)
    history = small().fit(X, Y, epochs=4, validation_split=0.25, validation_freq=2, callbacks=[stop], verbose=0)
    assert len(history.history["val_loss"]) == 2
    with pytest.raises(CnnError, match="monitor is 'val_los'"):
        small().fit(X, Y, epochs=2, validation_split=0.25, callbacks=[EarlyStopping("val_los")], verbose=0)
    with pytest.raises(CnnError, match="monitor is 'val_loss'"):
        small().fit(X, Y, callbacks=[EarlyStopping()], verbose=0)


@pytest.mark.parametrize("callback", [EarlyStopping, 3, "EarlyStopping"])
def test_what_is_no_callback_is_refused(callback: object) -> None:
    with pytest.raises(CnnError, match="callbacks holds"):
        small().fit(X, Y, callbacks=[callback], verbose=0)


def test_a_loss_that_is_no_number_ends_a_single_step_too() -> None:
    with pytest.raises(CnnError, match="no longer a number"):
        small().train_on_batch(X * np.nan, Y)
