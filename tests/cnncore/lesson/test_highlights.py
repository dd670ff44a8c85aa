"""Highlights, against a search of every step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncore import conv2d, conv2d_steps, filter2d_steps, max_pool2d, max_pool2d_steps
from cnncore.lesson.filtering import filter_image, filter_sums
from cnncore.lesson.highlights import Highlight, conv_highlights, pool_highlights
from cnncore.lesson.kernels import LAPLACIAN, SHARPEN

IMAGE = np.random.default_rng(5).integers(0, 256, (11, 9), dtype=np.uint8)


@pytest.mark.parametrize("options", [{}, {"strides": 2}, {"padding": "same"}, {"dilation_rate": (2, 1)}])
def test_a_filters_places(options: dict[str, Any]) -> None:
    steps = filter2d_steps(IMAGE, SHARPEN.weights, **options)
    sums = filter_sums(IMAGE, SHARPEN.weights, **options)
    output = filter_image(IMAGE, SHARPEN.weights, **options)
    places = {place.kind: place for place in conv_highlights(steps.geometry, IMAGE, sums, output, clamped=True)}
    low = next(step for step in steps if step.clipped == "low")
    high = next(step for step in steps if step.clipped == "high")
    best = max(steps, key=lambda step: step.result)  # max takes the first of equals
    assert places["negative"] == Highlight("negative", low.row, low.column, low.total)
    assert places["high"] == Highlight("high", high.row, high.column, high.total)
    assert places["largest"] == Highlight("largest", best.row, best.column, best.result)


def test_the_strongest_edge_is_where_the_picture_changes_most() -> None:
    image = np.zeros((9, 9), np.uint8)
    image[:, 5:] = 100
    image[6, 5] = 255
    steps = filter2d_steps(image, LAPLACIAN.weights)
    sums = filter_sums(image, LAPLACIAN.weights)
    places = conv_highlights(steps.geometry, image, sums, filter_image(image, LAPLACIAN.weights), clamped=True)
    edge = next(place for place in places if place.kind == "edge")
    # The middle of the window, one further down and right than its cell, is the pixel left of the bright one.
    assert (edge.row + 1, edge.column + 1) == (6, 4)
    across = 2 * 255 + 2 * 100
    assert edge.value == pytest.approx(across)


def test_what_is_not_there_is_left_out() -> None:
    flat = np.full((5, 5), 7, np.uint8)
    steps = filter2d_steps(flat, SHARPEN.weights)
    kinds = [
        p.kind
        for p in conv_highlights(
            steps.geometry, flat, filter_sums(flat, SHARPEN.weights), filter_image(flat, SHARPEN.weights), clamped=True
        )
    ]
    assert kinds == ["largest"]


def test_a_networks_places_have_no_clamp() -> None:
    x = IMAGE.astype(np.float32) / 255
    w = np.array([[1, -2], [0.5, 0.25]], np.float32)
    steps = conv2d_steps(x, w, np.array([0.1], np.float32), activation="relu")
    sums = conv2d(x, w, np.array([0.1], np.float32))
    places = conv_highlights(steps.geometry, x, sums, np.maximum(sums, 0), clamped=False)
    assert [place.kind for place in places] == ["negative", "largest", "edge"]
    first = next(step for step in steps if step.pre_activation < 0)
    assert (places[0].row, places[0].column) == (first.row, first.column)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_a_pools_places(dtype: str) -> None:
    x = IMAGE.astype(dtype)
    steps = max_pool2d_steps(x, 2)
    largest, widest = pool_highlights(steps, x, max_pool2d(x, 2))
    best = max(steps, key=lambda step: step.result)
    wide = max(steps, key=lambda step: float(step.window.max()) - float(step.window.min()))
    assert (largest.row, largest.column, largest.value) == (best.row, best.column, best.result)
    assert (widest.row, widest.column) == (wide.row, wide.column)
    assert widest.value == float(wide.window.max()) - float(wide.window.min())
