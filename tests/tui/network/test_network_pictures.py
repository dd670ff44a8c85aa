"""The pictures of the network screen, by key: chosen, opened, and with their heat map."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from network_screens import front, shown, state_in
from screens_of import screen_lines, screen_text, until
from textual.widgets import Input

from cnncore.datasets.pictures import save_picture
from tui.cnn_app import CnnApp
from tui.i18n import set_language
from tui.network.heat import heat_meaning

pytestmark = pytest.mark.usefixtures("no_keras_and_few_pictures")


async def test_pictures_by_key_by_class_and_only_the_misclassified() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        state = front(app).state
        assert state is not None
        assert state.picture_set is not None
        await pilot.press("n", "n")
        assert state.picture_number == 2
        expected = state.network.activations(state.picture_set.pictures.images[2] / np.float32(255))
        for output, right in zip(state.cursor.activations.outputs, expected, strict=True):
            np.testing.assert_array_equal(output, right)
        await pilot.press("p")
        assert state.picture_number == 1
        await pilot.press("f")
        for _ in range(100):
            await pilot.pause(0.02)
            if state.picture_set.answered is not None and state.picture_set.answered.finished:
                break
        await pilot.press("n", "n")
        await pilot.pause()
        assert state.label != state.answer.answer
        assert "misclassified" in screen_text(app)
        await pilot.press("f", "c", "c")
        await pilot.pause()
        assert state.label == 1
        await pilot.press("C", "C")
        assert state.filter.label is None


async def test_a_picture_file_is_resized_and_both_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "mine.png"
    save_picture(np.tile(np.arange(0, 200, 2, dtype=np.uint8), (60, 1)), path)
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("o", *"nothing.png", "enter")
        await pilot.pause()
        assert "nothing.png" in screen_text(app)
        await pilot.press(*["backspace"] * len("nothing.png"))
        for letter in str(path):
            await pilot.press("full_stop" if letter == "." else "slash" if letter == "/" else letter)
        await pilot.press("enter")
        await pilot.pause()
        state = front(app).state
        assert state is not None
        assert state.picture.original.shape == (60, 100)
        assert state.picture.fitted.shape == (28, 28)
        assert "28x28, original 60x100" in screen_text(app)
        assert "mine.png" in screen_lines(app)[1]
        before = state.picture.values.copy()
        await pilot.press("z")
        assert state.picture.inverted
        assert not np.array_equal(before, state.picture.values)
        await pilot.press("n")
        assert state.title == ""


async def test_why_shows_the_heat_map_and_what_it_rests_on() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("y")
        state = front(app).state
        assert state is not None
        for _ in range(200):
            await pilot.pause(0.05)
            if state.heat is not None and state.heat.finished:
                break
        assert state.heat is not None
        assert state.heat.finished
        assert state.heat.label == state.answer.answer
        await pilot.pause()
        text = screen_text(app)
        assert f"Why kind {state.heat.label}" in text
        assert f"{state.heat.base:.3f}" in text
        await pilot.press("n")
        await pilot.press("escape")
        await pilot.pause()
        assert "Why kind" not in screen_text(app)


async def test_the_palette_opens_a_picture_in_the_network(tmp_path: Path) -> None:
    save_picture(np.zeros((28, 28), np.uint8), tmp_path / "own.png")
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        command = next(each for each in app.get_system_commands(app.screen) if each.title == "Open a picture")
        command.callback()
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "own.png")
        await pilot.press("enter")
        await pilot.pause()
        state = front(app).state
        assert state is not None
        assert state.title == "own.png"


@pytest.mark.parametrize("colours", ["standard", "truecolor"])
async def test_few_colours_have_the_heat_map_in_digits_and_letters(
    monkeypatch: pytest.MonkeyPatch, colours: str
) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", colours)
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        await pilot.press("y")
        state = front(app).state
        assert state is not None
        for _ in range(200):
            await pilot.pause(0.05)
            if state.heat is not None and state.heat.finished:
                break
        await pilot.pause()
        drawn = [line for line in screen_lines(app) if re.search(r"[1-9a-i.+]{28}", line)]
        assert (len(drawn) > 8) == (colours == "standard")


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_at_the_smallest_size_the_heat_maps_means_and_its_one_patch_are_told_apart(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        await pilot.press("y")
        await until(pilot, lambda: state_in(app).finished_heat is not None)
        await pilot.pause()
        heat = state_in(app).finished_heat
        assert heat is not None
        words = " ".join(line[40:] for line in screen_lines(app) if line.strip())
        said = " ".join(words.split())
        mean, most = "평균" if language == "ko" else "mean", f"{heat.most:.3f}"
        assert f"9 = {mean} -{most}" in said
        assert f"i = {mean} +{most}" in said
        top, left, bottom, right = heat.patch
        ends = f"{top}-{bottom - 1}, {'열' if language == 'ko' else 'columns'} {left}-{right - 1}"
        assert f"{heat.lowest_score:.3f}" in said and ends in said
        assert " ".join(heat_meaning(heat).split()) in said
