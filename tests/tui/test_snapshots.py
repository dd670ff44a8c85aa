"""Every screen looks as in its snapshot: in colour, in both languages, in a small and in a larger terminal."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator

import pytest
from network_screens import shown
from screens_of import SUPPORT, ready, screen_text, until
from svg_pictures import SNAPSHOTS, assert_looks_the_same, first_difference, picture
from textual.pilot import Pilot

from cnncore import runtime
from tui.cnn_app import CnnApp
from tui.i18n import LANGUAGES, Language, _, language, set_language
from tui.network.screen import NetworkScreen
from tui.validation.screen import ValidationScreen

SIZES = [(80, 24), (120, 40)]


async def convolution(pilot: Pilot[None]) -> None:
    """The worked example: its numbers do not depend on how a garment is drawn."""
    await ready(pilot)
    await pilot.press("n", "home", *["full_stop"] * 5)


async def pooling(pilot: Pilot[None]) -> None:
    """The worked example, padded in the convolution so that its output is large enough to pool."""
    await ready(pilot)
    await pilot.press("n", "1", "z", "2")


async def help_page(pilot: Pilot[None]) -> None:
    await ready(pilot)
    await pilot.press("question_mark")


async def network(pilot: Pilot[None]) -> None:
    await shown(pilot)


async def layer(pilot: Pilot[None]) -> None:
    await shown(pilot)
    await pilot.press("down", "enter", "right")


async def neuron(pilot: Pilot[None]) -> None:
    await layer(pilot)
    await pilot.press("enter", "down", "down", "right", "enter")


async def backward_layer(pilot: Pilot[None]) -> None:
    await layer(pilot)
    await pilot.press("b")


async def backward_value(pilot: Pilot[None]) -> None:
    await backward_layer(pilot)
    await pilot.press("enter")


async def backward_weight(pilot: Pilot[None]) -> None:
    await backward_layer(pilot)
    await pilot.press("k")
    new = "new weight" if language() == "en" else "새 가중치"
    await until(pilot, lambda: new in screen_text(_app(pilot)))


async def training(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "243,786" in screen_text(_app(pilot)))


async def builder(pilot: Pilot[None]) -> None:
    await training(pilot)
    await pilot.press("n", "down", "down")
    await until(pilot, lambda: "60,000" in screen_text(_app(pilot)))


async def builder_impossible(pilot: Pilot[None]) -> None:
    await builder(pilot)
    await pilot.press("down", "down", "i", "enter", "tab")


async def builder_program(pilot: Pilot[None]) -> None:
    await builder(pilot)
    await pilot.press("k", *["down"] * 8)


async def validation(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: ("Ready." if language() == "en" else "준비되었습니다.") in screen_text(_app(pilot)))
    await pilot.press("f")
    agree = "All layers agree" if language() == "en" else "모든 층이 일치합니다"
    await until(pilot, lambda: agree in screen_text(_app(pilot)))


Scene = Callable[[Pilot[None]], Awaitable[None]]
SCENES: dict[str, tuple[str, Scene]] = {
    "convolution": ("convolution", convolution),
    "pooling": ("pooling", pooling),
    "help": ("convolution", help_page),
    "network": ("network", network),
    "network-layer": ("network", layer),
    "network-neuron": ("network", neuron),
    "network-backward": ("network", backward_layer),
    "network-gradient": ("network", backward_value),
    "network-weight": ("network", backward_weight),
    "training": ("training", training),
    "builder": ("training", builder),
    "builder-impossible": ("training", builder_impossible),
    "builder-program": ("training", builder_program),
    "validation": ("validation", validation),
}
"""Name of the picture: the first screen, and what is done there."""


def _app(pilot: Pilot[None]) -> CnnApp:
    assert isinstance(pilot.app, CnnApp)
    return pilot.app


@pytest.fixture(autouse=True)
def _numbers_as_everywhere(
    no_keras_and_few_pictures: None,  # noqa: ARG001 - it must come before this one
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Sums in one order on every machine, a fake check against Keras, a trial of one speed, and a fake Keras that
    neither answers nor ends. Its line would go when it ends, before or after the picture."""
    monkeypatch.setattr(NetworkScreen, "keras_command", [sys.executable, "-c", "import sys; sys.stdin.read()"])
    fake = [sys.executable, str(SUPPORT / "fake_validation.py"), "agree"]
    monkeypatch.setattr(ValidationScreen, "command", fake)
    monkeypatch.setattr("tui.training.builder.trying.trial", lambda _config, _cancelled: 0.001)
    before = runtime.isa()
    runtime.use_isa("ref")
    yield
    runtime.use_isa(before)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
async def test_the_screen_looks_as_it_did(name: str, size: tuple[int, int], code: Language) -> None:
    set_language(code)
    start, scene = SCENES[name]
    app = CnnApp(start=start)
    async with app.run_test(size=size) as pilot:
        await scene(pilot)
        await pilot.pause()
        assert_looks_the_same(app, f"{name}-{code}-{size[0]}x{size[1]}")


def test_no_picture_is_left_over() -> None:
    wanted = {f"{name}-{code}-{w}x{h}.svg" for name in SCENES for code in LANGUAGES for w, h in SIZES}
    assert {path.name for path in SNAPSHOTS.iterdir()} == wanted


async def test_a_difference_is_found_in_text_and_in_colour() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        before = picture(app, "before")
        assert first_difference(before, before) == ""
        assert "line 1:" in first_difference(before, before.replace("Pooling", "Pouring"))
        assert "in its colours" in first_difference(before, before.replace("fill: #", "fill: #1", 1))
        assert first_difference(before, "") and _("Help") in screen_text(app)
