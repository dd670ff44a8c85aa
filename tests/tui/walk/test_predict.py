"""Predict, then reveal: nothing on the screen gives the value away, and a wrong guess is explained by its mistake."""

from __future__ import annotations

import re

import numpy as np
import pytest
from screens_of import ready, screen_lines, screen_text, until
from textual import events
from textual.pilot import Pilot
from walk_screens import front, redraw

from cnncore.errors import CnnError
from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson.predictions import Guess, judge, parse_guess
from tui.cnn_app import CnnApp
from tui.i18n import set_language
from tui.walk.guess_input import GuessInput


async def example(pilot: Pilot[None]) -> None:
    """Open the worked example: one cell, 65; the mistake 0 x 247 = 247 makes it 312."""
    await ready(pilot)
    await pilot.press("n")
    await pilot.press("v")
    await pilot.pause()


def said(app: CnnApp) -> str:
    return front(app).prediction.verdict


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("65", 65, 0),
        (" -12 ", -12, 0),
        ("0.345", 0.345, 3),
        ("0,5", 0.5, 1),
        (".5", 0.5, 1),
        ("7.", 7, 0),
        ("+3", 3, 0),
    ],
)
def test_numbers_are_read(text: str, value: float, decimals: int) -> None:
    assert parse_guess(text) == Guess(value, decimals)


@pytest.mark.parametrize("text", ["", "-", ".", "six", "1.2.3", "1e5", "nan", "١"])
def test_a_guess_that_is_not_a_number_is_reported(text: str) -> None:
    with pytest.raises(CnnError, match="is not a number"):
        parse_guess(text)


async def test_a_value_is_hidden_and_wrong_and_right_guesses_are_judged() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await example(pilot)
        assert not re.search(r"\b65\b", screen_text(app))
        assert "[  ?]" in screen_text(app)
        for _ in range(12):  # every product but the last, which would give it away
            await pilot.press("full_stop")
        await until(pilot, lambda: front(app).cursor.term == 8)
        assert front(app).cursor.term == 8
        await pilot.press(*"312", "enter")
        await until(pilot, lambda: "0 and 247 were added, not multiplied. 0 x 247 = 0." in said(app))
        assert "0 and 247 were added, not multiplied. 0 x 247 = 0." in said(app)
        assert "right 0 of 1" in screen_text(app)
        assert "[ 65]" not in screen_text(app)
        await pilot.press(*"65", "enter")
        await until(pilot, lambda: "Right: 65." in screen_text(app))
        assert "Right: 65." in screen_text(app)
        assert "[ 65]" in screen_text(app)
        assert "right 1 of 2" in screen_text(app)


async def test_digits_go_to_the_field_and_all_other_keys_to_the_screen() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("v")
        before = front(app).cursor.row, front(app).cursor.column
        await pilot.press("-", "1", "2", ".", "5")
        field = app.screen.query_one(GuessInput)
        assert field.value == "-12.5" and app.current_mode == "convolution"
        await pilot.press("backspace", "backspace")
        assert field.value == "-12"
        await pilot.press("right", "down", "k")
        assert (front(app).cursor.row, front(app).cursor.column) == (before[0] + 1, before[1] + 1)
        assert app.open_workbench().kernel_index == 2
        await pilot.press("space")
        await pilot.pause()
        assert not front(app).cursor.playing and "v ends" in said(app)
        await pilot.press("f2")
        await until(pilot, lambda: app.current_mode == "pooling")
        assert app.current_mode == "pooling"
        await pilot.press("1")
        await until(pilot, lambda: front(app).prediction.on and app.screen.query_one(GuessInput).has_focus)
        assert front(app).prediction.on and app.screen.query_one(GuessInput).has_focus
        await pilot.press("escape")
        await pilot.pause()
        assert not front(app).prediction.on and front(app).cursor.term == front(app).cursor.terms
        await pilot.press("v", "ㅍ")  # on a Korean keyboard in Hangul mode, the same key
        await pilot.pause()
        assert not front(app).prediction.on
        await pilot.press("2")
        await until(pilot, lambda: app.current_mode == "pooling")
        assert app.current_mode == "pooling"


async def test_keys_in_a_burst_lose_no_digit() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("n")
        for key in "v312":
            app.post_message(events.Key(key, key))
        await pilot.pause()
        assert app.current_mode == "convolution"
        assert app.screen.query_one(GuessInput).value == "312"


async def test_enter_alone_shows_the_value_and_then_goes_on() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("v")
        for _ in range(3):
            here = front(app).cursor.row, front(app).cursor.column
            assert front(app).prediction.asking
            await pilot.press("enter")
            await pilot.pause()
            value = app.open_workbench().convolution().output[here]
            assert f"[{value:>3}]" in screen_text(app) and not front(app).prediction.asking
            await pilot.press("enter")
            await until(pilot, lambda: front(app).prediction.asking)
            assert (front(app).cursor.row, front(app).cursor.column) == (here[0], here[1] + 1)
        assert "right 0 of 0" in screen_text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_count_of_clamped_values_does_not_give_the_answer_away(size: tuple[int, int]) -> None:
    app = CnnApp()
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await pilot.press("n", "k", "k", "end")  # this kernel's only sum is clamped
        await until(pilot, lambda: "clamped" in screen_text(app))
        assert "clamped" in screen_text(app)
        await pilot.press("v")
        await until(pilot, lambda: front(app).prediction.asking)
        assert "size (3 - 3) / 1 + 1 = 1" in screen_text(app) and "clamped" not in screen_text(app)
        await pilot.press("v")
        await until(pilot, lambda: "clamped" in screen_text(app))
        assert "clamped" in screen_text(app)


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_pooling_hides_which_is_the_largest(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="pooling")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        walk = app.open_workbench().pooling()
        step = next(s for s in walk.steps if len(set(s.window.flat)) == 4)
        front(app).cursor.jump(step.row, step.column)
        await pilot.press("v")
        await pilot.pause()
        largest = step.window.max()
        assert "max(" not in screen_text(app)
        assert f"[{largest:>3}]" not in "\n".join(line[54:] for line in screen_lines(app))
        await pilot.press(*str(step.window.min()), "enter")
        await until(pilot, lambda: ("smallest" if language == "en" else "가장 작은") in said(app))
        assert ("smallest" if language == "en" else "가장 작은") in said(app)
        await pilot.press(*str(largest), "enter")
        await until(pilot, lambda: ("Right" if language == "en" else "맞았습니다") in screen_text(app))
        assert ("Right" if language == "en" else "맞았습니다") in screen_text(app)
        assert "max(" in screen_text(app)


