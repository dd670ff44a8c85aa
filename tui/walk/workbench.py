"""The workbench that both walking screens share: the pictures, the kernels, the window's settings, and the walks they
make.

Plain state; `cnncore` computes. Importing it loads numpy, so nothing does before the first paint.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnncore import conv2d, conv2d_steps, filter2d_steps, max_pool2d, max_pool2d_steps
from cnncore.display.greys import grey_levels, unit_pixels
from cnncore.geometry import pool_geometry
from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson.filtering import count_clamped, filter_image, filter_sums
from cnncore.lesson.kernel_draft import Draft
from cnncore.lesson.kernels import CUSTOM, KERNELS, SHARPEN, Kernel
from tui.walk.kernel_choice import KernelChoice
from tui.walk.operation import Pair
from tui.walk.padding import Padding
from tui.walk.walks import Array, ConvolutionWalk, PoolingWalk, Sample


@dataclass
class Workbench:
    """The current settings. `version` grows with every change, so that a screen knows when to redraw."""

    samples: list[Sample] = field(default_factory=list)
    sample_index: int = 0
    kernels: list[Kernel] = field(default_factory=lambda: list(KERNELS))
    kernel_index: int = KERNELS.index(SHARPEN)
    strides: Pair = (1, 1)
    padding: Padding = "valid"
    dilation: Pair = (1, 1)
    pool_size: Pair = (2, 2)
    pool_strides: Pair | None = None
    """None stands for the size of the window."""
    pool_padding: Padding = "valid"
    layer: FirstLayer | None = None
    network: bool = False
    filter: int = 0
    maps: list[KernelChoice] = field(default_factory=list)
    """The kernels whose maps are shown side by side."""
    version: int = 0
    _convolution: tuple[int, ConvolutionWalk] | None = None
    _pooling: tuple[int, PoolingWalk] | None = None
    _levels: dict[KernelChoice, tuple[Kernel | None, Array]] = field(default_factory=dict)
    _units: tuple[Array, Array] | None = None

    @property
    def sample(self) -> Sample:
        return self.samples[self.sample_index]

    @property
    def kernel(self) -> Kernel:
        return self.kernels[self.kernel_index]

    @property
    def options(self) -> dict[str, Any]:
        """The window's settings as keyword arguments of `cnncore`."""
        return {"strides": self.strides, "padding": self.padding, "dilation_rate": self.dilation}

    def _changed(self, *, maps: bool = False) -> None:
        """Count a change. `maps`: the maps of the other kernels change too."""
        self.version += 1
        if maps:
            self._levels.clear()

    # Pictures.

    def set_samples(self, samples: list[Sample]) -> None:
        """Replace the pictures and select the first."""
        self.samples, self.sample_index = samples, 0
        self._changed(maps=True)

    def add_sample(self, sample: Sample) -> None:
        """Append a picture and select it."""
        self.samples.append(sample)
        self.sample_index = len(self.samples) - 1
        self._changed(maps=True)

    def next_sample(self, by: int) -> None:
        self.sample_index = (self.sample_index + by) % len(self.samples)
        self._changed(maps=True)

    def set_channel(self, channel: int) -> None:
        """Select grey (0), red, green or blue of a colour picture, wrapping around; ignored for a grey picture."""
        count = len(self.sample.channels)
        if count:
            self.samples[self.sample_index] = self.sample.with_channel(channel % count)
            self._changed(maps=True)

    # Kernels.

    def next_kernel(self, by: int) -> None:
        """Select the next preset, or the next of the network's kernels."""
        if self.network and self.layer is not None:
            self.filter = (self.filter + by) % self.layer.filters
        else:
            self.kernel_index = (self.kernel_index + by) % len(self.kernels)
        self._changed()

    def set_custom(self, kernel: Kernel) -> None:
        """Replace the custom kernel and select it."""
        self.kernel_index = self.custom_index
        self.network = False
        self.put_custom(kernel)

    @property
    def custom_index(self) -> int:
        return self.preset_index(CUSTOM.id)

    def put_custom(self, kernel: Kernel) -> None:
        """Replace the custom kernel; the selection stays."""
        self.kernels[self.custom_index] = kernel
        self._changed()

    def preset_index(self, kernel_id: str) -> int:
        """Return the index of the kernel with an id."""
        return next(index for index, kernel in enumerate(self.kernels) if kernel.id == kernel_id)

    def draft(self) -> Draft:
        """Return the selected kernel for editing."""
        if self.network and self.layer is not None:
            return Draft.from_rows(self.layer.kernel[:, :, 0, self.filter].tolist())
        return Draft.of(self.kernel)

    def set_layer(self, layer: FirstLayer) -> None:
        """Add the network's kernels and select the first."""
        self.layer, self.network, self.filter = layer, True, 0
        self.maps = [choice for choice in self.maps if not choice.network]
        self._changed(maps=True)

    def toggle_network(self) -> None:
        self.network = not self.network and self.layer is not None
        self._changed()

    # The window.

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
        """Set the pooling window's size and stride (None: the size)."""
        self.pool_size, self.pool_strides = size, strides
        self._changed()

    def set_pool_padding(self, padding: Padding) -> None:
        self.pool_padding = padding
        self._changed()

    def check_pool_padding(self, padding: Padding) -> None:
        """Raise `CnnError` if some pooling window would contain nothing but this padding."""
        pool_geometry(self.convolution().output.shape, self.pool_size, self.pool_strides, padding)

    # Maps side by side.

    @property
    def choice(self) -> KernelChoice:
        """The selected kernel."""
        network = self.network and self.layer is not None
        return KernelChoice(self.filter if network else self.kernel_index, network)

    def choose(self, choice: KernelChoice) -> None:
        """Select a kernel."""
        self.network = choice.network
        if choice.network:
            self.filter = choice.index
        else:
            self.kernel_index = choice.index
        self._changed()

    def toggle_map(self) -> None:
        """Add the selected kernel's map to those side by side, or remove it."""
        if self.choice in self.maps:
            self.maps.remove(self.choice)
        else:
            self.maps.append(self.choice)
        self._changed()

    @property
    def shown_maps(self) -> list[KernelChoice]:
        """The maps side by side, with that of the selected kernel; empty if none are."""
        if not self.maps or self.choice in self.maps:
            return self.maps
        return [*self.maps, self.choice]

    def set_maps(self, choices: list[KernelChoice]) -> None:
        self.maps = choices
        self._changed()

    def toggle_all_maps(self) -> None:
        """Show the maps of all kernels of this kind, or none."""
        network = self.choice.network
        count = self.layer.filters if network and self.layer is not None else len(self.kernels)
        every = [KernelChoice(index, network) for index in range(count)]
        self.maps = [] if self.maps else every
        self._changed()

    def next_map(self, by: int) -> None:
        """Select the next kernel among the maps side by side."""
        if self.maps:
            index = self.maps.index(self.choice) + by if self.choice in self.maps else 0 if by > 0 else -1
            self.choose(self.maps[index % len(self.maps)])

    def map_values(self, choice: KernelChoice) -> Array:
        """Compute the exact map of one kernel. Raises `CnnError` if the kernel does not fit the picture."""
        return self._network_output(choice.index) if choice.network else self._filter_output(self.kernels[choice.index])

    def map_levels(self, choice: KernelChoice) -> Array:
        """Compute the map of one kernel as grey levels. Raises `CnnError` if the kernel does not fit the picture."""
        kernel = None if choice.network else self.kernels[choice.index]
        known = self._levels.get(choice)
        if known is None or known[0] is not kernel:
            if choice == self.choice:
                levels = self.convolution().output_levels
            elif kernel is None:
                levels = grey_levels(self._network_output(choice.index))
            else:
                levels = self._filter_output(kernel)
            known = self._levels[choice] = kernel, levels
        return known[1]

    # Walks.

    def convolution(self) -> ConvolutionWalk:
        """Return the current convolution. Raises `CnnError` if the kernel is larger than the padded picture."""
        if self._convolution is None or self._convolution[0] != self.version:
            self._convolution = self.version, self._make_convolution()
        return self._convolution[1]

    def _filter_output(self, kernel: Kernel) -> Array:
        return filter_image(self.sample.pixels, kernel.weights, scale=float(kernel.scale), **self.options)

    def _network_weights(self, index: int) -> tuple[Array, Array]:
        assert self.layer is not None
        weights = np.ascontiguousarray(self.layer.kernel[:, :, :, index])[:, :, 0]
        return weights, self.layer.bias[index : index + 1]

    def _network_inputs(self) -> Array:
        """Return the pixels / 255, computed once: a large photograph takes 48 MB."""
        pixels = self.sample.pixels
        if self._units is None or self._units[0] is not pixels:
            self._units = pixels, unit_pixels(pixels)
        return self._units[1]

    def _network_output(self, index: int) -> Array:
        weights, bias = self._network_weights(index)
        return conv2d(self._network_inputs(), weights, bias, activation="relu", **self.options)

    def _make_convolution(self) -> ConvolutionWalk:
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

    def pooling(self) -> PoolingWalk:
        """Return the max pooling of the convolution's output. Raises `CnnError` if the window is larger than that."""
        if self._pooling is None or self._pooling[0] != self.version:
            inputs = self.convolution().output
            options = (self.pool_size, self.pool_strides, self.pool_padding)
            self._pooling = (
                self.version,
                PoolingWalk(inputs, max_pool2d_steps(inputs, *options), max_pool2d(inputs, *options)),
            )
        return self._pooling[1]
