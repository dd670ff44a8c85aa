"""How many sums a filter clamps, against counting them one by one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from cnncore.filtering import count_clamped


def by_hand(image: Any, kernel: Any, scale: Fraction) -> tuple[int, int]:
    below = above = 0
    rows, columns = len(kernel), len(kernel[0])
    for r in range(image.shape[0] - rows + 1):
        for c in range(image.shape[1] - columns + 1):
            total = sum(int(kernel[i][j]) * int(image[r + i, c + j]) for i in range(rows) for j in range(columns))
            rounded = round(total * scale)
            below += rounded < 0
            above += rounded > 255
    return below, above


@pytest.mark.parametrize("scale", [Fraction(1), Fraction(1, 4)])
def test_it_is_what_counting_gives(scale: Fraction) -> None:
    image = np.random.default_rng(1).integers(0, 256, (9, 7), dtype=np.uint8)
    kernel = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    expected = by_hand(image, kernel, scale)
    assert expected[0] > 0
    assert count_clamped(image, np.array(kernel), scale=float(scale)) == expected


def test_every_channel_counts() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[..., 1] = 200
    assert count_clamped(image, np.array([[2]])) == (0, 16)
    assert count_clamped(image, np.array([[-1]])) == (16, 0)


def test_the_lesson_clamps_nothing() -> None:
    image = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)
    assert count_clamped(image, np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])) == (0, 0)
