"""Mistakes: each deliberate one is recognised, the simplest is named, and a right value is not a mistake."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import conv2d_steps, filter2d_steps, max_pool2d_steps
from cnncore.lesson.kernels import SHARPEN
from cnncore.lesson.mistakes import find_mistake, mistakes_of

EXAMPLE = np.array([[206, 205, 247], [244, 161, 137], [192, 154, 75]], np.uint8)


@st.composite
def filters(draw: Any) -> tuple[Any, Any, float, int, int]:
    """(pixels, kernel, scale, row, column) of a cell whose window can move by one everywhere."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    size = draw(st.sampled_from([1, 2, 3]))
    pixels = rng.integers(0, 256, (size + 4, size + 5), dtype=np.uint8)
    kernel = rng.integers(-3, 6, (size, size))
    return pixels, kernel, draw(st.sampled_from([1.0, 0.5, 1 / 16])), draw(st.integers(1, 3)), draw(st.integers(1, 4))


def finished(total: float, scale: float) -> tuple[int, int]:
    """(clamped, only rounded), in numpy's own words."""
    rounded = int(np.rint(np.float32(total) * np.float32(scale)))
    return int(np.clip(rounded, 0, 255)), rounded


def on_purpose(window: Any, kernel: Any, pixels: Any, row: int, column: int) -> dict[str, float]:
    """Wrong sums by their kind, made here without the code that is tested."""
    w, k = window.astype(int), kernel.astype(int)
    size = k.shape[0]
    made: dict[str, float] = {"flipped": (w * np.flip(k)).sum(), "all-minus": np.abs(w * k).sum()}
    for index in np.ndindex(k.shape):
        right = w[index] * k[index]
        made[f"minus {index}"] = (w * k).sum() - right + abs(right)
        made[f"added {index}"] = (w * k).sum() - right + w[index] + k[index]
        made[f"forgotten {index}"] = (w * k).sum() - right
    made["sign"] = -(w * k).sum()
    made["all-added"] = (w + k).sum()
    for name, (y, x) in {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}.items():
        moved = pixels[row + y : row + y + size, column + x : column + x + size].astype(int)
        made[name] = (moved * k).sum()
    return made


@settings(max_examples=15)
@given(filters())
def test_every_wrong_sum_is_found(case: tuple[Any, Any, float, int, int]) -> None:
    pixels, kernel, scale, row, column = case
    steps = filter2d_steps(pixels, kernel, scale=scale)
    step = steps[steps.index_of(row, column)]
    size = kernel.shape[0]
    window = pixels[row : row + size, column : column + size]
    for name, total in on_purpose(window, kernel, pixels, row, column).items():
        for typed in finished(total, scale):
            mistake = find_mistake(step, pixels, typed)
            if typed == step.result:
                assert mistake is None
                continue
            assert mistake is not None, name
            assert mistake.value == typed
            # A simpler mistake, which comes first, may lead to the same value.
            kinds: list[str] = [made.kind for made in mistakes_of(step, pixels)]
            if name.split()[0] in kinds:
                assert kinds.index(mistake.kind) <= kinds.index(name.split()[0])


@given(filters())
def test_skipped_stages_of_the_filter_are_found(case: tuple[Any, Any, float, int, int]) -> None:
    pixels, kernel, scale, row, column = case
    steps = filter2d_steps(pixels, kernel, scale=scale)
    step = steps[steps.index_of(row, column)]
    size = kernel.shape[0]
    total = int((pixels[row : row + size, column : column + size].astype(int) * kernel).sum())
    for kind, typed in (
        ("clamp", finished(total, scale)[1]),
        ("scale", finished(total, 1)[0]),
        ("scale+clamp", total),
        ("round", float(np.float32(total) * np.float32(scale))),
    ):
        mistake = find_mistake(step, pixels, typed)
        if typed == step.result:
            assert mistake is None
        else:
            assert mistake is not None and mistake.value == typed, kind
            assert mistake.kind in ("clamp", "scale", "scale+clamp", "round")


