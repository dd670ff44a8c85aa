"""What `fit`, `evaluate` and `predict` print, in a pipe and in a terminal, beside Keras's lines."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from in_terminal import SHOWN, in_terminal

from cnncore.training.core.progress import figures, left_text, step_text

SCRIPT = """
import os, sys
import numpy as np
kind, verbose, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3])
verbose = verbose if verbose == "auto" else int(verbose)
if kind == "keras":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    from keras import layers, Sequential
    from keras.callbacks import LearningRateScheduler
else:
    from cnncore import layers
    from cnncore.callbacks import LearningRateScheduler
    from cnncore.models import Sequential
x = np.random.default_rng(4).random((110, 6), np.float32)
y = np.arange(110) % 3
model = Sequential([layers.Input((6,)), layers.Dense(3, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.set_weights([np.linspace(-1, 1, 18).reshape(6, 3), np.zeros(3)])
print("BEGIN", flush=True)
fixed = LearningRateScheduler(lambda epoch, rate: 0.0005)
model.fit(x, y, batch_size=10, epochs=epochs, shuffle=False, verbose=verbose, validation_split=0.25, callbacks=[fixed])
model.evaluate(x, y, batch_size=10, verbose=verbose)
model.predict(x, batch_size=10, verbose=verbose)
print("END", flush=True)
"""
LINE = re.compile(r"(\d+/\d+) .*?(\d+s) (?:- )?(\d+[mu]?s/step)((?: - \w+: [-\d.e+]+)*)")


def piped(kind: str, verbose: str, epochs: int = 2) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, kind, verbose, str(epochs)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "END" in done.stdout, done.stderr
    return done.stdout.split("BEGIN\n")[1].split("END")[0]


def on_screen(kind: str, verbose: str, epochs: int = 2, columns: int = 150) -> str:
    program = (sys.executable, "-c", SCRIPT)
    with in_terminal(kind, verbose, str(epochs), program=program, size=(columns, 30)) as child:
        child.shows("END")
        return child.text.split("BEGIN")[1].split("END")[0]


def last_lines(text: str) -> list[Any]:
    """What stays: headings, and of each bar its last state, as (steps, [(name, figure), ...])."""
    found: list[Any] = []
    for line in re.split(r"[\r\n]+", SHOWN.sub(b"", text.encode()).decode().replace("\b", "")):
        if line.startswith("Epoch"):
            found.append(line.strip())
        elif (match := LINE.match(line.strip())) and (match[1] == "11/11" or match[1] == "9/9"):
            pairs = [pair.split(": ") for pair in match[4].split(" - ")[1:]]
            row = (match[1], [(name, pytest.approx(float(value), abs=2e-4)) for name, value in pairs])
            if found and found[-1][0] == row[0] and len(found[-1][1]) <= len(row[1]) and same_bar(found[-1], row):
                found.pop()
            found.append(row)
    return found


def same_bar(before: Any, after: Any) -> bool:
    """Two drawings of one bar: the later one has the figures of the former first."""
    return [name for name, _ in after[1]][: len(before[1])] == [name for name, _ in before[1]]


NAMES = ["accuracy", "loss", "val_accuracy", "val_loss", "learning_rate"]


@pytest.mark.parametrize("verbose", ["auto", "1", "2"])
@pytest.mark.parametrize("epochs", [1, 2])
def test_in_a_pipe_a_line_stays_for_each_epoch(verbose: str, epochs: int) -> None:
    lines = piped("cnncore", verbose, epochs).splitlines()
    figure = r"\d\.\d{4}"
    told = rf"9/9 - 0s - \d+[mu]s/step - accuracy: {figure} - loss: {figure} - val_accuracy: {figure} - "
    told += rf"val_loss: {figure} - learning_rate: 5\.0000e-04"
    wanted = [rf"Epoch {epoch}/{epochs}" if epochs > 1 else "" for epoch in range(1, epochs + 1)]
    expected = [line for heading in wanted for line in (heading, told) if line]
    expected += [rf"11/11 - 0s - \d+[mu]s/step - accuracy: {figure} - loss: {figure}", r"11/11 - 0s - \d+[mu]s/step"]
    assert len(lines) == len(expected)
    for line, pattern in zip(lines, expected, strict=True):
        assert re.fullmatch(pattern, line), (line, pattern)


def test_nothing_is_printed_with_verbose_0() -> None:
    assert piped("cnncore", "0") == ""


def test_a_terminal_shows_bars_that_end_in_keras_line() -> None:
    shown = on_screen("cnncore", "1")
    line = r"9/9 ━{20} 0s \d+[mu]s/step - accuracy: \d\.\d{4} - loss: \d\.\d{4} - val_accuracy: \d\.\d{4} - "
    assert len(re.findall(line + r"val_loss: \d\.\d{4} - learning_rate: 5\.0000e-04\r?\n", shown)) == 2
    assert len(re.findall(r"11/11 ━{20} 0s \d+[mu]s/step\r?\n", shown)) == 1


def test_the_last_line_is_whole_in_a_narrow_terminal() -> None:
    assert "val_loss: " in on_screen("cnncore", "1", epochs=1, columns=40)


@pytest.mark.keras
@pytest.mark.parametrize("verbose", ["1", "2"])
def test_lines_and_figures_are_those_of_keras(verbose: str) -> None:
    ours, theirs = last_lines(piped("cnncore", verbose)), last_lines(piped("keras", verbose))
    assert ours == theirs
    assert [name for name, _ in ours[1][1]] == NAMES
    if verbose == "1":
        assert last_lines(on_screen("cnncore", "auto")) == ours


@pytest.mark.keras
@pytest.mark.parametrize("seconds", [0, 3e-6, 4.4e-5, 9.996e-4, 1e-3, 0.0123, 0.9999, 1, 1.6, 75])
def test_times_of_steps_are_written_as_keras_writes_them(seconds: float) -> None:
    import keras

    assert f" {step_text(seconds)}" == keras.utils.Progbar(3)._format_time(seconds, "step")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.9, "0s"), (60, "60s"), (60.5, "1:00"), (3600, "60:00"), (3723.9, "1:02:03")]
)
def test_the_time_that_is_left(seconds: float, text: str) -> None:
    assert left_text(seconds) == text


def test_small_figures_have_an_exponent() -> None:
    logs = {"loss": 0.00012, "accuracy": 0.0, "mae": -2.5, "mse": 0.0011}
    assert figures(logs) == " - loss: 1.2000e-04 - accuracy: 0.0000e+00 - mae: -2.5000 - mse: 0.0011"
