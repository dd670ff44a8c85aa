"""Opening networks on the network screen, and Keras's own values beside them."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from network_screens import colour_network, cursor_of, front, kept, shown
from screens_of import SUPPORT, screen_lines, screen_text, until
from textual.pilot import Pilot
from textual.widgets import Input

from cnncore import layers, models
from cnncore._files import content_digest
from cnncore.network import Dense, Flatten, Network
from cnncore.training.fresh import fresh_network
from tui.cnn_app import CnnApp, Options
from tui.network.client import NetworkClient
from tui.network.cursor import Depth
from tui.network.screen import NetworkScreen

pytestmark = pytest.mark.usefixtures("no_keras_and_few_pictures")


async def test_any_network_that_was_converted_opens(tmp_path: Path) -> None:
    app = CnnApp(Options(model=kept(colour_network(), tmp_path)), start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        assert "net.keras" in screen_text(app)
        assert "Untrained" not in screen_text(app)
        cursor = cursor_of(app)
        assert cursor.network.input_shape == (12, 10, 3)
        for _ in range(5):
            for key in ("enter", "down", "right", "enter", "down", "escape", "escape", "y", "y", "k", "k", "down"):
                await pilot.press(key)
                await pilot.pause()
        assert cursor.value == cursor.activations.values(cursor.layer)[cursor.index]


async def test_a_file_that_is_no_network_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    flat = Network(
        [Flatten(name="flat", input_shape=(3, 3, 2)), Dense(name="d", input_shape=(18,), kernel=np.ones((18, 2)))],
        (3, 3, 2),
    )
    app = CnnApp(Options(model=kept(flat, tmp_path)), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        assert "the network takes (3, 3, 2)" in " ".join(screen_text(app).split())
        assert cursor_of(app).network.input_shape == (28, 28, 1)


async def test_a_newly_trained_network_replaces_random_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = kept(fresh_network(seed=5), tmp_path)
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        await pilot.press("down", "down", "right", "enter")
        monkeypatch.setattr("tui.app.current_network.trained_model", lambda: path)
        await pilot.press("1", "3")
        await shown(pilot)
        state = front(app).state
        assert state is not None
        for _ in range(50):
            await pilot.pause(0.02)
            state = front(app).state
            assert state is not None
            if state.source.path == path:
                break
        assert state.source.path == path
        assert (state.cursor.name, state.cursor.map, state.cursor.depth) == ("conv2d_1", 1, Depth.LAYER)


async def test_the_second_client_opens_the_file_that_was_shown_or_none(tmp_path: Path) -> None:
    path = kept(fresh_network(), tmp_path)
    app = CnnApp(Options(model=path), start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        state = front(app).state
        assert state is not None
        assert state.source.content == content_digest(path)
        clients: list[dict[str, object]] = []

        class Noted(NetworkClient):
            def __init__(self, source: str | Network, *, content: str = "", command: Sequence[str] | None = None):
                clients.append({"source": source, "content": content})
                super().__init__(source, content=content, command=command)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tui.network.client.NetworkClient", Noted)
            await pilot.press("enter", "enter")
            await pilot.pause()
        assert clients == [{"source": path, "content": state.source.content}]


async def test_keras_line_is_there_before_its_value_and_goes_when_none_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, "-c", "import time; time.sleep(1.5)"])
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert re.search(r"Keras +\.\.\.", screen_text(app))
        for _ in range(100):
            await pilot.pause(0.1)
            if not re.search(r"Keras +\.\.\.", screen_text(app)):
                break
        assert not re.search(r"Keras +\.\.\.", screen_text(app))


FAKE = str(SUPPORT / "fake_network_child.py")


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("late", "There is not enough memory for this."),
        ("silent", "The process ended without giving a reason (exit status 3)."),
        ("killed", "The process was killed (signal 9)"),
    ],
)
async def test_why_keras_values_do_not_come_is_said_and_nothing_else_is_lost(
    monkeypatch: pytest.MonkeyPatch, mode: str, words: str
) -> None:
    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, FAKE, mode])
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("enter", "enter")
        await until_said(pilot, words)
        text = screen_text(app)
        assert "Keras's value is not available (R tries again): " in text
        for part in ("recomputed", "C core"):
            assert part in text
        await pilot.press("down", "down", "escape")
        await pilot.pause()
        assert "Keras's value" not in screen_text(app)  # it belongs to the value that is taken apart
        await pilot.press("enter")
        await pilot.pause()
        assert words in " ".join(screen_text(app).split())


async def test_without_tensorflow_one_quiet_sentence_stands_at_a_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = (
        "import sys; sys.modules['keras'] = None; from cnncore.keras.network_child import main; main(sys.argv[1:])"
    )
    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, "-c", blocked])
    net = models.Sequential([layers.Input((28, 28, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(10)])
    net.save(tmp_path / "mine.keras")
    app = CnnApp(Options(model=str(tmp_path / "mine.keras")), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        assert "mine.keras" in screen_text(app)
        for _ in range(3):
            await pilot.press("n")
            assert not re.search("installed|TensorFlow", screen_text(app))
        await pilot.press("down", "enter", "enter")
        await until_said(pilot, "Keras's value is not available: TensorFlow is not installed.")
        assert "pip install" not in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "installed" not in screen_text(app)


def has_keras_value(app: CnnApp) -> bool:
    """True if Keras's row has a number."""
    return any(re.match(r" *Keras +-?\d", line) for line in screen_lines(app))


