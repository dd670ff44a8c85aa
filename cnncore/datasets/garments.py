"""Drawn garments that replace Fashion-MNIST where it is unavailable: its ten classes, in any size.

Picture `i` of seed `s` depends only on `s` and `i`, whatever else is drawn. The pictures vary in pose, cut, sleeves,
necklines, thickness, cloth, light, noise and occlusion, and similar classes overlap, so a network has to learn, cannot
reach 100%, and can overfit. Pillow is imported when the first one is drawn.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore._arguments import integer
from cnncore._files import open_to_read, write_atomically
from cnncore.datasets._outlines import OUTLINES, SIDE_VIEWS
from cnncore.datasets._pen import Pen
from cnncore.datasets.dataset import Images, Progress
from cnncore.errors import CnnError

CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""Fashion-MNIST's classes; a label is an index of this tuple."""

VERSION = 1
"""Increased when the drawing changes, so that older caches are not used."""
SMALLEST, LARGEST = 16, 512

Floats: TypeAlias = npt.NDArray[np.floating[Any]]


def draw_garment(label: int, height: int = 28, width: int = 28, *, seed: int = 0, index: int = 0) -> Images:
    """Draw one garment, (height, width) uint8, light on black. `label` is 0 to 9, each size 16 to 512.

    With the same version of Pillow, the same arguments give the same bytes. Raises `CnnError`.
    """
    if integer(label, "label", at_least=0) >= len(CLASSES):
        raise CnnError("label is {value}; it must be from 0 to {most}", value=label, most=len(CLASSES) - 1)
    _check_size(height, width)
    return _draw(label, height, width, seed, index)


