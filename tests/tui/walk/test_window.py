"""Stride, dilation and padding, chosen by key: the output and its size are what `cnncore` computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from screens_of import painted, ready, screen_text
from textual.widgets import Input

from cnncore import conv2d
from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson.filtering import count_clamped, filter_image
from cnncore.lesson.kernels import SHARPEN
from tui.cnn_app import CnnApp
from tui.widgets.matrix import MatrixView


@pytest.mark.parametrize(
    ("keys", "options"),
    [
        (("s",), {"strides": 2}),
        (("s", "s", "z"), {"strides": 3, "padding": "same"}),
        (("d",), {"dilation_rate": 2}),
        (("d", "s"), {"dilation_rate": 2, "strides": 2}),
        (("S", "backspace", *"2 1", "enter"), {"strides": (2, 1)}),
        (("D", "backspace", *"1,3", "enter"), {"dilation_rate": (1, 3)}),
    ],
)
async def test_every_setting_gives_the_core_output_and_its_formula(
    keys: tuple[str, ...], options: dict[str, Any]
) -> None:
    app = CnnApp()
    async with app.run_test(size=(200, 60)) as pilot:
        await ready(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        walk = app.open_workbench().convolution()
        expected = filter_image(walk.sample.pixels, SHARPEN.weights, **options)
        plain = conv2d(walk.sample.pixels, SHARPEN.weights, **options)
        assert np.array_equal(walk.output, expected)
        assert np.array_equal(expected, np.clip(plain, 0, 255))
        await pilot.press("end")
        await pilot.pause()
        view = app.screen.query_one("#output-matrix", MatrixView)
        for r, values in enumerate(painted(app, "#output-matrix"), view.first_row):
            assert values == expected[r, view.first_column : view.first_column + len(values)].tolist()
        text = screen_text(app)
        rows, columns = walk.steps.geometry.rows, walk.steps.geometry.columns
        for axis in (rows, columns):
            assert f"- {axis.extent}) / {axis.stride} + 1 = " in text
        assert ("Keras floors it to" in text) == bool(rows.unused or columns.unused)
        assert ("Keras refuses stride and dilation" in text) == (keys == ("d", "s"))
        below, above = count_clamped(walk.sample.pixels, SHARPEN.weights, **options)
        assert f"of {expected.size} values, {below} are clamped to 0 and {above} to 255" in text


async def test_a_stride_of_0_is_refused_with_a_sentence() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("S", "backspace", "0", "enter")
        await pilot.pause()
        assert "'0' is not one or two whole numbers" in " ".join(screen_text(app).split())
        await pilot.press("escape")
        assert app.open_workbench().strides == (1, 1)


async def test_a_small_terminal_shows_formula_and_counts() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        below, above = count_clamped(app.open_workbench().sample.pixels, SHARPEN.weights)
        await pilot.press("right")  # the facts come back when the first message goes
        await pilot.pause()
        shown = screen_text(app)
        assert "output size (28 - 3) / 1 + 1 = 26" in shown
        assert f"of 676 values, {below} are clamped to 0 and {above} to 255" in shown
        await pilot.press("s")
        await pilot.pause()
        assert "Keras floors it to 13" in screen_text(app)


async def test_a_networks_facts_count_the_zeros_of_relu() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        workbench = app.open_workbench()
        rng = np.random.default_rng(3)
        kernel = rng.normal(size=(3, 3, 1, 4)).astype(np.float32)
        workbench.set_layer(FirstLayer(kernel, np.full(4, -0.2, np.float32)))
        app._show_workbench()
        await pilot.press("s")
        await pilot.pause()
        pixels = workbench.sample.pixels.astype(np.float32) / np.float32(255)
        sums = conv2d(pixels, kernel[:, :, 0, 0], np.float32(-0.2), strides=2)
        assert f"ReLU sets {np.count_nonzero(sums < 0)} of {sums.size} values to 0" in screen_text(app)
        assert np.array_equal(workbench.convolution().output, np.maximum(sums, 0))
        await pilot.press("j")
        await pilot.pause()
        assert "ReLU makes it 0" in screen_text(app)


@pytest.mark.parametrize("typed", ["", "1,2,3", "-1", "100", "x", "1 2 3 4 5", "1.5", "full"])
async def test_a_wrong_padding_is_reported_and_changes_nothing(typed: str) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("Z")
        await pilot.pause()
        app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await pilot.pause()
        assert "is not a padding" in " ".join(screen_text(app).split())
        assert app.screen.query_one(Input).value == typed
        assert app.open_workbench().padding == "valid"
