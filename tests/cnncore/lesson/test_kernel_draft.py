"""A kernel being edited: exact weights, and every intermediate state is valid."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cnncore import CnnError
from cnncore.lesson.kernel_draft import LARGEST, Draft, written
from cnncore.lesson.kernels import BLUR, KERNELS, ROBERTS, SHARPEN, Kernel


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.id)
def test_a_draft_of_a_kernel_is_that_kernel(kernel: Kernel) -> None:
    draft = Draft.of(kernel)
    assert (draft.kernel().weights, draft.kernel().scale) == (kernel.weights, kernel.scale)
    assert draft.kernel().id == "custom"


def test_ten_nudges_of_a_tenth_make_one() -> None:
    draft = Draft.of(SHARPEN)
    for _ in range(10):
        draft = draft.nudged(0, 0, Fraction(1, 10))
    assert draft.kernel().weights == ((1, -1, 0), (-1, 5, -1), (0, -1, 0))
    assert all(type(weight) is int for row in draft.kernel().weights for weight in row)
    half = draft.nudged(0, 0, Fraction(-1, 2))
    assert half.kernel().weights[0] == (0.5, -1.0, 0.0)
    assert not half.whole
    assert half.typed(0, 0) == "0.5"


def test_nudges_stop_at_the_largest_weight() -> None:
    draft = Draft.of(SHARPEN).with_weight(1, 1, "999").nudged(1, 1, Fraction(1))
    assert draft.weights[1][1] == 999
    assert draft.scale_nudged(Fraction(5000)).scale == 999


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_growing_and_shrinking_back_loses_nothing(size: int) -> None:
    start = Draft.of(ROBERTS).resized(size, size)
    for larger in range(size, LARGEST + 1):
        grown = start.resized(larger, larger)
        assert (grown.rows, grown.columns) == (larger, larger)
        assert grown.total == start.total
        assert grown.resized(size, size) == start


def test_one_more_row_and_column_lie_around_the_middle() -> None:
    grown = Draft.of(ROBERTS).resized(4, 3)
    assert grown.kernel().weights == ((0, 0, 0), (0, 1, 0), (0, 0, -1), (0, 0, 0))
    assert Draft.of(SHARPEN).resized(4, 4).resized(5, 5) == Draft.of(SHARPEN).resized(5, 5)
    assert Draft.of(SHARPEN).resized(5, 5).kernel().weights[1] == (0, 0, -1, 0, 0)
    assert Draft.of(SHARPEN).resized(1, 1).kernel().weights == ((5,),)


@pytest.mark.parametrize(("rows", "columns", "name"), [(0, 3, "rows"), (12, 3, "rows"), (3, 0, "columns")])
def test_a_size_beyond_the_limits_is_refused(rows: int, columns: int, name: str) -> None:
    with pytest.raises(CnnError, match=f"a kernel has 1 to 11 {name}"):
        Draft.of(SHARPEN).resized(rows, columns)


def test_what_is_typed_is_checked_and_named() -> None:
    draft = Draft.of(SHARPEN)
    assert draft.with_weight(2, 1, "-1/4").weights[2][1] == Fraction(-1, 4)
    with pytest.raises(CnnError, match=r"weight \[2, 1\] is 'x'"):
        draft.with_weight(2, 1, "x")
    with pytest.raises(CnnError, match="the scale is ''"):
        draft.with_scale("")
    assert draft.with_scale("1/9").scale == Fraction(1, 9)


def test_a_balanced_scale_keeps_the_brightness() -> None:
    assert Draft.of(BLUR).with_scale("3").balanced().scale == Fraction(1, 16)
    assert Draft.from_rows(((1, -1),)).balanced().scale == 1


def test_numbers_are_written_as_one_types_them() -> None:
    assert [written(Fraction(text)) for text in ("2", "-0.5", "1/3", "0.0625", "-7/9")] == [
        "2", "-0.5", "1/3", "0.0625", "-7/9",
    ]  # fmt: skip
    assert Draft.from_rows(((0.1, 0.30000001192092896),)).weights == ((Fraction(1, 10), Fraction("0.300000012")),)
