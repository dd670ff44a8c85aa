"""Texts cut to a width, counted in terminal cells."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.network.fitting import cut_middle


@pytest.mark.parametrize("text", ["무작위 초기 가중치", "random initial weights", "a/long/path/to/훈련.keras"])
def test_a_name_without_its_middle_fits_and_repeats_nothing(text: str) -> None:
    for width in range(6, cell_len(text)):
        cut = cut_middle(text, width)
        assert cell_len(cut) <= width
        head, _dots, tail = cut.partition("..")
        assert head and tail
        assert text.startswith(head) and text.endswith(tail)
        assert len(head) + len(tail) < len(text)


def test_a_name_that_fits_is_whole() -> None:
    assert cut_middle("무작위 초기 가중치", 18) == "무작위 초기 가중치"
