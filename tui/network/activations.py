"""One input and the output of every layer for it, or their gradients, computed once and never changed.

A layer's output is seen as maps, (rows, columns, maps). A row of numbers counts as maps of one value each. Layer
`INPUT` is the picture itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore.display.maps import dead_maps, largest_of_all, largest_size, shrink, signed_levels
from cnncore.network import Network
from cnncore.network.answers import from_0_to_1

Array: TypeAlias = npt.NDArray[Any]
ScaleName: TypeAlias = Literal["map", "layer", "network"]
SCALE_NAMES: tuple[ScaleName, ...] = ("map", "layer", "network")
INPUT = -1


@dataclass(frozen=True, eq=False)
class Activations:
    """`outputs` holds the output of every layer of `network` for `inputs`; with `gradients`, the gradients of both."""

    network: Network
    inputs: Array
    outputs: tuple[Array, ...]
    gradients: bool = False

    @classmethod
    def of(cls, network: Network, inputs: Array) -> Activations:
        """Run `network` on one input of its shape."""
        return cls(network, inputs, network.activations(inputs))

    def values(self, layer: int) -> Array:
        """The layer's output in its own shape; for `INPUT` the input."""
        return self.inputs if layer == INPUT else self.outputs[layer]

    def maps(self, layer: int) -> Array:
        """The layer's output as (rows, columns, maps)."""
        values = self.values(layer)
        if values.ndim == 3:
            return values
        return values.reshape(1, -1, values.shape[-1]) if values.ndim == 2 else values.reshape(1, 1, -1)

    @cached_property
    def _cache(self) -> dict[Any, Any]:
        return {}

    def cached(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The result of `make`, computed once for each `key` and freed with the picture."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def largest(self, layer: int, scale: ScaleName, number: int) -> float:
        """The size that is drawn brightest in map `number` of a layer on a scale."""
        maps = self.maps(layer)
        if scale == "network":
            return float(self.cached(scale, lambda: largest_of_all(self.outputs)))
        if scale == "map" and maps.shape[0] * maps.shape[1] > 1:
            return float(self.cached((scale, layer, number), lambda: largest_size(maps[:, :, number])))
        if layer != INPUT and maps.shape[0] * maps.shape[1] == 1 and self._shares(layer):
            return 1.0  # a bar is a share of the whole: a sigmoid's 0.06 must not fill it
        return float(self.cached(("layer", layer), lambda: largest_size(maps)))  # alone, any value is the brightest

    def _shares(self, layer: int) -> bool:
        return not self.gradients and from_0_to_1(self.network, layer)

    def unit(self, layer: int) -> float:
        """The power of ten in which a layer's numbers are written; 1 for all but gradients, which can be tiny."""
        if not self.gradients:
            return 1.0
        return float(self.cached(("unit", layer), lambda: unit_of(largest_size(self.values(layer)))))

    def largest_weight(self, layer: int) -> float:
        """The largest weight of a layer's kernel by size; 0 without a kernel."""
        kernel = None if layer == INPUT else self.network.layers[layer].weights.get("kernel")
        return 0.0 if kernel is None else float(self.cached(("weights", layer), lambda: largest_size(kernel)))

    def dead(self, layer: int) -> Array:
        """For each map of a layer, true if it is zero everywhere."""
        dead: Array = self.cached(("dead", layer), lambda: dead_maps(self.values(layer)))
        return dead

    def signed(self, layer: int) -> bool:
        """True if any value of the layer is negative; gradients are drawn with their sign in any case."""
        return self.gradients or bool(self.cached(("signed", layer), lambda: np.any(self.values(layer) < 0)))

    def levels(self, layer: int, number: int, scale: ScaleName, every: int = 1) -> Array:
        """Map `number` of a layer as signed levels (rows, columns), shrunk by `every`."""

        def make() -> Array:
            small = shrink(self.maps(layer)[:, :, number], every)
            return signed_levels(small, self.largest(layer, scale, number))

        levels: Array = self.cached(("levels", layer, number, scale, every), make)
        return levels


def unit_of(largest: float) -> float:
    """The power of ten in which numbers up to `largest` are written with three decimals: 1 unless it is below 0.1."""
    return 1.0 if largest == 0 or largest >= 0.1 else float(10.0 ** math.floor(math.log10(largest)))
