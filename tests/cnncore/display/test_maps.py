"""Sizes, levels and small versions of maps, against the same in plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from cnncore.display.maps import (
    dead_maps,
    largest_of_all,
    largest_size,
    shrink,
    signed_digits,
    signed_levels,
    strongest,
)
from cnncore.errors import CnnError


@pytest.mark.parametrize("every", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("shape", [(7, 9), (6, 6, 3), (1, 4), (5, 1, 2)])
def test_a_block_becomes_its_value_of_the_largest_size(shape: tuple[int, ...], every: int) -> None:
    values = np.random.default_rng(3).normal(size=shape).astype(np.float32)
    small = shrink(values, every)
    maps = values.reshape(*shape[:2], -1)
    found = small.reshape(*small.shape[:2], -1)
    assert found.shape[:2] == (-(-shape[0] // every), -(-shape[1] // every))
    for r in range(found.shape[0]):
        for c in range(found.shape[1]):
            for k in range(maps.shape[2]):
                block = maps[r * every : (r + 1) * every, c * every : (c + 1) * every, k].ravel()
                assert found[r, c, k] == block[np.argmax(np.abs(block))]


def test_pixels_shrink_to_their_lightest() -> None:
    pixels = np.array([[0, 200, 3], [255, 1, 4], [5, 6, 7]], np.uint8)
    assert shrink(pixels, 2).tolist() == [[255, 4], [6, 7]]
    with pytest.raises(CnnError):
        shrink(pixels, 0)


def test_levels_keep_signs_and_stop_at_the_scale() -> None:
    values = np.array([0, 1, -1, 0.5, 4, -4, np.nan, np.inf], np.float32)
    assert signed_levels(values, 2.0).tolist() == [0, 128, -128, 64, 255, -255, 0, 255]
    assert not signed_levels(values, 0.0).any()
    assert signed_digits(values, 2.0).tolist() == [0, 4, -4, 2, 9, -9, 0, 9]
    assert not signed_digits(values, 0.0).any()


def test_sizes_leave_out_what_is_not_finite() -> None:
    assert largest_size(np.array([1, -3, 2], np.float32)) == 3
    assert largest_size(np.array([1, -3, np.inf, np.nan], np.float32)) == 3
    assert largest_size(np.zeros((0, 2), np.float32)) == 0
    assert largest_of_all([np.ones(2, np.float32), np.full(3, -5, np.float32)]) == 5
    assert largest_of_all([]) == 0


def test_dead_maps_are_those_that_are_zero_everywhere() -> None:
    maps = np.zeros((3, 4, 3), np.float32)
    maps[2, 3, 1] = 1e-30
    maps[0, 0, 2] = np.nan
    assert dead_maps(maps).tolist() == [True, False, False]
    assert dead_maps(np.array([0, 2], np.float32)).tolist() == [True, False]


def test_the_strongest_is_the_first_of_the_largest() -> None:
    assert strongest(np.array([[1, 5], [5, -9]], np.float32)) == (0, 1)
    assert strongest(np.array([np.nan, -2, -1], np.float32)) == (2,)
