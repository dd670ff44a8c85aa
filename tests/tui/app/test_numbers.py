"""Whole numbers as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.numbers import MOST_DIGITS, whole_number, whole_numbers


@given(st.integers(-(10**MOST_DIGITS) + 1, 10**MOST_DIGITS - 1))
def test_a_number_is_read_as_python_writes_it(number: int) -> None:
    assert whole_number(f" {number} ", least=-(10**MOST_DIGITS)) == number
    assert whole_number(str(number)) == (number if number >= 0 else None)


@pytest.mark.parametrize(
    "text", ["", " ", "-", "--1", "+1", "1_000", "1.0", "1e3", "²", "٣", "1 2", "9" * 10, "9" * 9999]
)
def test_nothing_else_is_a_number(text: str) -> None:
    assert whole_number(text) is None
    assert whole_number(text, least=-(10**MOST_DIGITS)) is None


def test_a_number_out_of_range_is_none() -> None:
    assert [whole_number(str(n), least=2, most=4) for n in range(1, 6)] == [None, 2, 3, 4, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", (1,)), ("1,2", (1, 2)), (" 1 , 2 ", (1, 2)), ("1 2", (1, 2)), ("1,2,3", None), ("1,x", None), ("", None)],
)
def test_a_list_has_as_many_as_are_asked_for(text: str, expected: tuple[int, ...] | None) -> None:
    assert whole_numbers(text, (1, 2)) == expected
