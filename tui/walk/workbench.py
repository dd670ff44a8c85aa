"""The workbench that convolution and pooling share: the pictures, the kernels, how the window moves, and the walk
chosen from them.

Pure state, no screen; `cnncore` computes. Made after the first paint, because it brings numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore import conv2d, conv2d_steps, filter2d_steps, max_pool2d, max_pool2d_steps
from cnncore.datasets.examples import example
from cnncore.display.greys import grey_levels, unit_pixels
from cnncore.geometry import pool_geometry
from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson.filtering import count_clamped, filter_image, filter_sums, outside
from cnncore.lesson.highlights import Highlight, conv_highlights, pool_highlights
from cnncore.lesson.kernel_draft import Draft
from cnncore.lesson.kernels import CUSTOM, KERNELS, SHARPEN, Kernel
from cnncore.lesson.mistakes import Slip, largest_zero_slip
from cnncore.lesson.stepping import ConvSteps, FilterStep, FilterSteps, PoolSteps
from tui.i18n import N_
from tui.walk.padding import Padding

Array = npt.NDArray[Any]
Pair: TypeAlias = tuple[int, int]
MOST_STRIDE, MOST_DILATION, MOST_POOL = 4, 3, 4
"""As far as one key cycles; a typed number may be larger."""


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
    channels: tuple[Array, ...] = ()
    """Of a picture in colours its grey, red, green and blue, each (H, W); `channel` says which of them `pixels` is."""
    channel: int = 0

    def with_channel(self, channel: int) -> Sample:
        """The same picture, another of its channels."""
        return replace(self, pixels=self.channels[channel], channel=channel)


EXAMPLE = Sample(N_("The 3x3 example"), example("example"), N_("a worked example"), example=True)


@dataclass(frozen=True)
class ConvolutionWalk:
    """One picture under one kernel: the steps, and the whole output, known at once.

    `inputs` is what the kernel walks: the pixels, or for a network's kernel the pixels / 255. `make_sums` computes the
    map before it is clamped to 0..255, or before ReLU.
    """

    sample: Sample
    inputs: Array
    steps: FilterSteps | ConvSteps
    output: Array
    kernel: Kernel | None
    make_sums: Callable[[], Array]
    scale: Fraction = Fraction(1)
    count_outside: Callable[[], tuple[int, int]] | None = None
    """Counts them without keeping the map, which of a large photograph is hundreds of megabytes."""

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
        """How many of all sums are below 0, and how many above 255."""
        return self.count_outside() if self.count_outside is not None else outside(self.sums)

    @cached_property
    def places(self) -> list[Highlight]:
        """The cells worth a look."""
        clamped = self.kernel is not None
        return conv_highlights(self.steps.geometry, self.inputs, self.sums, self.output, clamped=clamped)

    def slip(self, step: FilterStep, done: int) -> Slip | None:
        """The slip worth a warning: on the example with the sharpening kernel, once its product is written."""
        if not self.sample.example or self.kernel is not SHARPEN:
            return None
        slip = largest_zero_slip(step)
        return slip if slip is not None and done > slip.term.order else None


@dataclass(frozen=True)
class PoolingWalk:
    """What maximum pooling makes of a walk's output."""

    inputs: Array
    steps: PoolSteps
    output: Array

    @cached_property
    def input_levels(self) -> Array:
        return grey_levels(self.inputs)

    @cached_property
    def output_levels(self) -> Array:
        return grey_levels(self.output)

    @cached_property
    def places(self) -> list[Highlight]:
        """The cells worth a look."""
        return pool_highlights(self.steps, self.inputs, self.output)


@dataclass(frozen=True, slots=True)
class Choice:
    """One kernel: a preset by its place, or with `network` a filter of the layer."""

    index: int
    network: bool = False


