"""The steps of a convolution, an image filter or a pooling, as a sequence of explained output cells.

    steps = conv2d_steps(image, kernel)         # a sequence: len(), [i], iteration
    step = steps[steps.index_of(row=2, column=3)]
    step.total, [term.running for term in step.terms]

Steps fill one map row by row, then the map of the next filter, then those of the next image. Values are Python numbers;
integers stay integers. float32 products are computed in float64, where they are exact, and the result is rounded once,
so the output equals `cnncore.reference` and agrees with `cnncore.ops` within rounding.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Generic, SupportsIndex, TypeVar, overload

import numpy as np
import numpy.typing as npt

from cnncore._arguments import IntOrPair, Padding, Real, counted
from cnncore._arrays import conv2d_arguments, filter2d_arguments, pool_arguments
from cnncore._dtypes import Array
from cnncore.activations import ActivationName, activation_name
from cnncore.errors import CnnError
from cnncore.geometry import Geometry
from cnncore.lesson.step import ConvStep, FilterStep, Number, PoolStep, Step, Term

__all__ = [
    "ConvStep",
    "ConvSteps",
    "FilterStep",
    "FilterSteps",
    "Number",
    "PoolStep",
    "PoolSteps",
    "Step",
    "Steps",
    "Term",
    "conv2d_steps",
    "filter2d_steps",
    "max_pool2d_steps",
]

StepT = TypeVar("StepT")


class Steps(Sequence[StepT], ABC, Generic[StepT]):
    """The steps of one operation, each computed on access."""

    def __init__(self, images: int, maps: int, geometry: Geometry) -> None:
        self.images = images
        self.maps = maps
        self.geometry = geometry

    @property
    def rows(self) -> int:
        return self.geometry.rows.output

    @property
    def columns(self) -> int:
        return self.geometry.columns.output

    def __len__(self) -> int:
        return self.images * self.maps * self.rows * self.columns

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.images} image(s), {self.maps} map(s) of {self.rows} x {self.columns}>"

    def index_of(self, row: int, column: int, filter: int = 0, image: int = 0) -> int:
        """Return the index of the step of an output cell. Raises `CnnError` outside the output."""
        for name, value, limit in (
            ("row", row, self.rows),
            ("column", column, self.columns),
            ("filter", filter, self.maps),
            ("image", image, self.images),
        ):
            counted(value, name, limit)
        return ((image * self.maps + filter) * self.rows + row) * self.columns + column

    def position(self, index: int) -> tuple[int, int, int, int]:
        """Return (image, filter, row, column) of a step. Raises `CnnError` for an index out of range."""
        index = counted(index, "index", len(self))
        index, column = divmod(index, self.columns)
        index, row = divmod(index, self.rows)
        image, filter = divmod(index, self.maps)
        return image, filter, row, column

    @overload
    def __getitem__(self, index: int) -> StepT: ...
    @overload
    def __getitem__(self, index: slice) -> list[StepT]: ...
    def __getitem__(self, index: int | slice) -> StepT | list[StepT]:
        if isinstance(index, slice):
            return [self._step(i) for i in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"step {index} of {len(self)}")
        return self._step(place)

    def __iter__(self) -> Iterator[StepT]:
        return (self._step(i) for i in range(len(self)))

    @abstractmethod
    def _step(self, index: int) -> StepT: ...


def _gather(image: Array, geometry: Geometry, row: int, column: int) -> tuple[Array, Array]:
    """Return the window (kh, kw, C) at an output cell, zero in the padding, and the mask (kh, kw) of the input."""
    ys, xs = np.array(geometry.rows.taps(row)), np.array(geometry.columns.taps(column))
    inside_y, inside_x = (ys >= 0) & (ys < image.shape[0]), (xs >= 0) & (xs < image.shape[1])
    inside = inside_y[:, None] & inside_x[None, :]
    window = image[np.where(inside_y, ys, 0)[:, None], np.where(inside_x, xs, 0)[None, :], :]
    return np.where(inside[..., None], window, window.dtype.type(0)), inside


def _wide(array: Array) -> Array:
    """Return the array in float64 or int64, in which a product of two elements is exact."""
    return array.astype(np.float64 if array.dtype.kind == "f" else np.int64)


class ConvSteps(Steps[ConvStep]):
    """See `conv2d_steps`."""

    def __init__(self, inputs: Any, kernel: Any, bias: Any, activation: Any, **options: Any) -> None:
        self._a = a = conv2d_arguments(inputs, kernel, bias, **options)
        self.activation = activation_name(activation, a.dtype)
        if self.activation == "softmax":
            raise CnnError(
                "activation is softmax, which needs all filters at once, so cells have no steps; use activation=None"
            )
        super().__init__(a.inputs.shape[0], a.kernel.shape[3], a.geometry)

    def _step(self, index: int) -> ConvStep:
        a = self._a
        image, filter, row, column = self.position(index)
        channels = a.kernel.shape[2]
        first = filter // (self.maps // a.groups) * channels
        window, _ = _gather(a.inputs[image, :, :, first : first + channels], a.geometry, row, column)
        return ConvStep(
            index,
            image,
            filter,
            row,
            column,
            a.geometry.rows.start(row),
            a.geometry.columns.start(column),
            first,
            a.geometry,
            _wide(window) if a.dtype.kind == "i" else window.astype(np.float64),
            _wide(a.kernel[..., filter]),
            None if a.bias is None else a.bias[filter].item(),
            self.activation,
            a.dtype,
        )


class FilterSteps(Steps[FilterStep]):
    """See `filter2d_steps`."""

    def __init__(self, image: Any, kernel: Any, **options: Any) -> None:
        self._a = a = filter2d_arguments(image, kernel, **options)
        super().__init__(1, a.image.shape[2], a.geometry)

    def _step(self, index: int) -> FilterStep:
        a = self._a
        _, channel, row, column = self.position(index)
        window, _ = _gather(a.image[:, :, channel : channel + 1], a.geometry, row, column)
        whole = a.kernel.dtype.kind == "i"
        return FilterStep(
            index,
            0,
            channel,
            row,
            column,
            a.geometry.rows.start(row),
            a.geometry.columns.start(column),
            channel,
            a.geometry,
            window.astype(np.int64 if whole else np.float64),
            _wide(a.kernel[:, :, None]),
            a.scale,
            whole,
        )


class PoolSteps(Steps[PoolStep]):
    """See `max_pool2d_steps`."""

    def __init__(self, inputs: Any, pool_size: Any, strides: Any, padding: Any) -> None:
        self._a = a = pool_arguments(inputs, pool_size, strides, padding)
        super().__init__(a.inputs.shape[0], a.inputs.shape[3], a.geometry)

    def _step(self, index: int) -> PoolStep:
        a = self._a
        image, channel, row, column = self.position(index)
        window, inside = _gather(a.inputs[image, :, :, channel : channel + 1], a.geometry, row, column)
        top, left = a.geometry.rows.start(row), a.geometry.columns.start(column)
        values = window[..., 0].astype(a.dtype, copy=False)
        return PoolStep(index, image, channel, row, column, top, left, a.geometry, values, inside)


def conv2d_steps(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
    groups: SupportsIndex = 1,
    activation: ActivationName | None = None,
) -> ConvSteps:
    """Return the steps of `cnncore.conv2d` with the same arguments, one `ConvStep` per output cell.

    Raises `CnnError`.
    """
    return ConvSteps(
        inputs,
        kernel,
        bias,
        activation,
        strides=strides,
        padding=padding,
        dilation_rate=dilation_rate,
        groups=groups,
    )


def filter2d_steps(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    *,
    scale: Real = 1,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
) -> FilterSteps:
    """Return the steps of `cnncore.filter2d`, or with strides and dilation of `cnncore.lesson.filtering.filter_image`,
    with the same arguments, one `FilterStep` per output pixel and channel. Raises `CnnError`."""
    return FilterSteps(image, kernel, scale=scale, strides=strides, padding=padding, dilation_rate=dilation_rate)


def max_pool2d_steps(
    inputs: npt.ArrayLike,
    pool_size: IntOrPair = 2,
    strides: IntOrPair | None = None,
    padding: Padding = "valid",
) -> PoolSteps:
    """Return the steps of `cnncore.max_pool2d` with the same arguments, one `PoolStep` per output cell.

    Raises `CnnError`.
    """
    return PoolSteps(inputs, pool_size, strides, padding)
