"""The network screen, by keyboard and mouse: what is painted equals what `cnncore` computes."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from network_screens import cursor_of, front, shown, state_in
from screens_of import screen_lines, screen_text

from tui.cnn_app import CnnApp
from tui.i18n import set_language
from tui.network.activations import INPUT
from tui.network.cursor import Cursor, Depth
from tui.widgets.blocks import BlocksView

pytestmark = pytest.mark.usefixtures("no_keras_and_few_pictures")


SIZES = [(80, 24), (120, 40), (200, 60)]


async def test_without_a_trained_network_it_shows_random_weights_and_says_so() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        text = screen_text(app)
        assert "Untrained" in text
        assert "4 trains a network" in text
        for layer in cursor_of(app).layers:
            assert layer.name in text
        assert "204,928" in text


@pytest.mark.parametrize("size", SIZES)
async def test_the_painted_numbers_are_those_of_the_activations(size: tuple[int, int]) -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=size) as pilot:
        await shown(pilot)
        cursor = cursor_of(app)
        activations = cursor.network.activations(cursor.activations.inputs)
        compared = 0
        await pilot.press("up")
        assert cursor.layer == INPUT
        for layer, values in enumerate(activations):
            await pilot.press("down", "right", "right", "enter")
            assert (cursor.layer, cursor.depth) == (layer, Depth.LAYER)
            await pilot.press("down", "right", "m")
            await pilot.pause()
            here = ", ".join(map(str, cursor.index))
            match = re.search(rf"{cursor.name} \[{re.escape(here)}\] = (-?[\d.e+-]+)", screen_text(app))
            assert match is not None
            assert float(match[1]) == pytest.approx(float(values[cursor.index]), abs=6e-7, rel=1e-3)
            compared += _compare_matrix(screen_lines(app), cursor, values)
            await pilot.press("escape")
        assert compared > 100
        shares = activations[-1]
        for number in range(10):
            assert re.search(rf"kind {number} +{shares[number]:.3f} ", screen_text(app))


def _compare_matrix(lines: list[str], cursor: Cursor, values: np.ndarray) -> int:
    """Compares every painted number of the matrix; how many there were."""
    start = next((i for i, line in enumerate(lines) if line.startswith(" Numbers")), None)
    if start is None:
        return 0
    compared = 0
    if values.ndim == 1:
        for line in lines[start + 1 :]:
            match = re.match(r" +(\d+)((?: +-?\d+\.\d{3})+)", line.replace("[", " ").replace("]", " "))
            if match is None:
                break
            for at, text in enumerate(match[2].split(), int(match[1])):
                assert float(text) == pytest.approx(float(values[at]), abs=5.1e-4)
                compared += 1
        assert compared >= 10
        return compared
    columns = [int(text) for text in lines[start + 1].split()]
    for line in lines[start + 2 :]:
        cells = line.replace("[", " ").replace("]", " ").split()
        if not cells or not cells[0].isdigit() or len(cells) != len(columns) + 1:
            break
        for column, text in zip(columns, cells[1:], strict=True):
            assert float(text) == pytest.approx(float(values[int(cells[0]), column, cursor.map]), abs=5.1e-4)
            compared += 1
    return compared


async def test_three_depths_and_one_exit() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        await pilot.press("down", "down", *["right"] * 3, "enter", "g", "0", "comma", "0", "enter")
        await pilot.pause()
        await pilot.press("down", "down", "right", "enter")
        await pilot.pause()
        assert "Network > conv2d_1 > map 3 > [2, 1]" in screen_lines(app)[1]
        explained = state_in(app).explanation()
        assert explained.core == cursor_of(app).value
        assert abs(explained.difference) < 1e-6
        assert "recomputed" in screen_text(app)
        await pilot.press("escape")
        assert cursor_of(app).depth == Depth.LAYER
        await pilot.press("escape", "escape", "escape")
        assert cursor_of(app).depth == Depth.NETWORK
        await pilot.pause()
        assert "Network > " not in screen_lines(app)[1]


async def test_from_a_probability_down_to_a_pixel_and_back_up() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        cursor = cursor_of(app)
        await pilot.press(*["down"] * 6, "m", "enter", "enter")
        assert (cursor.name, cursor.depth) == ("dense_1", Depth.VALUE)
        seen = [cursor.name]
        for _ in range(20):
            if cursor.layer == INPUT:
                break
            before = state_in(app).explanation()
            await pilot.press("enter")
            if cursor.layer == before.layer:  # a channel's sum was unfolded: on to its first product
                await pilot.press("down", "enter")
            await pilot.pause()
            if cursor.layer != before.layer:
                seen.append(cursor.name)
                assert cursor.layer == before.layer - 1
                positions = {source.position: source.value for source in before.sources if not source.padded}
                assert cursor.value == np.float32(positions[cursor.index])
        assert seen == ["dense_1", "dense", "flatten", "max_pooling2d_1", "conv2d_1", "max_pooling2d", "conv2d", ""]
        for name in reversed(seen[:-1]):
            await pilot.press("backspace")
            assert cursor.name == name
        await pilot.press("escape", "escape")
        cursor.to_value(1, (3, 3, 5))
        cursor.to_depth(Depth.VALUE)
        await pilot.press("u")
        await pilot.pause()
        assert "576 values use it" in screen_text(app)  # 3 x 3 windows of 64 maps
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        assert cursor.index == (1, 1, 2)


async def test_pages_and_the_chosen_map_in_brackets() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        cursor = cursor_of(app)
        assert "page 1/" in screen_text(app)
        await pilot.press("pagedown")
        await pilot.pause()
        assert "page 2/" in screen_text(app)
        assert cursor.map > 0
        assert sum("[" in line[38:] for line in screen_lines(app)[3:-2]) >= 3
        await pilot.press("end")
        assert cursor.map == 63
        await pilot.press("home", "left")
        assert cursor.map == 63
        await pilot.press("g", "1", "7", "enter")
        await pilot.pause()
        assert cursor.map == 17
        await pilot.press("g", "9", "9", "enter")
        await pilot.pause()
        assert "'99' is not a number from 0 to 63" in screen_text(app)
        await pilot.press("escape")
        assert cursor.map == 17


async def test_dead_maps_and_the_scale_are_named() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        state, cursor = front(app).state, cursor_of(app)
        assert state is not None
        state.show_own(np.zeros((28, 28), np.uint8), "night")
        front(app).show()
        await pilot.pause()
        assert "=0 for this picture: 64/64" in screen_text(app)
        assert "63=0" in screen_text(app) or "9=0" in screen_text(app)
        for words in ("this layer", "the whole network", "each map"):
            await pilot.press("s")
            await pilot.pause()
            assert words in screen_text(app)
        assert cursor.scale == "map"


async def test_kernels_are_shown_with_their_signs() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        await pilot.press("k")
        await pilot.pause()
        cursor = cursor_of(app)
        assert "Kernels of all maps" in screen_text(app)
        kernel = cursor.kernel(0, 0)
        assert kernel is not None
        top = ["-" if weight < 0 else "+" for weight in kernel[0].tolist()]
        match = re.search(r"\[([+-])\d([+-])\d([+-])\d\]", screen_text(app))
        assert match is not None
        for sign, weight, text in zip(match.groups(), kernel[0].tolist(), top, strict=True):
            assert sign == text or abs(weight) < cursor.largest_weight / 255
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        for _ in range(2):
            kernel = cursor.kernel(cursor.map, cursor.channel)
            assert kernel is not None
            for weight in kernel.ravel().tolist():
                assert f"{weight:.3f}" in screen_text(app)
            await pilot.press("full_stop")
            await pilot.pause()
        assert cursor.channel == 2


async def test_the_mouse_reaches_layers_maps_cells_and_the_breadcrumb() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot)
        cursor = cursor_of(app)
        lines = screen_lines(app)
        row = next(i for i, line in enumerate(lines) if "conv2d_1" in line and "36,928" in line)
        await pilot.click(offset=(4, row))
        assert cursor.name == "conv2d_1"
        await pilot.pause()
        lines = screen_lines(app)
        row = next(i for i, line in enumerate(lines) if "64 maps of 11x11" in line) + 2
        column = lines[row].index(" 3") + 1
        await pilot.click(offset=(column, row + 2))
        assert cursor.map == 3
        await pilot.press("enter")
        await pilot.pause()
        lines = screen_lines(app)
        start = next(i for i, line in enumerate(lines) if line.startswith(" Numbers"))
        await pilot.click(offset=(25, start + 4))
        assert cursor.row == int(lines[start + 4].replace("[", " ").split()[0])
        await pilot.click(offset=(2, 1))
        assert cursor.depth == Depth.NETWORK


KEYS = [
    *["up", "down", "left", "right", "enter", "escape"] * 4,
    *["d", "u", "backspace", "n", "p", "f", "c", "y", "s", "k", "comma", "full_stop", "r", "m", "v", "z"],
    *["pageup", "pagedown", "home", "end", "less_than_sign", "greater_than_sign", "g", "o", "O", "l", "T"],
    *["left_square_bracket", "right_square_bracket", "question_mark", "tab", "5", "x"],
]


HAMMER_SIZES = [(80, 24), (120, 40), (200, 60), (20, 5), (79, 24), (80, 21), (1, 1), (300, 22), (80, 22)]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_hammering_leaves_no_traceback(seed: int) -> None:
    rng = random.Random(seed)
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        for _ in range(200):
            if rng.random() < 0.1:
                await pilot.resize_terminal(*rng.choice(HAMMER_SIZES))
            else:
                await pilot.press(rng.choice(KEYS))
        await pilot.resize_terminal(80, 24)
        for _ in range(4):
            await pilot.press("escape")
            await pilot.pause()
        await pilot.press("1", "3")
        await pilot.pause()
        cursor = cursor_of(app)
        assert cursor.value == cursor.activations.values(cursor.layer)[cursor.index]
    assert app.return_code in (0, None)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("size", SIZES)
async def test_no_line_is_longer_than_the_screen(size: tuple[int, int], language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="network")
    async with app.run_test(size=size) as pilot:
        await shown(pilot)
        for keys in ([], ["k"], ["y"], ["escape", "enter"], ["enter"], ["escape", "escape", *["down"] * 5], ["enter"]):
            await pilot.press(*keys)
            await pilot.pause()
            for strip in app.screen._compositor.render_strips():
                assert strip.cell_length == size[0]


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_the_header_has_room_for_all_places_and_the_language(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        for key in "12345":
            await pilot.press(key)
            await pilot.pause()
            line = screen_lines(app)[0]
            assert f"[{key} " in line
            assert line.endswith("한국어" if language == "ko" else "English")


async def test_every_weight_of_a_dense_unit_is_reached_and_read() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        cursor = cursor_of(app)
        cursor.to_layer(5)
        await pilot.press("enter", "full_stop", "full_stop")
        await pilot.pause()
        weights = cursor.unit_weights
        assert weights is not None and len(weights) == 1600
        seen = re.search(r"\[2\] = (-?[\d.]+)", screen_text(app))
        assert seen is not None and float(seen[1]) == pytest.approx(float(weights[2]), abs=6e-7)
        await pilot.press(*["comma"] * 3)
        await pilot.pause()
        assert cursor.input_number == 1599
        seen = re.search(r"\[1599\] = (-?[\d.]+) .*-1599/1,600", screen_text(app))
        assert seen is not None and float(seen[1]) == pytest.approx(float(weights[1599]), abs=6e-7)
        targets = app.screen.query_one(BlocksView).targets("input")
        assert ("input", 1599) in targets and ("input", 0) not in targets


async def test_why_the_cursor_is_where_it_begins_is_said() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        cursor = cursor_of(app)
        for _ in range(2):
            await pilot.press("enter")
            await pilot.pause()
            assert cursor.value == cursor.activations.maps(cursor.layer)[:, :, cursor.map].max()
            assert "largest value of this map" in screen_text(app) or "(its largest)" in screen_text(app)
        await pilot.press("escape", "right")
        await pilot.pause()
        assert ("largest value of this map" in screen_text(app)) == cursor.is_largest


async def test_asked_for_weights_a_layer_without_them_says_so() -> None:
    app = CnnApp(start="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        cursor = cursor_of(app)
        cursor.to_layer(1)
        await pilot.press("k")
        assert "this one has none" in screen_text(app)
        assert not cursor.weights
        await pilot.press("up", "k")
        assert "this one has none" not in screen_text(app)
        assert cursor.weights
