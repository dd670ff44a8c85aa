"""Single convolutions: with weights packed once (`prepare_conv2d`), and their gradients.

The layers are those of known networks that were slow once, and some for which nothing was made on purpose: many groups,
a dilation, 1x1, depthwise with a stride.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.case import LEVEL, Case, Goal
from benchmarks.chain import Chain, Conv
from benchmarks.entry import Array


@dataclass(frozen=True, eq=False)
class ConvolutionCase(Case):
    """A float32 convolution with square kernels, strides and zero padding."""

    shape: tuple[int, int, int, int] = (1, 1, 1, 1)
    size: int = 3
    filters: int = 1
    padding: int = 0
    strides: int = 1
    groups: int = 1
    dilation: int = 1

    tolerance = 3e-5

    @cached_property
    def layer(self) -> Conv:
        """Without activation; the bias is random."""
        rng = np.random.default_rng(4)
        kernel = rng.standard_normal((self.size, self.size, self.shape[3] // self.groups, self.filters), np.float32)
        bias = rng.standard_normal(self.filters, np.float32)
        return Conv(kernel, bias, False, self.strides, self.padding, self.dilation, self.groups)

    @cached_property
    def inputs(self) -> Array:
        return np.random.default_rng(7).standard_normal(self.shape, np.float32)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.shape[0], *self.layer.output_shape(self.shape[1:])

    @property
    def products(self) -> float:
        """The number of multiplications of the forward pass."""
        return float(self.layer.kernel[..., 0].size * np.prod(self.output_shape))

    @property
    def nbytes(self) -> int:  # type: ignore[override]
        return int(self.inputs.nbytes + self.layer.kernel.nbytes + 4 * np.prod(self.output_shape))


@dataclass(frozen=True, eq=False)
class PreparedCase(ConvolutionCase):
    """The forward pass, with weights that are ready."""

    @property
    def operations(self) -> float:  # type: ignore[override]
        return 2.0 * self.products

    @cached_property
    def chain(self) -> Chain:
        return Chain((self.layer,), self.inputs, self.shape[0])

    def as_chain(self) -> Chain | None:
        return self.chain


@dataclass(frozen=True, eq=False)
class BackwardCase(ConvolutionCase):
    """The gradients; `first`: of a network's first layer, which needs none of its inputs."""

    first: bool = False

    @cached_property
    def arrays(self) -> tuple[Array, Array, Array]:
        """Inputs, kernel, and the gradient of the output."""
        grad = np.random.default_rng(8).standard_normal(self.output_shape, np.float32)
        return self.inputs, self.layer.kernel, grad

    @property
    def operations(self) -> float:  # type: ignore[override]
        return (2.0 if self.first else 4.0) * self.products

    def side_by_side(self, gradients: Sequence[Array | None]) -> Array:
        """One row of numbers: each gradient, channels last, in units of its largest number."""
        return np.concatenate([g.ravel() / np.abs(g).max() for g in gradients if g is not None])


def _prepared(
    layer: str, shape: tuple[int, int, int, int], size: int, filters: int, *more: Goal, **options: int
) -> PreparedCase:
    goals: tuple[Goal, ...] = (("torch", LEVEL), ("onnxruntime", LEVEL), *more)
    roof = "copy" if options.get("groups", 1) == shape[3] else "fma"
    name = f"prepared: {layer}, ({','.join(map(str, shape))})"
    return PreparedCase(name, goals, roof, shape, size, filters, **options)  # type: ignore[arg-type]


PREPARED_CASES = (
    _prepared("3x3 512->512", (1, 7, 7, 512), 3, 512, padding=1),
    _prepared("3x3 256->256", (1, 14, 14, 256), 3, 256, padding=1),
    _prepared("3x3 64->64", (1, 13, 13, 64), 3, 64, ("litert", LEVEL)),
    _prepared("5x5 1->6", (1, 28, 28, 1), 5, 6, padding=2),
    _prepared("5x5 6->16", (1, 14, 14, 6), 5, 16),
    _prepared("3x3 groups 32", (1, 56, 56, 128), 3, 128, padding=1, groups=32),
    _prepared("5x5 32->64", (32, 16, 16, 32), 5, 64, padding=2),
    _prepared("1x1 1024->256", (1, 14, 14, 1024), 1, 256),
    _prepared("3x3 dilation 2", (1, 56, 56, 64), 3, 64, padding=2, dilation=2),
    _prepared("depthwise 3x3 stride 2", (1, 56, 56, 128), 3, 128, padding=1, strides=2, groups=128),
)

_BEST: tuple[Goal, ...] = (("best", 1),)
BACKWARD_CASES = (
    BackwardCase("backward 3x3 1->64, (100,28,28,1)", _BEST, "fma", (100, 28, 28, 1), 3, 64, first=True),
    BackwardCase("backward 3x3 64->64, (100,13,13,64)", _BEST, "fma", (100, 13, 13, 64), 3, 64),
    BackwardCase("backward 3x3 64->64, (1,13,13,64)", _BEST, "fma", (1, 13, 13, 64), 3, 64),
    BackwardCase("backward 3x3 512->512, (1,7,7,512)", _BEST, "fma", (1, 7, 7, 512), 3, 512, 1),
    BackwardCase("backward 3x3 256->256, (1,14,14,256)", _BEST, "fma", (1, 14, 14, 256), 3, 256, 1),
    BackwardCase("backward 3x3 256->256, (8,14,14,256)", _BEST, "fma", (8, 14, 14, 256), 3, 256, 1),
    BackwardCase("backward 5x5 1->6, (128,28,28,1)", _BEST, "fma", (128, 28, 28, 1), 5, 6, 2, first=True),
    BackwardCase("backward 5x5 6->16, (128,14,14,6)", _BEST, "fma", (128, 14, 14, 6), 5, 16),
    BackwardCase("backward 3x3 groups 32, (1,56,56,128)", _BEST, "fma", (1, 56, 56, 128), 3, 128, 1, 1, 32),
    BackwardCase("backward 1x1 1024->256, (1,14,14,1024)", _BEST, "fma", (1, 14, 14, 1024), 1, 256),
    BackwardCase("backward depthwise, stride 2, (1,56,56,128)", _BEST, "copy", (1, 56, 56, 128), 3, 128, 1, 2, 128),
)
