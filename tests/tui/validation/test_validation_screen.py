"""The validation screen, with children that only pretend, at several sizes and in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from child_screens import fits, until

from tui.cnn_app import CnnApp, Options
from tui.i18n import set_language

SIZES = [(80, 24), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "ko"])
async def test_validation_shows_layers_and_what_they_mean(
    child: Callable[[str], None], size: tuple[int, int], language: str
) -> None:
    child("agree")
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="validation")
    async with app.run_test(size=size) as pilot:
        await until(pilot, "Ready." if language == "en" else "준비되었습니다.")
        await pilot.press("f")
        text = await until(pilot, "All layers agree" if language == "en" else "모든 층이 일치합니다")
        assert "max_pooling2d" in text
        assert "2.00e-07" in text
        assert ("the same numbers" if language == "en" else "결과가 같습니다") in text
        assert fits(app)


async def test_validation_names_the_first_layer_that_differs(child: Callable[[str], None]) -> None:
    child("disagree")
    app = CnnApp(Options(model="net.keras"), start="validation")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "t: net.keras")
        await pilot.press("t")
        text = await until(pilot, "Keras and the C core disagree, first in flatten")
        assert "first to differ" in text
        assert "Trained network net.keras, 100 images" in text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("mode", "words"),
    [("unfused", "predict, which runs them fused, does not"), ("nan", "NaN first appears in dense")],
)
async def test_validation_tells_of_the_whole_network(
    child: Callable[[str], None], mode: str, words: str, size: tuple[int, int]
) -> None:
    child(mode)
    app = CnnApp(Options(model="net.keras"), start="validation")
    async with app.run_test(size=size) as pilot:
        await until(pilot, "t: net.keras")
        await pilot.press("t")
        text = await until(pilot, words)
        assert ("Keras and the C core disagree" if mode == "unfused" else "ok, NaN") in text
        assert fits(app)


@pytest.mark.parametrize(("mode", "words"), [("fails", "net.keras: there is no such file"), ("killed", "signal 9")])
async def test_a_failed_validation_is_a_sentence(child: Callable[[str], None], mode: str, words: str) -> None:
    child(mode)
    app = CnnApp(start="validation")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Ready.")
        await pilot.press("f")
        await until(pilot, words)


async def test_validation_without_a_trained_network_says_so_and_can_be_stopped(child: Callable[[str], None]) -> None:
    child("hangs")
    app = CnnApp(start="validation")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Ready.")
        await pilot.press("t")
        await until(pilot, "Nothing has been trained yet")
        await pilot.press("f")
        await until(pilot, "Running Keras and the C core")
        await pilot.press("s")
        await until(pilot, "Stopped.")
