"""The base class of layers: immutable, with fixed shapes, read-only weights and a forward pass.

Shapes are without the batch: (H, W, C) for maps, (K,) for a row of numbers. Everything is float32, channels last.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeAlias

import numpy as np

from cnncore._arguments import sizes, text
from cnncore._arrays import as_array
from cnncore._copies import Copied, Named
from cnncore._dtypes import FLOAT32, Array, in_dtype
from cnncore.errors import CnnError

Shape: TypeAlias = tuple[int, ...]

LARGEST = 2**40
"""The largest input or output of a layer, in bytes: more than the memory of any machine."""


def as_float32(value: Any, name: str) -> Array:
    """Convert `value` to float32 without scaling, as Keras does.

    Raises `CnnError` for anything but numbers, for integers that float32 cannot represent exactly, and for finite
    numbers that it would turn into infinity.
    """
    array = as_array(value, name)
    if array.dtype == FLOAT32:
        return array
    if array.dtype.kind == "b":
        return array.astype(FLOAT32)
    if array.dtype.kind not in "iuf":
        raise CnnError("{name} has dtype {dtype}; it must hold integers or floats", name=name, dtype=array.dtype)
    return in_dtype(array, name, FLOAT32)


def frozen_weights(value: Any, name: str, shape: Shape | None = None) -> Array:
    """Return a read-only float32 copy of `value`, which must have `shape` if given. Raises `CnnError`."""
    array = np.array(as_float32(value, name), order="C")
    if shape is not None and array.shape != shape:
        raise CnnError("{name} has shape {shape}; it must be {needs}", name=name, shape=array.shape, needs=shape)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer(Copied, ABC):
    """One layer. Subclasses have Keras's names, and Keras's arguments as fields.

    `input_shape` and `output_shape` are without the batch. The weights stay read-only in copies and pickles.
    """

    name: str
    input_shape: Shape
    output_shape: Shape = field(init=False)

    _weight_names: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        self._set(name=text(self.name, "name"), input_shape=sizes(self.input_shape, "input_shape"))
        self._prepare()
        self._set(output_shape=self._output_shape())
        for shape in (self.input_shape, self.output_shape):
            if math.prod(shape) * FLOAT32.itemsize > LARGEST:
                raise CnnError(
                    "layer {layer} has maps of shape {shape}, which do not fit in memory",
                    layer=repr(self.name),
                    shape=shape,
                )

    def _prepare(self) -> None:
        """Validate the fields and freeze the weights."""

    @abstractmethod
    def _output_shape(self) -> Shape: ...

    @abstractmethod
    def _forward(self, x: Array) -> Array:
        """(N, *input_shape) float32 -> (N, *output_shape) float32."""

    @property
    def kind(self) -> str:
        """The Keras name of the class, such as "Conv2D"."""
        return type(self).__name__

    @property
    def weights(self) -> Mapping[str, Array]:
        """The trained arrays, read-only, by Keras's names: kernel, bias, gamma ..."""
        arrays = {name: getattr(self, name) for name in self._weight_names}
        return Named({name: array for name, array in arrays.items() if array is not None})

    @property
    def parameters(self) -> int:
        """The number of weights."""
        return sum(array.size for array in self.weights.values())

    @property
    def config(self) -> Mapping[str, Any]:
        """The fields of the layer, without shapes and weights."""
        hidden = {"name", "input_shape", "output_shape", *self._weight_names}
        return Named({f.name: getattr(self, f.name) for f in fields(self) if f.name not in hidden})

    def forward(self, x: Any) -> Array:
        """Return the layer's output, float32, for one input of `input_shape` or a batch (N, *input_shape).

        The result has a batch axis if `x` has one. It may be `x` itself if the layer changes nothing. Raises
        `CnnError` for another shape or dtype.
        """
        values = as_float32(x, "x")
        if values.shape == self.input_shape:
            single: Array = self.computed(values[None])[0]
            return single
        if values.shape[1:] == self.input_shape and values.ndim == len(self.input_shape) + 1:
            return self.computed(values)
        raise CnnError(
            "x has shape {shape}; layer {layer} takes {needs}, or a batch of them (N, ...)",
            shape=values.shape,
            layer=repr(self.name),
            needs=self.input_shape,
        )

    def computed(self, x: Array) -> Array:
        """Return the output for a batch x (N, *input_shape) of float32, or of float64 to check a formula, whose shape
        is not checked. Infinity and NaN pass through without a warning, as in the C core. Raises `CnnError` where the
        maps do not fit in memory."""
        try:
            with np.errstate(all="ignore"):
                return self._forward(x)
        except MemoryError as error:
            raise CnnError(
                "layer {layer} has maps of shape {shape}, which do not fit in memory",
                layer=repr(self.name),
                shape=self.output_shape,
            ) from error

    # Helpers for the validation in subclasses.

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _maps(self) -> tuple[int, int, int]:
        """Return `input_shape` as (H, W, C). Raises `CnnError` for another rank."""
        if len(self.input_shape) != 3:
            raise CnnError(
                "layer {layer} ({kind}) takes maps of shape (H, W, C), got {shape}",
                layer=repr(self.name),
                kind=self.kind,
                shape=self.input_shape,
            )
        height, width, channels = self.input_shape
        return height, width, channels

    def _size(self) -> int:
        return math.prod(self.input_shape)
