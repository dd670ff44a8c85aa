"""Grey levels to draw with, and pixels as a network takes them."""

from __future__ import annotations

import numpy as np
import pytest

from cnncore import CnnError
from cnncore.display.greys import BLOCK, grey_levels, overview, unit_pixels


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


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32])
def test_a_large_map_is_drawn_block_by_block_as_at_once(dtype: type) -> None:
    values: np.ndarray = (np.random.default_rng(0).normal(size=(3, BLOCK // 2 + 7)) * 1000).astype(dtype)
    at_once = np.abs(values).astype(np.float64) / np.abs(values).astype(np.float64).max() * 255
    # Halves may round to either side in single precision.
    assert np.abs(grey_levels(values) - at_once).max() < 0.501
    assert grey_levels(values[:, ::2]).shape == values[:, ::2].shape
    assert grey_levels(np.full((2, 2), np.finfo(np.float32).max, np.float32)).tolist() == [[255, 255], [255, 255]]


@pytest.mark.parametrize(("shape", "every"), [((6, 8), 2), ((7, 10), 3), ((5, 5), 7), ((1, 9), 4), ((4, 4), 1)])
def test_an_overview_has_the_means(shape: tuple[int, int], every: int) -> None:
    levels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    seen = overview(levels, every)
    for (row, column), value in np.ndenumerate(seen):
        block = levels[row * every : (row + 1) * every, column * every : (column + 1) * every]
        assert value == int(block.mean() + 0.5)
    assert seen.shape == (-(-shape[0] // every), -(-shape[1] // every))


def test_unit_pixels_are_pixels_by_255() -> None:
    units = unit_pixels(np.array([[0, 51, 255]], np.uint8))
    assert units.dtype == np.float32
    assert units.tolist() == [[0.0, np.float32(0.2), 1.0]]
    with pytest.raises(CnnError, match="uint8"):
        unit_pixels(np.zeros((2, 2)))
