"""The builder's screen: keys and clicks, from the training place and back to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from child_screens import fits, until
from screens_of import screen_lines, screen_text
from textual.pilot import Pilot

from cnncore.training.config import TrainConfig
from tui.cnn_app import CnnApp
from tui.i18n import set_language
from tui.training.builder.screen import BuilderScreen
from tui.training.screen import TrainingScreen

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.fixture(autouse=True)
def _measured_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A trial that takes no time."""
    monkeypatch.setattr("tui.training.builder.trying.trial", lambda _config, _cancelled: 0.001)
    monkeypatch.setattr("tui.training.builder.trying.PAUSE", 0.01)
    yield


async def opened(pilot: Pilot[None]) -> BuilderScreen:
    """The builder, opened by its key and measured."""
    await until(pilot, "243,786")
    await pilot.press("n")
    for _ in range(200):
        await pilot.pause(0.02)
        if isinstance(pilot.app.screen, BuilderScreen) and pilot.app.screen.trying.lines(pilot.app.screen.state)[2:]:
            break
    screen = pilot.app.screen
    assert isinstance(screen, BuilderScreen)
    return screen


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "ko"])
async def test_the_list_fits_and_has_all_its_numbers(size: tuple[int, int], language: str) -> None:
    set_language(language)
    app = CnnApp(start="training")
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        text = await until(pilot, "50")
        for part in ("3x3x64x64 + 64", "36,928", "243,786", "28x28", "60,000", "57 MB", "84"):
            assert part in text
        assert fits(app)


async def test_edits_reach_the_training_screen(child: Callable[[str], None]) -> None:
    child("good")
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("left", "down", "d")
        text = await until(pilot, "MaxPooling2D was removed")
        assert "24x24x64" in text
        await pilot.press("t")
        text = await until(pilot, "my network, 28 x 28")
        assert isinstance(app.screen, TrainingScreen)
        assert app.screen.state.config.design.layers[0].value("filters") == 32
        await pilot.press("t")
        await until(pilot, "Finished:")


async def test_leaving_keeps_the_draft_and_says_so() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("left", "escape")
        text = await until(pilot, "n goes on with it")
        assert "fashion, 28 x 28" in text
        await pilot.press("n")
        await until(pilot, "my network")
        await pilot.press("u", "escape")
        await until(pilot, "Ready.")
        assert "goes on" not in screen_text(app)


async def test_an_impossible_layer_is_explained_in_place() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        screen.state.go_to(4)
        await pilot.press("i", "enter")
        text = await until(pilot, "Conv2D needs maps")
        lines = screen_lines(app)
        at = next(i for i, line in enumerate(lines) if "Conv2D needs maps" in line)
        assert "Conv2D 16, 3, relu" in lines[at - 1]
        assert "cannot be trained yet" in text
        await pilot.press("t")
        text = await until(pilot, "layer 6, conv2d_2")
        assert isinstance(app.screen, BuilderScreen)


async def test_a_value_is_typed() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("tab", "enter", "home", "delete", "x", "enter")
        await until(pilot, "kernel_size is 'x'")
        await pilot.press("home", "delete", "9", "enter")
        await until(pilot, "20x20x64")
        assert screen.state.network.layers[0].value("kernel_size") == 9


async def test_presets_are_a_key_away() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("p", "down", "down", "enter")
        text = await until(pilot, "The network lenet5 is open")
        assert "61,706" in text


async def test_the_palette_runs_the_keys_of_the_builder() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("d")
        await until(pilot, "Conv2D was removed")
        commands = {command.title: command.callback for command in app.get_system_commands(app.screen)}
        app.call_later(commands["Undo"])  # as the palette does
        await until(pilot, "243,786")
        assert screen.state.network.layers[0].kind == "Conv2D"


async def test_clicks_choose_layers_and_options_and_change_them() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)

        async def click(text: str, shift: int = 0) -> None:
            lines = screen_lines(app)
            row = next(i for i, line in enumerate(lines) if text in line)
            await pilot.click(offset=(lines[row].index(text) + shift, row))
            await pilot.pause()

        await click("Dense 128, relu")
        assert screen.state.at == 5
        await click("activation")
        await click(">]", 0)
        assert screen.state.network.layers[5].value("activation") == "sigmoid"
        await click('optimizer="adam"')
        assert "adam, the optimizer" in screen_text(app)
        assert screen.state.pane == "code"


async def test_the_program_is_beside_the_list_or_behind_a_key() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "model.add" not in screen_text(app)
        await pilot.press("k")
        text = await until(pilot, '> model.add(Conv2D(64, 3, activation="relu"))')
        assert "there is no right answer" in " ".join(text.split())
        await pilot.press("g")
        await until(pilot, '>     Conv2D(64, 3, activation="relu"),')
        await pilot.press("G")
        await until(pilot, "The program is for cnncore.")
        await pilot.press("home")
        await pilot.resize_terminal(120, 40)
        text = await until(pilot, "from cnncore.models import Sequential")
        assert "Conv2D 64, 3, relu" in text


async def test_the_words_name_layer_and_option() -> None:
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        lines = list(screen.spoken())
        assert lines[0] == "Layer 1 of 7: Conv2D, filters 64"
        assert "1. Conv2D 64, 3, relu: output 26 x 26 x 64, 640 parameters, receptive field 3 x 3" in lines
        assert 'model.add(Dense(10, activation="softmax"))' in lines


async def test_a_time_is_said_only_once_measured_and_an_edit_ends_the_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    trials: list[tuple[TrainConfig, Callable[[], bool]]] = []
    go_on = threading.Event()

    def slow(config: TrainConfig, cancelled: Callable[[], bool]) -> float | None:
        trials.append((config, cancelled))
        if len(trials) == 1:
            go_on.wait(20)
            return 0.5  # ignored: the network is another by now
        return None if len(trials) == 3 else 0.001

    monkeypatch.setattr("tui.training.builder.trying.trial", slow)
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "243,786")
        await pilot.press("n")
        text = await until(pilot, "trying out a few steps...")
        assert "takes about" not in text
        while not trials:
            await pilot.pause(0.02)
        await pilot.press("left")
        assert trials[0][1]()
        go_on.set()
        await until(pilot, "an epoch of 60,000 images takes about 50 s")
        assert trials[1][0].design.layers[0].value("filters") == 32
        await pilot.press("left")
        await until(pilot, "too large to be tried out")
        await pilot.press("escape")
        await until(pilot, "n goes on with it")
        assert trials[2][1]()


async def test_a_trial_that_fails_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_config: TrainConfig, _cancelled: Callable[[], bool]) -> float | None:
        raise MemoryError

    monkeypatch.setattr("tui.training.builder.trying.trial", fails)
    app = CnnApp(start="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "243,786")
        await pilot.press("n")
        text = await until(pilot, "memory ran out")
        assert "trying out" not in text