@dataclass
class Workbench:
    """What is chosen. `version` grows with every change, so that a screen knows when to look again."""

    samples: list[Sample] = field(default_factory=list)
    sample_index: int = 0
    kernels: list[Kernel] = field(default_factory=lambda: list(KERNELS))
    kernel_index: int = KERNELS.index(SHARPEN)
    strides: Pair = (1, 1)
    padding: Padding = "valid"
    dilation: Pair = (1, 1)
    pool_size: Pair = (2, 2)
    pool_strides: Pair | None = None
    """None: as far as the window is large."""
    pool_padding: Padding = "valid"
    layer: FirstLayer | None = None
    network: bool = False
    filter: int = 0
    chosen: list[Choice] = field(default_factory=list)
    """The kernels whose maps are shown side by side."""
    version: int = 0
    _walk: tuple[int, ConvolutionWalk] | None = None
    _pool: tuple[int, PoolingWalk] | None = None
    _maps: dict[Choice, tuple[Kernel | None, Array]] = field(default_factory=dict)
    _units: tuple[Array, Array] | None = None

    @property
    def sample(self) -> Sample:
        return self.samples[self.sample_index]

    @property
    def kernel(self) -> Kernel:
        return self.kernels[self.kernel_index]

    @property
    def options(self) -> dict[str, Any]:
        """How the window moves, as `cnncore` takes it."""
        return {"strides": self.strides, "padding": self.padding, "dilation_rate": self.dilation}

    def _changed(self, *, maps: bool = False) -> None:
        """`maps`: the maps of the other kernels change too."""
        self.version += 1
        if maps:
            self._maps.clear()

    # Pictures.

    def set_samples(self, samples: list[Sample]) -> None:
        """Other pictures; the first of them is shown."""
        self.samples, self.sample_index = samples, 0
        self._changed(maps=True)

    def add_sample(self, sample: Sample) -> None:
        """One more picture, shown at once."""
        self.samples.append(sample)
        self.sample_index = len(self.samples) - 1
        self._changed(maps=True)

    def next_sample(self, by: int) -> None:
        self.sample_index = (self.sample_index + by) % len(self.samples)
        self._changed(maps=True)

    def set_channel(self, channel: int) -> None:
        """Of a picture in colours its grey (0), red, green or blue, around the ends; of another nothing."""
        count = len(self.sample.channels)
        if count:
            self.samples[self.sample_index] = self.sample.with_channel(channel % count)
            self._changed(maps=True)

    # Kernels.

    def next_kernel(self, by: int) -> None:
        """The next preset, or with network kernels the next filter."""
        if self.network and self.layer is not None:
            self.filter = (self.filter + by) % self.layer.filters
        else:
            self.kernel_index = (self.kernel_index + by) % len(self.kernels)
        self._changed()

    def set_custom(self, kernel: Kernel) -> None:
        """The custom kernel is now this one, and chosen."""
        self.kernel_index = self.custom_index
        self.network = False
        self.put_custom(kernel)

    @property
    def custom_index(self) -> int:
        return next(i for i, k in enumerate(self.kernels) if k.id == CUSTOM.id)

    def put_custom(self, kernel: Kernel) -> None:
        """The custom kernel is now this one; which is walked stays."""
        self.kernels[self.custom_index] = kernel
        self._changed()

    def draft(self) -> Draft:
        """What is walked now, to be edited."""
        if self.network and self.layer is not None:
            return Draft.from_rows(self.layer.kernel[:, :, 0, self.filter].tolist())
        return Draft.of(self.kernel)

    def set_layer(self, layer: FirstLayer) -> None:
        """Network kernels are there, and chosen."""
        self.layer, self.network, self.filter = layer, True, 0
        self.chosen = [choice for choice in self.chosen if not choice.network]
        self._changed(maps=True)

    def toggle_network(self) -> None:
        self.network = not self.network and self.layer is not None
        self._changed()

    # How the window moves.

    def set_padding(self, padding: Padding) -> None:
        self.padding = padding
        self._changed(maps=True)

    def set_strides(self, strides: Pair) -> None:
        self.strides = strides
        self._changed(maps=True)

    def set_dilation(self, dilation: Pair) -> None:
        self.dilation = dilation
        self._changed(maps=True)

    def set_pool(self, size: Pair, strides: Pair | None) -> None:
        """The pool's window and how far it moves (None: as far as it is large)."""
        self.pool_size, self.pool_strides = size, strides
        self._changed()

    def set_pool_padding(self, padding: Padding) -> None:
        self.pool_padding = padding
        self._changed()

    def check_pool_padding(self, padding: Padding) -> None:
        """Raises `CnnError` where the pool's windows would lie in that padding alone."""
        pool_geometry(self.walk().output.shape, self.pool_size, self.pool_strides, padding)

    # Several kernels at once.

    @property
    def choice(self) -> Choice:
        """The kernel that is walked."""
        network = self.network and self.layer is not None
        return Choice(self.filter if network else self.kernel_index, network)

    def choose(self, choice: Choice) -> None:
        """Walks that kernel."""
        self.network = choice.network
        if choice.network:
            self.filter = choice.index
        else:
            self.kernel_index = choice.index
        self._changed()

    def toggle_map(self) -> None:
        """Takes the kernel that is walked into the chosen ones, or out of them."""
        if self.choice in self.chosen:
            self.chosen.remove(self.choice)
        else:
            self.chosen.append(self.choice)
        self._changed()

    def set_chosen(self, choices: list[Choice]) -> None:
        self.chosen = choices
        self._changed()

    def toggle_all_maps(self) -> None:
        """All kernels of this kind, or none."""
        network = self.choice.network
        count = self.layer.filters if network and self.layer is not None else len(self.kernels)
        every = [Choice(index, network) for index in range(count)]
        self.chosen = [] if self.chosen else every
        self._changed()

    def next_chosen(self, by: int) -> None:
        """Walks the next of the chosen kernels."""
        if self.chosen:
            place = self.chosen.index(self.choice) + by if self.choice in self.chosen else 0 if by > 0 else -1
            self.choose(self.chosen[place % len(self.chosen)])

    def map_values(self, choice: Choice) -> Array:
        """The whole map of one kernel, exactly. Raises `CnnError` where there is none."""
        return self._network_output(choice.index) if choice.network else self._filter_output(self.kernels[choice.index])

    def map_levels(self, choice: Choice) -> Array:
        """The whole map of one kernel, as grey levels. Raises `CnnError` where there is none."""
        kernel = None if choice.network else self.kernels[choice.index]
        known = self._maps.get(choice)
        if known is None or known[0] is not kernel:
            if choice == self.choice:
                levels = self.walk().output_levels
            elif kernel is None:
                levels = grey_levels(self._network_output(choice.index))
            else:
                levels = self._filter_output(kernel)
            known = self._maps[choice] = kernel, levels
        return known[1]

    # The walks.

    def walk(self) -> ConvolutionWalk:
        """The walk of what is chosen. Raises `CnnError` for a picture smaller than the kernel without padding."""
        if self._walk is None or self._walk[0] != self.version:
            self._walk = self.version, self._make_walk()
        return self._walk[1]

    def _filter_output(self, kernel: Kernel) -> Array:
        return filter_image(self.sample.pixels, kernel.weights, scale=float(kernel.scale), **self.options)

    def _network_weights(self, index: int) -> tuple[Array, Array]:
        assert self.layer is not None
        weights = np.ascontiguousarray(self.layer.kernel[:, :, :, index])[:, :, 0]
        return weights, self.layer.bias[index : index + 1]

    def _network_inputs(self) -> Array:
        """The picture as a network takes it, made once: of a large photograph it is 48 MB."""
        pixels = self.sample.pixels
        if self._units is None or self._units[0] is not pixels:
            self._units = pixels, unit_pixels(pixels)
        return self._units[1]

    def _network_output(self, index: int) -> Array:
        weights, bias = self._network_weights(index)
        return conv2d(self._network_inputs(), weights, bias, activation="relu", **self.options)

    def _make_walk(self) -> ConvolutionWalk:
        sample, options = self.sample, self.options
        pixels = sample.pixels
        if self.network and self.layer is not None:
            weights, bias = self._network_weights(self.filter)
            inputs = self._network_inputs()
            steps = conv2d_steps(inputs, weights, bias, activation="relu", **options)
            output = self._network_output(self.filter)
            return ConvolutionWalk(
                sample, inputs, steps, output, None, lambda: conv2d(inputs, weights, bias, **options)
            )
        self._units = None
        kernel = self.kernel
        scale = float(kernel.scale)
        return ConvolutionWalk(
            sample,
            pixels,
            filter2d_steps(pixels, kernel.weights, scale=scale, **options),
            self._filter_output(kernel),
            kernel,
            lambda: filter_sums(pixels, kernel.weights, scale=scale, **options),
            kernel.scale,
            lambda: count_clamped(pixels, kernel.weights, scale=scale, **options),
        )

    def pool(self) -> PoolingWalk:
        """Maximum pooling of the walk's output. Raises `CnnError` where that is smaller than the window."""
        if self._pool is None or self._pool[0] != self.version:
            inputs = self.walk().output
            options = (self.pool_size, self.pool_strides, self.pool_padding)
            self._pool = (
                self.version,
                PoolingWalk(inputs, max_pool2d_steps(inputs, *options), max_pool2d(inputs, *options)),
            )
        return self._pool[1]
