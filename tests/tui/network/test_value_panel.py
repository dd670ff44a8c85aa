"""The arithmetic of one value as lines: never too wide, equal to what was computed, totals always in sight."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from explained_network import (
    COLOURS,
    DENSE,
    FOLDED,
    IMAGE,
    INSIDE,
    KINDS,
    NAMES,
    NETWORK,
    POOLED,
    middle,
    normal,
    plain,
    show,
)
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from cnncore.network import (
    Dense,
    Network,
)
from cnncore.network.explain import explain
from tui.i18n import Language, set_language
from tui.network.value_listing import Listing, bar, decimals_for, tidy
from tui.network.value_panel import value_view
from tui.network.value_words import formula_words, stage_texts


@given(
    layer=st.sampled_from(KINDS),
    width=st.integers(40, 200),
    height=st.integers(1, 60),
    language=st.sampled_from(["en", "ko"]),
    order=st.sampled_from(["largest", "index"]),
    data=st.data(),
)
def test_never_wider_or_higher(
    layer: int, width: int, height: int, language: Language, order: str, data: st.DataObject
) -> None:
    set_language(language)
    explanation = middle(layer)
    unfolded = data.draw(st.none() | st.integers(0, explanation.rows - 1))
    count = len(Listing(explanation, "index", unfolded))
    selected = data.draw(st.none() | st.integers(0, count - 1))
    view = show(
        layer, width, height, first=data.draw(st.integers(0, count + 5)), selected=selected, unfolded=unfolded,
        order=order, keras=data.draw(st.sampled_from([None, explanation.core, explanation.core + 0.5])), names=NAMES,
    )  # fmt: skip
    assert len(view.lines) == height
    assert [line.plain for line in view.lines if line.cell_len > width] == []
    assert not any("\n" in line.plain for line in view.lines)
    assert 0 <= view.first <= count
    if selected is not None and height >= 10:
        assert view.first <= selected < view.first + view.capacity
        assert any(line.plain.startswith(">") or "   >" in line.plain for line in view.lines)


@pytest.mark.parametrize("layer", KINDS)
@pytest.mark.parametrize(("width", "height"), [(40, 12), (76, 18), (116, 34), (196, 54)])
def test_the_totals_are_always_in_sight(layer: int, width: int, height: int) -> None:
    explanation = middle(layer)
    view = show(layer, width, height, keras=explanation.core + 0.25, selected=0)
    text = plain(view)
    assert f"{explanation.value:.9g}" in text
    assert re.search(rf"C core\s+{re.escape(f'{explanation.core:.9g}')}", text)
    assert re.search(rf"Keras\s+{re.escape(f'{explanation.core + 0.25:.9g}')}", text)
    assert "difference -2.5e-01" in text
    assert ("the same" in text) == (explanation.difference == 0)
    assert explanation.name in text
    assert stage_texts(explanation)[-1].value in text
    if width >= 76:
        assert "Shown rounded" in text
        assert view.capacity >= min(3, len(view.listing))


def test_the_rows_of_a_dense_layer_are_its_products_largest_first() -> None:
    explanation, view = middle(DENSE), show(DENSE, 76, 18)
    order = explanation.order("largest").tolist()
    for line, row in zip(view.lines[view.top : view.top + view.capacity], order, strict=False):
        source = explanation.sources[row]
        match = re.fullmatch(r" +(\d+) \( *(\d+), *(\d+), *(\d+)\) +(\S+) x +(\S+) = +(\S+) +([+-]*) *", line.plain)
        assert match, line.plain
        assert int(match[1]) == row
        assert tuple(map(int, match.groups()[1:4])) == explanation.flat_position(row)
        for text, value in zip(match.groups()[4:7], (source.value, source.weight, source.product), strict=True):
            decimals = len(text.partition(".")[2])
            assert abs(float(text) - value) <= 0.5001 * 10**-decimals
        assert set(match[8]) <= {"-" if source.product < 0 else "+"}


def numbers_after(label: str, text: str) -> float:
    match = re.search(rf"{label} (-?[\d.]+(?:e-\d+)?)", text)
    assert match, text
    return float(match[1])


@pytest.mark.parametrize("first", [0, 7, 10_000])
@pytest.mark.parametrize("layer", [FOLDED, DENSE])
def test_hidden_rows_are_summed_up(layer: int, first: int) -> None:
    explanation, view = middle(layer), show(layer, 70, 14, first=first)
    text = plain(view)
    hidden = explanation.rows - view.capacity
    assert f"{view.capacity} shown" in text
    shown, rest = numbers_after("shown", text), numbers_after(f"the other {hidden}", text)
    assert shown + rest == pytest.approx(explanation.stages[0].value, abs=2e-4)
    rows = [view.listing[at].row for at in range(view.first, view.first + view.capacity)]
    assert shown == pytest.approx(explanation.contributions[rows].sum(), abs=1e-4)
    signs = re.search(r"(?:all|positive) \+(\S+) (?:negative )?(-\S+)", text)
    assert signs
    assert float(signs[1]) + float(signs[2]) == pytest.approx(explanation.stages[0].value, abs=2e-4)


def test_everything_shown_says_so() -> None:
    text = plain(show(FOLDED, 196, 54))
    assert "all 12 shown" in text
    assert "the other" not in text


def test_a_channel_unfolds_into_its_products() -> None:
    explanation = middle(FOLDED)
    assert explanation.channels is not None
    folded, open_ = show(FOLDED, 100, 40), show(FOLDED, 100, 40, unfolded=5)
    assert len(open_.listing) == len(folded.listing) + 9 == 21
    at = open_.listing.position(5)
    assert open_.listing[at].source is None
    assert [open_.listing[at + 1 + tap].source for tap in range(9)] == list(explanation.taps(5))
    assert [entry.row for entry in open_.listing if entry.source is None] == explanation.order("largest").tolist()
    lines = [line.plain for line in open_.lines[open_.top + at : open_.top + at + 10]]
    assert lines[0].startswith(" map  5 ")
    assert "sum of 9 =" in lines[0]
    products = [float(line.split("=")[1].split()[0]) for line in lines]
    assert products[0] == pytest.approx(sum(products[1:]), abs=0.01)
    points = {line.index(".", line.index("=")) for line in lines}
    assert len(points) == 1, "points stand under each other"


@given(st.integers(0, 30), st.none() | st.integers(0, 11), st.sampled_from(["largest", "index"]))
def test_the_listing_is_a_sequence_of_rows_and_taps(index: int, unfolded: int | None, order: str) -> None:
    explanation = middle(FOLDED)
    listing = Listing(explanation, order, unfolded)  # type: ignore[arg-type]
    entries = list(listing)
    assert sorted(entry.row for entry in entries if entry.source is None) == list(range(12))
    if index >= len(listing):
        with pytest.raises(IndexError):
            _ = listing[index]
    else:
        assert listing[index] == entries[index]
        assert listing[index - len(listing)] == entries[index]
    for row in range(12):
        assert listing[listing.position(row)].row == row
        assert listing[listing.position(row)].source is None


@pytest.mark.parametrize(("width", "height"), [(76, 18), (196, 54)])
@pytest.mark.parametrize("layer", [FOLDED, DENSE])
def test_the_mouse_finds_every_entry(layer: int, width: int, height: int) -> None:
    view = show(layer, width, height)
    entries = {entry for y in range(height) for x in range(width) if (entry := view.entry_at(x, y)) is not None}
    assert entries == set(range(view.first, view.first + view.capacity))
    if layer == DENSE:
        for y, line in enumerate(view.lines):
            for match in re.finditer(r"(\d+) \( *\d+, +\d+, +\d+\)", line.plain):
                entry = view.entry_at(match.start(), y)
                assert entry is not None
                assert view.listing[entry].source == int(match[1])


def test_the_selected_entry_is_in_sight_and_the_view_moves_little() -> None:
    first = 0
    view = show(DENSE, 76, 18)
    for selected in [*range(40), *range(40, -1, -1)]:
        view = show(DENSE, 76, 18, first=first, selected=selected)
        assert abs(view.first - first) <= 1
        first = view.first
        assert view.first <= selected < view.first + view.capacity
        line = view.lines[view.top + (selected - view.first) % view.per_column]
        assert ">" in line.plain
    assert show(DENSE, 76, 18, first=10_000).first == len(view.listing) - view.capacity


def test_a_wide_screen_has_several_columns() -> None:
    layer = Dense(name="d", input_shape=(1600,), kernel=normal(1600, 4))
    network, x = Network([layer], (1600,)), normal(1600)
    explanation = explain(network, x, network.activations(x), 0, (2,))
    wide, narrow = (value_view(explanation, width=width, height=54, colours=COLOURS) for width in (196, 76))
    assert wide.capacity > 2 * wide.per_column > 80
    assert narrow.capacity >= narrow.per_column


def styles_at(line: Text, start: int, end: int) -> set[str]:
    return {str(span.style) for span in line.spans if span.start < end and span.end > start}


def test_negatives_differ_by_sign_bar_and_colour() -> None:
    view = show(DENSE, 76, 18)
    negative = str(COLOURS.negative.color.name if COLOURS.negative.color else "")
    for line in view.lines[view.top : view.top + view.capacity]:
        match = re.search(r"= +(\S+) +([+-]+)", line.plain)
        assert match
        coloured = any(negative in style for style in styles_at(line, match.start(1), match.end(1)))
        assert coloured == match[1].startswith("-") == match[2].startswith("-")


def test_the_winner_of_a_window_stands_in_brackets_and_padding_is_a_dash() -> None:
    explanation = middle(POOLED)
    assert explanation.winner is not None
    view = show(POOLED, order="index")
    lines = [line.plain for line in view.lines[view.top : view.top + view.capacity]]
    assert [i for i, line in enumerate(lines) if "[" in line] == [explanation.winner]
    assert f"= {tidy(explanation.value)}" in plain(view)
    corner = explain(NETWORK, IMAGE, INSIDE, POOLED, tuple(size - 1 for size in NETWORK.layers[POOLED].output_shape))
    text = plain(value_view(corner, width=76, height=18, colours=COLOURS, order="index"))
    assert text.count("pad") == int(corner.sources.padded.sum()) > 0
    assert re.search(r"pad +-\s", text)


@pytest.mark.parametrize("layer", KINDS)
def test_korean_is_korean(layer: int) -> None:
    set_language("en")
    english = formula_words(middle(layer))
    set_language("ko")
    korean = formula_words(middle(layer))
    assert english != korean
    assert re.search("[가-힣]", korean)
    lines = [line.plain for line in show(layer, 76, 18).lines]
    assert any("C 코어" in line for line in lines)
    rows = [line for line in lines if " x " in line and " = " in line and re.match(r"[ >]+[-\d]", line)]
    assert len({cell_len(line[: line.index(" x ")]) for line in rows if "행" not in line and "/" not in line}) <= 1


def test_bars_and_decimals() -> None:
    assert [bar(v, 2.0, 8) for v in (2.0, -1.0, 0.001, 0.0, math.nan)] == ["++++++++", "----", "+", "", ""]
    assert bar(1.0, 0.0, 8) == bar(1.0, 2.0, 0) == ""
    assert [decimals_for(np.array(v)) for v in ([1.0, 255.0], [0.5], [12.5], [1234.5], [1e-9], [0.0])] == [
        0, 4, 2, 1, 8, 0,
    ]  # fmt: skip
    assert decimals_for(np.array([0.5, np.nan])) == 3
    assert [tidy(v) for v in (0.0, 0.25, -0.25, 1.2e-7, -1.2e-7, math.inf)] == [
        "0.000000", "0.250000", "-0.250000", "1.2e-07", "-1.2e-07", "inf",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 3e38])
def test_nan_and_infinity_are_drawn_as_well(value: float) -> None:
    layer = Dense(name="d", input_shape=(3,), kernel=normal(3, 2), activation="softmax")
    network = Network([layer], (3,))
    x = np.array([value, 1, -2], np.float32)
    with np.errstate(all="ignore"):
        explanation = explain(network, x, network.activations(x), 0, (0,))
        for width in (40, 76, 120):
            view = value_view(explanation, width=width, height=18, colours=COLOURS, keras=math.nan)
            assert all(line.cell_len <= width for line in view.lines)
            assert "recomputed" in plain(view)
