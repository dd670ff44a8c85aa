"""The windows, formulas and shares around the listing of a value's arithmetic."""

from __future__ import annotations

import re

import numpy as np
import pytest
from explained_network import (
    COLOURS,
    FLAT,
    FOLDED,
    NAMES,
    POOLED,
    PROBABILITIES,
    SOFTMAX,
    middle,
    normal,
    plain,
    show,
)

from cnncore.network import (
    Dense,
    Network,
)
from cnncore.network.explain import explain
from tui.network.value_listing import tidy
from tui.network.value_panel import value_view
from tui.network.value_totals import _name_cells
from tui.network.value_words import stage_texts


def test_flatten_shows_both_formulas() -> None:
    explanation = middle(FLAT)
    assert explanation.flat is not None
    text = " ".join(plain(show(FLAT)).split())
    row, column, channel = explanation.flat.position
    _height, width, maps = explanation.flat.shape
    assert f"index = row x {width * maps} + column x {maps} + map" in text
    assert f"= {row} x {width * maps} + {column} x {maps} + {channel} = {explanation.flat.index}" in text
    first = explanation.flat.divisions[0]
    assert f"{explanation.flat.index} / {width * maps} = {row}, rest {first[3]}; {first[3]} / {maps} = {column}" in text
    assert f"row {row}, column {column}, map {channel}" in text


def test_dropout_says_both() -> None:
    text = " ".join(plain(show(11)).split())
    value = middle(11).value
    assert "Active only in training" in text
    assert "probability of 25%" in text
    assert f"{tidy(value)} / 0.75 = {tidy(value / 0.75)}" in text


@pytest.mark.parametrize(("width", "height"), [(76, 18), (116, 34), (196, 54)])
def test_all_ten_shares_are_shown_with_the_real_fraction(width: int, height: int) -> None:
    explanation = middle(PROBABILITIES)
    table = explanation.softmax
    assert table is not None
    text = plain(show(PROBABILITIES, width, height, names=NAMES))
    for unit in range(10):
        z, power, share = table.logits[unit], table.exponentials[unit], table.shares[unit]
        match = re.search(rf"{unit} {NAMES[unit][:6]}\S*(?: boot?)? +(\S+) +(\S+) +(\S+)", text)
        assert match, (unit, text)
        assert float(match[1]) == pytest.approx(z, abs=6e-4)
        assert float(match[2]) == pytest.approx(power, abs=1e-6)
        assert float(match[3]) == pytest.approx(share, abs=1e-4)
    own = table.index
    assert re.search(rf">{own} {NAMES[own][:6]}", text)
    assert f"{tidy(table.total)}" in text
    assert "recomputed" in text


def test_a_softmax_layer_lists_what_it_divides() -> None:
    explanation = middle(SOFTMAX)
    assert explanation.softmax is not None
    stages = stage_texts(explanation)
    own = explanation.sources[explanation.position[0]].value
    assert stages[0].expression.startswith(f"e^({tidy(own)}")
    assert stages[1].expression == f"{tidy(explanation.stages[0].value)} / {tidy(explanation.softmax.total)}"
    text = plain(show(SOFTMAX, 76, 20, order="index"))
    assert "all 10 shown" in text
    assert len(re.findall(r"e\^ = ", text)) == 10


def test_names_of_shares_share_the_room_before_one_is_cut() -> None:
    long, short = ["0 T-shirt/top", "1 Trouser"], ["5 Sandal", "9 Ankle boot"]
    assert _name_cells([long, short], 4, 30) == [13, 13]
    assert _name_cells([long, short], 4, 25) == [13, 12]
    assert _name_cells([long, short], 4, 24) == [12, 12]
    assert _name_cells([["0", "1"]], 4, 30) == [4]
    assert _name_cells([long, short], 4, 0) == [1, 1]


def grid(text: str, rows: int) -> list[list[float]]:
    """The numbers of the lines under "values", in their order."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if re.match(r" +values\b", line))
    return [[float(n) for n in re.findall(r"-?\d+\.?\d*", line)] for line in lines[at + 1 : at + 1 + rows]]


def test_a_window_is_drawn_as_it_lies() -> None:
    explanation = middle(FOLDED)
    text = plain(show(FOLDED, 116, 44, unfolded=4))
    taps = explanation.sources[explanation.taps(4).start : explanation.taps(4).stop]
    for row, numbers in enumerate(grid(text, 3)):
        chosen = taps[3 * row : 3 * row + 3]
        right = [*(s.value for s in chosen), *(s.weight or 0.0 for s in chosen), *(s.product for s in chosen)]
        np.testing.assert_allclose(numbers, right, atol=6e-4)
    lines = text.splitlines()
    assert " x " in lines[next(i for i, line in enumerate(lines) if "kernel  " in line) + 2]
    assert "kernel  " not in plain(show(FOLDED, 116, 44)), "no channel is chosen"


def test_a_pooled_window_is_drawn_with_its_winner_in_brackets() -> None:
    explanation = middle(POOLED)
    text = plain(show(POOLED, 76, 24, order="index"))
    numbers = [n for row in grid(text, 2) for n in row]
    np.testing.assert_allclose(numbers, explanation.sources.values, atol=6e-4)
    assert text.count("[") == 2
    assert f"[{numbers[explanation.winner or 0]:.4f}"[:6] in text


@pytest.mark.parametrize("height", [20, 24, 34, 54])
@pytest.mark.parametrize("width", [76, 116, 196])
def test_of_many_classes_the_largest_shares_are_shown_and_the_rest_summed(width: int, height: int) -> None:
    layer = Dense(name="d", input_shape=(30,), kernel=normal(30, 200), activation="softmax")
    network, x = Network([layer], (30,)), normal(30)
    explanation = explain(network, x, network.activations(x), 0, (7,))
    table = explanation.softmax
    assert table is not None
    text = plain(value_view(explanation, width=width, height=height, colours=COLOURS))
    assert re.search(r">7 +", text)
    rest = re.search(r"the other (\d+): e\^\(z-max\) adds up to (\S+)", text)
    assert rest
    units, remainder = table.chosen(200 - int(rest[1]))
    assert (len(units), rest[2]) == (200 - int(rest[1]), tidy(remainder.total))
    assert all(re.search(rf"(?m)[ >]{unit} +-?\d+\.\d\d\d +", text) for unit in units)
    assert tidy(table.total) in text
