"""The heat map as segments, in colours and without."""

from __future__ import annotations

import numpy as np
import pytest
from rich.cells import cell_len
from rich.segment import Segment

from cnncore.network import Dense, Flatten, Network
from cnncore.network.occlusion import STEPS, UNKNOWN, Occlusion, heat_steps, occlusion
from tui.drawing.picture import UPPER_HALF, Scale, scale_to_fit
from tui.drawing.theme import DARK_NAME, LIGHT_NAME, PALETTES
from tui.i18n import set_language
from tui.network.heat import FALLS, Heat, glyph, heat_legend, heat_line, heat_meaning, heat_progress, heat_words

DARK = PALETTES[DARK_NAME]
ONE_CELL = Scale()


def drops(rows: int = 6, columns: int = 8) -> Occlusion:
    """Of a network that only looks at the middle: bright there is class 1."""
    kernel = np.zeros((rows, columns, 2), np.float32)
    kernel[2:4, 2:5, 1] = 1
    kernel[0, :, 0] = 0.5
    size = rows * columns
    layers = [
        Flatten(name="flat", input_shape=(rows, columns, 1)),
        Dense(name="dense", input_shape=(size,), kernel=kernel.reshape(size, 2), activation="softmax"),
    ]
    x = np.full((rows, columns, 1), 0.75, np.float32)
    *_rest, last = occlusion(Network(layers, (rows, columns, 1)), x, label=1, size=2, strides=1, grey=0)
    return last


def heat(scale: Scale = ONE_CELL, *, patch: bool = True) -> Heat:
    one = drops()
    return Heat(heat_steps(one), np.full((6, 8), 100, np.uint8), scale, one.patch if patch else None)


def text(line: list[Segment]) -> str:
    return "".join(segment.text for segment in line)


def colours_of(line: list[Segment]) -> list[tuple[str, str]]:
    """(foreground, background) of every cell."""
    cells = []
    for segment in line:
        assert segment.style is not None
        front, back = segment.style.color, segment.style.bgcolor
        cells += [(front.name if front else "", back.name if back else "")] * len(segment.text)
    return cells


def test_a_glyph_for_every_step() -> None:
    assert [glyph(step) for step in (1, 9, 0, -1, -9, UNKNOWN)] == ["1", "9", ".", "a", "i", " "]
    assert len(FALLS) == STEPS


def test_without_colour_the_glyphs_say_it_all() -> None:
    one = heat(patch=False)
    lines = [text(heat_line(one, line, DARK, no_color=True)) for line in range(one.size[0])]
    expected = []
    for top in (0, 2, 4):
        pairs = zip(one.steps[top], one.steps[top + 1], strict=True)
        expected.append("".join(glyph(int(max(pair, key=abs))) for pair in pairs))
    assert lines == expected
    assert "9" in "".join(lines)
    assert set("".join(lines)) & set("abcdefghi")
    for line in range(one.size[0]):
        for segment in heat_line(one, line, DARK, no_color=True):
            assert segment.style is not None
            assert segment.style.bgcolor is None


def test_half_blocks_have_a_colour_for_each_pixel() -> None:
    one = heat(patch=False)
    line = heat_line(one, 1, DARK)
    assert text(line) == UPPER_HALF * 8
    cells = colours_of(line)
    for column in range(8):
        for half in (0, 1):
            for other in range(8):
                same = one.steps[2 + half, column] == one.steps[2 + half, other]
                assert (cells[column][half] == cells[other][half]) == same


def test_falls_and_rises_have_different_colours_in_both_themes() -> None:
    steps = np.array([[9, -9, 0, UNKNOWN], [9, -9, 0, UNKNOWN]], np.int8)
    for name in (DARK_NAME, LIGHT_NAME):
        cells = colours_of(heat_line(Heat(steps, np.zeros((2, 4), np.uint8)), 0, PALETTES[name]))
        assert len(set(cells)) == 4


def test_glyphs_stand_on_their_colour() -> None:
    one = heat(patch=False)
    line = heat_line(one, 1, DARK, glyphs=True)
    assert text(line) == text(heat_line(one, 1, DARK, no_color=True))
    assert all(back for _front, back in colours_of(line))


