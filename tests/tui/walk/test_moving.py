"""Moving and playing on the convolution screen: rows, jumps, highlights, the clock."""

from __future__ import annotations

import pytest
from screens_of import ready, screen_text
from walk_screens import front

from cnncore.lesson.stepping import FilterStep
from tui.cnn_app import CnnApp


@pytest.mark.parametrize("key", ["right", "left", "up", "down", "full_stop", "comma", "home", "end", "backspace"])
async def test_a_manual_move_pauses_visibly(key: str) -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("space")
        await pilot.pause()
        assert front(app).cursor.playing
        assert "> playing" in screen_text(app)
        await pilot.press(key)
        await pilot.pause()
        assert not front(app).cursor.playing
        assert "|| paused" in screen_text(app)


async def test_playing_fills_the_output_and_stops_at_its_end() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("home", *["plus"] * 8)
        assert "1000 cells/s" in screen_text(app)
        await pilot.press("space")
        for _ in range(100):
            await pilot.pause(0.05)
            if front(app).cursor.at_end:
                break
        assert front(app).cursor.at_end
        assert not front(app).cursor.playing


async def test_jump_checks_and_goes() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("g", *"99,3", "enter")
        await pilot.pause()
        assert "row is 99; it must be from 0 to 25" in screen_text(app)
        await pilot.press(*["backspace"] * 4, *"3 5", "enter")
        await pilot.pause()
        assert (front(app).cursor.row, front(app).cursor.column) == (3, 5)
        assert "[3, 5]" in screen_text(app)


async def test_a_row_is_finished_and_taken_back() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        row = front(app).cursor.row
        await pilot.press("space", "f")
        assert (front(app).cursor.row, front(app).cursor.column) == (row, 25)
        assert not front(app).cursor.playing
        await pilot.press("F")
        assert (front(app).cursor.row, front(app).cursor.column) == (row, 0)


async def test_j_goes_to_highlights_and_explains_them() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        walk = app.open_workbench().convolution()
        low = next(step for step in walk.steps if isinstance(step, FilterStep) and step.clipped == "low")
        high = next(step for step in walk.steps if isinstance(step, FilterStep) and step.clipped == "high")
        for key, row, column, words in (
            ("j", low.row, low.column, f"1/4 First sum below 0: {low.total}"),
            ("j", high.row, high.column, f"2/4 First sum above 255: {high.total}"),
            ("j", high.row, high.column, "3/4 The largest result of the whole map: 255"),
            ("J", high.row, high.column, "2/4"),
            ("J", low.row, low.column, "1/4"),
        ):
            await pilot.press(key)
            await pilot.pause()
            assert (front(app).cursor.row, front(app).cursor.column) == (row, column)
            assert words in screen_text(app)
        await pilot.press("J")
        await pilot.pause()
        assert "4/4 The strongest edge" in screen_text(app)
