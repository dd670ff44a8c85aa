"""A walk: one picture under one operation, with every step and the whole output known at once.

Plain data; `cnncore` computes. Importing it loads numpy, so nothing does before the first paint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy.typing as npt

from cnncore.datasets.examples import example
from cnncore.display.greys import grey_levels
from cnncore.lesson.filtering import outside
from cnncore.lesson.highlights import Highlight, conv_highlights, pool_highlights
from cnncore.lesson.kernels import SHARPEN, Kernel
from cnncore.lesson.mistakes import Slip, largest_zero_slip
from cnncore.lesson.stepping import ConvSteps, FilterStep, FilterSteps, PoolSteps
from tui.i18n import N_

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Sample:
    """A picture to work on, (H, W) uint8. `title` and `source` are English sentences to translate, except where the
    title is a file's name."""

    title: str
    pixels: Array
    source: str = ""
    example: bool = False
    path: str = ""
    """The file of a picture that the learner opened."""
    channels: tuple[Array, ...] = ()
    """Grey, red, green and blue of a colour picture, each (H, W); `channel` is the index of the one in `pixels`."""
    channel: int = 0

    def with_channel(self, channel: int) -> Sample:
        """Return the same picture with another channel as its pixels."""
        return replace(self, pixels=self.channels[channel], channel=channel)


EXAMPLE = Sample(N_("The 3x3 example"), example("example"), N_("a worked example"), example=True)


@dataclass(frozen=True)
class ConvolutionWalk:
    """One picture under one kernel.

    `inputs` is what the kernel moves over: the pixels, or pixels / 255 for a network's kernel. `make_sums` computes the
    map before clamping to 0..255, or before ReLU.
    """

    sample: Sample
    inputs: Array
    steps: FilterSteps | ConvSteps
    output: Array
    kernel: Kernel | None
    """None for a network's kernel."""
    make_sums: Callable[[], Array]
    scale: Fraction = Fraction(1)
    count_outside: Callable[[], tuple[int, int]] | None = None
    """Counts without storing the sums, which take hundreds of megabytes for a large photograph."""

    @property
    def terms(self) -> int:
        """Products per output cell."""
        return len(self.steps[0].terms)

    @cached_property
    def input_levels(self) -> Array:
        return self.sample.pixels

    @cached_property
    def output_levels(self) -> Array:
        return grey_levels(self.output)

    @cached_property
    def sums(self) -> Array:
        return self.make_sums()

    @cached_property
    def outside(self) -> tuple[int, int]:
        """The number of sums below 0, and above 255."""
        return self.count_outside() if self.count_outside is not None else outside(self.sums)

    @cached_property
    def highlights(self) -> list[Highlight]:
        """The output cells worth a look."""
        return conv_highlights(
            self.steps.geometry, self.inputs, self.sums, self.output, clamped=self.kernel is not None
        )

    def slip(self, step: FilterStep, done: int) -> Slip | None:
        """The mistake worth a warning: in the worked example under the sharpening kernel, once its product is shown."""
        if not self.sample.example or self.kernel is not SHARPEN:
            return None
        slip = largest_zero_slip(step)
        return slip if slip is not None and done > slip.term.order else None


@dataclass(frozen=True)
class PoolingWalk:
    """Max pooling of a convolution's output."""

    inputs: Array
    steps: PoolSteps
    output: Array
    terms = 1
    """Finding a window's maximum is one step."""

    @cached_property
    def input_levels(self) -> Array:
        return grey_levels(self.inputs)

    @cached_property
    def output_levels(self) -> Array:
        return grey_levels(self.output)

    @cached_property
    def highlights(self) -> list[Highlight]:
        """The output cells worth a look."""
        return pool_highlights(self.steps, self.inputs, self.output)


Walk: TypeAlias = ConvolutionWalk | PoolingWalk