async def test_a_network_value_is_right_at_the_shown_precision() -> None:
    rng = np.random.default_rng(2)
    layer = FirstLayer(rng.normal(size=(3, 3, 1, 4)).astype(np.float32), rng.normal(size=4).astype(np.float32))
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        app.open_workbench().set_layer(layer)
        walk = app.open_workbench().convolution()
        step = next(s for s in walk.steps if s.result > 0.2)
        redraw(app)
        front(app).cursor.jump(step.row, step.column)
        await pilot.press("v")
        await until(pilot, lambda: bool(re.search(r"\[ +\?\]", screen_text(app))))
        assert re.search(r"\[ +\?\]", screen_text(app)) and re.search(r"ReLU +\.\.\.", screen_text(app))
        await pilot.press(*f"{step.result:.1f}", "enter")
        await until(pilot, lambda: "3 decimals" in said(app) or "Right" in said(app))
        assert "3 decimals" in said(app) or "Right" in said(app)
        await pilot.press(*f"{step.result:.3f}", "enter")
        await until(pilot, lambda: said(app).startswith("Right"))
        assert said(app).startswith("Right")


def test_a_guess_computed_from_the_shown_numbers_is_right() -> None:
    from cnncore import conv2d_steps

    rng = np.random.default_rng(3)
    inputs, kernel = rng.random((9, 9), dtype=np.float32), rng.normal(size=(3, 3)).astype(np.float32)
    for step in conv2d_steps(inputs, kernel, [0.25], activation="relu"):
        shown = sum(round(t.value, 3) * round(t.weight, 3) for t in step.terms) + 0.25
        assert judge(step, inputs, Guess(round(max(shown, 0.0), 3), 3), 3).right
        assert not judge(step, inputs, Guess(step.result + 0.1, 3), 3).right


async def test_an_unexplained_guess_is_called_too_small_or_too_large() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await example(pilot)
        for typed, word in (("-99999", "too small"), ("99999", "too large")):
            await pilot.press(*typed, "enter")
            for _ in range(100):  # the answer goes from the field to the screen by messages, later on a busy machine
                await pilot.pause(0.02)
                if word in said(app):
                    break
            assert word in said(app) and "161 x 5 = 805" in said(app)
        await pilot.press("5", "enter")
        assert "0 of 3" in screen_text(app)


async def test_a_pasted_word_is_refused_in_a_sentence() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await example(pilot)
        app.screen.query_one(GuessInput).value = "six"
        await pilot.press("enter")
        await pilot.pause()
        assert "'six' is not a number" in screen_text(app)
        assert front(app).prediction.tried == 0 and front(app).prediction.asking


async def test_predicting_ends_the_edit_and_the_cursor_on_the_input() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("e", "7", "v")
        await pilot.pause()
        screen, workbench = front(app), app.open_workbench()
        assert screen.prediction.asking and not screen.editor.on
        assert workbench.kernel.weights[1][1] == 7, "the typed weight is kept"
        assert app.screen.query_one(GuessInput).has_focus
        await pilot.press("v", "tab")
        assert screen.pixel.on
        await pilot.press("v")
        await pilot.pause()
        assert screen.prediction.asking and not screen.pixel.on
        assert re.search(r"\[ *\?\]", screen_text(app))


@pytest.mark.parametrize("start", ["convolution", "pooling"])
async def test_the_cursor_on_the_input_ends_predicting(start: str) -> None:
    app = CnnApp(start=start)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for begin in ("key", "click"):
            await pilot.press("v", "5")
            assert front(app).prediction.on
            if begin == "key":
                await pilot.press("tab")
            else:
                await pilot.click("#input-picture", offset=(4, 4))
            await pilot.pause()
            assert front(app).pixel.on and not front(app).prediction.on
            assert not isinstance(app.focused, GuessInput) and not app.screen.query_one("#predict").display
            assert app.screen.query_one(GuessInput).value == ""
            await pilot.press("escape")
            assert not front(app).pixel.on


async def test_editing_the_kernel_ends_predicting() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("v", "e", "3", "enter")
        await pilot.pause()
        screen = front(app)
        assert screen.editor.on and not screen.prediction.on and not isinstance(app.focused, GuessInput)
        assert app.open_workbench().kernel.weights[1][1] == 3
        await pilot.click("#kernel", offset=(2, 0))
        await pilot.press("escape")
        assert not screen.editor.on and screen.cursor.term == screen.cursor.terms
