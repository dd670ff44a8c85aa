"""The cases as data. What all cases have, and what a goal is, stands in case.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from benchmarks.case import LEVEL, Case, Goal
from benchmarks.chain import Chain, Conv, Flatten, Layer, MaxPool, random_conv, random_dense
from benchmarks.convolutions import BACKWARD_CASES, PREPARED_CASES
from benchmarks.entry import Array
from benchmarks.training import TRAIN_CASES

HELD_BACK_GOALS: tuple[Goal, ...] = (("scipy", 1), ("pillow", 1), ("scikit-image", 1), ("cv2", LEVEL))
"""The goal of every case with an instruction set that is not the machine's best."""


@dataclass(frozen=True, eq=False)
class FilterCase(Case):
    """One kernel over a square image, without padding: uint8 rounded and clamped to 0..255, or float32."""

    size: int = 0
    weights: tuple[tuple[float, ...], ...] = ()
    dtype: type = np.uint8

    @cached_property
    def kernel(self) -> Array:
        """Return the kernel, int64 if all weights are whole and the image is uint8, else float32."""
        kernel = np.array(self.weights)
        whole = self.dtype == np.uint8 and bool((kernel == np.rint(kernel)).all())
        return kernel.astype(np.int64 if whole else np.float32)

    @cached_property
    def image(self) -> Array:
        pixels = np.random.default_rng(1).integers(0, 256, (self.size, self.size), np.uint8)
        return pixels if self.dtype == np.uint8 else pixels.astype(np.float32) / np.float32(255)

    @property
    def tolerance(self) -> float:  # type: ignore[override]
        if self.dtype != np.uint8:
            return 1e-5
        return 0.0 if self.kernel.dtype == np.int64 else 1.0

    @property
    def output_shape(self) -> tuple[int, int]:
        h, w = self.kernel.shape
        return self.size - h + 1, self.size - w + 1

    @property
    def operations(self) -> float:  # type: ignore[override]
        return 2.0 * self.kernel.size * np.prod(self.output_shape)

    @property
    def nbytes(self) -> int:  # type: ignore[override]
        return int(self.image.nbytes + np.prod(self.output_shape) * self.image.itemsize)

    def valid(self, values: Array) -> Array:
        """Return the part without borders of an answer as large as the image."""
        top, left = (n // 2 for n in self.kernel.shape)
        h, w = self.output_shape
        return values[top : top + h, left : left + w]

    def as_chain(self) -> Chain | None:
        if self.dtype != np.float32:
            return None
        layer = Conv(self.kernel[:, :, None, None], np.zeros(1, np.float32), relu=False)
        return Chain((layer,), self.image[None, :, :, None], 1)


@dataclass(frozen=True, eq=False)
class PoolCase(Case):
    """The largest of each 2x2 block of a square uint8 image."""

    size: int = 0

    @cached_property
    def image(self) -> Array:
        return np.random.default_rng(2).integers(0, 256, (self.size, self.size), np.uint8)

    @property
    def operations(self) -> float:  # type: ignore[override]
        return 3.0 * (self.size // 2) ** 2

    @property
    def nbytes(self) -> int:  # type: ignore[override]
        return self.image.nbytes + (self.size // 2) ** 2


@dataclass(frozen=True, eq=False)
class ChainCase(Case):
    """float32 layers over a batch (N, H, W, C), at most `chunk` inputs at a time."""

    shape: tuple[int, int, int, int] = (1, 1, 1, 1)
    filters: int = 0
    network: Literal["conv", "pool", "fashion"] = "conv"
    chunk: int = 100

    tolerance = 3e-5

    @cached_property
    def chain(self) -> Chain:
        rng = np.random.default_rng(3)
        channels = self.shape[3]
        layers: Sequence[Layer]
        match self.network:
            case "conv":
                layers = [random_conv(rng, 3, channels, self.filters)]
            case "pool":
                layers = [MaxPool()]
            case "fashion":
                layers = [random_conv(rng, 3, 1, 64), MaxPool(), random_conv(rng, 3, 64, 64), MaxPool(), Flatten()]
                layers += [random_dense(rng, 1600, 128, "relu"), random_dense(rng, 128, 10, "softmax")]
        inputs = rng.standard_normal(self.shape, np.float32)
        return Chain(tuple(layers), inputs, min(self.chunk, self.shape[0]))

    @property
    def operations(self) -> float:  # type: ignore[override]
        return self.chain.operations

    @property
    def nbytes(self) -> int:  # type: ignore[override]
        return self.chain.nbytes

    def as_chain(self) -> Chain | None:
        return self.chain


SHARPEN = ((0, -1, 0), (-1, 5, -1), (0, -1, 0))
# No symmetry and no zeros, so that a flipped kernel or a skipped weight would show.
DENSE_3 = ((-2, 1, 3), (4, -5, 2), (-3, 1, 2))
DENSE_5 = tuple(tuple((7 * r + 3 * c + r * c) % 7 - 3 or 2 for c in range(5)) for r in range(5))
DENSE_7 = tuple(tuple((5 * r + 3 * c + r * c) % 5 - 2 or 1 for c in range(7)) for r in range(7))
_BELL = np.exp(-(np.arange(-1, 2) ** 2) / (2 * 0.8**2))
BLUR = tuple(tuple(float(v) for v in row) for row in np.outer(_BELL, _BELL) / _BELL.sum() ** 2)
MEAN = ((1 / 9,) * 3,) * 3

CASES: tuple[Case, ...] = (
    FilterCase("filter uint8 3x3 integer, 512x512", (("cv2", 12),), "copy", 512, SHARPEN),
    FilterCase("filter uint8 3x3 integer, 2048x2048", (("cv2", 11),), "copy", 2048, SHARPEN),
    FilterCase("filter uint8 3x3 integer without zeros, 2048x2048", (("cv2", 11),), "copy", 2048, DENSE_3),
    FilterCase("filter uint8 3x3 integer, 4096x4096", (("best", 7),), "copy", 4096, SHARPEN),
    FilterCase("filter uint8 5x5 integer, 2048x2048", (("cv2", 12),), "copy", 2048, DENSE_5),
    FilterCase("filter uint8 7x7 integer, 2048x2048", (("cv2", 12),), "copy", 2048, DENSE_7),
    FilterCase("filter uint8 3x3 float (blur), 2048x2048", (("cv2", 5),), "copy", 2048, BLUR),
    FilterCase("filter uint8 3x3 float (mean), 2048x2048", (("cv2", 5),), "copy", 2048, MEAN),
    FilterCase("convolve float32 3x3, 2048x2048", (("cv2", 2.7), ("numba", 1)), "copy", 2048, DENSE_3, np.float32),
    FilterCase("small: uint8 3x3 on 28x28", (("cv2", LEVEL), ("scipy", 4)), None, 28, SHARPEN),
    FilterCase("small: uint8 3x3 on 3x3", (("seconds", 3e-6),), None, 3, SHARPEN),
    PoolCase("max-pool 2x2 uint8, 2048x2048", (("cv2", 16), ("numba", LEVEL)), "copy", 2048),
    ChainCase(
        "max-pool 2x2 float32, (100,26,26,64)",
        (("torch channels_last", 4), ("torch.compile", 1)),
        "copy",
        (100, 26, 26, 64),
        network="pool",
    ),
    ChainCase("conv 3x3 1->64, (100,28,28,1)", (("torch channels_last", 3),), "fma", (100, 28, 28, 1), 64),
    ChainCase("conv 3x3 64->64, (100,13,13,64)", (("best", 2.6),), "fma", (100, 13, 13, 64), 64),
    ChainCase("conv 3x3 64->64, (1,13,13,64)", (("best", 1.4),), "fma", (1, 13, 13, 64), 64),
    ChainCase("conv 3x3 64->64, (1,56,56,64)", (("ncnn", 1.3),), "fma", (1, 56, 56, 64), 64),
    ChainCase("conv 3x3 128->128, (1,28,28,128)", (("ncnn", 1.3),), "fma", (1, 28, 28, 128), 128),
    ChainCase("conv 3x3 3->64, (1,224,224,3)", (("torch", 1.3),), "fma", (1, 224, 224, 3), 64),
    ChainCase("conv 3x3 1->16, (32,150,105,1)", (("best", 2),), "fma", (32, 150, 105, 1), 16),
    ChainCase("Fashion network, 1 image", (("best", 1.4),), "fma", (1, 28, 28, 1), network="fashion"),
    ChainCase("Fashion network, 100 images", (("best", 2.4),), "fma", (100, 28, 28, 1), network="fashion"),
    ChainCase("Fashion network, 10000 images", (("best", 2.4),), "fma", (10000, 28, 28, 1), network="fashion"),
    *PREPARED_CASES,
    *BACKWARD_CASES,
    *TRAIN_CASES,
)


def named(name: str) -> Case:
    return next(case for case in CASES if case.name == name)
