"""A network that outputs NaN predicts no class: on the screens, in words, and in the plain mode."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from network_screens import front, kept, shown
from screens_of import screen_text, until
from textual.pilot import Pilot

from cnncore.activations import ActivationName
from cnncore.keras.validate import LayerCheck, Validation
from cnncore.keras.validate_child import Checked
from cnncore.network import Dense, Flatten, Network
from cnncore.training.config import TrainConfig
from cnncore.training.events import Epoch, Finished
from tui.cli.train import _Teller
from tui.cli.validate import validation_table
from tui.cnn_app import CnnApp, Options
from tui.drawing.theme import palette
from tui.i18n import set_language
from tui.network.answer import answer_block
from tui.network.spoken import answer_words, network_lines
from tui.network.state import NetworkState, Source
from tui.training.panels import epochs_panel
from tui.training.run_state import RunState
from tui.training.spoken import chart_lines
from tui.training.words import best_epoch, gap_line
from tui.validation.painter import validation_panel
from tui.validation.spoken import result_lines
from tui.validation.words import verdict

COLOURS = palette("cnn-dark")
ACTIVATIONS = [(10, "softmax"), (10, "linear"), (1, "sigmoid"), (10, "sigmoid")]


def network(units: int, activation: ActivationName, value: float = math.nan, where: int = -1) -> Network:
    """A network with `value` in all of its outputs, or in one."""
    kernel = np.zeros((784, units), np.float32)
    bias = np.full(units, value if where < 0 else 0.0, np.float32)
    bias[where] = value
    flat = Flatten(name="flat", input_shape=(28, 28, 1))
    return Network(
        [flat, Dense(name="last", input_shape=(784,), kernel=kernel, bias=bias, activation=activation)], (28, 28, 1)
    )


def block(state: NetworkState) -> str:
    return "\n".join("".join(s.text for s in line) for line in answer_block(state.answer, 40, 12, COLOURS).lines)


@pytest.mark.parametrize(("units", "activation"), ACTIVATIONS)
@pytest.mark.parametrize("where", [-1, 0])
def test_there_is_no_answer(units: int, activation: ActivationName, where: int) -> None:
    state = NetworkState(network(units, activation, where=where), Source("net.keras", "net"))
    assert state.answer.answer is None
    assert "NaN: no answer" in block(state)
    assert ">" not in block(state)
    assert answer_words(state) == "The network's output is NaN, so it predicts no class"
    assert not any("answer is" in line for line in network_lines(state))


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e38])
def test_infinities_are_drawn(value: float) -> None:
    state = NetworkState(network(10, "linear", value, where=3), Source("net.keras", "net"))
    assert state.answer.answer == (0 if value < 0 else 3)
    assert "NaN" not in block(state)


async def seen(app: CnnApp, pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: words in " ".join(screen_text(app).split()))
    assert words in " ".join(screen_text(app).split())


@pytest.mark.usefixtures("no_keras_and_few_pictures")
@pytest.mark.parametrize(("units", "activation"), ACTIVATIONS[:3])
@pytest.mark.parametrize("language", ["en", "ko"])
async def test_the_network_screen_names_none(
    units: int, activation: ActivationName, language: str, tmp_path: Path
) -> None:
    set_language("ko" if language == "ko" else "en")
    path = kept(network(units, activation), tmp_path)
    app = CnnApp(Options(model=path), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await seen(app, pilot, "no answer: NaN" if language == "en" else "예측 없음: NaN")
        text = screen_text(app)
        screen = front(app)
        named = re.compile(r"answer kind|misclassified|답: |The answer is|오분류한")
        assert not named.search(text)
        screen.action_wrong()
        await seen(app, pilot, "For 30 of 30 pictures" if language == "en" else "이미지 30장 가운데 30장")
        assert not any(re.search("The answer is", line) for line in screen.spoken())
        state = screen.state
        assert state is not None
        assert state.picture_set is not None
        assert state.picture_set.tally() == () or all(wrong == 0 for _count, wrong in state.picture_set.tally())
        screen.action_wrong()
        screen.action_why()
        await seen(app, pilot, "no class to explain" if language == "en" else "설명할 답도 없습니다")
        assert "Why kind" not in screen_text(app)


def validation(first: int) -> Validation:
    rows = tuple(
        LayerCheck(name, "Dense", (3,), 0.0, 0.0, True, 90 if at >= first else 0) for at, name in enumerate("abc")
    )
    return Validation(rows, 100, 1e-4, 1e-5, LayerCheck("predict", "fused", (3,), 0.0, 0.0, True, 90))


def test_a_validation_says_where_nan_begins_and_for_how_many_images() -> None:
    checked = validation(1)
    words = "NaN first appears in b, for 90 of 100 images: for those the network predicts no class."
    assert words in verdict(checked)
    assert words in " ".join(result_lines(Checked(checked, "here")))
    assert sum(", NaN" in line for line in validation_table(checked)) == 3
    panel = ["".join(s.text for s in line) for line in validation_panel(checked, 90, 8, COLOURS)]
    assert sum(", NaN" in line for line in panel) == 3
    assert "NaN comes from b, for 90 of 100 inputs" in str(checked)
    assert max(map(len, str(checked).splitlines())) <= 80


def test_without_nan_none_is_mentioned() -> None:
    checked = Validation(validation(3).rows, 100, 1e-4, 1e-5)
    said = [verdict(checked), str(checked), *validation_table(checked), *result_lines(Checked(checked, "here"))]
    assert "nan" not in " ".join(said).lower()


GOOD, LOST = Epoch(1, 0.5, 0.8, 0.6, 0.7, 1.0), Epoch(2, math.nan, 0.1, math.nan, 0.9, 1.0)
LATE = Epoch(3, math.nan, 0.1, math.nan, 0.95, 1.0)


def trained(epochs: list[Epoch]) -> RunState:
    run = RunState(TrainConfig(epochs=len(epochs)))
    for epoch in epochs:
        run.apply(epoch)
    return run


@pytest.mark.parametrize("lost", [LOST, Epoch(2, 0.3, 0.9, math.nan, 0.9, 1.0), Epoch(2, math.nan, 0.9, None, None, 1)])
def test_an_accuracy_of_nan_is_no_best_one(lost: Epoch) -> None:
    epochs = [GOOD, lost]
    assert best_epoch(epochs) == GOOD
    assert best_epoch([lost]) is None
    assert "NaN from epoch 2 on" in gap_line(epochs, TrainConfig())
    rows = ["".join(s.text for s in line).split() for line in epochs_panel(epochs, 80, 4, COLOURS)]
    assert [row[0] for row in rows[1:3]] == ["*1", "2"]
    assert not any("best epoch is 2" in line for line in chart_lines(epochs))


def test_the_plain_training_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    run = trained([GOOD, LOST, LATE])
    _Teller(run).tell(Finished(False, 3, 2.0))
    said = capsys.readouterr().out
    assert "The loss is NaN from epoch 2 on" in said
    assert "Best validation accuracy: 0.7000, after epoch 1" in said


def test_a_loss_that_was_never_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    _Teller(trained([LOST])).tell(Finished(False, 1, 2.0))
    assert "Best validation accuracy" not in capsys.readouterr().out
