"""For test_work_space.py: runs each case and prints, as JSON by its name, the bytes that it took at its peak beside
what there was before, the bytes of its arrays, and the seconds."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import cnncore
from cnncore import reference
from cnncore.lesson.filtering import count_clamped, filter_image
from cnncore.network.layers import AveragePooling2D, Conv2D, DepthwiseConv2D, MaxPooling2D
from cnncore.network.network import Network

FAR = 20_000
"""Pixels between taps, outputs or the image's edges: a span of so many squared is 400 million values."""
MOST = 3 << 30
Array = np.ndarray[Any, Any]
Case = tuple[str, tuple[Array, ...], Callable[[], Any]]


def status(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def ones(*shape: int, dtype: Any = np.float32) -> Array:
    return np.ones(shape, dtype)


def convolutions() -> Iterator[Case]:
    """Every path of the core: one map, depthwise, few channels, many, in groups, of integers, of float64."""
    kinds: dict[str, tuple[Array, Array, int]] = {
        "flat": (ones(10, 10, 1), ones(3, 3, 1, 1), 1),
        "depthwise": (ones(10, 10, 24), ones(3, 3, 1, 24), 24),
        "few": (ones(10, 10, 3), ones(3, 3, 3, 20), 1),
        "many": (ones(10, 10, 24), ones(3, 3, 24, 40), 1),
        "grouped": (ones(10, 10, 24), ones(3, 3, 6, 40), 4),
        "float64": (ones(10, 10, 3, dtype=np.float64), ones(3, 3, 3, 5, dtype=np.float64), 1),
        "uint8": (ones(10, 10, 3, dtype=np.uint8), ones(3, 3, 3, 5, dtype=np.int32), 1),
        "uint8, one map": (ones(10, 10, 1, dtype=np.uint8), ones(3, 3, 1, 1, dtype=np.int32), 1),
        "int16, float kernel": (ones(10, 10, 3, dtype=np.int16), ones(3, 3, 3, 5), 1),
    }
    ways: dict[str, dict[str, Any]] = {
        "dilated": {"padding": "same", "dilation_rate": FAR},
        "padded": {"padding": FAR, "strides": FAR},
        "dilated rows": {"padding": "same", "dilation_rate": (FAR * FAR, 1)},
        "dilated columns": {"padding": "same", "dilation_rate": (1, FAR * FAR)},
        "rows of padding": {"padding": ((FAR * FAR, 0), (0, FAR)), "strides": (FAR * FAR // 3, FAR // 7)},
    }
    for kind, (x, k, groups) in kinds.items():
        for way, options in ways.items():
            for module in (cnncore, reference):
                yield (
                    f"{module.__name__}.conv2d, {kind}, {way}",
                    (x, k),
                    lambda m=module, x=x, k=k, g=groups, o=options: m.conv2d(x, k, groups=g, **o),
                )
            if x.dtype.kind != "f":
                continue
            slopes = np.ones_like(cnncore.conv2d(x, k, groups=groups, **options))
            yield (
                f"conv2d_backward, {kind}, {way}",
                (x, k, slopes, x, k),
                lambda x=x, k=k, s=slopes, g=groups, o=options: cnncore.conv2d_backward(x, k, s, groups=g, **o),
            )
    wide, tall = ones(1, 300_000), ones(2001, 1)
    yield "tall kernel, wide image", (wide, tall), lambda: cnncore.conv2d(wide, tall, padding="same")
    strided = ones(2001, 2001, dtype=np.uint8)
    whole = ones(3, 3, dtype=np.int32)
    yield "uint8, strides", (strided, whole), lambda: cnncore.conv2d(strided, whole, strides=999)
    big = ones(300, 300, dtype=np.uint8)
    taps = ones(301, 301)
    yield "large kernel", (big, taps), lambda: cnncore.conv2d(big[:40, :40], taps, padding="same")
    dense = ones(2, 1_000_000), ones(1_000_000, 1)
    yield "dense", dense, lambda: cnncore.dense(*dense)


def others() -> Iterator[Case]:
    image, kernel = ones(10, 10, dtype=np.uint8), ones(3, 3, dtype=np.int32)
    for k in (kernel, kernel.astype(np.float32)):
        name = f"{k.dtype} kernel"
        for function in (filter_image, count_clamped):
            yield (
                f"{function.__name__}, {name}",
                (image, k),
                lambda f=function, k=k: f(image, k, padding="same", dilation_rate=FAR),
            )
        yield (
            f"filter2d_steps, {name}",
            (image, k),
            lambda k=k: cnncore.filter2d_steps(image, k, padding="same", dilation_rate=FAR)[55].result,
        )
        wide, tall = ones(1, 300_000, dtype=np.uint8), np.ones((2001, 1), k.dtype)
        yield f"filter2d, {name}", (wide, tall), lambda w=wide, t=tall: cnncore.filter2d(w, t, padding="same")
        yield (
            f"reference.filter2d, {name}",
            (wide[:, :3000], tall),
            lambda w=wide, t=tall: reference.filter2d(w[:, :3000], t, padding="same"),
        )
    x, w = ones(10, 10), ones(3, 3)
    yield "conv2d_steps", (x, w), lambda: cnncore.conv2d_steps(x, w, padding="same", dilation_rate=FAR)[55].result
    for dtype in (np.uint8, np.int32, np.float32, np.float64):
        line, square = ones(1, 2_000_000, dtype=dtype), ones(1200, 1200, dtype=dtype)
        for pool in ("max_pool2d", "avg_pool2d"):
            for module in (cnncore, reference):
                run = getattr(module, pool)
                name = f"{module.__name__}.{pool}, {np.dtype(dtype)}"
                yield f"{name}, line", (line,), lambda r=run, a=line: r(a, (1, 2))
                yield f"{name}, strides", (line,), lambda r=run, a=line: r(a, (1, 2), strides=(1, 50_000))
                yield f"{name}, windows", (square,), lambda r=run, a=square: r(a, 100, strides=100)


def layers() -> Iterator[Case]:
    picture = ones(1, 10, 10, 3)
    dilated: dict[str, Any] = {"input_shape": (10, 10, 3), "padding": "same", "dilation_rate": (FAR, FAR)}
    cases = [
        Conv2D(name="a", kernel=ones(3, 3, 3, 20), **dilated),
        DepthwiseConv2D(name="a", kernel=ones(3, 3, 3, 2), **dilated),
        Conv2D(name="a", kernel=ones(3, 3, 3, 20), input_shape=(10, 10, 3), padding=FAR, strides=(FAR, FAR)),
    ]
    for i, layer in enumerate(cases):
        pooling: dict[str, Any] = {"input_shape": layer.output_shape, "pool_size": (2, 2)}
        for kind in (MaxPooling2D, AveragePooling2D):
            network = Network([layer, kind(name="b", **pooling)], (10, 10, 3))
            arrays = (picture, layer.kernel)
            yield f"predict, {kind.__name__}, {i}", arrays, lambda n=network: n.predict(picture)
            yield f"activations, {kind.__name__}, {i}", arrays, lambda n=network: n.activations(picture)


def main() -> None:
    cnncore.set_num_threads(2)
    resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))
    cnncore.conv2d(ones(99, 99, 9), ones(3, 3, 9, 9), padding=1)  # what is kept between calls
    told = {}
    for cases in (convolutions(), others(), layers()):
        for name, arrays, run in cases:
            Path("/proc/self/clear_refs").write_text("5")  # the peak is that of now
            before, start = status("VmRSS"), time.perf_counter()
            result = run()
            seconds = time.perf_counter() - start
            given = sum(array.nbytes for array in arrays) + getattr(result, "nbytes", 0)
            told[name] = (status("VmHWM") - before, given, seconds)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