@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_a_networks_slips_are_found(seed: int, channels: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = rng.random((6, 7, channels), dtype=np.float32)
    kernel = rng.normal(size=(3, 3, channels, 2)).astype(np.float32)
    bias = rng.normal(size=2).astype(np.float32)
    steps = conv2d_steps(inputs, kernel, bias, activation="relu")
    step = steps[steps.index_of(2, 3, filter=1)]
    w, k, b = inputs[2:5, 3:6].astype(float), kernel[..., 1].astype(float), float(bias[1])
    sums = {
        "bias": (w * k).sum(),
        "relu": (w * k).sum() + b,
        "flipped": (w * k[::-1, ::-1]).sum() + b,
        "minus": (w * k).sum() - (w * k)[1, 2, 0] + abs((w * k)[1, 2, 0]) + b,
        "added": (w * k).sum() - (w * k)[0, 0, 0] + w[0, 0, 0] + k[0, 0, 0] + b,
        "forgotten": (w * k).sum() - (w * k)[2, 1, 0] + b,
        "down": (inputs[3:6, 3:6].astype(float) * k).sum() + b,
    }
    for kind, value in sums.items():
        for typed in (value, max(value, 0.0)):
            mistake = find_mistake(step, inputs, typed, 1e-5)
            if abs(typed - step.result) <= 1e-5:
                assert mistake is None
            else:
                assert mistake is not None, kind
                assert mistake.value == pytest.approx(typed, abs=1e-5)


@given(st.integers(0, 2**32 - 1), st.sampled_from([np.uint8, np.float32]))
def test_poolings_slips_are_found(seed: int, kind: Any) -> None:
    rng = np.random.default_rng(seed)
    inputs = rng.integers(0, 256, (7, 8)).astype(kind)
    steps = max_pool2d_steps(inputs, 2)
    step = steps[steps.index_of(1, 2)]
    window = inputs[2:4, 4:6]
    for typed in (
        window.min(), window.mean(), float(window.astype(int).sum()), *window.flat, inputs[1:3, 4:6].max(),
        inputs[3:5, 4:6].max(), inputs[2:4, 3:5].max(), inputs[2:4, 5:7].max(),
    ):  # fmt: skip
        mistake = find_mistake(step, inputs, float(typed))
        if typed == window.max():
            assert mistake is None
        else:
            assert mistake is not None and mistake.value == typed


def test_the_worked_example_gives_312_by_an_added_factor() -> None:
    (step,) = filter2d_steps(EXAMPLE, SHARPEN.weights)
    mistake = find_mistake(step, EXAMPLE, 312)
    assert mistake is not None and mistake.term is not None
    assert (mistake.kind, mistake.skipped, mistake.term.weight, mistake.term.value) == ("added", "clamp", 0, 247)
    assert find_mistake(step, EXAMPLE, 65) is None


def test_what_no_slip_leads_to_has_no_explanation() -> None:
    (step,) = filter2d_steps(EXAMPLE, SHARPEN.weights)
    reached = {made.value for made in mistakes_of(step, EXAMPLE)} | {step.result}
    near = {value + by for value in reached for by in (-1, 0, 1)}
    for typed in sorted({*near, *range(-2000, 2000, 9)}):
        assert (find_mistake(step, EXAMPLE, typed) is not None) == (typed in reached and typed != step.result)


def test_at_the_edge_a_moved_window_takes_zeros() -> None:
    steps = filter2d_steps(EXAMPLE, np.ones((3, 3), int), padding="same")
    mistake = find_mistake(steps[0], EXAMPLE, int(min(EXAMPLE[0, :2].sum(), 255)))
    assert mistake is None or mistake.value == 255
    made = {m.kind: m.value for m in mistakes_of(filter2d_steps(EXAMPLE, [[1]])[0], EXAMPLE)}
    assert made["up"] == made["left"] == 0
    assert made["right"] == 205 and made["down"] == 244


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_no_trouble(value: float) -> None:
    inputs = np.full((3, 3), value, np.float32)
    (step,) = conv2d_steps(inputs, np.ones((3, 3), np.float32), activation="relu")
    assert find_mistake(step, inputs, 1.0, 1e-3) is None


def test_a_sum_with_its_sign_turned_around_is_named() -> None:
    emboss = [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]  # on the example the sum is -259
    step = filter2d_steps(EXAMPLE, emboss)[0]
    mistake = find_mistake(step, EXAMPLE, 259)
    assert mistake is not None
    assert (mistake.kind, mistake.skipped) == ("sign", "clamp")
