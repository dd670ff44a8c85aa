"""Steps of training: beside Keras's, for any number of threads, in one pass or layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncore import CnnError, use_num_threads
from cnncore import layers as ours
from cnncore.models import Sequential, load_model

dice = np.random.default_rng(12)
X = dice.random((40, 12, 12, 2), np.float32)
Y = (X[:, :6].mean(axis=(1, 2, 3)) * 4000 % 4).astype(int)


def plain(kinds: Any) -> list[Any]:
    return [
        kinds.Conv2D(8, 3, activation="relu"),
        kinds.MaxPooling2D(2),
        kinds.Conv2D(8, 3, padding="same", activation="relu"),
        kinds.MaxPooling2D(2),
        kinds.Flatten(),
        kinds.Dense(16, activation="relu"),
        kinds.Dense(4, activation="softmax"),
    ]


def strided(kinds: Any) -> list[Any]:
    return [
        kinds.ZeroPadding2D(1),
        kinds.Conv2D(6, (3, 2), strides=2, groups=2, activation="tanh"),
        kinds.DepthwiseConv2D(2, depth_multiplier=2),
        kinds.LeakyReLU(),
        kinds.AveragePooling2D(2),
        kinds.Conv2D(5, 2, dilation_rate=1, use_bias=False),
        kinds.ReLU(max_value=6.0, negative_slope=0.1),
        kinds.GlobalAveragePooling2D(),
        kinds.Dense(4),
        kinds.Softmax(),
    ]


def normalized(kinds: Any) -> list[Any]:
    return [
        kinds.Rescaling(2.0, -1.0),
        kinds.Conv2D(6, 3, dilation_rate=2),
        kinds.BatchNormalization(),
        kinds.Activation("relu"),
        kinds.MaxPooling2D(3, strides=2, padding="same"),
        kinds.Flatten(),
        kinds.Dense(4, activation="softmax"),
    ]


NETWORKS = [plain, strided, normalized]


def model_of(layers: Any, optimizer: Any = "adam", seed: int = 0) -> Sequential:
    model = Sequential([ours.Input(X.shape[1:]), *layers(ours)], seed=np.random.SeedSequence(seed))
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.keras
@pytest.mark.parametrize("layers", NETWORKS)
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop", "adamw"])
def test_a_hundred_steps_follow_keras(layers: Any, optimizer: str) -> None:
    keras = pytest.importorskip("keras")
    mine = model_of(layers, optimizer)
    theirs = keras.Sequential([keras.Input(X.shape[1:]), *layers(keras.layers)])
    theirs.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    theirs.set_weights(mine.get_weights())
    options: dict[str, Any] = {"batch_size": 10, "epochs": 25, "shuffle": False, "verbose": 0}
    got, wanted = mine.fit(X, Y, **options).history, theirs.fit(X, Y, **options).history
    assert list(got) == list(wanted)
    np.testing.assert_allclose(got["loss"], wanted["loss"], rtol=1e-3)
    np.testing.assert_allclose(mine.predict(X), theirs.predict(X, verbose=0), atol=5e-3)


@pytest.mark.keras
def test_yes_or_no_follows_keras() -> None:
    keras = pytest.importorskip("keras")
    answers = (Y > 1).astype(np.float32)

    def layers(kinds: Any) -> list[Any]:
        return [
            kinds.Conv2D(4, 3, activation="relu"),
            kinds.MaxPooling2D(2),
            kinds.Flatten(),
            kinds.Dense(8, activation="relu"),
            kinds.Dense(1, activation="sigmoid"),
        ]

    mine = Sequential([ours.Input(X.shape[1:]), *layers(ours)])
    theirs = keras.Sequential([keras.Input(X.shape[1:]), *layers(keras.layers)])
    theirs.set_weights(mine.get_weights())
    options: dict[str, Any] = {"batch_size": 10, "epochs": 10, "shuffle": False, "verbose": 0}
    histories = []
    for model in (mine, theirs):
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        histories.append(model.fit(X, answers, validation_split=0.25, **options).history)
    for name, values in histories[1].items():
        np.testing.assert_allclose(histories[0][name], values, rtol=1e-3, err_msg=name)


@pytest.mark.parametrize("layers", NETWORKS)
def test_the_number_of_threads_changes_no_bit(layers: Any) -> None:
    weights = []
    for threads in (1, 2, 3):
        with use_num_threads(threads):
            model = model_of(layers)
            model.fit(X, Y, batch_size=16, epochs=2, verbose=0)
        weights.append(model.get_weights())
    for other in weights[1:]:
        for a, b in zip(weights[0], other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_one_pass_of_convolution_and_pooling_is_as_its_layers() -> None:
    def apart(kinds: Any) -> list[Any]:
        return [
            kinds.Conv2D(8, 3),
            kinds.Activation("relu"),
            kinds.MaxPooling2D(2),
            kinds.Conv2D(8, 3, padding="same"),
            kinds.Activation("relu"),
            *plain(kinds)[3:],
        ]

    together, separate = model_of(plain), model_of(apart)
    separate.set_weights(together.get_weights())
    for model in (together, separate):
        model.fit(X, Y, batch_size=10, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(together.get_weights(), separate.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_gradients_are_differences() -> None:
    """A step of SGD moves each weight by its gradient: compared with the difference of the loss around it."""
    model = model_of(strided)
    before = model.get_weights()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.optimizer.learning_rate = 1.0
    model.train_on_batch(X, Y)
    gradients = [a - b for a, b in zip(before, model.get_weights(), strict=True)]
    for number, gradient in enumerate(gradients):
        at = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
        losses = []
        for step in (3e-3, -3e-3):
            moved = [array.copy() for array in before]
            moved[number][at] += step
            model.set_weights(moved)
            losses.append(model.evaluate(X, Y, batch_size=len(X), verbose=0))
        assert (losses[0] - losses[1]) / 6e-3 == pytest.approx(gradient[at], rel=0.03, abs=1e-3)


def test_a_seed_repeats_a_run_and_another_does_not() -> None:
    runs = []
    for seed in (1, 1, 2):
        model = model_of(plain, seed=seed)
        runs.append(model.fit(X, Y, batch_size=10, epochs=2, verbose=0).history["loss"])
    assert runs[0] == runs[1] != runs[2]


def test_the_last_samples_are_held_out() -> None:
    model = model_of(plain)
    history = model.fit(X, Y, batch_size=10, epochs=1, validation_split=0.25, verbose=0).history
    loss, accuracy = model.evaluate(X[30:], Y[30:], batch_size=10, verbose=0)
    assert (history["val_loss"], history["val_accuracy"]) == ([loss], [accuracy])


def test_a_saved_model_trains_on_with_the_same_bits(tmp_path: Any) -> None:
    model = model_of(normalized)
    model.fit(X, Y, batch_size=10, shuffle=False, verbose=0)
    model.save(tmp_path / "net.keras")
    other = load_model(tmp_path / "net.keras")
    for each in (model, other):
        each.fit(X, Y, batch_size=10, shuffle=False, epochs=2, verbose=0)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_loss_that_is_no_number_ends_the_run() -> None:
    model = model_of(plain, "sgd")
    model.optimizer.learning_rate = 1e6
    with pytest.raises(CnnError, match=r"no longer a number in epoch \d+, batch \d+: most often the learning rate"):
        model.fit(X * 1e4, Y, batch_size=10, epochs=20, verbose=0)


def test_a_loss_of_validation_that_is_no_number_ends_the_run() -> None:
    """Its last batch alone holds NaN; `evaluate`, which is asked for figures, gives the figure."""
    broken = X[:12].copy()
    broken[-1] = np.nan
    model = model_of(plain)
    with pytest.raises(CnnError, match=r"loss of validation .* in epoch 1, batch 3: .* \(0\.001\) is too large, or"):
        model.fit(X, Y, validation_data=(broken, Y[:12]), validation_batch_size=5, verbose=0)
    assert np.isnan(model.evaluate(broken, Y[:12], verbose=0)[0])


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (X[:, :10], Y, r"x has shape \(40, 10, 12, 2\)"),
        (X, Y[:9], "x has 40 samples and y has shape"),
        (X, Y + 4, "y holds the label"),
        (X, np.eye(4)[Y], "categorical_crossentropy"),
        (X[:0], Y[:0], "no samples"),
    ],
)
def test_what_does_not_fit_is_named(x: Any, y: Any, words: str) -> None:
    with pytest.raises(CnnError, match=words):
        model_of(plain).fit(x, y, verbose=0)
