"""The screen in words: with the numbers of the screen, and a description of every picture."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest
from screens_of import ready, screen_lines, screen_text
from textual.pilot import Pilot

from cnncore.datasets.network_images import Pictures
from cnncore.display.summaries import summary
from cnncore.network import Network
from tui.app.screen import FrameScreen
from tui.cnn_app import CnnApp, Options
from tui.drawing.spoken_picture import picture_words
from tui.i18n import set_language
from tui.network.screen import NetworkScreen
from tui.widgets.words import Words

HALF = "▀"


def words(app: CnnApp) -> list[str]:
    screen = app.screen
    assert isinstance(screen, FrameScreen)
    return list(screen.spoken())


async def network(pilot: Pilot[None]) -> NetworkScreen:
    for _ in range(300):
        await pilot.pause(0.02)
        screen = pilot.app.screen
        if isinstance(screen, NetworkScreen) and screen.state and screen.state.picture_set:
            break
    await pilot.pause()
    assert isinstance(pilot.app.screen, NetworkScreen)
    return pilot.app.screen


@pytest.fixture
def _few_pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def some(_network: Network, _data: str = "") -> Pictures:
        rng = np.random.default_rng(3)
        classes = tuple(f"kind {i}" for i in range(10))
        return Pictures(
            rng.integers(0, 256, (5, 28, 28), dtype=np.uint8), np.arange(5, dtype=np.uint8), classes, "here"
        )

    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, "-c", "pass"])
    monkeypatch.setattr("cnncore.datasets.network_images.find_pictures", some)
    yield


def test_a_summary_is_of_all_values() -> None:
    values = np.array([[3.0, -1.5, 0.0], [np.nan, 7.0, 0.0]], np.float32)
    described = summary(values)
    assert (described.low, described.low_at, described.high, described.high_at) == (-1.5, (0, 1), 7.0, (1, 1))
    assert described.zeros == 2
    assert described.mean == pytest.approx(8.5 / 6)
    assert summary(np.full((2, 2), np.nan, np.float32)).high == 0


def test_a_number_near_zero_is_not_called_zero() -> None:
    said = picture_words("softmax", np.array([2e-9, 0.25, -3e-7], np.float32))
    assert said == "softmax: 3, from -3.0e-07 at position 2 to 0.25 at position 1, mean 0.0833; 0 of 3 values are 0"
    assert "from 0 at position 0" in picture_words("map", np.zeros(2, np.float32))


async def test_the_lesson_in_words_says_every_product_and_the_result() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("n", "home", *["full_stop"] * 4)
        await pilot.pause()
        first = words(app)[0]
        assert "row 0, column 0, product 4 of 9: 244 x -1 = -244, running sum -449" in first
        await pilot.press(*["full_stop"] * 5)
        await pilot.pause()
        said = words(app)
        assert "sum 65, x 1 is 65, rounded 65, result 65" in said[0]
        assert "product 3: 247 x 0 = 0, running sum -205" in said
        assert any("3 x 3, from 75 at row 2, column 2 to 247 at row 0, column 2" in line for line in said)
        assert "row 1: -1, 5, -1" in said


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_a_key_puts_the_place_below_the_screen_and_the_cursor_to_it(size: tuple[int, int]) -> None:
    app = CnnApp()
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        before = app.screen.query_one("#body").size
        await pilot.press("a")
        await pilot.pause()
        await pilot.pause()
        lines = screen_lines(app)
        at = app.cursor_position
        assert at.y == size[1] - 3
        assert lines[at.y][at.x :].startswith(words(app)[0][:20])
        assert HALF in screen_text(app)
        await pilot.press("right")
        await pilot.pause()
        assert words(app)[0][:20] in screen_lines(app)[at.y]
        await pilot.press("a")
        await pilot.pause()
        await pilot.press("left")
        await pilot.pause()
        assert app.screen.query_one("#body").size == before
        assert not app.screen.query_one(Words).display


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("start", ["convolution", "pooling", "network", "training", "validation"])
@pytest.mark.usefixtures("_few_pictures")
async def test_for_a_screen_reader_all_is_words(start: str, language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(Options(screen_reader=True), start=start)
    async with app.run_test(size=(80, 24)) as pilot:
        if start == "network":
            await network(pilot)
        elif start in ("convolution", "pooling"):
            await ready(pilot)
        else:
            await pilot.pause()
        await pilot.pause()
        said = words(app)
        assert said and said[0]
        text = screen_text(app)
        assert not set("▀─━│┤") & set(text)
        assert said[0][:20] in screen_lines(app)[app.cursor_position.y]
        assert app.animation_level == "none"
        assert language == "en" or any("가" <= character <= "힣" for character in said[0])


@pytest.mark.parametrize(("message", "said"), [("As it is", "As it is. "), ("All of it.", "All of it. ")])
@pytest.mark.usefixtures("_few_pictures")
async def test_what_the_network_screen_says_is_a_sentence_before_the_place(message: str, said: str) -> None:
    app = CnnApp(Options(screen_reader=True), start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await network(pilot)
        place = words(app)[0].partition("file. ")[2]  # behind that the weights are random
        screen.messages.notice = message
        assert place and words(app)[0] == said + place


@pytest.mark.usefixtures("_few_pictures")
async def test_the_network_is_told_at_every_depth_and_layer() -> None:
    app = CnnApp(Options(screen_reader=True), start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await network(pilot)
        state = screen.state
        assert state is not None
        cursor = state.cursor
        shares = cursor.activations.outputs[-1]
        said = words(app)
        assert f"kind 3: {float(shares[3]):.3f}" in said
        for layer in range(len(cursor.layers)):
            cursor.to_layer(layer)
            await pilot.press("enter", "m")
            await pilot.pause()
            value = float(cursor.activations.values(layer)[cursor.index])
            number = float(words(app)[0].rpartition(": ")[2].partition(",")[0])
            assert number == pytest.approx(value, abs=1e-6)
            await pilot.press("enter")
            await pilot.pause()
            said = words(app)
            assert "term 0 (0-" in said[0]
            assert any(line.startswith("recomputed ") for line in said)
            await pilot.press("escape", "escape")
            await pilot.pause()


async def test_a_guessed_value_is_not_said() -> None:
    app = CnnApp(Options(screen_reader=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("n", "v")
        await pilot.pause()
        assert not [line for line in words(app) if "result" in line or line.startswith("Output")]
        await pilot.press(*"65", "enter")
        await pilot.pause()
        assert "Right: 65" in words(app)[0]
        assert "result 65" in words(app)[0]


async def test_playing_says_so_and_nothing_else() -> None:
    app = CnnApp(Options(screen_reader=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("home", "space")
        await pilot.pause(0.1)
        assert words(app) == ["> playing"]
        await pilot.press("space")
        await pilot.pause()
        assert "row" in words(app)[0]


async def test_dialogs_do_not_blink_for_a_screen_reader() -> None:
    from textual.widgets import Input

    app = CnnApp(Options(screen_reader=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("g")
        await pilot.pause()
        await pilot.pause()
        field = app.screen.query_one(Input)
        assert field.cursor_blink is False
        assert app.cursor_position == field.cursor_screen_offset
        assert app.cursor_position.y == field.region.y > 2
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen.query_one(Words).display


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_with_the_place_in_words_nothing_is_cut_in_the_smallest_terminal(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp()
    async with app.run_test(size=(80, 22)) as pilot:
        await ready(pilot)
        await pilot.press("a")
        await pilot.pause()
        lines = screen_lines(app)
        body = app.screen.query_one("#body")
        for name in ("#facts", "#strip"):
            assert app.screen.query_one(name).region.bottom <= body.region.bottom
        assert any("255" in line and "->" in line for line in lines)
        assert words(app)[0][:15] in lines[app.cursor_position.y]
