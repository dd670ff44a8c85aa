"""The number of clamped sums, against counting them one by one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from cnncore import CnnError, filter2d, filter2d_steps, reference
from cnncore._arguments import Padding
from cnncore.lesson.filtering import count_clamped, filter_image, filter_sums, outside
from cnncore.lesson.kernels import KERNELS


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


KERNEL = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
OPTIONS = [
    {},
    {"strides": 2},
    {"strides": (3, 1), "padding": "same"},
    {"dilation_rate": (1, 2)},
    {"dilation_rate": 3, "padding": "same"},
    {"padding": 2, "strides": (2, 3)},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("scale", [1, 1 / 16, 0.3])
@pytest.mark.parametrize("weights", [KERNEL, [[0.1, 0.25, -0.3], [0.7, 0.1, 0.1]], [[2]]])
def test_the_whole_output_is_what_the_steps_make(options: dict[str, Any], scale: float, weights: Any) -> None:
    image = np.random.default_rng(2).integers(0, 256, (13, 11), dtype=np.uint8)
    steps = filter2d_steps(image, weights, scale=scale, **options)
    output = filter_image(image, weights, scale=scale, **options)
    assert output.dtype == np.uint8
    assert output.shape == (steps.rows, steps.columns)
    assert [step.result for step in steps] == output.flatten().tolist()
    clipped = [step.clipped for step in steps]
    assert count_clamped(image, weights, scale=scale, **options) == (clipped.count("low"), clipped.count("high"))
    sums = filter_sums(image, weights, scale=scale, **options)
    assert [step.rounded for step in steps] == sums.flatten().tolist()
    assert outside(sums) == (clipped.count("low"), clipped.count("high"))


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.id)
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_with_steps_of_one_it_is_filter2d(kernel: Any, padding: Padding) -> None:
    image = np.random.default_rng(3).integers(0, 256, (17, 9, 3), dtype=np.uint8)
    scale = float(kernel.scale)
    filtered = filter_image(image, kernel.weights, scale=scale, padding=padding)
    assert np.array_equal(filtered, filter2d(image, kernel.weights, scale=scale, padding=padding))


def test_a_float_kernel_is_summed_as_the_plain_twin_does() -> None:
    image = np.random.default_rng(4).integers(0, 256, (60, 60), dtype=np.uint8)
    tenths = np.full((3, 3), 0.1)
    filtered = filter_image(image, tenths)
    assert np.array_equal(filtered, reference.filter2d(image, tenths))
    assert [step.result for step in filter2d_steps(image, tenths)] == filtered.flatten().tolist()


@pytest.mark.parametrize("values", [1, 7, 40])
@pytest.mark.parametrize("options", [*OPTIONS, {"padding": 6}, {"padding": ((9, 0), (0, 2)), "strides": 4}])
def test_row_strips_change_nothing(values: int, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    image = np.random.default_rng(8).integers(0, 256, (13, 11, 2), dtype=np.uint8)
    whole = [filter_sums(image, KERNEL, **options), filter_image(image, KERNEL, **options)]
    counts = count_clamped(image, KERNEL, **options)
    monkeypatch.setattr("cnncore.lesson.filtering.STRIP_VALUES", values)
    assert np.array_equal(whole[0], filter_sums(image, KERNEL, **options))
    assert np.array_equal(whole[1], filter_image(image, KERNEL, **options))
    assert count_clamped(image, KERNEL, **options) == counts == outside(whole[0])


def test_strides_apply_to_every_channel_alone() -> None:
    image = np.random.default_rng(6).integers(0, 256, (9, 8, 3), dtype=np.uint8)
    filtered = filter_image(image, KERNEL, strides=2)
    for channel in range(3):
        assert np.array_equal(filtered[..., channel], filter_image(image[..., channel], KERNEL, strides=2))


def test_wrong_strides_are_named() -> None:
    with pytest.raises(CnnError, match="strides must be at least 1, got 0"):
        filter_image(np.zeros((5, 5), np.uint8), KERNEL, strides=0)
