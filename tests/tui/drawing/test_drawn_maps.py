"""Maps, tiles, strips and the area of blocks, without an app."""

from __future__ import annotations

import numpy as np
import pytest
from rich.cells import cell_len

from cnncore.display.maps import signed_digits, signed_levels
from tui.drawing.blocks import Block, Placed, compose, target_at, text_line
from tui.drawing.chart import Line
from tui.drawing.maps import digit_lines, grid_block, look_of, picture_lines, tiling
from tui.drawing.strip import strip_block
from tui.drawing.theme import DARK_NAME, palette
from tui.network.pixels import pixels_block

COLOURS = palette(DARK_NAME)
LOOK = look_of(COLOURS)
PLAIN = look_of(COLOURS, no_color=True)


def text_of(line: Line) -> str:
    return "".join(segment.text for segment in line)


def cells(line: Line) -> int:
    return sum(cell_len(segment.text) for segment in line)


@pytest.mark.parametrize("size", [(41, 15), (71, 22), (139, 36), (20, 4), (9, 3)])
@pytest.mark.parametrize("map_size", [(26, 26), (11, 11), (5, 5), (150, 105), (2, 2)])
def test_every_tile_is_on_exactly_one_page(size: tuple[int, int], map_size: tuple[int, int]) -> None:
    width, height = size
    layout = tiling(64, *map_size, width, height)
    assert layout.across * (layout.cells + 1) + 1 <= width or layout.across == 1
    seen = []
    for page in range(layout.pages):
        first = page * layout.per_page
        seen += list(range(first, min(64, first + layout.per_page)))
        assert layout.first(first) == first
    assert seen == list(range(64))
    tile = np.zeros((-(-map_size[0] // layout.every), -(-map_size[1] // layout.every)), np.int16)
    lines = picture_lines(tile, layout.zoom, signed=False, look=LOOK)
    assert len(lines) == layout.lines
    assert all(cells(line) == layout.cells for line in lines)


def test_the_chosen_tile_stands_in_brackets_and_clicks_find_tiles() -> None:
    layout = tiling(10, 4, 4, 30, 12)
    tile = picture_lines(np.zeros((4, 4), np.int16), layout.zoom, signed=False, look=LOOK)
    block = grid_block([(str(i), tile) for i in range(10)], layout, 0, 3, 30, "map", COLOURS)
    assert all(cells(line) == 30 for line in block.lines)
    assert block.pick is not None
    targets = {block.pick(x, y) for x in range(30) for y in range(block.height)}
    assert {("map", i) for i in range(10)} <= targets
    brackets = [(x, y) for y, line in enumerate(block.lines) for x, c in enumerate(text_of(line)) if c == "["]
    assert len(brackets) == layout.lines
    assert {block.pick(x + 1, y) for x, y in brackets} == {("map", 3)}


def test_half_blocks_show_two_rows_a_line_in_their_greys() -> None:
    lines = picture_lines(np.array([[0, 255], [128, 64], [7, 9]], np.int16), 1, signed=False, look=LOOK)
    assert len(lines) == 2
    first = lines[0][0].style
    assert first is not None
    assert first.color is not None
    assert first.bgcolor is not None
    assert first.color.get_truecolor() == (0, 0, 0)
    assert first.bgcolor.get_truecolor() == (128, 128, 128)
    last = lines[1][0].style
    assert last is not None
    assert last.bgcolor is None


def test_a_negative_value_carries_a_sign_without_colour_and_enlarged() -> None:
    levels = np.array([[-255, 255], [-20, 20]], np.int16)
    assert [text_of(line) for line in picture_lines(levels, 2, signed=True, look=LOOK)] == ["-   ", "-   "]
    assert [text_of(line) for line in picture_lines(levels, 1, signed=True, look=PLAIN)] == ["=#"]
    assert text_of(picture_lines(levels[1:], 1, signed=True, look=PLAIN)[0]) == "-+"


def test_weights_are_a_sign_and_a_digit() -> None:
    weights = np.array([[0.9, -0.9], [0.1, -0.1], [0, -0.01]], np.float32)
    for look in (LOOK, PLAIN):
        lines = digit_lines(signed_digits(weights, 0.9), signed_levels(weights, 0.9), look)
        assert [text_of(line) for line in lines] == ["+9-9", "+1-1", " 0-0"]


@pytest.mark.parametrize(("count", "width", "height"), [(10, 40, 12), (128, 41, 15), (1600, 41, 15), (1600, 190, 40)])
@pytest.mark.parametrize("chosen", [0, 7, -1])
def test_a_strip_shows_the_chosen_value_and_every_value_can_be_clicked(
    count: int, width: int, height: int, chosen: int
) -> None:
    values = np.random.default_rng(0).normal(size=count).astype(np.float32)
    at = chosen if chosen >= 0 else count - 1
    block, first, end = strip_block(
        count,
        at,
        width,
        height,
        "map",
        values=lambda a, b: values[a:b].tolist(),
        levels=lambda a, b: signed_levels(values[a:b], 3),
        digits=lambda a, b: signed_digits(values[a:b], 3),
        signed=True,
        colours=COLOURS,
        look=LOOK,
    )
    assert first <= at < end
    assert block.height <= height
    assert all(cells(line) == width for line in block.lines)
    assert block.pick is not None
    targets = {block.pick(x, y) for x in range(width) for y in range(block.height)} - {None}
    assert targets <= {("map", i) for i in range(first, end)}
    # Two values share a cell of half blocks: the upper one is picked.
    assert len(targets) >= (end - first) // 2


def test_the_area_has_the_given_size_and_finds_targets() -> None:
    left = Block([text_line([("ab", COLOURS.text)], 3)] * 2, 3, lambda x, y: ("left", x, y))
    right = Block([text_line([("한글 wide text", COLOURS.text)], 6)], 6)
    placed = [Placed(5, 1, right), Placed(0, 0, left)]
    lines = compose(placed, 11, 4)
    assert [cells(line) for line in lines] == [11] * 4
    assert text_of(lines[1]).startswith("ab   한글..")
    assert target_at(placed, 2, 1) == ("left", 2, 1)
    assert target_at(placed, 6, 1) is None
    assert target_at(placed, 4, 0) is None
    assert [cells(line) for line in compose(placed, 8, 1)] == [8]


@pytest.mark.parametrize("width", range(12))
def test_a_line_of_text_has_its_width_whatever_is_cut(width: int) -> None:
    assert cells(text_line([("한글", COLOURS.text), (" and more", COLOURS.strong)], width)) == width


def test_a_picture_of_three_colours_has_none_where_there_is_none() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0, 0], pixels[1, 1] = (255, 0, 0), (0, 0, 130)
    block = pixels_block(pixels, 2, 1, PLAIN)
    assert [text_of(line) for line in block.lines] == ["@+"]
    assert not [seg for line in block.lines for seg in line if seg.style and (seg.style.color or seg.style.bgcolor)]
