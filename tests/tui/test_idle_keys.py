"""No key is silent: on every screen, in many states, a key changes the screen or a sentence says why it does not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from network_screens import shown
from screens_of import ready, screen_lines, screen_text
from textual.pilot import Pilot

from tui.app.screen import FrameScreen
from tui.cnn_app import CnnApp
from tui.i18n import language
from tui.walk.cursor import Cursor
from tui.walk.screen import WalkScreen
from tui.widgets.message import MessageLine

LEAVES = {"q", "ctrl+c", "ctrl+q", "ctrl+z", "super+c"}
"""Keys that end or suspend the app, and the terminal's own key for copying."""
pytestmark = pytest.mark.usefixtures("no_keras_and_few_pictures")


def keys_of(screen: FrameScreen) -> list[str]:
    """All keys in the help, and some without a meaning."""
    own = [*screen._bindings.key_to_bindings, *screen.app._bindings.key_to_bindings]
    return [key for key in dict.fromkeys([*own, "f12", "quotation_mark"]) if key not in LEAVES]


def looks(app: CnnApp) -> list[list[tuple[str, str]]]:
    """The screen with its colours: a theme changes nothing else."""
    return [[(s.text, str(s.style)) for s in strip] for strip in app.screen._compositor.render_strips()]


async def as_before(pilot: Pilot[None]) -> None:
    """English, without words."""
    app = pilot.app
    assert isinstance(app, CnnApp)
    if app.words != "off":
        app.action_words(app.words)
        await pilot.pause()
    if language() != "en":
        app.action_switch_language()
        await pilot.pause()


async def silent_keys(pilot: Pilot[None], state: Iterable[str]) -> list[str]:
    """The keys that leave the screen unchanged and without a message. Each is pressed in `state`."""
    app = pilot.app
    assert isinstance(app, CnnApp)
    silent = []
    home = app.current_mode
    assert isinstance(app.screen, FrameScreen)
    for key in keys_of(app.screen):
        await pilot.press(*state)
        await pilot.pause()
        # An old sentence would hide that this key says nothing.
        assert isinstance(app.screen, FrameScreen)
        app.screen.say("")
        await pilot.pause()
        before = looks(app)
        await pilot.press(key)
        await pilot.pause()
        if looks(app) == before:
            await pilot.pause(0.3)  # what a thread brings
        if looks(app) == before:
            silent.append(key)
        while not isinstance(app.screen, FrameScreen):
            await pilot.press("escape")
            await pilot.pause()
        if app.current_mode != home:
            app.switch_mode(home)
            await pilot.pause()
        await as_before(pilot)
    return silent


@pytest.mark.parametrize("start", ["convolution", "pooling"])
@pytest.mark.parametrize(
    "state",
    [("home",), ("end",), ("tab", "home"), ("g", "0", "comma", "0", "enter")],
    ids=["beginning", "end", "input", "first cell"],
)
async def test_no_key_is_silent_on_a_walk(start: str, state: tuple[str, ...]) -> None:
    app = CnnApp(start=start)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        state = ("escape", *state)
        assert await silent_keys(pilot, state) == []


@pytest.mark.parametrize("start", ["convolution", "pooling"])
async def test_no_key_is_silent_on_the_example_of_one_cell(start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pooling has nothing to walk there, and says so whatever is pressed. What plays stays where it is: one cell is
    played before a slow machine looks."""
    monkeypatch.setattr(Cursor, "tick", lambda _cursor, _seconds: False)
    app = CnnApp(start=start)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        workbench = app.open_workbench()
        place = next(i for i, sample in enumerate(workbench.samples) if sample.example)

        for key in keys_of(app.screen):  # type: ignore[arg-type]
            workbench.next_sample(place - workbench.sample_index)
            workbench.set_padding("valid")
            workbench.set_pool((2, 2), None)
            workbench.set_pool_padding("valid")
            workbench.choose(type(workbench.choice)(1))
            assert isinstance(app.screen, WalkScreen)
            app.screen.state.cursor.end()
            app.screen.say("")
            await pilot.pause()
            before, screen = looks(app), app.screen
            await pilot.press(key)
            await pilot.pause()
            said = screen.query_one(MessageLine).lines and (screen.state.said or screen.state.obstacle)
            assert looks(app) != before or said, key
            while not isinstance(app.screen, FrameScreen):
                await pilot.press("escape")
                await pilot.pause()
            if app.screen is not screen:
                app.switch_mode(start)
                await pilot.pause()
            await as_before(pilot)


@pytest.mark.parametrize(
    "state",
    [
        ("home",),
        ("end",),
        ("up", "up", "up", "up", "up", "up", "up", "up", "up"),
        ("enter", "home"),
        ("enter", "enter", "home"),
        ("down", "down", "down", "down", "down", "down", "down", "enter", "enter", "end"),
        ("b",),
        ("enter", "b"),
        ("enter", "enter", "b", "k"),
    ],
    ids=["first map", "last map", "input", "a map", "a value", "a unit", "backwards", "a gradient map", "a weight"],
)
async def test_no_key_is_silent_on_the_network(state: tuple[str, ...]) -> None:
    app = CnnApp(start="network")
    size = (120, 40) if state == ("home",) else (80, 24)  # on the larger one maps and weights are both in sight
    async with app.run_test(size=size) as pilot:
        await shown(pilot)
        assert await silent_keys(pilot, ("escape", "escape", "escape", *state)) == []


@pytest.mark.parametrize("start", ["training", "validation"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_no_key_is_silent_before_a_run(
    start: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tui.training.screen import TrainingScreen
    from tui.validation.screen import ValidationScreen

    (tmp_path / "child.py").write_text("")
    for screen in (TrainingScreen, ValidationScreen):
        monkeypatch.setattr(screen, "command", ["true"])
    app = CnnApp(start=start)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        silent = await silent_keys(pilot, ())
        assert silent == []


@pytest.mark.parametrize(
    ("size", "state"),
    [((80, 24), ("n", "home")), ((120, 40), ("n", "end")), ((80, 24), ("n", "p", "end", "enter", "d", "d"))],
    ids=["first layer", "last layer", "no layer"],
)
async def test_no_key_is_silent_in_the_builder(
    size: tuple[int, int], state: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first n opens it where a key has left it."""
    from tui.training.screen import TrainingScreen

    monkeypatch.setattr(TrainingScreen, "command", ["true"])
    monkeypatch.setattr("tui.training.builder.trying.trial", lambda _config, _cancelled: 0.001)
    app = CnnApp(start="training")
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        await pilot.press("n")
        await pilot.pause()
        assert await silent_keys(pilot, state) == []


async def test_keys_without_effect_are_not_offered() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert "Space Play" in screen_lines(app)[-1]
        await pilot.press("v")
        await pilot.pause()
        assert "Space Play" not in screen_lines(app)[-1]
        await pilot.press("v")
        await pilot.pause()
        assert "Space Play" in screen_lines(app)[-1]
        await pilot.press("2", "n")
        await pilot.pause()
        assert "Space Play" not in screen_lines(app)[-1]
        assert "The pooling window (2 x 2) is larger than its input (1 x 1)" in screen_text(app)
        await pilot.press("n")
        await pilot.pause()
        assert "Space Play" in screen_lines(app)[-1]
