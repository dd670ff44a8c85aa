"""The hand on the walking screens: both ends, the kernel edited in place, places of interest, several maps, and how
the window moves. What is painted is what `cnncore` computes."""

from __future__ import annotations

import re

import numpy as np
import pytest
from screens_of import painted, ready, screen_lines, screen_text
from walk_screens import brackets, front, redraw, strip

from cnncore import conv2d, filter2d, filter2d_steps, max_pool2d
from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson.contributions import conv_feeds
from cnncore.lesson.filtering import count_clamped, filter_image
from cnncore.lesson.kernels import KERNELS, SHARPEN, kernel_by_id
from tui.cnn_app import CnnApp
from tui.i18n import set_language
from tui.walk.maps_view import MapsView
from tui.walk.walks import Sample
from tui.widgets.matrix import MatrixView

# Both ends.


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("keys", [(), ("s",), ("d",), ("z", "s")])
async def test_a_chosen_input_value_lights_every_cell_it_feeds(size: tuple[int, int], keys: tuple[str, ...]) -> None:
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
            if size == (80, 24):  # a few lines of numbers: what there is room for
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


async def test_the_panel_lists_what_the_value_adds_where() -> None:
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


async def test_the_ends_are_gone_between_by_key_and_click() -> None:
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


# Rows and places.


async def test_rows_are_finished_and_gone_back() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        row = front(app).cursor.row
        await pilot.press("space", "f")
        assert (front(app).cursor.row, front(app).cursor.column) == (row, 25)
        assert not front(app).cursor.playing
        await pilot.press("F")
        assert (front(app).cursor.row, front(app).cursor.column) == (row, 0)


async def test_places_of_interest_are_gone_to_and_explained() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        walk = app.open_workbench().convolution()
        low = next(step for step in walk.steps if step.clipped == "low")
        high = next(step for step in walk.steps if step.clipped == "high")
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


# How the window moves.


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
async def test_every_setting_gives_the_cores_output_and_its_formula(keys: tuple[str, ...], options: dict) -> None:
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


async def test_a_stride_that_is_none_is_refused_with_a_sentence() -> None:
    app = CnnApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("S", "backspace", "0", "enter")
        await pilot.pause()
        assert "'0' is not one or two whole numbers" in " ".join(screen_text(app).split())
        await pilot.press("escape")
        assert app.open_workbench().strides == (1, 1)


async def test_the_facts_of_a_small_terminal_still_have_formula_and_counts() -> None:
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


async def test_a_networks_facts_are_what_relu_makes_zero() -> None:
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


# The kernel, edited in place.


async def test_the_output_follows_every_edit_at_once() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("home", "e")
        await pilot.pause()
        assert app.open_workbench().kernel is SHARPEN, "nothing changes before something is changed"
        assert ". ." not in screen_text(app), "all of the output is seen while editing"
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
        assert app.current_mode == "convolution", "digits are places again"


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


async def test_a_kernel_larger_than_the_picture_is_said_and_can_be_shrunk_again() -> None:
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


async def test_an_eleven_by_eleven_kernel_shows_the_weight_at_hand() -> None:
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


# Several maps.


async def test_several_kernels_stand_side_by_side_and_one_is_walked() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("m", "k", "m", "k", "k", "m")
        await pilot.pause()
        view = app.screen.query_one("#maps", MapsView)
        names = screen_lines(app)[view.region.y].split("  ")
        assert [name.strip() for name in names if name.strip()] == ["Sharpen", "Blur", "[Emboss]"]
        for tile, name in zip(view.tiles, ("sharpen", "blur", "emboss"), strict=True):
            kernel = kernel_by_id(name)
            pixels = app.open_workbench().sample.pixels
            assert tile.picture is not None
            assert np.array_equal(tile.picture.levels, filter2d(pixels, kernel.weights, scale=float(kernel.scale)))
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert app.open_workbench().kernel is SHARPEN
        assert "[Sharpen]" in screen_text(app)
        await pilot.click("#maps", offset=(20, 3))
        await pilot.pause()
        assert app.open_workbench().kernel.id == "blur"
        await pilot.press("M")
        await pilot.pause()
        assert not app.screen.query_one("#maps").display
        await pilot.press("M")
        await pilot.pause()
        assert len(view.tiles) == len(KERNELS)


async def test_the_edited_kernels_map_is_the_edited_one() -> None:
    app = CnnApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("m", "e", "pageup", "pageup")
        await pilot.pause()
        workbench = app.open_workbench()
        tiles = app.screen.query_one("#maps", MapsView).tiles
        assert [tile.title for tile in tiles] == ["Sharpen", "Custom"]
        assert tiles[1].picture is not None
        assert np.array_equal(tiles[1].picture.levels, filter2d(workbench.sample.pixels, workbench.kernel.weights))


# Pooling.


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
async def test_size_and_stride_of_the_pool_are_chosen(keys: tuple[str, ...], options: dict) -> None:
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


async def test_a_pooled_value_says_in_which_windows_it_wins() -> None:
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
        # The bright one wins where it is, and of only zeros the first one does.
        assert screen_text(app).count("is another value") == 9


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("start", ["convolution", "pooling"])
async def test_no_line_is_longer_than_the_terminal_in_any_state(
    language: str, size: tuple[int, int], start: str
) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start=start)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        for keys in (("s",), ("d",), ("tab",), ("escape", "j"), ("j",), ("e",), ("escape", "m"), ("M",), ("z",)):
            await pilot.press(*keys)
            await pilot.pause()
            lines = screen_lines(app)
            assert lines[-1].rstrip().endswith("Help" if language == "en" else "도움말")
            facts = app.screen.query_one("#facts")
            for line in lines[facts.region.y : facts.region.bottom]:
                assert "…" not in line, line
            assert "#" not in re.sub(r"[^#]", "", lines[app.screen.query_one("#strip").region.y])
