"""Grey levels to draw with, and pixels as a network takes them."""

from __future__ import annotations

import numpy as np
import pytest

from cnncore import CnnError
from cnncore.greys import grey_levels, unit_pixels


def test_pixels_are_their_own_levels() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert grey_levels(pixels) is pixels


def test_the_largest_size_is_white_and_zero_black() -> None:
    levels = grey_levels(np.array([[0.0, 0.5], [-1.0, 0.25]], np.float32))
    assert levels.tolist() == [[0, 128], [255, 64]]
    assert levels.dtype == np.uint8
    assert not grey_levels(np.zeros((2, 2), np.float32)).any()
    assert grey_levels(np.zeros((0, 3))).shape == (0, 3)


def test_what_is_not_finite_is_drawn_all_the_same() -> None:
    assert grey_levels(np.array([[np.nan, np.inf, 1.0]]))[0].tolist() == [0, 255, 0]


def test_unit_pixels_are_pixels_by_255() -> None:
    units = unit_pixels(np.array([[0, 51, 255]], np.uint8))
    assert units.dtype == np.float32
    assert units.tolist() == [[0.0, np.float32(0.2), 1.0]]
    with pytest.raises(CnnError, match="uint8"):
        unit_pixels(np.zeros((2, 2)))
