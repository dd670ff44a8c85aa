"""Sums of very many floats, on every instruction set: no error grows with their number, and the mean of a constant is
that constant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncore
from cnncore import reference
from cnncore.network.layers import Dense, GlobalAveragePooling2D
from cnncore.network.network import Network

on_each = pytest.mark.parametrize("name", cnncore.available_isas())


@on_each
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float32, np.float64])
def test_the_mean_of_a_constant_is_that_constant(name: str, dtype: Any) -> None:
    for value in (255, 0.1, -0.7, 1e30) if np.dtype(dtype).kind == "f" else (127, 255):
        for size, strides in ((1000, 1), (3, 1), (3, 2), (2, 2), (7, 5), (300, 70)):
            x = np.full((1000, 1000) if size > 7 else (40, 41), value, dtype)
            with cnncore.use_isa(name):
                result = cnncore.avg_pool2d(x, size, strides)
            assert (result == result.dtype.type(x[0, 0])).all(), (value, size)
    largest = np.full((9, 9, 3), np.finfo(dtype).max if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max, dtype)
    with cnncore.use_isa(name):
        assert (cnncore.avg_pool2d(largest, 3) == cnncore.avg_pool2d(largest, 3).dtype.type(largest[0, 0, 0])).all()
    assert (reference.avg_pool2d(largest, 3) == cnncore.avg_pool2d(largest, 3)).all()


@on_each
def test_a_blur_of_a_constant_is_that_constant(name: str) -> None:
    image = np.full((705, 720), 200, np.uint8)
    kernel = np.full((701, 701), 1 / 701**2, np.float32)
    with cnncore.use_isa(name):
        assert (cnncore.filter2d(image[:702], kernel) == 200).all()
        mean = cnncore.conv2d(image[:702, :702].astype(np.float32), kernel)
    np.testing.assert_allclose(mean, 200, rtol=1e-5)


@on_each
def test_a_dense_layer_of_a_million_inputs(name: str) -> None:
    rng = np.random.default_rng(1)
    x, kernel = (rng.random(shape, np.float32) for shape in ((2, 1_000_000), (1_000_000, 3)))
    wanted = x.astype(np.float64) @ kernel.astype(np.float64)
    with cnncore.use_isa(name):
        np.testing.assert_allclose(cnncore.dense(x, kernel), wanted, rtol=2e-6)
        layer = Dense(name="d", kernel=kernel, input_shape=(1_000_000,))
        np.testing.assert_allclose(Network([layer], (1_000_000,)).predict(x), wanted, rtol=2e-6)
        depthwise = cnncore.conv2d(np.ones((300, 300, 5), np.float32), np.full((300, 300, 1, 5), 0.1), groups=5)
    np.testing.assert_allclose(depthwise, 9000, rtol=1e-5)


@on_each
def test_a_global_average_of_a_constant_is_that_constant(name: str) -> None:
    maps = np.full((1, 500, 500, 3), 0.1, np.float32)
    network = Network([GlobalAveragePooling2D(name="g", input_shape=(500, 500, 3))], (500, 500, 3))
    with cnncore.use_isa(name):
        assert (network.predict(maps) == np.float32(0.1)).all()


@on_each
def test_threads_change_no_bit_of_a_long_sum(name: str) -> None:
    rng = np.random.default_rng(2)
    image, kernel = (rng.standard_normal(shape).astype(np.float32) for shape in ((160, 170), (31, 33)))
    rows, weights = (rng.standard_normal(shape).astype(np.float32) for shape in ((9, 3000), (3000, 70)))
    before = cnncore.get_num_threads()
    found = []
    try:
        for threads in (1, 2, 5):
            cnncore.set_num_threads(threads)
            with cnncore.use_isa(name):
                found.append((cnncore.conv2d(image, kernel), cnncore.dense(rows, weights)))
    finally:
        cnncore.set_num_threads(before)
    for flat, dense in found[1:]:
        np.testing.assert_array_equal(flat, found[0][0])
        np.testing.assert_array_equal(dense, found[0][1])