@asynccontextmanager
async def without_keras_value(
    monkeypatch: pytest.MonkeyPatch, failure: str
) -> AsyncIterator[tuple[CnnApp, Pilot[None]]]:
    """At a value that Keras's child, by its `failure`, gave no answer for."""
    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, FAKE, failure])
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("enter", "enter")
        await until_said(pilot, "(R tries again): ")
        yield app, pilot


async def test_r_asks_keras_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with without_keras_value(monkeypatch, "killed") as (app, pilot):
        await pilot.press("n")  # another picture alone does not
        await pilot.pause(0.2)
        assert "(R tries again): " in screen_text(app)
        monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, FAKE, "good"])
        await pilot.press("R")
        await pilot.pause()
        assert "not available" not in screen_text(app)
        await until(pilot, lambda: has_keras_value(app))
        assert has_keras_value(app)
        await pilot.press("R")
        await pilot.pause()
        assert "Keras's values are already shown." in screen_text(app)


async def test_coming_back_after_a_while_keras_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with without_keras_value(monkeypatch, "late") as (app, pilot):
        monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, FAKE, "good"])
        await pilot.press("question_mark", "escape", "1", "3")  # too soon
        await pilot.pause(0.2)
        assert "(R tries again): " in screen_text(app)
        monkeypatch.setattr("tui.network.keras_values.SECONDS_TO_TRY_AGAIN", 0.0)
        await pilot.press("1", "3")
        await until(pilot, lambda: has_keras_value(app))
        assert has_keras_value(app)


async def test_why_keras_has_no_value_is_said_in_the_language_that_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    async with without_keras_value(monkeypatch, "late") as (app, pilot):
        await pilot.press("L")
        await pilot.pause()
        assert "(R 다시 시도)" in screen_text(app)


async def test_of_a_file_that_changed_it_is_said_to_open_it_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, FAKE, "good"])
    path = kept(colour_network(), tmp_path)
    app = CnnApp(Options(model=path), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        Path(path).write_bytes(b"another")
        await pilot.press("enter", "enter")
        await until_said(pilot, "was changed since it was opened; open it again")
        assert "R tries again" not in screen_text(app)


async def until_said(pilot: Pilot[None], words: str) -> None:
    app = pilot.app
    assert isinstance(app, CnnApp)
    for _ in range(200):
        await pilot.pause(0.05)
        if words in " ".join(screen_text(app).split()):
            return
    raise AssertionError(screen_text(app))


async def test_keras_values_come_in_their_row() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NetworkScreen, "keras_command", [sys.executable, FAKE, "good"])
        app = CnnApp(start="network")
        async with app.run_test(size=(120, 40)) as pilot:
            await shown(pilot)
            await pilot.press("enter", "enter")
            await until_said(pilot, "Keras ")
            for _ in range(100):
                await pilot.pause(0.05)
                if any(line.strip().startswith("Keras  ") for line in screen_lines(app)):
                    break
            assert "not available" not in screen_text(app)
            assert "Waiting for Keras" not in screen_text(app)


async def test_an_opening_says_how_far_it_is_and_escape_leaves_it_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, FAKE, "endless"])
    path = tmp_path / "mine.keras"
    path.write_bytes(b"anything")
    app = CnnApp(Options(model=str(path)), start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_said(pilot, "mine.keras: Reading the layers and their weights")
        assert "Esc cancels" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        state = front(app).state
        assert state is not None
        assert state.source.untrained
        assert "mine.keras was not opened" in screen_text(app)
        await pilot.press("1", "3")  # and it does not begin again by itself
        await pilot.pause(0.3)
        assert "Reading" not in screen_text(app)


async def test_leaving_an_opening_keeps_the_network_that_was_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "slow.keras").write_bytes(b"anything")
    app = CnnApp(Options(model=kept(colour_network(), tmp_path)), start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, FAKE, "endless"])
        before = front(app).state
        await pilot.press("down", "enter", "O")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "slow.keras")
        await pilot.press("enter")
        await until_said(pilot, "slow.keras: Reading")
        await until(pilot, lambda: "pool" in screen_text(app))  # the path's field is gone
        assert "pool" in screen_text(app)  # what was there stays in sight meanwhile
        await pilot.press("escape")
        await pilot.pause()
        assert front(app).state is before
        assert cursor_of(app).depth == Depth.LAYER
        await pilot.press("1", "3")
        await pilot.pause(0.2)
        assert front(app).state is before
