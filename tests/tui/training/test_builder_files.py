"""Networks of the builder as files: saved and opened by name, exported, and shown before training."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from child_screens import until
from textual.pilot import Pilot

from cnncore.errors import CnnError
from cnncore.training.architecture import preset, read_architecture
from cnncore.training.architecture.saved import saved_networks, saved_path
from cnncore.training.config import TrainConfig
from cnncore.training.fresh import fresh_network, save_untrained
from tui.cnn_app import CnnApp
from tui.network.screen import NetworkScreen
from tui.training.builder.files import MOST_UNTRAINED, NameSaver, items_of, read_network, saver_of, untrained_file
from tui.training.builder.screen import BuilderScreen
from tui.training.builder.state import BuilderState


@pytest.fixture(autouse=True)
def _no_trial(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr("tui.training.builder.trying.trial", lambda _config, _cancelled: 0.001)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own cache"))
    yield


async def opened(pilot: Pilot[None]) -> BuilderScreen:
    await until(pilot, "243,786")
    await pilot.press("n")
    await until(pilot, "28x28")
    screen = pilot.app.screen
    assert isinstance(screen, BuilderScreen)
    return screen


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type a text over the one in the field, and accept it."""
    await pilot.press("end", "ctrl+u", *("space" if letter == " " else letter for letter in text), "enter")


def test_a_name_that_exists_is_overwritten_after_a_second_time_only() -> None:
    save = NameSaver(preset("tiny"))
    network, path = save("mine")
    assert (network.name, path) == ("mine", saved_path("mine"))
    other = NameSaver(preset("lenet5"))
    for name in ("mine", "other", "mine"):
        if name == "other":
            other(name)
            continue
        with pytest.raises(CnnError, match="already exists"):
            NameSaver(preset("lenet5"))(name)
    with pytest.raises(CnnError, match="already exists"):
        other("mine")
    assert read_architecture(path).layers == preset("tiny").layers
    other("mine")
    assert read_architecture(path).layers == preset("lenet5").layers
    with pytest.raises(CnnError, match="is a preset"):
        other("tiny")
    with pytest.raises(CnnError, match="1 to 60"):
        other(" ")


def test_a_keras_file_is_opened_without_its_weights(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    save_untrained(TrainConfig(network="lenet5"), path)
    assert read_network(path).layers == preset("lenet5").layers


@pytest.mark.parametrize("library", ["keras", "cnncore"])
def test_the_program_is_written_as_a_file(library: str, tmp_path: Path) -> None:
    state = BuilderState(TrainConfig(epochs=4))
    state.program.turn_style()
    item = next(item for item in items_of(state) if item.id == f"{library}-program")
    path = tmp_path / "train.py"
    assert saver_of(state, item)(str(path)) == [str(path)]
    text = path.read_text()
    ast.parse(text)
    assert f"from {library}.layers import" in text
    assert "epochs=4" in text
    assert "Sequential([" in text


def test_only_the_list_of_an_impossible_network_is_exported(tmp_path: Path) -> None:
    state = BuilderState(TrainConfig())
    state.go_to(4)
    state.insert("MaxPooling2D", before=False)
    (item,) = items_of(state)
    saver_of(state, item)(str(tmp_path / "net.json"))
    assert read_architecture(tmp_path / "net.json") == state.network


def test_untrained_networks_are_files_of_which_few_are_kept() -> None:
    config = TrainConfig(network="softmax")
    first = untrained_file(config)
    assert untrained_file(replace(config, epochs=2)) == first
    assert "softmax-untrained-" in first
    paths = {untrained_file(replace(config, seed=seed)) for seed in range(MOST_UNTRAINED + 3)}
    assert len(paths) == MOST_UNTRAINED + 3
    assert len(list(Path(first).parent.iterdir())) == MOST_UNTRAINED


async def test_a_network_is_saved_and_opened_by_name() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("d", "s")
        await typed(pilot, "first try")
        await until(pilot, "The network first try is saved")
        assert screen.state.network.name == "first try"
        mine = screen.state.network
        await pilot.press("left", "s", "enter")
        await until(pilot, "press Enter again")
        await pilot.press("escape", "p", "enter")
        await until(pilot, "The network fashion is open")
        await pilot.press("o", "enter")
        await until(pilot, "The network first try is open")
        assert screen.state.network == mine
        assert [path.stem for path in saved_networks()] == ["first try"]


async def test_a_damaged_file_is_a_sentence() -> None:
    saved_path("broken").parent.mkdir(parents=True)
    saved_path("broken").write_text('{"name": "broken"}')
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("o", "enter")
        await until(pilot, "a network must be an object")
        assert screen.state.network == preset("fashion")


async def test_a_file_is_opened_by_its_path(tmp_path: Path) -> None:
    save_untrained(TrainConfig(network="lenet5"), tmp_path / "n.keras")
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("o")
        await typed(pilot, str(tmp_path / "n.keras"))
        await until(pilot, "61,706")


@pytest.mark.usefixtures("no_keras_and_few_pictures")
async def test_the_untrained_network_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetworkScreen, "keras_command", None)  # the real child opens the file
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        screen.state.take(preset("softmax"))
        await pilot.press("v")
        await until(pilot, "softmax-untrained-")
        front: object = app.screen
        assert isinstance(front, NetworkScreen)
        for _ in range(400):
            if front.state is not None:
                break
            await pilot.pause(0.02)
        assert front.state is not None
        shown, fresh = front.state.cursor.network, fresh_network("softmax")
        assert [layer.kind for layer in shown.layers] == ["Flatten", "Dense"]
        image = np.random.default_rng(0).random((1, 28, 28, 1), np.float32)
        assert np.array_equal(shown.predict(image), fresh.predict(image))
        await pilot.press("4")
        await until(pilot, "Dense 10, softmax")
        back: object = app.screen
        assert back is screen
