"""The Keras code of a step runs and gives what the app shows."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore import conv2d_steps, filter2d_steps, max_pool2d, max_pool2d_steps, reference
from cnncore._arguments import Padding
from cnncore._files import write_text
from cnncore.errors import CnnError
from cnncore.lesson.keras_code import keras_code
from cnncore.lesson.kernels import BLUR, SHARPEN

RNG = np.random.default_rng(5)
PIXELS = RNG.integers(0, 256, (12, 15), dtype=np.uint8)


def run(code: str, tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "layer.py"
    write_text(code, path)
    return runpy.run_path(str(path))


@pytest.mark.keras
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel", [SHARPEN, BLUR], ids=lambda kernel: kernel.id)
def test_the_filter_in_keras_gives_what_is_shown(kernel: Any, padding: Padding, tmp_path: Path) -> None:
    pytest.importorskip("keras")
    steps = filter2d_steps(PIXELS, kernel.weights, scale=float(kernel.scale), padding=padding)
    done = run(keras_code(steps[0], PIXELS), tmp_path)
    expected = reference.filter2d(PIXELS, kernel.weights, scale=float(kernel.scale), padding=padding)
    assert np.array_equal(done["output"], expected)


@pytest.mark.keras
@pytest.mark.parametrize(
    "options",
    [{}, {"strides": 2, "padding": "same"}, {"dilation_rate": 2}, {"padding": ((2, 0), (1, 1)), "strides": (2, 1)}],
    ids=str,
)
def test_the_networks_layer_in_keras_gives_what_is_shown(options: dict[str, Any], tmp_path: Path) -> None:
    pytest.importorskip("keras")
    kernel, bias = RNG.normal(size=(3, 3)).astype(np.float32), np.array([0.1], np.float32)
    inputs = PIXELS.astype(np.float32) / np.float32(255)
    steps = conv2d_steps(inputs, kernel, bias, activation="relu", **options)
    output = reference.conv2d(inputs, kernel, bias, activation="relu", **options)
    pools = max_pool2d_steps(output, 2)
    done = run(keras_code(steps[0], PIXELS, pools[0]), tmp_path)
    assert done["output"].shape == output.shape
    np.testing.assert_allclose(done["output"], output, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(done["pooled"], max_pool2d(output, 2), rtol=1e-4, atol=1e-5)


@pytest.mark.keras
def test_pixels_may_lie_beside_the_code(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    np.save(tmp_path / "photo.npy", PIXELS)
    steps = filter2d_steps(PIXELS, SHARPEN.weights)
    done = run(keras_code(steps[0], PIXELS, pixels_file="photo.npy"), tmp_path)
    assert np.array_equal(done["output"], reference.filter2d(PIXELS, SHARPEN.weights))


def test_what_keras_has_no_layer_for_is_said() -> None:
    steps = conv2d_steps(PIXELS.astype(np.float32), np.ones((3, 3), np.float32), strides=2, dilation_rate=2)
    with pytest.raises(CnnError, match="not both"):
        keras_code(steps[0], PIXELS)
