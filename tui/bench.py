"""The workbench that convolution and pooling share: the pictures, the kernels, and the walk chosen from them.

Pure state, no screen; `cnncore` computes. Made after the first paint, because it brings numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnncore import conv2d, conv2d_steps, filter2d, filter2d_steps, max_pool2d, max_pool2d_steps
from cnncore.datasets.examples import example
from cnncore.greys import grey_levels, unit_pixels
from cnncore.keras.first_layer import FirstLayer
from cnncore.kernels import CUSTOM, KERNELS, SHARPEN, Kernel
from cnncore.slips import Slip, largest_zero_slip
from cnncore.stepping import ConvSteps, FilterStep, FilterSteps, PoolSteps
from tui.i18n import N_

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Sample:
    """A picture to work on: (H, W) uint8. `title` and `source` are English sentences to translate, unless they are a
    file's name."""

    title: str
    pixels: Array
    source: str = ""
    example: bool = False
    path: str = ""
    """Where an own picture's file is."""


EXAMPLE = Sample(N_("The 3x3 example"), example("example"), N_("a worked example"), example=True)


@dataclass(frozen=True)
class Walk:
    """One picture under one kernel: the steps, and the whole output, known at once.

    `inputs` is what the kernel walks: the pixels, or for a network's kernel the pixels / 255.
    """

    sample: Sample
    inputs: Array
    steps: FilterSteps | ConvSteps
    output: Array
    kernel: Kernel | None
    scale: Fraction = Fraction(1)

    @cached_property
    def input_levels(self) -> Array:
        return self.sample.pixels

    @cached_property
    def output_levels(self) -> Array:
        return grey_levels(self.output)

    def slip(self, step: FilterStep, done: int) -> Slip | None:
        """The slip worth a warning: on the example with the sharpening kernel, once its product is written."""
        if not self.sample.example or self.kernel is not SHARPEN:
            return None
        slip = largest_zero_slip(step)
        return slip if slip is not None and done > slip.term.order else None


@dataclass(frozen=True)
class PoolWalk:
    """What 2x2 pooling by two makes of a walk's output."""

    inputs: Array
    steps: PoolSteps
    output: Array

    @cached_property
    def input_levels(self) -> Array:
        return grey_levels(self.inputs)

    @cached_property
    def output_levels(self) -> Array:
        return grey_levels(self.output)


@dataclass
class Bench:
    """What is chosen. `version` grows with every change, so that a screen knows when to look again."""

    samples: list[Sample] = field(default_factory=list)
    sample_index: int = 0
    kernels: list[Kernel] = field(default_factory=lambda: list(KERNELS))
    kernel_index: int = KERNELS.index(SHARPEN)
    padding: Literal["valid", "same"] = "valid"
    layer: FirstLayer | None = None
    network: bool = False
    filter: int = 0
    version: int = 0
    _walk: tuple[int, Walk] | None = None
    _pool: tuple[int, PoolWalk] | None = None

    @property
    def sample(self) -> Sample:
        return self.samples[self.sample_index]

    @property
    def kernel(self) -> Kernel:
        return self.kernels[self.kernel_index]

    def _changed(self) -> None:
        self.version += 1

    def set_samples(self, samples: list[Sample]) -> None:
        """Other pictures; the first of them is shown."""
        self.samples, self.sample_index = samples, 0
        self._changed()

    def add_sample(self, sample: Sample) -> None:
        """One more picture, shown at once."""
        self.samples.append(sample)
        self.sample_index = len(self.samples) - 1
        self._changed()

    def next_sample(self, by: int) -> None:
        self.sample_index = (self.sample_index + by) % len(self.samples)
        self._changed()

    def next_kernel(self, by: int) -> None:
        """The next preset, or with network kernels the next filter."""
        if self.network and self.layer is not None:
            self.filter = (self.filter + by) % self.layer.filters
        else:
            self.kernel_index = (self.kernel_index + by) % len(self.kernels)
        self._changed()

    def set_custom(self, kernel: Kernel) -> None:
        """The custom kernel is now this one, and chosen."""
        self.kernel_index = next(i for i, k in enumerate(self.kernels) if k.id == CUSTOM.id)
        self.kernels[self.kernel_index] = kernel
        self.network = False
        self._changed()

    def set_layer(self, layer: FirstLayer) -> None:
        """Network kernels are there, and chosen."""
        self.layer, self.network, self.filter = layer, True, 0
        self._changed()

    def toggle_network(self) -> None:
        self.network = not self.network and self.layer is not None
        self._changed()

    def toggle_padding(self) -> None:
        self.padding = "same" if self.padding == "valid" else "valid"
        self._changed()

    def walk(self) -> Walk:
        """The walk of what is chosen. Raises `CnnError` for a picture smaller than the kernel without padding."""
        if self._walk is None or self._walk[0] != self.version:
            self._walk = self.version, self._make_walk()
        return self._walk[1]

    def _make_walk(self) -> Walk:
        pixels = self.sample.pixels
        if self.network and self.layer is not None:
            weights = np.ascontiguousarray(self.layer.kernel[:, :, :, self.filter])[:, :, 0]
            bias = self.layer.bias[self.filter : self.filter + 1]
            inputs = unit_pixels(pixels)
            steps = conv2d_steps(inputs, weights, bias, padding=self.padding, activation="relu")
            output = conv2d(inputs, weights, bias, padding=self.padding, activation="relu")
            return Walk(self.sample, inputs, steps, output, None)
        kernel = self.kernel
        scale = float(kernel.scale)
        return Walk(
            self.sample,
            pixels,
            filter2d_steps(pixels, kernel.weights, scale=scale, padding=self.padding),
            filter2d(pixels, kernel.weights, scale=scale, padding=self.padding),
            kernel,
            kernel.scale,
        )

    def pool(self) -> PoolWalk:
        """2x2 maximum pooling by two of the walk's output. Raises `CnnError` where that is smaller than 2x2."""
        if self._pool is None or self._pool[0] != self.version:
            inputs = self.walk().output
            self._pool = self.version, PoolWalk(inputs, max_pool2d_steps(inputs, 2), max_pool2d(inputs, 2))
        return self._pool[1]
