"""The cursor: a pure state, so every rule of the walk is tested without a screen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.walk.cursor import SPEEDS, TERM_BY_TERM, Cursor, PixelCursor


def cursor(rows: int = 3, columns: int = 4, terms: int = 9) -> Cursor:
    made = Cursor()
    made.fit(rows, columns, terms)
    made.jump(0, 0)
    return made


def test_right_runs_through_the_rows_and_wraps() -> None:
    c = cursor()
    seen = []
    for _ in range(13):
        seen.append((c.row, c.column))
        c.move(0, 1)
    assert seen == [(r, k) for r in range(3) for k in range(4)] + [(0, 0)]
    c.move(0, -1)
    c.move(0, -1)
    assert (c.row, c.column) == (2, 3)


def test_up_and_down_stay_in_the_column_and_wrap() -> None:
    c = cursor()
    c.jump(0, 2)
    c.move(-1, 0)
    assert (c.row, c.column) == (2, 2)
    c.move(1, 0)
    assert (c.row, c.column) == (0, 2)


def test_terms_step_forward_into_the_next_cell_and_back_to_the_very_beginning() -> None:
    c = cursor(terms=9)
    c.home()
    assert (c.index, c.term, c.finished) == (0, 0, 0)
    for done in range(1, 10):
        c.step(1)
        assert (c.index, c.term) == (0, done)
    assert c.finished == 1
    c.step(1)
    assert (c.index, c.term, c.finished) == (1, 1, 1)
    c.step(-1)
    assert (c.index, c.term) == (0, 9)
    for _ in range(20):
        c.step(-1)
    assert (c.index, c.term) == (0, 0)


def test_steps_stop_at_the_end() -> None:
    c = cursor()
    c.end()
    c.step(1)
    assert c.at_end
    assert c.finished == 12


@pytest.mark.parametrize(
    "move",
    [
        lambda c: c.move(0, 1),
        lambda c: c.step(1),
        lambda c: c.step(-1),
        lambda c: c.jump(1, 1),
        lambda c: c.home(),
        lambda c: c.end(),
    ],
)
def test_a_manual_move_stops_the_clock(move: object) -> None:
    c = cursor()
    c.toggle()
    assert c.playing
    move(c)  # type: ignore[operator]
    assert not c.playing
    assert not c.tick(100)


def test_changing_the_speed_does_not_stop_the_clock() -> None:
    c = cursor()
    c.toggle()
    c.faster()
    c.slower()
    assert c.playing


def test_speeds_go_from_1_to_1000_and_no_further() -> None:
    c = cursor()
    for _ in range(20):
        c.slower()
    assert c.speed == 1
    seen = [c.speed]
    for _ in range(20):
        c.faster()
        seen.append(c.speed)
    assert tuple(dict.fromkeys(seen)) == SPEEDS
    assert SPEEDS[0] == 1
    assert SPEEDS[-1] == 1000


def test_a_slow_clock_shows_terms_and_a_fast_one_cells() -> None:
    slow = cursor()
    slow.home()
    slow.speed = TERM_BY_TERM
    slow.toggle()
    assert not slow.tick(0.4 / (TERM_BY_TERM * 9))
    assert slow.tick(1.0 / (TERM_BY_TERM * 9))
    assert (slow.index, slow.term) == (0, 1)
    fast = cursor(30, 30)
    fast.home()
    fast.speed = 100
    fast.toggle()
    assert fast.tick(0.05)
    assert fast.finished == 5


def test_playing_stops_at_the_end_and_starts_over_from_there() -> None:
    c = cursor()
    c.speed = 1000
    c.toggle()
    c.tick(10)
    assert c.at_end
    assert not c.playing
    c.toggle()
    assert (c.index, c.term, c.playing) == (0, 0, True)


def test_another_walk_keeps_the_position_if_possible() -> None:
    c = cursor(26, 26)
    c.jump(20, 5)
    c.fit(26, 26, 9)
    assert (c.row, c.column, c.term) == (20, 5, 9)
    c.fit(1, 1, 9)
    assert (c.row, c.column, c.term) == (0, 0, 9)
    c.fit(13, 13, 1)
    assert c.term == 1


@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 10),
    st.lists(
        st.one_of(
            st.tuples(st.just("move"), st.integers(-1, 1), st.integers(-1, 1)),
            st.tuples(st.just("step"), st.sampled_from([-1, 1])),
            st.tuples(st.just("jump"), st.integers(-3, 9), st.integers(-3, 9)),
            st.tuples(st.just("home")),
            st.tuples(st.just("end")),
            st.tuples(st.just("finish_row"), st.sampled_from([-1, 1])),
            st.tuples(st.just("go_term"), st.integers(-1, 12)),
            st.tuples(st.just("toggle")),
            st.tuples(st.just("faster")),
            st.tuples(st.just("slower")),
            st.tuples(st.just("tick"), st.floats(0, 3)),
            st.tuples(st.just("fit"), st.integers(1, 6), st.integers(1, 6), st.integers(1, 10)),
        ),
        max_size=40,
    ),
)
def test_whatever_is_done_the_cursor_stays_inside(
    rows: int, columns: int, terms: int, actions: list[tuple[Any, ...]]
) -> None:
    c = cursor(rows, columns, terms)
    for name, *arguments in actions:
        getattr(c, name)(*arguments)
        assert 0 <= c.row < c.rows
        assert 0 <= c.column < c.columns
        assert 0 <= c.term <= c.terms
        assert 0 <= c.finished <= c.cells
        assert c.term > 0 or c.index == 0


def test_a_row_is_finished_and_then_the_next() -> None:
    c = cursor(3, 4, 9)
    c.jump(1, 1)
    c.finish_row()
    assert (c.row, c.column, c.term) == (1, 3, 9)
    c.finish_row()
    assert (c.row, c.column) == (2, 3)
    c.finish_row()
    assert (c.row, c.column) == (2, 3)
    c.finish_row(-1)
    assert (c.row, c.column) == (2, 0)
    c.finish_row(-1)
    assert (c.row, c.column) == (1, 0)
    c.toggle()
    c.finish_row()
    assert not c.playing


def test_a_half_written_last_cell_is_finished_first() -> None:
    c = cursor(3, 4, 9)
    c.jump(0, 3)
    c.step(-4)
    c.finish_row()
    assert (c.row, c.column, c.term) == (0, 3, 9)


def test_a_chosen_pixel_stays_inside_and_runs_on_through_the_rows() -> None:
    p = PixelCursor(3, 4)
    p.jump(9, -2)
    assert (p.row, p.column) == (2, 0)
    p.move(0, -1)
    assert (p.row, p.column) == (1, 3)
    p.move(1, 0)
    p.move(1, 0)
    assert (p.row, p.column) == (0, 3)
    p.fit(2, 2)
    assert (p.row, p.column) == (0, 1)
