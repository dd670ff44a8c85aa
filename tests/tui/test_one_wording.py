"""One current network, full scales, labels as on the screen, and messages that do not move the pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from network_screens import cursor_of, front, kept, shown
from screens_of import ready, screen_text, until

from cnncore.activations import ActivationName
from cnncore.errors import CnnError
from cnncore.network import Conv2D, Dense, Flatten, Network
from cnncore.training.config import TrainConfig
from cnncore.training.events import Finished
from cnncore.training.fresh import fresh_network
from tui.cnn_app import CnnApp, Options
from tui.i18n import error_text
from tui.training.options import FIELDS
from tui.training.run_state import RunState
from tui.training.screen import TrainingScreen
from tui.walk.screen import WalkScreen
from tui.widgets.picture import PictureView

usual = pytest.mark.usefixtures("no_keras_and_few_pictures")


@usual
async def test_a_newly_trained_network_replaces_the_opened_one(tmp_path: Path) -> None:
    opened, trained = kept(fresh_network(seed=1), tmp_path, "a.keras"), kept(fresh_network(seed=2), tmp_path, "b.keras")
    app = CnnApp(Options(model=opened), start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        await pilot.press("4")
        await pilot.pause()
        assert isinstance(app.screen, TrainingScreen)
        app.screen.state.run = RunState(TrainConfig())
        app.screen.apply(Finished(stopped=False, epochs=2, seconds=1.0, model_path=trained))
        assert "3 opens it" in screen_text(app)
        await pilot.press("3")

        def path() -> str:
            state = front(app).state
            return "" if state is None else state.source.path

        await until(pilot, lambda: path() == trained)
        assert path() == trained
        assert app.current_network.trained == trained  # as 5 and w ask for it


@usual
async def test_a_network_that_cannot_be_opened_leaves_the_current_one(tmp_path: Path) -> None:
    path = kept(fresh_network(), tmp_path)
    flat = Network(
        [Flatten(name="f", input_shape=(3, 3, 2)), Dense(name="d", input_shape=(18,), kernel=np.ones((18, 2)))],
        (3, 3, 2),
    )
    wrong = kept(flat, tmp_path, "flat.keras")
    app = CnnApp(Options(model=path), start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        before = front(app).state
        front(app).opener.open(wrong, chosen=True)
        await until(pilot, lambda: "the network takes" in " ".join(screen_text(app).split()))
        assert app.current_network.path == path
        await pilot.press("1", "3")
        await pilot.pause(0.2)
        assert front(app).state is before


@usual
@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
async def test_a_bar_of_a_probability_is_a_part_of_one(activation: ActivationName, tmp_path: Path) -> None:
    units = 1 if activation == "sigmoid" else 2
    kernel = np.zeros((36, units), np.float32)
    bias = np.full(units, -2.7, np.float32)
    layers = [
        Conv2D(name="c", input_shape=(8, 8, 1), kernel=np.ones((3, 3, 1, 1), np.float32)),
        Flatten(name="f", input_shape=(6, 6, 1)),
        Dense(name="d", input_shape=(36,), kernel=kernel, bias=bias, activation=activation),
    ]
    app = CnnApp(Options(model=kept(Network(layers, (8, 8, 1)), tmp_path)), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("down", "down")
        await pilot.pause()
        assert cursor_of(app).name == "d"
        value = cursor_of(app).value
        line = next(line for line in screen_text(app).splitlines() if line.count("━") and line.rstrip().endswith("─"))
        full, rest = line.count("━"), line.count("─")
        assert abs(full / (full + rest) - value) < 0.05


@pytest.mark.parametrize("start", ["convolution", "pooling"])
@pytest.mark.parametrize("size", [(80, 24), (80, 30), (120, 40)])
async def test_a_message_takes_no_line_from_the_pictures(start: str, size: tuple[int, int]) -> None:
    app = CnnApp(start=start)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        screen = app.screen
        assert isinstance(screen, WalkScreen)

        def scales() -> list[object]:
            pictures = [screen.query_one(name, PictureView).picture for name in ("#input-picture", "#output-picture")]
            return [picture.scale for picture in pictures if picture is not None]

        screen.say("")
        await pilot.pause()
        before = scales()
        for message in ("Short.", "long " * 40):
            screen.say(message)
            await pilot.pause()
            assert scales() == before, message


@pytest.mark.parametrize(("name", "label"), [(name, label) for name, label, _about in FIELDS])
def test_a_wrong_option_is_named_by_its_label(name: str, label: str) -> None:
    with pytest.raises(CnnError) as caught:
        replace(TrainConfig(), **{name: -1})  # type: ignore[arg-type]
    assert name in str(caught.value)
    assert error_text(caught.value, {name: label}).startswith(label)
    assert name not in error_text(caught.value, {name: label}).split()
