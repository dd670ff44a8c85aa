"""Preset and custom kernels."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from cnncore import CnnError, filter2d, filter2d_steps, reference
from cnncore.lesson.kernels import (
    BLUR,
    CUSTOM,
    IDENTITY,
    KERNELS,
    OUTLINE,
    SHARPEN,
    Kernel,
    custom_kernel,
    kernel_by_id,
)
from cnncore.lesson.mistakes import added_instead, largest_zero_slip

LESSON = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)


def test_those_of_the_image_kernel_page_come_first_and_ones_own_last() -> None:
    assert [kernel.id for kernel in KERNELS[:9]] == [
        "identity", "sharpen", "blur", "outline", "emboss",
        "bottom-sobel", "left-sobel", "right-sobel", "top-sobel",
    ]  # fmt: skip
    assert KERNELS[-1] is CUSTOM
    assert len({kernel.id for kernel in KERNELS}) == len(KERNELS)
    assert kernel_by_id("emboss").weights == ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))
    assert (BLUR.weights, BLUR.scale) == (((1, 2, 1), (2, 4, 2), (1, 2, 1)), Fraction(1, 16))
    with pytest.raises(CnnError, match=r"'blurr'.*identity, sharpen"):
        kernel_by_id("blurr")


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.id)
def test_filter2d_accepts_every_preset_and_agrees_with_the_plain_twin(kernel: Kernel) -> None:
    image = np.random.default_rng(0).integers(0, 256, (31, 17), dtype=np.uint8)
    scale = float(kernel.scale)
    expected = reference.filter2d(image, kernel.weights, scale=scale)
    assert np.array_equal(filter2d(image, kernel.weights, scale=scale), expected)
    steps = filter2d_steps(image, kernel.weights, scale=scale)
    assert [step.result for step in steps] == expected.flatten().tolist()


def test_what_the_presets_do() -> None:
    image = np.random.default_rng(0).integers(0, 256, (9, 9), dtype=np.uint8)
    assert np.array_equal(filter2d(image, IDENTITY.weights), image[1:-1, 1:-1])
    for name in ("box-blur", "gaussian", "unsharp", "motion"):
        kernel = kernel_by_id(name)
        assert (filter2d(np.full((7, 7), 77, np.uint8), kernel.weights, scale=float(kernel.scale)) == 77).all(), name
    for name in ("laplacian", "log", "prewitt", "scharr", "roberts", "negative"):
        assert (filter2d(np.full((7, 7), 77, np.uint8), kernel_by_id(name).weights) == 0).all(), name
    blurred, doubled = kernel_by_id("gaussian").weights, kernel_by_id("unsharp").weights
    assert [[b + d for b, d in zip(*rows, strict=True)] for rows in zip(blurred, doubled, strict=True)] == [
        [512 if r == c == 2 else 0 for c in range(5)] for r in range(5)
    ], "twice the picture minus the blur"
    flat = np.full((5, 5), 77, np.uint8)
    assert (filter2d(flat, BLUR.weights, scale=float(BLUR.scale)) == 77).all()
    assert (filter2d(flat, SHARPEN.weights) == 77).all()
    assert (filter2d(flat, OUTLINE.weights) == 0).all()
    down = np.repeat(np.arange(0, 90, 10, dtype=np.uint8)[:, None], 9, axis=1)
    assert (filter2d(down, kernel_by_id("bottom-sobel").weights) == 80).all()
    assert (filter2d(down, kernel_by_id("top-sobel").weights) == 0).all()
    assert (filter2d(down.T, kernel_by_id("right-sobel").weights) == 80).all()
    assert (filter2d(down.T, kernel_by_id("left-sobel").weights) == 0).all()


def test_the_lesson_is_65_and_the_slip_312() -> None:
    step = filter2d_steps(LESSON, SHARPEN.weights)[0]
    assert filter2d(LESSON, SHARPEN.weights).item() == step.result == 65
    slip = largest_zero_slip(step)
    assert slip is not None
    assert (slip.term.weight, slip.term.value, slip.term.product) == (0, 247, 0)
    assert (slip.written, slip.total, slip.right) == (247, 312, 65)
    assert added_instead(step, 4).total == 65 - 805 + 166
    assert largest_zero_slip(filter2d_steps(LESSON, BLUR.weights)[0]) is None


def test_a_custom_kernel_keeps_whole_weights_whole() -> None:
    kernel = custom_kernel([["1", "-2", "+3"], ["0", " 5 ", "6/2"], ["7", "8.0", "9"]], "1/16")
    assert kernel.id == CUSTOM.id
    assert kernel.weights == ((1, -2, 3), (0, 5, 3), (7, 8, 9))
    assert all(type(weight) is int for row in kernel.weights for weight in row)
    assert kernel.scale == Fraction(1, 16)
    halves = custom_kernel([["0.5", "-0,25", "1"]], "2")
    assert halves.weights == ((0.5, -0.25, 1.0),)
    assert all(type(weight) is float for weight in halves.weights[0])


@pytest.mark.parametrize(
    "text", ["", "x", "1e9", "1/0", "1/00", "nan", "inf", "--1", "1_0", "٣", "1" * 40, "0x1", "1 2"]
)
def test_what_is_no_number_is_named_with_its_place(text: str) -> None:
    with pytest.raises(CnnError, match=r"weight \[1, 0\]"):
        custom_kernel([["1"], [text]], "1")
    with pytest.raises(CnnError, match="the scale is"):
        custom_kernel([["1"]], text)


def test_too_large_is_refused() -> None:
    with pytest.raises(CnnError, match="-999 to 999"):
        custom_kernel([["1000"]], "1")
