"""Callbacks beside Keras's: the calls they get, and what Keras's own do with the same figures."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import callbacks, layers
from cnncore.models import Sequential

pytestmark = pytest.mark.keras

X = np.random.default_rng(4).random((23, 6, 6, 1), np.float32)
Y = np.arange(23) % 3


class Recorder:
    """Writes down every call that Keras's base class names, with the keys of its logs."""

    def __init__(self, stop: tuple[str, int] = ("", 0)) -> None:
        self.calls: list[Any] = []
        self.stop = stop
        self.model: Any = None

    def set_model(self, model: Any) -> None:
        self.model = model

    def set_params(self, params: Any) -> None:
        self.calls.append(("params", params["epochs"], params["steps"]))

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("on_"):
            raise AttributeError(name)

        def call(*arguments: Any, logs: Any = None) -> None:
            *numbers, given = arguments if logs is None else (*arguments, logs)
            self.calls.append((name, *numbers, list(given or ())))
            if (name, *numbers) == self.stop:
                self.model.stop_training = True

        return call


def models(metrics: Any = ("accuracy",)) -> list[Any]:
    import keras

    made: list[Any] = []
    for kinds, sequential in ((layers, Sequential), (keras.layers, keras.Sequential)):
        model = sequential([kinds.Input((6, 6, 1)), kinds.Flatten(), kinds.Dense(3, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=list(metrics))
        made.append(model)
    made[1].set_weights(made[0].get_weights())
    return made


def aliased(calls: list[Any]) -> list[Any]:
    """Without on_batch_begin and on_batch_end, which in Keras only its base class passes on."""
    return [call for call in calls if call[0] not in ("on_batch_begin", "on_batch_end")]


@pytest.mark.parametrize("stop", [("", 0), ("on_train_batch_end", 1), ("on_epoch_end", 0), ("on_train_batch_begin", 2)])
@pytest.mark.parametrize(
    "options",
    [
        {"validation_split": 0.3},
        {"validation_data": (X[:7], Y[:7]), "validation_batch_size": 3},
        {"validation_split": 0.3, "validation_freq": 2},
        {"initial_epoch": 1},
    ],
)
def test_fit_calls_as_keras_does(stop: tuple[str, int], options: dict[str, Any]) -> None:
    recorders = [Recorder(stop), Recorder(stop)]
    for model, recorder in zip(models(), recorders, strict=True):
        model.fit(X, Y, batch_size=5, epochs=2, verbose=0, callbacks=[recorder], **options)
    assert aliased(recorders[0].calls) == recorders[1].calls
    assert len(recorders[1].calls) > 5


def test_evaluate_and_predict_call_as_keras_does() -> None:
    recorders = [Recorder(), Recorder()]
    for model, recorder in zip(models(), recorders, strict=True):
        model.evaluate(X, Y, batch_size=10, verbose=0, callbacks=[recorder])
        model.predict(X, batch_size=10, verbose=0, callbacks=[recorder])
    assert recorders[0].calls == recorders[1].calls


def test_callbacks_see_each_others_figures_as_in_keras() -> None:
    """Which figures are in the logs depends on the order of the callbacks; the history holds them all."""
    import keras

    seen: list[Any] = []
    for model, kinds in zip(
        models(["accuracy", "sparse_categorical_accuracy"]), (callbacks, keras.callbacks), strict=True
    ):
        before, after = Recorder(), Recorder()
        plateau, schedule = kinds.ReduceLROnPlateau(patience=0), kinds.LearningRateScheduler(lambda _, rate: rate / 2)
        given = [before, plateau, after, schedule]
        history = model.fit(X, Y, epochs=3, validation_split=0.3, verbose=0, callbacks=given)
        seen.append((before.calls, after.calls, list(history.history), history.epoch))
        seen[-1] = (aliased(seen[-1][0]), aliased(seen[-1][1]), *seen[-1][2:])
        rates = history.history["learning_rate"]
    assert seen[0] == seen[1]
    assert rates[0] == pytest.approx(0.005)


@cache
def metrics_of_keras() -> Any:
    """By which Keras knows that accuracy is to rise."""
    model = models()[1]
    model.evaluate(X, Y, verbose=0)
    return model.metrics


class Told:
    """A model for callbacks: its weights are a number, counted up by each epoch."""

    def __init__(self) -> None:
        self.stop_training, self.optimizer = False, SimpleNamespace(learning_rate=0.5)
        self.metrics = metrics_of_keras()
        self.now, self.saved = 0, [""]

    def get_weights(self) -> list[Any]:
        return [self.now]

    def set_weights(self, weights: list[Any]) -> None:
        (self.now,) = weights

    def save(self, path: Any, **_: Any) -> None:
        self.saved.append(str(path))


def lived(callback: Any, figures: list[float], monitor: str) -> tuple[Any, ...]:
    """What a run with these figures comes to: its epochs, weights, files, and learning rates."""
    model = Told()
    callback.set_model(model)
    callback.set_params({"verbose": 0, "epochs": len(figures), "steps": 1})
    rates = []
    callback.on_train_begin({})
    for epoch, figure in enumerate(figures):
        model.now = epoch
        callback.on_epoch_begin(epoch, {})
        rates.append(round(float(model.optimizer.learning_rate), 9))
        callback.on_epoch_end(epoch, {monitor: figure, "loss" if monitor != "loss" else "accuracy": 0.25})
        if model.stop_training:
            break
    callback.on_train_end({})
    return len(rates), model.now, model.saved, rates, getattr(callback, "best", None)


# Steps of 1/8 are exact in float32, in which Keras compares.
figures = st.lists(st.integers(0, 8).map(lambda eighths: eighths / 8), min_size=1, max_size=9)
monitors = st.sampled_from(["val_loss", "val_accuracy", "loss", "accuracy"])
deltas = st.sampled_from([0, 0.125, 0.25, -0.25])
modes = st.sampled_from(["auto", "min", "max"])


def both(name: str, options: dict[str, Any], seen: list[float], capsys: Any = None) -> None:
    import keras

    results = []
    for kinds in (callbacks, keras.callbacks):
        result = lived(getattr(kinds, name)(**options), seen, options.get("monitor", "val_loss"))
        results.append((result, None if capsys is None else capsys.readouterr().out))
    assert results[0] == results[1]


@given(
    st.fixed_dictionaries(
        {"monitor": monitors, "min_delta": deltas, "patience": st.integers(0, 3), "mode": modes},
        optional={
            "baseline": st.sampled_from([0.25, 0.5, 0.75]),
            "restore_best_weights": st.booleans(),
            "start_from_epoch": st.integers(0, 4),
        },
    ),
    figures,
)
@settings(max_examples=100)
def test_early_stopping_stops_where_keras_does(options: dict[str, Any], seen: list[float]) -> None:
    both("EarlyStopping", options, seen)


@given(
    st.fixed_dictionaries(
        {"monitor": monitors, "factor": st.sampled_from([0.1, 0.5]), "patience": st.integers(0, 3)},
        optional={
            "min_delta": st.sampled_from([0.0, 0.125, 1e-4]),
            "cooldown": st.integers(0, 3),
            "min_lr": st.sampled_from([0.0, 0.125]),
            "mode": modes,
        },
    ),
    figures,
)
@settings(max_examples=100)
def test_the_learning_rate_falls_where_keras_lets_it(options: dict[str, Any], seen: list[float]) -> None:
    both("ReduceLROnPlateau", options, seen)


@given(
    st.fixed_dictionaries(
        {
            "filepath": st.sampled_from(["m.keras", "net-{epoch:02d}.keras", "{epoch}-{loss:.2f}.keras"]),
            "monitor": monitors,
            "save_best_only": st.booleans(),
            "mode": modes,
        },
        optional={"initial_value_threshold": st.sampled_from([0.25, 0.5])},
    ),
    figures,
)
@settings(max_examples=100)
def test_the_files_are_those_that_keras_writes(options: dict[str, Any], seen: list[float]) -> None:
    both("ModelCheckpoint", options, seen)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("EarlyStopping", {"patience": 1, "restore_best_weights": True}),
        ("ReduceLROnPlateau", {"patience": 1, "factor": 0.5}),
        ("ModelCheckpoint", {"filepath": "m.keras", "save_best_only": True}),
        ("ModelCheckpoint", {"filepath": "m{epoch}.keras"}),
        ("LearningRateScheduler", {"schedule": lambda epoch, rate: rate * 0.5 if epoch else rate}),
        ("LearningRateScheduler", {"schedule": lambda epoch: 0.25 / (1 + epoch)}),
    ],
)
def test_what_they_say_is_what_keras_says(
    name: str, options: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    both(name, {**options, "verbose": 1}, [0.5, 0.25, 0.5, 0.75, 0.125], capsys)


@pytest.mark.parametrize("options", [{"validation_split": 0.3}, {}, {"validation_split": 0.3, "validation_freq": 2}])
@pytest.mark.parametrize("append", [False, True])
def test_the_csv_file_is_that_of_keras(append: bool, options: dict[str, Any], tmp_path: Path) -> None:
    import keras

    tables = []
    for number, (model, kinds) in enumerate(zip(models(), (callbacks, keras.callbacks), strict=True)):
        path = tmp_path / f"{number}.csv"
        for _ in range(2):
            log = kinds.CSVLogger(str(path), separator=";", append=append)
            model.fit(X, Y, epochs=3, batch_size=5, shuffle=False, verbose=0, callbacks=[log], **options)
        assert path.read_bytes().endswith(b"\r\n")
        with path.open(newline="") as file:
            tables.append(list(csv.reader(file, delimiter=";")))
    assert tables[0][0] == tables[1][0]
    assert len(tables[0]) == len(tables[1]) == (7 if append else 4)
    for ours, theirs in zip(tables[0][1:], tables[1][1:], strict=True):
        assert [cell if cell == "NA" else pytest.approx(float(cell), rel=1e-4) for cell in ours] == [
            cell if cell == "NA" else float(cell) for cell in theirs
        ]


def test_a_checkpoint_makes_its_folder(tmp_path: Path) -> None:
    model = models()[0]
    saves = callbacks.ModelCheckpoint(tmp_path / "of" / "{epoch:02d}" / "m.keras")
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[saves])
    assert sorted(path.parent.name for path in tmp_path.glob("of/*/m.keras")) == ["01", "02"]
