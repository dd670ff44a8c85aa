"""A chain of layers and its forward pass over `cnncore.ops`.

network = Network.from_keras("fashion.keras")
network.predict(images)          # (N, 28, 28, 1) or (28, 28) -> (N, 10) or (10,)
for layer, output in zip(network.layers, network.activations(image)): ...
print(network.summary())
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from cnncore._arguments import described, integer, items, sizes
from cnncore._arrays import as_array, empty
from cnncore._copies import Copied
from cnncore._dtypes import FLOAT32, Array
from cnncore._table import table
from cnncore.errors import CnnError
from cnncore.network.fused import Segment, fuse
from cnncore.network.layer import Layer, Shape, as_float32
from cnncore.runtime import get_exact, isa_token, settled_isa

if TYPE_CHECKING:
    import os

    import numpy.typing as npt

BATCH_SIZE = 32
"""Keras's default."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One layer: name, Keras class, output shape without the batch, number of parameters."""

    name: str
    kind: str
    output_shape: Shape
    parameters: int


@dataclass(frozen=True, slots=True)
class Summary(Sequence[SummaryRow]):
    """The layers as rows; `str()` gives a table of at most 80 columns."""

    rows: tuple[SummaryRow, ...]
    input_shape: Shape

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @overload
    def __getitem__(self, index: int) -> SummaryRow: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[SummaryRow, ...]: ...
    def __getitem__(self, index: int | slice) -> SummaryRow | tuple[SummaryRow, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[SummaryRow]:
        return iter(self.rows)

    def __repr__(self) -> str:
        return f"<Summary: {len(self.rows)} layers, {self.parameters:,} parameters>"

    def __str__(self) -> str:
        lines = table(
            ("Layer", "Kind", "Output shape", "Parameters"),
            [(row.name, row.kind, str(row.output_shape), f"{row.parameters:,}") for row in self.rows],
            align="lllr",
        )
        return f"Input {self.input_shape}\n{lines}\nTotal parameters: {self.parameters:,}"


class Network(Copied):
    """A chain of layers, computed in float32, for inference only.

    The first layer takes `input_shape` (without the batch), each other layer the output of the one before it. Raises
    `CnnError` if they do not match. A network can be copied and pickled at any time.
    """

    __slots__ = ("_fused", "_input_shape", "_layers")
    _not_copied = ("_fused",)

    def __init__(self, layers: Sequence[Layer], input_shape: Sequence[int]) -> None:
        shape, given = sizes(input_shape, "input_shape"), items(layers)
        if given is None or not all(isinstance(layer, Layer) for layer in given):
            raise CnnError("layers must be a list of layers of cnncore.network, got {value}", value=described(layers))
        self._layers: tuple[Layer, ...] = tuple(given)
        self._input_shape = shape
        self._fused: tuple[Any, tuple[Segment, ...]] | None = None
        if not self._layers:
            raise CnnError("a network needs at least one layer")
        names = set()
        for layer in self._layers:
            if layer.input_shape != shape:
                raise CnnError(
                    "layer {layer} takes shape {needs}, but its input has shape {shape}",
                    layer=repr(layer.name),
                    needs=layer.input_shape,
                    shape=shape,
                )
            if layer.name in names:
                raise CnnError("two layers are called {layer}; names must be unique", layer=repr(layer.name))
            names.add(layer.name)
            shape = layer.output_shape

    @classmethod
    def from_keras(cls, model_or_path: Any | str | os.PathLike[str]) -> Network:
        """Convert a Keras model or a `.keras` file, which is opened in Keras's safe mode.

        The model must be a `Sequential`, or a functional model that is a chain; nested models are flattened. Raises
        `CnnError`, which names an unsupported layer, and `MissingExtraError` without Keras.
        """
        # The only import of `cnncore.keras` here, late because Keras is optional and slow.
        from cnncore.keras.convert import network_from_keras

        return network_from_keras(model_or_path)

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self._layers

    @property
    def input_shape(self) -> Shape:
        """Without the batch."""
        return self._input_shape

    @property
    def output_shape(self) -> Shape:
        """Without the batch."""
        return self._layers[-1].output_shape

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self._layers)

    def predict(self, x: npt.ArrayLike, batch_size: int = BATCH_SIZE) -> Array:
        """Return the last layer's output, float32: (N, *output_shape), or `output_shape` for a single input.

        `x` is one input of `input_shape` or a batch (N, *input_shape). A single channel may be left out: (H, W) or
        (N, H, W). Integers are converted to float32 as in Keras, without division by 255.

        `batch_size` inputs are computed at a time, so memory beyond the result does not grow with N. Raises `CnnError`
        for another shape, and for values that float32 cannot hold.
        """
        batch, single = self.as_batch(x)
        size = integer(batch_size, "batch_size", at_least=1)
        result = empty((len(batch), *self.output_shape), FLOAT32)
        *segments, last = self._segments()
        for start in range(0, len(batch), size):
            values = as_float32(batch[start : start + size], "x")
            for segment in segments:
                values = segment(values)
            last(values, result[start : start + size])
        return result[0] if single else result

    def _segments(self) -> tuple[Segment, ...]:
        """Return the fused layers. They are made on first use, and made again if the instruction set or `exact`
        (`set_exact`) has changed, because plans depend on both."""
        cached = self._fused
        if cached is None or cached[0] != (isa_token(), get_exact()):
            with settled_isa() as token:  # otherwise the plans of another one could be cached under this one
                cached = self._fused = ((token, get_exact()), fuse(self._layers))
        return cached[1]

    def activations(self, x: npt.ArrayLike, batch_size: int = BATCH_SIZE) -> tuple[Array, ...]:
        """Return the output of every layer, in the order of `layers`; `x` and `batch_size` as in `predict`."""
        batch, single = self.as_batch(x)
        size = integer(batch_size, "batch_size", at_least=1)
        results = [empty((len(batch), *layer.output_shape), FLOAT32) for layer in self._layers]
        for start in range(0, len(batch), size):
            values = as_float32(batch[start : start + size], "x")
            for layer, result in zip(self._layers, results, strict=True):
                values = layer.forward(values)
                result[start : start + size] = values
        return tuple(result[0] if single else result for result in results)

    def summary(self) -> Summary:
        """Return the layers, their shapes and parameters; `print` shows a table."""
        return Summary(
            tuple(SummaryRow(layer.name, layer.kind, layer.output_shape, layer.parameters) for layer in self._layers),
            self._input_shape,
        )

    def __repr__(self) -> str:
        return f"<Network {self._input_shape} -> {self.output_shape}, {len(self._layers)} layers>"

    def as_batch(self, x: Any) -> tuple[Array, bool]:
        """Return `x` as (N, *input_shape) in its own dtype, and True if it was a single input. Raises `CnnError`."""
        given = as_array(x, "x")
        shape = self._input_shape
        if given.shape == shape:
            return given[None], True
        if given.ndim == len(shape) + 1 and given.shape[1:] == shape:
            return given, False
        if len(shape) == 3 and shape[2] == 1:
            if given.shape == shape[:2]:
                return given[None, :, :, None], True
            if given.ndim == 3 and given.shape[1:] == shape[:2]:
                return given[..., None], False
        raise CnnError(
            "x has shape {shape}; this network takes {needs}, or a batch of them (N, ...)",
            shape=given.shape,
            needs=shape,
        )
