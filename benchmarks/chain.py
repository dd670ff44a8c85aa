"""Layers as data, so that every library builds the same network from one description.

Arrays are channels-last: inputs (N, H, W, C), kernels (kh, kw, C, F). Each peer converts them as its library needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.entry import Array

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Conv:
    kernel: Array
    bias: Array
    relu: bool = True
    strides: int = 1
    padding: int = 0
    """Zeros on each of the four sides."""
    dilation: int = 1
    groups: int = 1

    @property
    def depthwise(self) -> bool:
        """One filter for each channel."""
        return self.groups > 1 and self.kernel.shape[2] == 1 and self.kernel.shape[3] == self.groups

    def output_shape(self, shape: Shape) -> Shape:
        rows, columns = (
            (side + 2 * self.padding - self.dilation * (length - 1) - 1) // self.strides + 1
            for side, length in zip(shape[:2], self.kernel.shape[:2], strict=True)
        )
        return rows, columns, self.kernel.shape[3]


@dataclass(frozen=True, eq=False)
class MaxPool:
    size: int = 2


@dataclass(frozen=True, eq=False)
class Flatten:
    pass


@dataclass(frozen=True, eq=False)
class Dense:
    kernel: Array
    bias: Array
    activation: str


Layer = Conv | MaxPool | Flatten | Dense


@dataclass(frozen=True, eq=False)
class Chain:
    """Layers and their `inputs`, of which at most `chunk` are computed at a time."""

    layers: tuple[Layer, ...]
    inputs: Array
    chunk: int

    @cached_property
    def chunks(self) -> list[Array]:
        return [self.inputs[i : i + self.chunk] for i in range(0, len(self.inputs), self.chunk)]

    @cached_property
    def chunks_nchw(self) -> list[Array]:
        return [np.ascontiguousarray(chunk.transpose(0, 3, 1, 2)) for chunk in self.chunks]

    @cached_property
    def shapes(self) -> list[Shape]:
        """Return the input shape of each layer, then the output shape of the last, without the batch."""
        shape: Shape = self.inputs.shape[1:]
        shapes = [shape]
        for layer in self.layers:
            match layer:
                case Conv():
                    shape = layer.output_shape(shape)
                case MaxPool(size=size):
                    shape = (shape[0] // size, shape[1] // size, shape[2])
                case Flatten():
                    shape = (int(np.prod(shape)),)
                case Dense(kernel=kernel):
                    shape = (kernel.shape[1],)
            shapes.append(shape)
        return shapes

    @property
    def operations(self) -> float:
        """The number of operations: two for each product, a multiplication and an addition; comparisons for pooling."""
        total = 0
        for layer, shape in zip(self.layers, self.shapes[1:], strict=True):
            match layer:
                case Conv(kernel=kernel):
                    total += 2 * kernel[..., 0].size * int(np.prod(shape))
                case MaxPool(size=size):
                    total += (size * size - 1) * int(np.prod(shape))
                case Dense(kernel=kernel):
                    total += 2 * kernel.size
        return float(total * len(self.inputs))

    @property
    def nbytes(self) -> int:
        """The bytes that must at least be moved: inputs, weights and the last output."""
        weights = sum(
            layer.kernel.nbytes + layer.bias.nbytes for layer in self.layers if isinstance(layer, Conv | Dense)
        )
        return self.inputs.nbytes + weights + 4 * len(self.inputs) * int(np.prod(self.shapes[-1]))

    def last_from_nchw(self, values: Array) -> Array:
        """Convert the last output from channels first to channels last."""
        return values.transpose(0, 2, 3, 1) if values.ndim == 4 else values

    def dense_nchw(self, index: int) -> Array:
        """Return the kernel of the dense layer at `index`, with rows in the order of flattened channels-first maps."""
        layer = self.layers[index]
        assert isinstance(layer, Dense)
        if index == 0 or not isinstance(self.layers[index - 1], Flatten):
            return layer.kernel
        h, w, c = self.shapes[index - 1]
        return np.ascontiguousarray(layer.kernel.reshape(h, w, c, -1).transpose(2, 0, 1, 3).reshape(h * w * c, -1))


def random_conv(rng: np.random.Generator, size: int, channels: int, filters: int) -> Conv:
    scale = np.sqrt(2 / (size * size * channels))
    kernel = (rng.standard_normal((size, size, channels, filters)) * scale).astype(np.float32)
    return Conv(kernel, rng.standard_normal(filters).astype(np.float32) * np.float32(0.1))


def random_dense(rng: np.random.Generator, inputs: int, units: int, activation: str) -> Dense:
    kernel = (rng.standard_normal((inputs, units)) * np.sqrt(2 / inputs)).astype(np.float32)
    return Dense(kernel, rng.standard_normal(units).astype(np.float32) * np.float32(0.1), activation)
