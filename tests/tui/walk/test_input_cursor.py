"""The cursor on the input: the cells that a value feeds are marked, and both ends are reached by key and click."""

from __future__ import annotations

import pytest
from screens_of import ready, screen_lines, screen_text
from walk_screens import brackets, front, strip

from cnncore.lesson.contributions import conv_feeds
from tui.cnn_app import CnnApp
from tui.widgets.matrix import MatrixView


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("keys", [(), ("s",), ("d",), ("z", "s")])
async def test_a_chosen_input_value_marks_every_cell_it_feeds(size: tuple[int, int], keys: tuple[str, ...]) -> None:
    app = CnnApp()
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await pilot.press(*keys, "tab")
        for key in ("up", "right", "down", "left", "home", "end"):
            await pilot.press(key)
            await pilot.pause()
            pixel, walk = front(app).pixel, app.open_workbench().convolution()
            expected = {
                (step.row, step.column)
                for step in walk.steps
                if any((t.input_row, t.input_column) == (pixel.row, pixel.column) for t in step.terms)
            }
            assert brackets(app, "#input-matrix") == {(pixel.row, pixel.column)}
            shown = brackets(app, "#output-matrix")
            if size == (80, 24):  # there is room for a few lines of numbers only
                assert shown <= expected
                assert bool(shown) == bool(expected)
            else:
                assert shown == expected
            value = walk.inputs[pixel.row, pixel.column]
            assert f"[{pixel.row}, {pixel.column}] = {value}" in strip(app)
            if expected:
                cells = f"{len(expected)} output cells" if len(expected) > 1 else "output cell ["
                assert f"feeds {cells}" in strip(app)
            else:
                assert "feeds no output cell" in strip(app)


async def test_the_panel_lists_the_products_of_the_chosen_value() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("tab")
        await pilot.pause()
        walk, pixel = app.open_workbench().convolution(), front(app).pixel
        lines = [" ".join(line.split()) for line in screen_lines(app)]
        for feed in conv_feeds(walk.steps, walk.inputs, pixel.row, pixel.column):
            value = walk.inputs[pixel.row, pixel.column]
            wanted = f"[{feed.row}, {feed.column}] {value} x {feed.weight} = {feed.product}"
            assert any(line.endswith(wanted) for line in lines), wanted


async def test_the_cursor_moves_between_input_and_output_by_key_and_click() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("space", "tab")
        await pilot.pause()
        assert front(app).pixel.on
        assert not front(app).cursor.playing
        assert "Tab: cursor on the input" in screen_text(app)
        before = (front(app).cursor.row, front(app).cursor.column)
        await pilot.press("right", "down", "escape")
        await pilot.pause()
        assert not front(app).pixel.on
        assert (front(app).cursor.row, front(app).cursor.column) == before
        assert "paused" in screen_text(app)
        await pilot.press("tab", "g", *"4,7", "enter")
        await pilot.pause()
        assert (front(app).pixel.row, front(app).pixel.column) == (4, 7)
        await pilot.press("enter")
        await pilot.pause()
        assert (front(app).cursor.row, front(app).cursor.column) == (3, 6)
        await pilot.press("tab")
        await pilot.click("#output-picture", offset=(2, 2))
        await pilot.pause()
        assert not front(app).pixel.on
        assert (front(app).cursor.row, front(app).cursor.column) == (4, 2)


async def test_a_click_on_a_weight_goes_to_its_product() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("n")
        view = app.screen.query_one("#kernel", MatrixView)
        assert view.matrix is not None
        await pilot.click("#kernel", offset=(2 * view.matrix.pitch + 2, 1))
        await pilot.pause()
        assert front(app).cursor.term == 6
        assert brackets(app, "#kernel") == {(1, 2)}
        assert "219" in strip(app), "the running sum of the worked example after six products"


async def test_from_a_chosen_value_a_click_on_a_weight_goes_to_the_cell_it_feeds_through_it() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("tab")
        pixel = (front(app).pixel.row, front(app).pixel.column)
        await pilot.click("#kernel", offset=(2, 2))
        await pilot.pause()
        cursor = front(app).cursor
        term = app.open_workbench().convolution().steps[cursor.index].terms[cursor.term - 1]
        assert (term.row, term.column) == (2, 0)
        assert (term.input_row, term.input_column) == pixel
