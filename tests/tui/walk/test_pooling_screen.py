"""The pooling screen: 2x2 windows by two over the convolution's output, the largest marked."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from screens_of import painted, ready, screen_lines, screen_text
from textual.pilot import Pilot
from textual.widgets import Input
from walk_screens import brackets, front, redraw

from cnncore import max_pool2d
from tui.cnn_app import CnnApp
from tui.i18n import set_language
from tui.walk.walks import Sample
from tui.widgets.matrix import MatrixView


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_marked_value_is_the_windows_largest(size: tuple[int, int]) -> None:
    app = CnnApp(start="pooling")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        walk = app.open_workbench().pooling()
        assert walk.inputs.shape == (26, 26)
        expected = max_pool2d(walk.inputs, 2)
        assert expected.shape == (13, 13)
        for row, column in [(0, 0), (5, 6), (12, 12), (7, 0)]:
            front(app).cursor.jump(row, column)
            redraw(app)
            await pilot.pause()
            window = walk.inputs[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            formula = next(line for line in screen_lines(app) if line.startswith(" max("))
            shown, result = re.match(r" max\(([\d, ]+)\) = +(\d+)", formula).groups()  # type: ignore[union-attr]
            assert [int(v) for v in shown.split(",")] == window.flatten().tolist()
            assert int(result) == expected[row, column] == window.max()
            text = screen_text(app)
            assert f"[{expected[row, column]:>3}]" in text
            ties = int(np.count_nonzero(window == window.max()))
            assert (f"{ties} are equally large" in text) == (ties > 1)


async def test_it_follows_what_the_convolution_screen_chose() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("k", "2")
        await pilot.pause()
        assert "26 x 26 -> 13 x 13" in screen_text(app)
        assert "Blur" in screen_text(app)
        await pilot.press("k")
        await pilot.pause()
        assert "Outline" in screen_text(app)
        await pilot.press("1")
        await pilot.pause()
        assert "Outline 3 (0-19)" in screen_text(app)


async def test_an_unused_last_row_and_column_are_named() -> None:
    app = CnnApp(start="pooling")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        rng = np.random.default_rng(1)
        app.open_workbench().add_sample(Sample("odd", rng.integers(0, 256, (9, 11), dtype=np.uint8)))
        app._show_workbench()
        await pilot.pause()
        text = " ".join(screen_text(app).split())
        assert "7 x 9 -> 3 x 4" in text
        assert "Not used" in text


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_an_input_too_small_to_pool_is_reported_and_nothing_is_lost(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="pooling")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("n")
        await pilot.pause()
        assert app.open_workbench().sample.example
        text = " ".join(screen_text(app).split())
        assert ("pooling window (2 x 2) is larger" if language == "en" else "풀링 창(2 x 2)이 입력(1 x 1)보다") in text
        assert re.search("(Input|입력) 1 x 1", text) and re.search(r"\b65\b", text)  # the input stays visible
        assert "window" not in text or language == "en"
        assert "dilation" not in screen_text(app)  # pooling has none
        for key in ("space", "right", "g", "full_stop", "end"):
            await pilot.press(key)
        await pilot.press("n")
        await pilot.pause()
        assert "max(" in screen_text(app)


async def type_padding(pilot: Pilot[None], text: str) -> None:
    await pilot.press("Z")
    await pilot.pause()
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await pilot.pause(0.3)


@pytest.mark.parametrize(("typed", "sides"), [("1", ((1, 1), (1, 1))), ("2,0,1,0", ((2, 0), (1, 0)))])
async def test_typed_padding_is_never_the_maximum(typed: str, sides: tuple[tuple[int, int], tuple[int, int]]) -> None:
    app = CnnApp(start="pooling")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        app.open_workbench().set_pool((3, 3), (2, 2))
        redraw(app)
        await type_padding(pilot, typed)
        walk = app.open_workbench().pooling()
        inputs = walk.inputs.astype(int)
        around = np.pad(inputs, sides, constant_values=-1)
        for row, column in [(0, 0), (3, 0), (0, 5), (walk.steps.rows - 1, walk.steps.columns - 1)]:
            window = around[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
            assert walk.output[row, column] == window.max()
        text = screen_text(app)
        assert "Padding given in numbers:" in text
        assert f"Padding {sides[0][0]} above, {sides[0][1]} below, {sides[1][0]} left, {sides[1][1]} right" in text
        await pilot.press("home")
        await pilot.pause()
        # Outside there is a dash, not a zero.
        rows = [line for line in screen_lines(app) if re.match(r" {1,3}-[12]\[? ", line)]
        assert len(rows) == sides[0][0]
        for line in rows:
            assert line.replace("[", " ").replace("]", " ").split()[1:4] == ["-", "-", "-"]
        # z goes back to valid.
        await pilot.press("z")
        await pilot.pause()
        assert app.open_workbench().pool_padding == "valid"


async def test_padding_as_large_as_the_window_is_refused_and_the_text_stays() -> None:
    app = CnnApp(start="pooling")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for typed, words in (
            ("2", "is not smaller than the pool window, 2"),
            ("1,2,3", "is not a padding"),
            ("-1", "not a padding"),
        ):
            await type_padding(pilot, typed)
            assert words in " ".join(screen_text(app).split())
            assert app.screen.query_one(Input).value == typed
            assert app.open_workbench().pool_padding == "valid"
            await pilot.press("escape")
            await pilot.pause()
        # A window that becomes smaller than its padding is a sentence, and there is a way back.
        await type_padding(pilot, "1")
        await pilot.press("D")
        await pilot.pause()
        app.screen.query_one(Input).value = "1"
        await pilot.press("enter")
        await pilot.pause(0.3)
        assert "is not smaller than the pool window, 1" in " ".join(screen_text(app).split())
        await pilot.press("z")
        await pilot.pause()
        assert app.open_workbench().pooling().output.shape == (26, 26)


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_the_windows_of_a_value_are_not_cut_in_the_smallest_terminal(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="pooling")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        front(app).cursor.jump(12, 12)
        await pilot.press("tab")
        await pilot.pause()
        text = screen_text(app)
        assert ("Maxima of its windows:" if language == "en" else "이 값이 든 창의 최댓값:") in text
        ends = "this one|another" if language == "en" else "(이|다른) 값"
        assert re.search(rf"\[12, 12\] +\d+ ({ends})\b", text)


@pytest.mark.parametrize(
    ("keys", "options"),
    [
        (("d",), {"pool_size": 3}),
        (("s",), {"pool_size": 2, "strides": 1}),
        (("d", "s", "s"), {"pool_size": 3, "strides": 2}),
        (("z", "d"), {"pool_size": 3, "padding": "same"}),
        (("D", "backspace", *"2 3", "enter"), {"pool_size": (2, 3)}),
        (("S", "backspace", *"3", "enter"), {"pool_size": 2, "strides": 3}),
    ],
)
async def test_size_and_stride_of_the_pool_are_chosen(keys: tuple[str, ...], options: dict[str, Any]) -> None:
    app = CnnApp(start="pooling")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        walk = app.open_workbench().pooling()
        expected = max_pool2d(walk.inputs, **options)
        assert np.array_equal(walk.output, expected)
        await pilot.press("end")
        await pilot.pause()
        view = app.screen.query_one("#output-matrix", MatrixView)
        for r, values in enumerate(painted(app, "#output-matrix"), view.first_row):
            assert values == expected[r, view.first_column : view.first_column + len(values)].tolist()
        rows = walk.steps.geometry.rows
        assert f"- {rows.extent}) / {rows.stride} + 1 = " in screen_text(app)


async def test_a_pooled_value_names_the_windows_whose_maximum_it_is() -> None:
    app = CnnApp(start="pooling")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        image = np.zeros((8, 8), np.uint8)
        image[4, 4] = 200
        app.open_workbench().kernel_index = 0  # identity
        app.open_workbench().add_sample(Sample("dot", image))
        app._show_workbench()
        await pilot.press("s", "d", "tab", "home", "down", "down", "down", "right", "right", "right")
        await pilot.pause()
        text = screen_text(app)
        assert (front(app).pixel.row, front(app).pixel.column) == (3, 3)
        assert text.count("is this value") == len(brackets(app, "#output-matrix")) == 9
        await pilot.press("up")
        await pilot.pause()
        # The bright value is the maximum of its windows; in windows of zeros the first zero is.
        assert screen_text(app).count("is another value") == 9
