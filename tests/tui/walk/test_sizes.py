"""The size of the output as a formula with the real numbers, and the rows and columns left unused by flooring."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore._arguments import Padding
from cnncore.errors import CnnError
from cnncore.geometry import geometry
from tui.walk.layout import facts_lines
from tui.walk.sizes import mixed, size_fact, size_news, size_sentence, size_short


def test_the_sentence_of_the_lesson() -> None:
    sizes = geometry((5, 6), (2, 2), strides=(2, 2))
    assert size_sentence(sizes) == (
        "rows: (5 - 2) / 2 + 1 = 2.5: Keras floors it to 2, the last row is not used; columns: (6 - 2) / 2 + 1 = 3"
    )
    assert size_short(sizes) == "rows (5 - 2) / 2 + 1 = 2.5 -> 2, columns (6 - 2) / 2 + 1 = 3"
    assert "the last column is not used" in size_sentence(geometry((6, 5), (2, 2), strides=2))


def test_equal_directions_share_one_formula() -> None:
    assert size_sentence(geometry((28, 28), (3, 3))) == "(28 - 3) / 1 + 1 = 26"
    floored = size_sentence(geometry((28, 28), (3, 3), strides=2))
    assert floored == ("(28 - 3) / 2 + 1 = 13.5: Keras floors it to 13, the last row and the last column are not used")
    assert "the last 2 rows and columns are not used" in size_sentence(geometry((28, 28), (5, 5), strides=3))


def test_padding_and_dilation_are_in_the_formula() -> None:
    same = geometry((28, 28), (3, 3), padding="same")
    assert size_short(same) == "(28 + 1 + 1 - 3) / 1 + 1 = 28"
    wide = geometry((28, 28), (3, 3), dilation_rate=2)
    assert size_short(wide) == "(28 - 5) / 1 + 1 = 24"
    assert "3 weights with dilation 2 span (3 - 1) x 2 + 1 = 5" in size_sentence(wide)
    assert "rounded up" in size_sentence(geometry((28, 28), (3, 3), strides=2, padding="same"), same=True)
    assert "between two windows 2 are skipped" in size_sentence(geometry((9, 9), (1, 1), strides=3))


def test_thirds_are_exact() -> None:
    assert [mixed(Fraction(n, d)) for n, d in ((5, 2), (26, 3), (7, 1), (9, 4))] == ["2.5", "8 2/3", "7", "2.25"]


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.tuples(st.integers(1, 11), st.integers(1, 11)),
    st.integers(1, 5),
    st.integers(1, 3),
    st.sampled_from(["valid", "same"]),
)
def test_the_formula_evaluates_to_the_output_size(
    size: tuple[int, int], window: tuple[int, int], strides: int, dilation: int, padding: Padding
) -> None:
    try:
        sizes = geometry(size, window, strides=strides, padding=padding, dilation_rate=dilation)
    except CnnError:
        return
    for axis in (sizes.rows, sizes.columns):
        left, _equals, right = size_short(type(sizes)(axis, axis)).partition(" = ")
        value = eval(left)
        assert int(value // 1) == axis.output
        assert right.endswith(str(axis.output))
        assert ("->" in right) == (value != axis.output)


@pytest.mark.parametrize("strides", [1, 2, 3])
def test_unused_rows_are_mentioned_exactly_when_there_are_some(strides: int) -> None:
    for size in range(3, 20):
        sizes = geometry((size, size), (3, 3), strides=strides)
        assert ("not used" in size_sentence(sizes)) == (sizes.rows.unused > 0)


def test_facts_are_as_full_as_the_width_allows() -> None:
    size, values = ("a long sentence", "short"), ("all of the values", "values")
    assert facts_lines(size, values, 40) == (
        ["a long sentence | all of the values"],
        ["a long sentence | all of the values"],
    )
    assert facts_lines(size, values, 24) == (["a long sentence", "all of the values"], ["a long sentence | values"])
    assert facts_lines(size, values, 16) == (["a long sentence", "values"], ["short | values"])
    assert facts_lines(size, values, 8) == (["short", "values"], ["short"])


def test_a_formula_says_whose_size_it_is() -> None:
    assert size_fact(geometry((28, 28), (3, 3))) == ("output size (28 - 3) / 1 + 1 = 26", "size (28 - 3) / 1 + 1 = 26")
    sentence, short = size_fact(geometry((28, 27), (3, 3)), more="and that")
    assert sentence == "rows: (28 - 3) / 1 + 1 = 26; columns: (27 - 3) / 1 + 1 = 25; and that"
    assert short.startswith("rows (28 - 3)")


def test_a_message_has_the_remarks_that_do_not_fit_the_facts_and_is_never_cut() -> None:
    exact = geometry((28, 28), (3, 3), dilation_rate=2)
    fact = size_fact(exact, more="not in Keras")
    assert size_news(exact, fact, [fact[0] + " | more"], 200) == ""
    words = "3 weights with dilation 2 span (3 - 1) x 2 + 1 = 5"
    assert size_news(exact, fact, [fact[1] + " | more"], 200) == f"not in Keras; {words}"
    assert size_news(exact, fact, [fact[1]], 40) == "not in Keras"
    assert size_news(exact, fact, [], 200) == f"size (28 - 5) / 1 + 1 = 24; not in Keras; {words}"
    floored = geometry((28, 28), (3, 3), strides=2)
    assert "the last row and the last column are not used" in size_news(
        floored, size_fact(floored), [size_fact(floored)[1]], 200
    )