def garment_labels(count: int, *, classes: Sequence[int] = range(10), seed: int = 0, start: int = 0) -> Images:
    """Return the labels (count,) uint8, indices into `classes`, of pictures `start` to `start + count`.

    Every block of `len(classes)` pictures contains each class once, in random order.
    """
    n = len(classes)
    labels = np.empty(count, np.uint8)
    for block in range(start // n, (start + count - 1) // n + 1):
        order = list(range(n))
        Random(_key(seed, block, 1)).shuffle(order)
        for k, label in enumerate(order):
            at = block * n + k - start
            if 0 <= at < count:
                labels[at] = label
    return labels


def garments(
    count: int,
    height: int = 28,
    width: int = 28,
    *,
    classes: Sequence[int] = range(10),
    seed: int = 0,
    start: int = 0,
    progress: Progress | None = None,
) -> tuple[Images, Images]:
    """Draw `count` garments (count, height, width) uint8, and return them with their labels (count,) uint8.

    `classes` selects from `CLASSES`, and a label is an index into it. `start` is the index of the first picture. Raises
    `CnnError` for an invalid argument.
    """
    _check(count, height, width, classes=classes, seed=seed, start=start)
    labels = garment_labels(count, classes=classes, seed=seed, start=start)
    images = np.empty((count, height, width), np.uint8)
    for i in range(count):
        images[i] = _draw(classes[int(labels[i])], height, width, seed, start + i)
        if progress is not None and (i % 200 == 199 or i == count - 1):
            progress(i + 1, count, "images")
    return images, labels


def cached_garments(
    count: int,
    height: int = 28,
    width: int = 28,
    *,
    classes: Sequence[int] = range(10),
    seed: int = 0,
    start: int = 0,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> tuple[Images, Images]:
    """Return the result of `garments`, cached in `folder` (by default the user's cache).

    The garments are drawn again if the cache is missing, damaged or of another version of the drawing. A cache that
    cannot be written is skipped.
    """
    _check(count, height, width, classes=classes, seed=seed, start=start)
    if folder is None:
        from platformdirs import user_cache_path

        folder = user_cache_path("cnn-tui", appauthor=False)
    picks = "".join(map(str, classes))
    path = folder / f"garments-v{VERSION}-{height}x{width}-c{picks}-s{seed}-{start}-{count}.npy"
    labels = garment_labels(count, classes=classes, seed=seed, start=start)
    images = _read_cache(path, (count, height, width))
    if images is not None and all(
        np.array_equal(images[i], _draw(classes[int(labels[i])], height, width, seed, start + i))
        for i in {0, count // 2, count - 1}
    ):
        return images, labels
    images, labels = garments(count, height, width, classes=classes, seed=seed, start=start, progress=progress)
    kept = images
    with contextlib.suppress(OSError, CnnError):
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda file: np.save(file, kept, allow_pickle=False))
    return images, labels


def _read_cache(path: Path, shape: tuple[int, ...]) -> Images | None:
    try:
        with open_to_read(path) as file:
            if os.fstat(file.fileno()).st_size > math.prod(shape) + 4096:
                return None
            images = np.load(file, allow_pickle=False)
    except Exception:  # numpy's parser may raise anything for a damaged file; the pictures are then drawn again
        return None
    if not isinstance(images, np.ndarray) or images.shape != shape or images.dtype != np.uint8:
        return None
    return images


def _check_size(height: int, width: int) -> None:
    for value, name in ((height, "height"), (width, "width")):
        if integer(value, name, at_least=SMALLEST) > LARGEST:
            raise CnnError("{name} is {value}; it must be at most {most}", name=name, value=value, most=LARGEST)


def _check(count: int, height: int, width: int, *, classes: Sequence[int], seed: int, start: int) -> None:
    integer(count, "count", at_least=1)
    integer(seed, "seed", at_least=0)
    integer(start, "start", at_least=0)
    _check_size(height, width)
    if not classes or any(label not in range(len(CLASSES)) for label in classes):
        raise CnnError("classes is {value}; it must pick from 0 to {most}", value=list(classes), most=len(CLASSES) - 1)


def _key(seed: int, index: int, use: int) -> int:
    """Return a unique integer for each seed, index and use."""
    return (seed << 66) | (index << 2) | use


def _draw(label: int, height: int, width: int, seed: int, index: int) -> Images:
    from PIL import Image, ImageDraw

    random = Random(_key(seed, index, 0))
    finer = 4 if max(height, width) <= 40 else 2
    canvas = Image.new("L", (width * finer, height * finer), 0)
    mirror = label in SIDE_VIEWS and random.random() < 0.2
    pen = Pen(ImageDraw.Draw(canvas), width * finer, height * finer, random, mirror=mirror)
    OUTLINES[label](pen, random)
    return _finish(np.asarray(canvas.reduce(finer), np.float32), random)


@lru_cache(maxsize=8)
def _grid(height: int, width: int) -> tuple[Floats, Floats]:
    """Return the x and y of the pixels, from -1 to 1, as (1, width) and (height, 1)."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return x, y


def _finish(image: Floats, random: Random) -> Images:
    """Add cloth, light, an occlusion and noise."""
    height, width = image.shape
    x, y = _grid(height, width)
    u = random.uniform
    kind = random.random()
    if kind < 0.5:
        image *= _pattern(kind / 0.5, x, y, random)
    image *= 1 + u(-0.2, 0.2) * x + u(-0.2, 0.2) * y  # light from one side
    folds: Floats = u(2, 9) * x + u(-7, 7) * y + u(0, 6)
    image *= 1 + u(0.0, 0.14) * _wave(folds)
    if random.random() < 0.07:  # partly hidden
        _hide(image, random)
    grain = u(0.0, 0.16)
    bytes_ = np.frombuffer(random.randbytes(2 * height * width), np.uint8).reshape(2, height, width)
    noise = (bytes_[0].astype(np.float32) + bytes_[1] - 255) * np.float32(1 / 255)  # triangular, -1 to 1
    floor = u(2, 14) if random.random() < 0.3 else 0.0
    image += noise * (grain * image + floor)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def _wave(phase: Floats) -> Floats:
    """Approximate a sine by a parabola in each half-wave, because the last bit of `sin` differs between machines."""
    turn = phase * np.float32(1 / (2 * math.pi))
    turn = turn - np.floor(turn)
    half = turn * 2 - np.floor(turn * 2)
    wave: Floats = np.where(turn < 0.5, np.float32(4), np.float32(-4)) * (half * (1 - half))
    return wave


def _pattern(kind: float, x: Floats, y: Floats, random: Random) -> Floats:
    """Return the pattern of the cloth, a factor per pixel: stripes, checks, spots, a print or a fade."""
    u = random.uniform
    strength, pitch = u(0.12, 0.6), u(7, 24)
    if kind < 0.25:
        return 1 - strength * (_wave(pitch * y + u(0, 6) + 0 * x) > u(-0.3, 0.5)).astype(np.float32)
    if kind < 0.4:
        return 1 - strength * (_wave(pitch * x + u(0, 6) + 0 * y) > u(-0.3, 0.5)).astype(np.float32)
    if kind < 0.48:
        return 1 - strength * (_wave(pitch * (x + y)) > 0).astype(np.float32)
    if kind < 0.62:
        return 1 - strength * (0.5 + 0.25 * (_wave(pitch * x + 0 * y) + _wave(pitch * y + 0 * x)))
    if kind < 0.72:
        return 1 - strength * (_wave(pitch * x + 0 * y) * _wave(pitch * y + 0 * x) > 0.3).astype(np.float32)
    if kind < 0.9:
        cx, cy, rx, ry = u(-0.2, 0.2), u(-0.35, 0.2), u(0.1, 0.3), u(0.06, 0.3)
        change = u(0.4, 1.7)
        return np.where(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1, np.float32(change), np.float32(1))
    return 1 + u(-0.6, 0.2) * y + 0 * x


def _hide(image: Floats, random: Random) -> None:
    """Cover part of the picture with a strip or a patch of one grey."""
    height, width = image.shape
    rows, columns = random.uniform(0.08, 0.4), random.uniform(0.08, 0.4)
    top, left = random.uniform(0, 1 - rows), random.uniform(0, 1 - columns)
    image[int(top * height) : int((top + rows) * height) + 1, int(left * width) : int((left + columns) * width) + 1] = (
        random.choice((0, random.uniform(0, 255)))
    )