@pytest.mark.parametrize("zoom", [1, 2, 3, 4])
@pytest.mark.parametrize("arguments", [{}, {"glyphs": True}, {"no_color": True}])
def test_the_patch_has_four_corners(zoom: int, arguments: dict[str, bool]) -> None:
    one = heat(Scale(zoom))
    assert one.patch in ((2, 2, 4, 4), (2, 3, 4, 5))
    lines = [text(heat_line(one, line, DARK, **arguments)) for line in range(one.size[0])]
    marked = {(i, j) for i, line in enumerate(lines) for j, mark in enumerate(line) if mark == "+"}
    top, left, bottom, right = one.patch
    first, last = top * zoom // 2, (bottom * zoom - 1) // 2
    assert marked == {(i, j) for i in (first, last) for j in (left * zoom, right * zoom - 1)}


def test_a_large_picture_is_thinned() -> None:
    steps = np.zeros((150, 105), np.int8)
    one = Heat(steps, np.zeros((150, 105), np.uint8), scale_to_fit(150, 105, 30, 40), (145, 100, 150, 105))
    lines, cells = one.size
    drawn = [text(heat_line(one, line, DARK)) for line in range(lines)]
    assert {len(line) for line in drawn} == {cells}
    assert "+" in drawn[-1]
    assert drawn[-1].rstrip()[-1] == "+"


def test_an_odd_last_row_has_no_lower_half() -> None:
    one = Heat(np.full((3, 2), 9, np.int8), np.zeros((3, 2), np.uint8))
    assert all(not back for _front, back in colours_of(heat_line(one, 1, DARK)))
    assert text(heat_line(one, 1, DARK, glyphs=True)) == "99"


def test_of_two_pixels_the_known_one_is_shown() -> None:
    one = Heat(np.array([[0], [UNKNOWN]], np.int8), np.zeros((2, 1), np.uint8))
    assert text(heat_line(one, 0, DARK, no_color=True)) == "."


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("no_color", [False, True])
def test_the_legend_has_numbers_and_lines_up(language: str, no_color: bool) -> None:
    set_language("ko" if language == "ko" else "en")
    falls, rises = heat_legend(0.4121, 40, DARK, no_color=no_color)
    mean = "평균" if language == "ko" else "mean"
    assert f"123456789  9 = {mean} -0.412" in text(falls)
    assert f"abcdefghi  i = {mean} +0.412" in text(rises)
    assert cell_len(text(falls)) == cell_len(text(rises)) == 40
    assert cell_len(text(falls).partition("1")[0]) == cell_len(text(rises).partition("abc")[0])
    for narrow in heat_legend(0.4121, 12, DARK):
        assert cell_len(text(narrow)) == 12


def test_the_words_give_the_numbers_of_the_computation() -> None:
    one = drops()
    words = heat_words(one)
    top, left, bottom, right = one.patch
    assert f"{one.base:.3f} -> {one.lowest_score:.3f}" in words
    assert f"rows {top}-{bottom - 1}, columns {left}-{right - 1}" in words
    assert heat_progress(one, 0) == ""


def test_the_legend_and_the_words_say_what_each_is_of() -> None:
    """The colours are means over patches, the sentence is of one patch, whose fall can be larger than any colour's."""
    one = drops()
    assert one.base - one.lowest_score == pytest.approx(float(np.nanmax(one.falls)))
    assert one.base - one.lowest_score >= one.most
    assert heat_meaning(one) == "Pixel: mean of the 2x2 patches over it"
    assert "Strongest single patch (+)" in heat_words(one)


def test_while_it_runs_it_says_how_far_it_is() -> None:
    x = np.zeros((6, 8, 1), np.float32)
    kernel = np.ones((48, 2))
    layers = [
        Flatten(name="flat", input_shape=(6, 8, 1)),
        Dense(name="dense", input_shape=(48,), kernel=kernel, activation="softmax"),
    ]
    first = next(iter(occlusion(Network(layers, (6, 8, 1)), x, size=1, batch_size=5)))
    assert heat_progress(first, 0.2) == "5 of 48 positions"
    assert heat_progress(first, 12.4) == "5 of 48 positions, 12 s left"
    one = Heat(heat_steps(first), np.zeros((6, 8), np.uint8))
    assert text(heat_line(one, 0, DARK, no_color=True)) == "....." + " " * 3
    assert text(heat_line(one, 2, DARK, no_color=True)) == " " * 8
