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
"""Keras's own default."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One layer: its name, its kind in Keras, its output's shape without the batch, its number of parameters."""

    name: str
    kind: str
    output_shape: Shape
    parameters: int


@dataclass(frozen=True, slots=True)
class Summary(Sequence[SummaryRow]):
    """The layers as rows; `str()` makes a table of at most 80 columns."""

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
    """Layers in a row, each fed with what the one before it gives. Computed in float32, for inference only.

    `layers` must fit together: the first takes `input_shape` (without the batch), each next one what the one before
    it gives; else `CnnError`. It can be copied, pickled and sent to another process, before and after it was used.
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
                    "layer {layer} takes {needs}, but what reaches it has shape {shape}",
                    layer=repr(layer.name),
                    needs=layer.input_shape,
                    shape=shape,
                )
            if layer.name in names:
                raise CnnError("two layers are called {layer}; each needs a name of its own", layer=repr(layer.name))
            names.add(layer.name)
            shape = layer.output_shape

    @classmethod
    def from_keras(cls, model_or_path: Any | str | os.PathLike[str]) -> Network:
        """The network of a Keras model, or of a `.keras` file, which is opened in Keras's safe mode.

        A `Sequential`, or a functional model that is a chain; Sequential models inside it are taken apart. Raises
        `CnnError` naming the layer where one is not supported, and `MissingExtraError` without Keras.
        """
        # The one arrow from here to `cnncore.keras`, taken only when asked for.
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
        """The last layer's output, float32.

        `x` is one input of `input_shape` or a batch of them (N, ...); where the channel is a single one it may be left
        out: (H, W) or (N, H, W). The result has the batch axis where `x` has it. Whole numbers are converted to
        float32 with their values kept, as Keras does: nothing is divided by 255.

        `batch_size` inputs are computed at a time, so memory beyond the result does not grow with N.
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
        """The fused layers, made when first needed, and anew for another instruction set or exactness (`set_exact`):
        plans belong to one."""
        found = self._fused
        if found is None or found[0] != (isa_token(), get_exact()):
            with settled_isa() as token:  # else plans of another one could be kept as those of this
                found = self._fused = ((token, get_exact()), fuse(self._layers))
        return found[1]

    def activations(self, x: npt.ArrayLike, batch_size: int = BATCH_SIZE) -> tuple[Array, ...]:
        """Every layer's output, in the order of `layers`; `x` and `batch_size` as in `predict`."""
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
        """The layers, their shapes and parameters; `print` shows a table."""
        return Summary(
            tuple(SummaryRow(layer.name, layer.kind, layer.output_shape, layer.parameters) for layer in self._layers),
            self._input_shape,
        )

    def __repr__(self) -> str:
        return f"<Network {self._input_shape} -> {self.output_shape}, {len(self._layers)} layers>"

    def as_batch(self, x: Any) -> tuple[Array, bool]:
        """`x` as (N, *input_shape) in its own dtype, and whether it was a single input."""
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
