"""3x3 convolutions by transforms: exact cases, the size of the error, and `exact`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import cnncore
from cnncore.network import Conv2D, MaxPooling2D, Network

ISAS = cnncore.available_isas()
SHAPES = [(1, 33), (3, 64), (16, 16), (19, 37), (64, 64)]
"""(channels, filters) of F(2, 3) along the rows and of F(4x4, 3x3), whole vectors and not."""


@pytest.fixture(autouse=True)
def as_by_default() -> Iterator[None]:
    yield
    cnncore.set_exact(None)


def float64(x: Any, kernel: Any, **options: Any) -> Any:
    return cnncore.conv2d(x.astype(np.float64), kernel.astype(np.float64), **options)


def random(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def whole(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(np.float32)


def allowed(x: Any, kernel: Any) -> Any:
    """The error that the docstring of `conv2d` allows each output: a millionth of the filter's norm times that of the
    largest window within three pixels, at most sixteen times its own."""
    windows = np.sqrt(float64(x * x, np.ones((3, 3, x.shape[-1], 1), np.float32)))
    near = cnncore.max_pool2d(windows, 7, 1, "same")
    return 1e-6 * np.minimum(near, 16 * windows) * np.sqrt((kernel * kernel).sum((0, 1, 2)))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("channels", "filters"), SHAPES)
def test_whole_numbers_stay_exact(isa: str, channels: int, filters: int) -> None:
    x, kernel = whole(0, 3, 22, 23, channels), whole(1, 3, 3, channels, filters)
    bias = whole(2, filters)
    mixed = random(3, *kernel.shape)
    mixed[..., filters // 2] = kernel[..., filters // 2] / 4
    layer = Conv2D(name="c", input_shape=x.shape[1:], kernel=kernel, bias=bias)
    network = Network([layer, MaxPooling2D(name="p", input_shape=layer.output_shape)], x.shape[1:])
    with cnncore.use_isa(isa):
        np.testing.assert_array_equal(cnncore.conv2d(x, kernel, bias), float64(x, kernel) + bias)
        np.testing.assert_array_equal(network.predict(x), cnncore.max_pool2d(float64(x, kernel) + bias))
        output = cnncore.conv2d(x, mixed, padding="same")[..., filters // 2]
    np.testing.assert_array_equal(output, float64(x, mixed, padding="same")[..., filters // 2])


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("channels", "filters"), SHAPES)
@pytest.mark.parametrize("scale", [1e-30, 1e-20, 1, 1e15])
def test_errors_are_within_what_is_documented(isa: str, channels: int, filters: int, scale: float) -> None:
    x, kernel = random(0, 3, 22, 23, channels) * np.float32(scale), random(1, 3, 3, channels, filters)
    if channels >= 16:
        x = np.maximum(x, 0)
    with cnncore.use_isa(isa):
        output = cnncore.conv2d(x, kernel)
    error = np.abs(output - float64(x, kernel))
    assert (error <= allowed(x.astype(np.float64), kernel) + 1e-44).all()


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("large", [30, 100, 1e3, 1e5, 1e12, 1e20, 1e38, -np.inf, np.nan])
@pytest.mark.parametrize(("channels", "filters"), SHAPES)
def test_a_pixel_touches_only_the_outputs_whose_window_holds_it(
    isa: str, large: float, channels: int, filters: int
) -> None:
    x, kernel = random(0, 1, 22, 23, channels), random(1, 3, 3, channels, filters)
    want = float64(x, kernel)
    limit = 16 * allowed(x, kernel)  # as large as a window near by may be
    for y, column in ((0, 0), (7, 9), (10, 11), (21, 22)):
        spoilt = x.copy()
        spoilt[0, y, column, channels - 1] = large
        with cnncore.use_isa(isa), np.errstate(all="ignore"):
            error = np.abs(cnncore.conv2d(spoilt, kernel) - want)
        error[:, max(0, y - 2) : y + 1, max(0, column - 2) : column + 1] = 0
        assert (error <= limit).all()


@pytest.mark.parametrize("isa", ISAS)
def test_where_there_is_nothing_the_bias_is_exact(isa: str) -> None:
    x, kernel, bias = random(0, 2, 30, 30, 16), random(1, 3, 3, 16, 20), random(2, 20)
    x[:, :, 13:] = 0
    with cnncore.use_isa(isa):
        output = cnncore.conv2d(x, kernel, bias)
    np.testing.assert_array_equal(output[:, :, 13:], np.broadcast_to(bias, output[:, :, 13:].shape))


def test_tiles_of_a_wide_range_do_not_depend_on_threads_or_on_pooling_behind_them() -> None:
    x, kernel = random(0, 5, 29, 31, 24), random(1, 3, 3, 24, 40)
    x[np.random.default_rng(2).random(x.shape) < 1e-3] *= 1e6
    x[1, 8:20] = 0
    layer = Conv2D(name="c", input_shape=x.shape[1:], kernel=kernel, activation="relu")
    network = Network([layer, MaxPooling2D(name="p", input_shape=layer.output_shape)], x.shape[1:])
    before = cnncore.get_num_threads()
    try:
        output = []
        for threads in (1, 2, 3):
            cnncore.set_num_threads(threads)
            maps = cnncore.conv2d(x, kernel, activation="relu")
            np.testing.assert_array_equal(network.predict(x), cnncore.max_pool2d(maps))
            output.append(maps.tobytes())
    finally:
        cnncore.set_num_threads(before)
    assert len(set(output)) == 1


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("channels", "filters"), SHAPES)
def test_exact_sums_are_direct(isa: str, channels: int, filters: int) -> None:
    """One output's sum knows only of its own products: a change of other pixels leaves its bits."""
    x, kernel = random(0, 2, 22, 23, channels), random(1, 3, 3, channels, filters)
    other = x * np.float32(3)
    other[:, 8:11, 9:12] = x[:, 8:11, 9:12]
    with cnncore.use_isa(isa):
        output, again = (cnncore.conv2d(values, kernel, exact=True) for values in (x, other))
        cnncore.set_exact(True)
        assert cnncore.get_exact()
        np.testing.assert_array_equal(cnncore.conv2d(x, kernel), output)
        layer = Conv2D(name="c", input_shape=x.shape[1:], kernel=kernel)
        np.testing.assert_array_equal(layer.forward(x), output)
        network = Network([layer], x.shape[1:])
        exact = network.predict(x)
        cnncore.set_exact(False)
        inexact = network.predict(x)
        np.testing.assert_array_equal(cnncore.conv2d(x, kernel, exact=False), cnncore.conv2d(x, kernel))
    np.testing.assert_array_equal(output[:, 8, 9], again[:, 8, 9])
    want = float64(x, kernel)
    if channels >= 16:
        assert np.abs(output - want).mean() < 0.5 * np.abs(want).max() * 1e-6
    if channels >= 16 and isa != "ref":  # the network followed both times
        assert np.abs(exact - want).mean() < np.abs(inexact - want).mean()


