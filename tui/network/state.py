"""Where the microscope stands: a network, one input with all its activations, and one cursor through three depths.

    Network  >  a layer's maps  >  one value's arithmetic

Pure state, no screen; `cnncore` computes. A layer's output is seen as maps (rows, columns, maps); a row of numbers is
so many maps of one value, its units. Layer `INPUT` is the picture itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from dataclasses import field as new
from enum import IntEnum
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from cnncore.display.maps import dead_maps, largest_of_all, largest_size, shrink, signed_levels, span, strongest
from cnncore.network import Conv2D, Dense, DepthwiseConv2D, Layer, Network
from cnncore.network.answers import from_0_to_1
from cnncore.network.explain import Positions, receptive_field, sources_of

Array: TypeAlias = npt.NDArray[Any]
Place: TypeAlias = tuple[int, ...]
ScaleName: TypeAlias = Literal["map", "layer", "network"]
SCALE_NAMES: tuple[ScaleName, ...] = ("map", "layer", "network")
INPUT = -1


class Depth(IntEnum):
    """How far in."""

    NETWORK = 0
    LAYER = 1
    NEURON = 2


@dataclass(frozen=True, eq=False)
class Shot:
    """One input and everything the network makes of it; never changed."""

    network: Network
    inputs: Array
    activations: tuple[Array, ...]

    @classmethod
    def take(cls, network: Network, inputs: Array) -> Shot:
        """Runs `network` on one input of its shape."""
        return cls(network, inputs, network.activations(inputs))

    def values(self, layer: int) -> Array:
        """The layer's output in its own shape; the input's for `INPUT`."""
        return self.inputs if layer == INPUT else self.activations[layer]

    def maps(self, layer: int) -> Array:
        """The same as (rows, columns, maps)."""
        values = self.values(layer)
        if values.ndim == 3:
            return values
        return values.reshape(1, -1, values.shape[-1]) if values.ndim == 2 else values.reshape(1, 1, -1)

    @cached_property
    def _cache(self) -> dict[Any, Any]:
        return {}

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` makes, once for each `key`; it goes with the picture."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def largest(self, layer: int, scale: ScaleName, number: int) -> float:
        """What is drawn brightest in map `number` of a layer, on a scale."""
        maps = self.maps(layer)
        if scale == "network":
            return float(self.kept(scale, lambda: largest_of_all(self.activations)))
        if scale == "map" and maps.shape[0] * maps.shape[1] > 1:
            return float(self.kept((scale, layer, number), lambda: largest_size(maps[:, :, number])))
        if layer != INPUT and maps.shape[0] * maps.shape[1] == 1 and from_0_to_1(self.network, layer):
            return 1.0  # a bar is a part of the whole: of a sigmoid's 0.06 it is not full
        return float(self.kept(("layer", layer), lambda: largest_size(maps)))  # one value would always be the brightest

    def largest_weight(self, layer: int) -> float:
        """The largest of a layer's kernel by its size; 0 where it has none."""
        kernel = None if layer == INPUT else self.network.layers[layer].weights.get("kernel")
        return 0.0 if kernel is None else float(self.kept(("weights", layer), lambda: largest_size(kernel)))

    def dead(self, layer: int) -> Array:
        """Which maps of a layer are zero everywhere."""
        found: Array = self.kept(("dead", layer), lambda: dead_maps(self.values(layer)))
        return found

    def signed(self, layer: int) -> bool:
        """Whether anything in the layer is below zero."""
        return bool(self.kept(("signed", layer), lambda: np.any(self.values(layer) < 0)))

    def levels(self, layer: int, number: int, scale: ScaleName, every: int = 1) -> Array:
        """Map `number` of a layer as signed levels (rows, columns), small by `every`."""

        def make() -> Array:
            small = shrink(self.maps(layer)[:, :, number], every)
            return signed_levels(small, self.largest(layer, scale, number))

        found: Array = self.kept(("levels", layer, number, scale, every), make)
        return found


@dataclass(frozen=True, slots=True)
class Where:
    """A place on the way, to come back to."""

    depth: Depth
    layer: int
    row: int
    column: int
    map: int


