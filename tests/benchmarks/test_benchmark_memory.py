"""What is said of an app's memory over time."""

from __future__ import annotations

import pytest

from benchmarks.playing import growth, level_from, slope

MINUTES = 40


def rising(until: float, by: float) -> list[tuple[float, float]]:
    """Seconds and megabytes, every five seconds: up by `by` a minute until that minute, then as it is."""
    return [(at, 60 + by * min(at / 60, until)) for at in range(0, MINUTES * 60, 5)]


def test_it_is_level_from_where_it_stops_to_rise() -> None:
    assert level_from(rising(20, by=0.5)) == pytest.approx(18 * 60)  # the last megabyte of the rise is within it
    assert level_from(rising(MINUTES, by=0.5)) == pytest.approx((MINUTES - 2) * 60, abs=5)
    assert level_from(rising(0, by=1)) == 0


def test_a_fall_is_no_level_either() -> None:
    assert level_from([(0, 60), (60, 64), (120, 62), (180, 62)]) == 120


def test_what_each_ten_minutes_added() -> None:
    first, second, third = growth(rising(20, by=0.5))
    assert first == pytest.approx(4.5)  # of the first minute nothing is counted: the app starts
    assert second == pytest.approx(5, abs=0.3)  # its last minute's median lies half a minute before its end
    assert third == pytest.approx(0.25, abs=0.05)


def test_looks_may_be_further_apart_than_a_minute() -> None:
    assert growth([(at * 60.0, 60.0 + at) for at in range(0, 30, 4)], minutes=10) == [12, 8]  # 0, 12 and 20


def test_a_short_run_has_no_ten_minutes() -> None:
    assert growth([(0.0, 60.0), (30.0, 61.0)]) == []


def test_slope_is_by_the_hour() -> None:
    assert slope(rising(MINUTES, by=0.5)) == pytest.approx(30)