def test_the_environment_sets_it_and_none_puts_that_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNCORE_EXACT", "1")
    cnncore.set_exact(None)
    assert cnncore.get_exact()
    cnncore.set_exact(False)
    assert not cnncore.get_exact()
    cnncore.set_exact(None)
    assert cnncore.get_exact()
    monkeypatch.setenv("CNNCORE_EXACT", "yes")
    cnncore.set_exact(None)
    with pytest.raises(cnncore.CnnError, match="CNNCORE_EXACT is 'yes'; it must be 0 or 1"):
        cnncore.conv2d(random(0, 4, 4, 2), random(1, 3, 3, 2, 2))


def test_a_process_begins_with_what_the_environment_says() -> None:
    code = "import cnncore; print(cnncore.get_exact())"
    for value, want in (("1", "True"), ("0", "False"), ("", "False")):
        done = subprocess.run(
            [sys.executable, "-c", code], env={"CNNCORE_EXACT": value}, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == want


@pytest.mark.parametrize("exact", [1, 0, "yes", [True]])
def test_exact_is_yes_or_no(exact: Any) -> None:
    with pytest.raises(cnncore.CnnError, match="exact must be True or False, got"):
        cnncore.conv2d([[1.0]], [[1.0]], exact=exact)
    with pytest.raises(cnncore.CnnError, match="exact must be True or False, got"):
        cnncore.set_exact(exact)