@dataclass
class Microscope:
    """The one cursor. `channel` is which input channel's kernel is looked at, `term` the chosen term of a value."""

    shot: Shot
    depth: Depth = Depth.NETWORK
    layer: int = 0
    map: int = 0
    row: int = 0
    column: int = 0
    channel: int = 0
    term: int = 0
    source: int = 0
    """Which weight of a dense unit is looked at, by the input that it is for."""
    scale: ScaleName = "map"
    weights: bool = False
    """Whether the network depth shows weights where there is no room for both."""
    trail: list[Where] = new(default_factory=list)
    """Where terms were followed from."""
    own_map: bool = False
    own_cell: bool = False
    """Whether the map, and the cell in it, were chosen by hand. What was not lies where there is something to see: on
    the first map that is not dead, or of a row of numbers the largest, and on the map's largest value."""

    def __post_init__(self) -> None:
        self._fit()

    # What is seen.

    @property
    def network(self) -> Network:
        return self.shot.network

    @property
    def where(self) -> Where:
        """The place at hand."""
        return Where(self.depth, self.layer, self.row, self.column, self.map)

    @property
    def state(self) -> tuple[object, ...]:
        """All that a key which moves can change."""
        return self.where, self.channel, self.term, self.source

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self.network.layers

    @property
    def here(self) -> Layer | None:
        """The layer at hand; None for the input."""
        return None if self.layer == INPUT else self.layers[self.layer]

    @property
    def name(self) -> str:
        return "" if self.here is None else self.here.name

    @property
    def size(self) -> tuple[int, int, int]:
        """(rows, columns, maps) of the layer at hand."""
        rows, columns, maps = self.shot.maps(self.layer).shape
        return rows, columns, maps

    @property
    def is_row(self) -> bool:
        """Whether the layer gives a row of numbers instead of maps."""
        return self.shot.values(self.layer).ndim == 1

    @property
    def place(self) -> Place:
        """The cursor's index into the layer's output."""
        return self.place_of(self.row, self.column)

    def place_of(self, row: int, column: int) -> Place:
        dimensions = self.shot.values(self.layer).ndim
        return (row, column, self.map)[3 - dimensions :] if dimensions < 3 else (row, column, self.map)

    @property
    def value(self) -> float:
        """The value under the cursor."""
        return float(self.shot.values(self.layer)[self.place])

    @property
    def fed(self) -> Positions | None:
        """What of the layer before makes the value under the cursor; None for the picture."""
        return None if self.layer == INPUT else sources_of(self.network, self.layer, self.place)

    @property
    def field(self) -> Positions | None:
        """What of the picture the value under the cursor depends on; None for the picture itself."""
        return None if self.layer == INPUT else receptive_field(self.network, self.layer, self.place)

    @property
    def channels(self) -> range:
        """The input channels that make the map at hand; none where the layer before has no maps."""
        fed = self.fed
        return fed.axes[2] if fed is not None and len(fed.axes) == 3 else range(0)

    # Weights.

    def kernel(self, number: int, channel: int) -> Array | None:
        """The weights (rows, columns) that a convolution's map `number` puts on input channel `channel`."""
        if not isinstance(self.here, (Conv2D, DepthwiseConv2D)):
            return None
        kernel = self.here.grouped()[0]
        each = kernel.shape[2]
        found: Array = kernel[:, :, channel % each, number]
        return found

    @property
    def unit_weights(self) -> Array | None:
        """A dense layer's weights (inputs,) for the unit at hand."""
        return self.here.kernel[:, self.map] if isinstance(self.here, Dense) else None

    @property
    def largest_weight(self) -> float:
        """The largest weight of the layer by its size; 0 where it has no kernel."""
        return self.shot.largest_weight(self.layer)

    def bias(self, number: int) -> float | None:
        """What is added to map `number`; None where the layer has no bias."""
        found = getattr(self.here, "bias", None)
        return None if found is None else float(found[number])

    @property
    def is_largest(self) -> bool:
        """Whether nothing of the map, or of the row of numbers, is above the value under the cursor, and not all of it
        is the same."""
        maps = self.shot.maps(self.layer)
        values = maps[0, 0] if maps.shape[0] * maps.shape[1] == 1 else maps[:, :, self.map]
        low, high = span(values)
        return self.value == high > low

    # Moving; every move keeps the cursor inside.

    def _aim(self) -> None:
        """Puts what was not chosen by hand where there is something to see."""
        rows, columns, maps = self.size
        values = self.shot.maps(self.layer)
        if not self.own_map and rows * columns == 1:
            self.map = strongest(values[0, 0])[0]
        elif not self.own_map:
            self.map = next((number for number, dead in enumerate(self.shot.dead(self.layer)) if not dead), 0)
        if not self.own_cell and rows * columns > 1:
            self.row, self.column = strongest(values[:, :, min(self.map, maps - 1)])

    def _fit(self) -> None:
        self._aim()
        rows, columns, maps = self.size
        self.row, self.column = min(self.row, rows - 1), min(self.column, columns - 1)
        self.map = min(self.map, maps - 1)
        channels = self.channels
        self.channel = min(max(self.channel, channels.start), channels.stop - 1) if channels else 0
        self.term = 0
        if (weights := self.unit_weights) is not None:
            self.source = min(self.source, len(weights) - 1)

    def show(self, shot: Shot) -> None:
        """Another input or another network: the cursor stays where it can."""
        if shot.network is not self.network:
            self.trail.clear()
            self.layer = min(self.layer, len(shot.network.layers) - 1)
        self.shot = shot
        if self.layer == INPUT and self.depth == Depth.NEURON:
            self.depth = Depth.LAYER
        self._fit()

    def go_in(self) -> bool:
        """One depth further; of the input there is no arithmetic to go into."""
        if self.depth == Depth.NEURON or (self.depth == Depth.LAYER and self.layer == INPUT):
            return False
        self.depth = Depth(self.depth + 1)
        self.term = 0
        return True

    def go_out(self) -> bool:
        """Out by one."""
        if self.depth == Depth.NETWORK:
            return False
        self.depth = Depth(self.depth - 1)
        self.trail.clear()
        self.term = 0
        return True

    def to_depth(self, depth: Depth) -> None:
        """Straight to a depth, as a click on the breadcrumb does."""
        while self.depth > depth and self.go_out():
            pass
        while self.depth < depth and self.go_in():
            pass

    def to_layer(self, layer: int) -> None:
        """To a layer, the nearest where there is none; the row and the map stay where it has them."""
        layer = max(INPUT, min(layer, len(self.layers) - 1))
        if layer != self.layer:
            self.layer = layer
            self.channel = 0
            if self.layer == INPUT and self.depth == Depth.NEURON:
                self.depth = Depth.LAYER
            self._fit()

    def to_map(self, number: int) -> None:
        """To a map or unit, the nearest where there is none."""
        self.own_map = True
        self.map = max(0, min(number, self.size[2] - 1))
        self._fit()

    def step_map(self, by: int) -> None:
        """By maps, around the ends."""
        self.to_map((self.map + by) % self.size[2])

    def to_cell(self, row: int, column: int) -> None:
        rows, columns, _maps = self.size
        self.own_cell = True
        self.row, self.column = max(0, min(row, rows - 1)), max(0, min(column, columns - 1))
        self.term = 0

    def step_cell(self, rows: int, columns: int) -> None:
        """By rows and columns, around the edges; where there is one value a map, by units."""
        height, width, _maps = self.size
        if height * width == 1:
            self.step_map(rows * 10 + columns)
        else:
            self.to_cell((self.row + rows) % height, (self.column + columns) % width)

    def step_channel(self, by: int) -> None:
        """To the kernel of another input channel, or another weight of a dense unit, around the ends."""
        if (weights := self.unit_weights) is not None:
            self.source = (self.source + by) % len(weights)
        channels = self.channels
        if channels:
            self.channel = channels.start + (self.channel - channels.start + by) % len(channels)

    def next_scale(self) -> None:
        self.scale = SCALE_NAMES[(SCALE_NAMES.index(self.scale) + 1) % len(SCALE_NAMES)]

    def to_strongest(self) -> None:
        """To the largest value of the map at hand, or of a row of numbers."""
        maps = self.shot.maps(self.layer)
        if maps.shape[0] * maps.shape[1] == 1:
            self.to_map(strongest(maps[0, 0])[0])
        else:
            self.to_cell(*strongest(maps[:, :, self.map]))

    def next_living(self, by: int) -> None:
        """To the next map that is not dead, if any is."""
        dead, maps = self.shot.dead(self.layer), self.size[2]
        for step in range(1, maps + 1):
            number = (self.map + by * step) % maps
            if not dead[number]:
                self.to_map(number)
                return

    # Along the connections.

    def to_place(self, layer: int, place: Place) -> None:
        """To a value by its layer and its index there, at the same depth; the input's are at the layer's depth."""
        self.own_map = self.own_cell = True
        self.layer = max(INPUT, min(layer, len(self.layers) - 1))
        full = (0,) * (3 - len(place)) + tuple(int(index) for index in place)
        self.row, self.column, self.map = full[-3], full[-2], full[-1]
        if self.layer == INPUT and self.depth == Depth.NEURON:
            self.depth = Depth.LAYER
        self._fit()

    def follow(self, layer: int, place: Place) -> None:
        """As `to_place`, and remembers where from."""
        self.trail.append(self.where)
        self.to_place(layer, place)

    def back(self) -> bool:
        """To where the last term was followed from."""
        if not self.trail:
            return False
        where = self.trail.pop()
        self.layer, self.row, self.column, self.map = where.layer, where.row, where.column, where.map
        self.depth = where.depth
        self._fit()
        return True


def unit_input(pixels: Array, shape: Place) -> Array:
    """A grey picture (H, W) uint8 of the right size as the input of a network of `shape`, from 0 to 1."""
    from cnncore.display.greys import unit_pixels

    units = unit_pixels(pixels)
    return np.ascontiguousarray(np.broadcast_to(units[:, :, None], shape)) if len(shape) == 3 else units
