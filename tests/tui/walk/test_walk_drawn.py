"""Numbers, matrices, pictures and arithmetic as pure functions: data in, text and styles out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from cnncore import conv2d_steps, filter2d_steps, max_pool2d_steps
from cnncore.lesson.kernels import BLUR, SHARPEN
from tui.drawing.matrix import Matrix, column_ruler, follow, matrix_line
from tui.drawing.numbers import fit, number, short, signed_term
from tui.drawing.picture import Picture, Scale, picture_line, scale_to_fit
from tui.drawing.theme import DARK_NAME, palette
from tui.i18n import set_language
from tui.walk.arithmetic import filter_strip, network_strip, pool_formula, terms_text
from tui.walk.layout import arrange
from tui.walk.matrices import kernel_matrix, pool_matrix
from tui.walk.status import status_text
from tui.walk.walks import Sample

COLOURS = palette(DARK_NAME)
LESSON = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)


def style(matrix: Matrix, row: int, column: int) -> Style:
    return matrix.style(row, column, matrix.text(row, column), COLOURS)


def text_of(segments: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in segments)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-12, "-12"), (0.5, "0.500"), (-0.0001, "0.000"), (-0.0006, "-0.001"), (float("inf"), "inf"),
     (float("nan"), "nan"), (123456.0, "1.2e+05")],
)  # fmt: skip
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_short_signed_and_fit() -> None:
    assert [short(v) for v in (16.0, 173.4375, -0.5, 7, 0.00001)] == ["16", "173.4375", "-0.5", "7", "0"]
    assert [signed_term(v, 1) for v in (-0.5, 0.5, -0.01)] == ["- 0.5", "+ 0.5", "+ 0.0"]
    assert fit("12", 4) == "  12"
    assert fit("12345", 4) == "####"


def lesson_matrix(**changes: object) -> Matrix:
    return Matrix(3, 3, lambda r, c: LESSON[r, c].item(), 3, **changes)  # type: ignore[arg-type]


def test_the_window_is_in_brackets_and_padding_is_shown() -> None:
    matrix = lesson_matrix(before=(1, 1), after=(1, 1), window=(-1, -1, 2, 2))
    assert text_of(matrix_line(matrix, -1, -1, 40, COLOURS)) == "[  0   0   0]  0   0 "
    assert text_of(matrix_line(matrix, 0, -1, 40, COLOURS)) == "[  0 206 205]247   0 "
    assert text_of(matrix_line(matrix, 2, -1, 40, COLOURS)) == "   0 192 154  75   0 "
    assert text_of(column_ruler(matrix, -1, 40, COLOURS)) == "  -1   0   1   2   3"


def test_unknown_cells_are_dots_and_the_current_cell_is_reversed() -> None:
    matrix = lesson_matrix(cell=(1, 1), revealed=4, output=True)
    assert text_of(matrix_line(matrix, 1, 0, 40, COLOURS)) == " 244[  .]  . "
    assert style(matrix, 1, 1) == COLOURS.output


def test_a_negative_differs_by_sign_and_colour() -> None:
    matrix = Matrix(1, 2, lambda _r, c: (-7, 7)[c], 3)
    assert text_of(matrix_line(matrix, 0, 0, 20, COLOURS)) == "  -7   7 "
    assert style(matrix, 0, 0) != style(matrix, 0, 1)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 70), st.integers(1, 3), st.data())
def test_follow_keeps_the_box_visible(size: int, visible: int, offset: int, box: int, data: st.DataObject) -> None:
    box = min(box, size)
    low = data.draw(st.integers(0, size - box))
    followed = follow(offset, (low, low + box), visible, (0, size))
    assert 0 <= followed <= max(0, size - visible)
    if visible >= box:
        assert followed <= low
        assert low + box <= followed + visible
    assert follow(followed, (low, low + box), visible, (0, size)) == followed, "at rest it does not move"


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 50), st.integers(1, 150))
def test_pictures_fit(rows: int, columns: int, lines: int, cells: int) -> None:
    scale = scale_to_fit(rows, columns, lines, cells)
    height, width = scale.size(rows, columns)
    assert 1 <= height <= lines
    assert 1 <= width <= cells
    assert scale.zoom == 1 or scale.every == 1


def test_a_picture_is_half_blocks_of_its_levels() -> None:
    levels = np.arange(0, 240, 20, dtype=np.uint8).reshape(4, 3)
    for line in range(2):
        cells = [(seg.style, ch) for seg in picture_line(Picture(levels), line, COLOURS) for ch in seg.text]
        assert [ch for _style, ch in cells] == ["\u2580"] * 3
        for column, (style, _ch) in enumerate(cells):
            assert style is not None
            assert style.color is not None
            assert style.bgcolor is not None
            assert tuple(style.color.get_truecolor()) == (levels[2 * line, column],) * 3
            assert tuple(style.bgcolor.get_truecolor()) == (levels[2 * line + 1, column],) * 3


@pytest.mark.parametrize("no_color", [False, True])
def test_the_window_in_a_picture_looks_different(no_color: bool) -> None:
    levels = np.full((6, 6), 60, np.uint8)
    plain = picture_line(Picture(levels), 1, COLOURS, no_color=no_color)
    marked = picture_line(Picture(levels, window=(2, 2, 4, 4)), 1, COLOURS, no_color=no_color)
    assert [len(seg.text) for seg in plain] == [6]
    assert [len(seg.text) for seg in marked] == [2, 2, 2]
    if no_color:
        assert marked[1].style is not None
        assert marked[1].style.reverse
        assert [text_without_colour(seg) for seg in marked] == ["--", "--", "--"]


def text_without_colour(segment: Segment) -> str:
    """The text of a segment, which must have no colour."""
    assert segment.style is None or (segment.style.color is None and segment.style.bgcolor is None)
    return segment.text


def test_without_colour_a_brighter_pixel_is_a_heavier_character() -> None:
    levels = np.array([[0, 60, 130, 255], [0, 40, 90, 3], [255, 255, 255, 255], [9, 9, 9, 9]], np.uint8)
    lines = [picture_line(Picture(levels, revealed=9), line, COLOURS, no_color=True) for line in range(2)]
    assert ["".join(text_without_colour(seg) for seg in line) for line in lines] == [" -+@", "@..."]
    (here,) = picture_line(Picture(levels[:2, :1], cell=(1, 0)), 0, COLOURS, no_color=True)
    assert here.style is not None and here.style.reverse and here.style.bold


def test_with_sixteen_colours_a_picture_is_dithered_from_four_greys() -> None:
    for level in range(0, 256, 17):
        levels = np.full((16, 16), level, np.uint8)
        greys = []
        for line in range(8):
            line_of = picture_line(Picture(levels), line, COLOURS, few=True)
            for style in (seg.style for seg in line_of for _ch in seg.text):
                assert style is not None and style.color is not None and style.bgcolor is not None
                greys += [style.color.get_truecolor().red, style.bgcolor.get_truecolor().red]
        assert set(greys) <= {0, 85, 170, 255}
        assert abs(np.mean(greys) - level) < 30
        assert level not in (0, 85, 170, 255) or set(greys) == {level}


def test_every_pixel_can_be_picked() -> None:
    levels = np.zeros((5, 4), np.uint8)
    picture = Picture(levels, Scale(2, 1))
    assert picture.size == (5, 8)
    picked = {picture.pixel_at(line, cell, half) for line in range(5) for cell in range(8) for half in (0, 1)}
    assert picked == {(r, c) for r in range(5) for c in range(4)}


def test_the_products_of_the_lesson() -> None:
    step = filter2d_steps(LESSON, SHARPEN.weights)[0]
    lines = terms_text(step.terms, 5, 40, COLOURS).plain.splitlines()
    assert lines[5] == ">161 x  5 =  805   356"
    assert lines[4] == " 244 x -1 = -244  -449"
    assert lines[6] == " 137 x -1 =    .     ."
    assert len({len(line) for line in lines[1:]}) == 1
    assert text_of(matrix_line(kernel_matrix(step, (1, 1)), 1, 0, 40, COLOURS)) == "  -1[  5] -1 "


def test_the_strip_of_a_filter_shows_every_stage() -> None:
    step = filter2d_steps(LESSON, BLUR.weights, scale=1 / 16)[0]
    text = filter_strip(step, Fraction(1, 16), 9, COLOURS).plain
    stages = f"sum {step.total} x 1/16 = {step.total / 16:g} -> round {step.result} -> clamp 0..255 {step.result}"
    assert text.split() == stages.split()
    high = filter2d_steps(np.array([[0, 0, 0], [0, 100, 0], [0, 0, 0]], np.uint8), SHARPEN.weights)[0]
    assert "500 clamped to 255" in filter_strip(high, Fraction(1), 9, COLOURS).plain
    assert "clamped" not in filter_strip(high, Fraction(1), 8, COLOURS).plain


def test_a_narrow_filter_strip_has_fewer_decimals() -> None:
    window = np.array([[0, 120, 120], [120, 7, 120], [120, 120, 120]], np.uint8)
    step = filter2d_steps(window, ((0, -1, 0), (-1, 1 / 3, -1), (0, -1, 0)))[0]
    wide, narrow = (filter_strip(step, Fraction(1), 9, COLOURS, width) for width in (200, 77))
    assert "sum -477.6667 x 1 = -477.6667 -> round  -478" in wide.plain
    assert wide.cell_len > 77 >= narrow.cell_len
    assert narrow.plain.endswith("clamped")
    assert "-477.6667" in narrow.plain


def test_the_strip_of_a_network_has_bias_and_relu_and_no_clamp() -> None:
    weights = np.full((3, 3), -0.5, np.float32)
    step = conv2d_steps(np.ones((3, 3), np.float32), weights, np.array([0.25], np.float32), activation="relu")[0]
    text = network_strip(step, 9, COLOURS).plain
    assert "sum -4.500 + bias 0.250 = -4.250 -> ReLU" in text
    assert "negative, so 0" in text
    assert "clamp" not in text


def test_pooling_marks_the_first_of_equals() -> None:
    step = max_pool2d_steps(np.array([[3, 9], [9, 1]], np.uint8), 2)[0]
    lines = [text_of(matrix_line(pool_matrix(step), row, 0, 40, COLOURS)) for row in (0, 1)]
    assert lines == ["   3[  9]", "   9   1 "]
    assert pool_formula(step, COLOURS).plain == "max(3, 9, 9, 1) =  9   2 are equally large; the first is marked"


@given(
    st.integers(1, 300),
    st.integers(1, 100),
    st.integers(1, 500),
    st.integers(1, 500),
    st.sampled_from(["valid", "pool"]),
)
def test_layouts_never_overflow(width: int, height: int, rows: int, columns: int, kind: str) -> None:
    output = (max(1, rows - 2), max(1, columns - 2)) if kind == "valid" else (max(1, rows // 2), max(1, columns // 2))
    layout = arrange(width, height, (rows, columns), output)
    assert layout.picture_lines >= 1
    assert layout.matrix_lines >= 1
    if width >= 80 and height >= 17:
        assert layout.margin + layout.input_width + layout.output_width + layout.panel_width == width
        assert 1 + layout.picture_lines + layout.matrix_lines == height
        assert layout.matrix_lines >= 3
        for scale, shape, room in (
            (layout.input_scale, (rows, columns), layout.input_width),
            (layout.output_scale, output, layout.output_width),
        ):
            lines, cells = scale.size(*shape)
            assert lines <= layout.picture_lines
            assert cells <= room


@pytest.mark.parametrize("width", [21, 24, 40])
@pytest.mark.parametrize("weight", [2.5, 1 / 16, -12.125])
def test_products_of_fractions_fit_the_panel(width: int, weight: float) -> None:
    step = filter2d_steps(LESSON, np.array([[0, -1, 0], [-1, weight, -1], [0, -1, 0]]))[0]
    lines = terms_text(step.terms, 9, width, COLOURS, pixels=True).plain.splitlines()
    assert len(lines) == 10
    assert all(len(line) <= width for line in lines[1:])
    assert lines[1].startswith(" 206 x ")


def test_products_of_fractions_have_the_decimals_of_the_weights() -> None:
    step = filter2d_steps(LESSON, np.array([[0, -1, 0], [-1, 2.5, -1], [0, -1, 0]]))[0]
    assert " 161 x  2.5 =  402.5" in terms_text(step.terms, 9, 24, COLOURS, pixels=True).plain
    assert "2.5" in text_of(matrix_line(kernel_matrix(step, None), 1, 0, 40, COLOURS))


def test_of_many_products_those_around_the_current_one_are_shown() -> None:
    step = filter2d_steps(np.full((11, 11), 3, np.uint8), np.arange(121).reshape(11, 11))[0]
    for done in range(122):
        lines = terms_text(step.terms, done, 40, COLOURS, lines=9).plain.splitlines()
        assert len(lines) == 10
        first, last = (int(word) for word in lines[-1].split()[0:3:2])
        assert last - first == 7
        assert first <= max(done, 1) <= last
        assert lines[-1].endswith("of 121")


def large_pool() -> str:
    values = np.arange(16, dtype=np.uint8).reshape(4, 4)
    return pool_formula(max_pool2d_steps(values, 4)[0], COLOURS).plain


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", range(79, 130))
def test_a_formula_with_ties_and_their_note_fits_one_line(width: int, language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    step = max_pool2d_steps(np.full((3, 3), 0.03619, np.float32), 3)[0]
    text = pool_formula(step, COLOURS, width)
    assert text.cell_len <= width
    assert "= 0.036 9개가" in " ".join(text.plain.split()) or "= 0.036 9 " in " ".join(text.plain.split())
    listed = text.plain.split(" = ")[0].count("0.036")
    assert f"{9 - listed}" in text.plain.split(" = ")[0].rpartition("0.036")[2]


def test_the_formula_of_a_large_window_counts_the_other_values() -> None:
    assert large_pool() == "max(0, 1, 2, 3, 4, 5, 6, 7, and 8 more) =  15 "


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_grey_formula_is_never_cut(language: str) -> None:
    set_language("ko" if language == "ko" else "en")
    sample = Sample("holiday-at-the-sea.jpg", LESSON, "your picture", channels=(LESSON,) * 4)
    for width in range(60, 140):
        text = status_text(sample, "1/10,010", ("|| paused", Style()), 10, width, COLOURS)
        assert text.cell_len == width
        assert "0.114 B (c)" in text.plain or ("(c)" in text.plain and "0.299" not in text.plain)
        assert text.plain.startswith("holiday")
    assert "0.114 B (c)" in text.plain and "sea.jpg" in text.plain
