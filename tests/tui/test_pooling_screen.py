"""The pooling screen: 2x2 windows by two over the convolution's output, the largest marked."""

from __future__ import annotations

import re

import numpy as np
import pytest
from screens_of import ready, screen_lines, screen_text

from cnncore import max_pool2d
from tui.app import CnnApp
from tui.bench import Sample
from tui.i18n import set_language
from tui.screens.pooling import PoolingScreen


def front(app: CnnApp) -> PoolingScreen:
    screen = app.screen
    assert isinstance(screen, PoolingScreen)
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_marked_value_is_the_windows_largest(size: tuple[int, int]) -> None:
    app = CnnApp(start="pooling")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        walk = app.open_bench().pool()
        assert walk.inputs.shape == (26, 26)
        expected = max_pool2d(walk.inputs, 2)
        assert expected.shape == (13, 13)
        for row, column in [(0, 0), (5, 6), (12, 12), (7, 0)]:
            front(app).cursor.jump(row, column)
            front(app).show()
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
        assert "Outline 4/20" in screen_text(app)


async def test_an_unused_last_row_and_column_are_named() -> None:
    app = CnnApp(start="pooling")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        rng = np.random.default_rng(1)
        app.open_bench().add_sample(Sample("odd", rng.integers(0, 256, (9, 11), dtype=np.uint8)))
        app._show_bench()
        await pilot.pause()
        text = " ".join(screen_text(app).split())
        assert "7 x 9 -> 3 x 4" in text
        assert "Not used" in text


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_what_is_too_small_to_pool_is_said_and_nothing_is_lost(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="pooling")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("n")
        await pilot.pause()
        assert app.open_bench().sample.example
        assert "pool" in screen_text(app) or "풀링" in screen_lines(app)[-2]
        for key in ("space", "right", "g", "full_stop", "end"):
            await pilot.press(key)
        await pilot.press("n")
        await pilot.pause()
        assert "max(" in screen_text(app)
