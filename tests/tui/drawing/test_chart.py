"""The chart as a pure function: any data, any size, every row exactly as wide as asked."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from tui.drawing.chart import ASCII, BLOCKS, BRAILLE, Glyphs, Series, chart, plain_text, tick_step

GLYPHS = st.sampled_from([ASCII, BLOCKS, BRAILLE])
POINTS = st.lists(st.tuples(st.floats(), st.floats()), max_size=30)
SERIES = st.builds(
    Series,
    label=st.sampled_from(["", "training 0.9142", "훈련 0.9142", "검증 정확도 0.8904"]),
    points=POINTS,
    marker=st.sampled_from(["", "o"]),
    dashes=st.sampled_from([(1, 0), (2, 2), (1, 2), (0, 1)]),
)
RANGES = st.none() | st.tuples(st.floats(), st.floats())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(SERIES, max_size=4), st.integers(-2, 130), st.integers(-2, 40), GLYPHS, RANGES, RANGES,
    st.sampled_from(["", "accuracy", "정확도"]), st.sampled_from(["", "epoch", "에포크"]),
)  # fmt: skip
def test_any_data_at_any_size_fills_exactly_its_box(
    series: list[Series],
    width: int,
    height: int,
    glyphs: Glyphs,
    x_range: object,
    y_range: object,
    title: str,
    label: str,
) -> None:
    lines = chart(
        series, width, height, x_range=x_range, y_range=y_range, title=title, x_label=label, glyphs=glyphs  # type: ignore[arg-type]
    )  # fmt: skip
    assert len(lines) == (max(0, height) if width > 0 else 0)
    assert {sum(cell_len(s.text) for s in line) for line in lines} <= {width}
    if (
        glyphs is ASCII
        and title in ("", "accuracy")
        and label in ("", "epoch")
        and all(s.label.isascii() for s in series)
    ):
        assert plain_text(lines).isascii()


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 40))
def test_a_tick_is_one_two_or_five_times_a_power_of_ten(low: float, span: float, most: int) -> None:
    step = tick_step(low, low + span, most)
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - m) for m in (1, 2, 5, 10)) < 1e-6
    assert (low + span - low) / step <= most * (1 + 1e-6)


def rows(series: list[Series], **options: object) -> list[str]:
    return plain_text(chart(series, 40, 12, glyphs=ASCII, **options)).split("\n")  # type: ignore[arg-type]


def test_points_stand_at_their_ticks() -> None:
    drawn = rows([Series("v", [(0, 0.0), (1, 0.5), (2, 1.0)], marker="o", dashes=(0, 1))], y_range=(0.0, 1.0))
    assert drawn == [
        " o  v",
        "1.0+                                   o",
        "   |",
        "   |",
        "   |",
        "0.5+                  o",
        "   |",
        "   |",
        "   |",
        "0.0+o",
        "   ++-----------------+----------------+",
        "    0                 1                2",
    ]


def test_the_y_range_is_rounded_outward_to_its_ticks() -> None:
    drawn = rows([Series("loss", [(0, 0.313), (1, 0.287)])])
    assert drawn[1].startswith("0.32+")
    assert [row for row in drawn if row.startswith("0.28+")]


def test_a_falling_line_falls() -> None:
    drawn = rows([Series("loss", [(0, 2.0), (4, 0.0)])], title="loss")
    columns = [next((i for i, c in enumerate(row[4:]) if c in "'.:"), None) for row in drawn[1:10]]
    assert None not in columns
    assert columns == sorted(columns)  # type: ignore[type-var]


def test_not_a_number_leaves_a_gap_and_does_not_spoil_the_scale() -> None:
    drawn = rows([Series("loss", [(0, 1.0), (1, math.nan), (2, math.inf), (3, 2.0)])])
    assert drawn[1].startswith("2.0+")


def test_nothing_to_draw_still_has_its_axes() -> None:
    drawn = rows([Series("training", [])], x_range=(0, 6), y_range=(0, 1), title="accuracy", x_label="epoch")
    assert drawn[0] == "accuracy   ::: training"
    assert drawn[-1].split() == ["0", "2", "4", "epoch", "6"]


def test_a_later_series_hides_an_earlier_one_in_its_own_style() -> None:
    below = Series("below", [(0, 1.0), (1, 1.0)], Style(color="red"))
    above = Series("above", [(0, 1.0), (1, 1.0)], Style(color="blue"))
    lines = chart([below, above], 30, 3, y_range=(0, 2))
    drawn = {s.style for line in lines for s in line if any(c in BLOCKS.cells[1:] for c in s.text)}
    assert drawn == {above.style}


def test_a_legend_with_wide_characters_wraps_and_is_cut_on_cells() -> None:
    lines = chart([Series("훈련 정확도 0.9142", []), Series("검증 정확도 0.8904", [], marker="o")], 21, 9)
    text = plain_text(lines).split("\n")
    assert text[0].startswith("━━━ 훈련")
    assert text[1].startswith("━o━ 검증")
    assert cell_len(text[0]) <= 21


@pytest.mark.parametrize("glyphs", [BLOCKS, BRAILLE])
def test_every_mask_has_a_character_of_one_cell(glyphs: Glyphs) -> None:
    assert len(glyphs.cells) == 1 << (glyphs.columns * glyphs.rows)
    assert all(cell_len(c) == 1 for c in glyphs.cells)


def test_a_million_batches_are_drawn_as_their_mean() -> None:
    points = [(i / 1000, 0.4 if i % 2 else 0.6) for i in range(1, 5001)]
    drawn = rows([Series("noisy", points)], y_range=(0.0, 1.0))
    middle = [row for row in drawn if row.startswith("0.5+")]
    assert len(middle) == 1
    assert all(c in "'.:" for c in middle[0][4:])
