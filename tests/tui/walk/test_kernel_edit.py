"""The kernel edited in place on the convolution screen: the output follows every key."""

from __future__ import annotations

import re

import numpy as np
from screens_of import painted, ready, screen_lines, screen_text
from walk_screens import brackets, front, redraw, strip

from cnncore import filter2d_steps
from cnncore.lesson.filtering import filter_image
from cnncore.lesson.kernels import KERNELS, SHARPEN
from tui.cnn_app import CnnApp
from tui.widgets.matrix import MatrixView


async def test_a_custom_kernel_is_checked_and_loses_nothing() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("e", "up", "left", "-", "-", "enter")
        await pilot.pause()
        assert "weight [0, 0] is '--'" in screen_text(app)
        assert "[ --]" in screen_text(app)
        await pilot.press("backspace", "backspace", "7", "enter", "escape")
        await pilot.pause()
        kernel = app.open_workbench().kernel
        assert kernel.id == "custom"
        assert kernel.weights == ((7, -1, 0), (-1, 5, -1), (0, -1, 0))
        assert f"Custom {len(KERNELS) - 1} (0-{len(KERNELS) - 1})" in screen_text(app)


async def test_while_a_kernel_is_edited_the_footer_offers_no_cells() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "<- -> Cell" in screen_lines(app)[-1]
        await pilot.press("e", "right")
        await pilot.pause()
        assert "Cell" not in screen_lines(app)[-1]
        assert "[ -1]" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "<- -> Cell" in screen_lines(app)[-1]


async def test_the_output_follows_every_edit_at_once() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("home", "e")
        await pilot.pause()
        assert app.open_workbench().kernel is SHARPEN, "opening the editor changes nothing"
        assert ". ." not in screen_text(app), "the whole output is visible while editing"
        for keys in (("pageup",), ("right_square_bracket",), ("-", "0", ".", "5", "enter"), ("c",), ("u",), ("u",)):
            await pilot.press(*keys)
            await pilot.pause()
            workbench = app.open_workbench()
            expected = filter_image(
                workbench.sample.pixels, workbench.kernel.weights, scale=float(workbench.kernel.scale)
            )
            view = app.screen.query_one("#output-matrix", MatrixView)
            for r, values in enumerate(painted(app, "#output-matrix"), view.first_row):
                assert values == expected[r, view.first_column : view.first_column + len(values)].tolist()
        await pilot.press("escape")
        await pilot.pause()
        assert workbench.kernel.id == "custom"
        assert f"Custom {len(KERNELS) - 1} (0-{len(KERNELS) - 1})" in screen_text(app)
        await pilot.press("1")
        assert app.current_mode == "convolution", "digits choose screens again"


async def test_digits_are_weights_while_editing_and_a_click_moves_the_edit() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("e", "2")
        assert app.current_mode == "convolution"
        view = app.screen.query_one("#kernel", MatrixView)
        assert view.matrix is not None
        await pilot.click("#kernel", offset=(2, 0))
        await pilot.pause()
        assert app.open_workbench().kernel.weights[1][1] == 2
        assert (front(app).editor.row, front(app).editor.column) == (0, 0)
        await pilot.press("n")
        await pilot.pause()
        assert front(app).editor.on, "another picture under the same kernel"
        await pilot.press("k")
        await pilot.pause()
        assert not front(app).editor.on


async def test_a_kernel_larger_than_the_picture_is_reported_and_can_be_shrunk() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("n", "e", "right_square_bracket")
        await pilot.pause()
        assert "larger than the picture (3 x 3)" in " ".join(screen_text(app).split())
        assert front(app).editor.on
        await pilot.press("left_square_bracket", "escape", "end")
        await pilot.pause()
        assert "[ 65]" in screen_text(app)


async def test_an_eleven_by_eleven_kernel_shows_the_current_weight() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        workbench = app.open_workbench()
        weights = np.arange(121).reshape(11, 11) - 60
        workbench.set_custom(workbench.draft().from_rows(weights.tolist()).kernel())
        app._show_workbench()
        await pilot.press("home")
        steps = filter2d_steps(workbench.sample.pixels, weights)
        for done in (1, 30, 61, 90, 120):
            front(app).cursor.go_term(done)
            redraw(app)
            await pilot.pause()
            term = steps[0].terms[done - 1]
            assert brackets(app, "#kernel") == {(term.row, term.column)}
            view = app.screen.query_one("#input-matrix", MatrixView)
            assert view.matrix is not None
            assert view.matrix.cell == (term.row, term.column)
            assert 0 <= term.row - view.first_row < view.size.height
            assert 0 <= term.column - view.first_column < view.matrix.visible_columns(view.size.width)
            assert re.search(rf">\s*{term.value} x\s+{term.weight} =", screen_text(app)), done
            assert re.search(rf"sum\s+{term.running} x ", strip(app))
