"""The one cursor of the network screen: a position in a network, at one of three depths.

Network  >  a layer's maps  >  one value's arithmetic
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from cnncore.display.maps import span, strongest
from cnncore.network import Conv2D, Dense, DepthwiseConv2D, Layer, Network
from cnncore.network.explain import Positions, receptive_field, sources_of
from tui.network.activations import INPUT, SCALE_NAMES, Activations, Array, ScaleName, unit_of

Index: TypeAlias = tuple[int, ...]


class Depth(IntEnum):
    """The depth of view."""

    NETWORK = 0
    LAYER = 1
    VALUE = 2


@dataclass(frozen=True, slots=True)
class Position:
    """A position of the cursor to return to."""

    depth: Depth
    layer: int
    row: int
    column: int
    map: int


@dataclass
class Cursor:
    """`channel` selects the input channel whose kernel is shown, `term` the term of a value's arithmetic."""

    activations: Activations
    depth: Depth = Depth.NETWORK
    layer: int = 0
    map: int = 0
    row: int = 0
    column: int = 0
    channel: int = 0
    term: int = 0
    input_number: int = 0
    """The input whose weight is shown, for a dense unit."""
    scale: ScaleName = "map"
    weights: bool = False
    """Show weights at the network depth if maps and weights do not both fit."""
    trail: list[Position] = field(default_factory=list)
    """The positions from which terms were followed."""
    map_chosen: bool = False
    cell_chosen: bool = False
    """False until the learner chooses a map, or a cell in it. Until then the cursor aims at something worth seeing: the
    first map that is not dead (in a row of numbers, the largest value), and the largest value of the map."""

    def __post_init__(self) -> None:
        self._fit()

    # Under the cursor.

    @property
    def network(self) -> Network:
        return self.activations.network

    @property
    def position(self) -> Position:
        return Position(self.depth, self.layer, self.row, self.column, self.map)

    @property
    def snapshot(self) -> tuple[object, ...]:
        """Everything that a key can move."""
        return self.position, self.channel, self.term, self.input_number

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self.network.layers

    @property
    def current_layer(self) -> Layer | None:
        """The layer under the cursor; None for the input."""
        return None if self.layer == INPUT else self.layers[self.layer]

    @property
    def name(self) -> str:
        return "" if self.current_layer is None else self.current_layer.name

    @property
    def is_last_layer(self) -> bool:
        return self.layer == len(self.layers) - 1

    @property
    def size(self) -> tuple[int, int, int]:
        """(rows, columns, maps) of the current layer."""
        rows, columns, maps = self.activations.maps(self.layer).shape
        return rows, columns, maps

    @property
    def one_value_per_map(self) -> bool:
        rows, columns, _maps = self.size
        return rows * columns == 1

    @property
    def is_row(self) -> bool:
        """True if the layer's output is a row of numbers, not maps."""
        return self.activations.values(self.layer).ndim == 1

    @property
    def index(self) -> Index:
        """The index of the current value in the layer's output."""
        return (self.row, self.column, self.map)[3 - min(3, self.activations.values(self.layer).ndim) :]

    @property
    def value(self) -> float:
        return float(self.activations.values(self.layer)[self.index])

    @property
    def window(self) -> Positions | None:
        """The values of the layer before that the current value is computed from; None for the picture."""
        return None if self.layer == INPUT else sources_of(self.network, self.layer, self.index)

    @property
    def receptive_field(self) -> Positions | None:
        """The pixels that the current value depends on; None for the picture itself."""
        return None if self.layer == INPUT else receptive_field(self.network, self.layer, self.index)

    @property
    def channels(self) -> range:
        """The input channels of the current map; none if the layer before has no maps."""
        window = self.window
        return window.axes[2] if window is not None and len(window.axes) == 3 else range(0)

    # Weights.

    def kernel(self, number: int, channel: int) -> Array | None:
        """The weights (rows, columns) of a convolution for map `number` and input channel `channel`."""
        if not isinstance(self.current_layer, (Conv2D, DepthwiseConv2D)):
            return None
        grouped = self.current_layer.grouped()[0]
        per_group = grouped.shape[2]
        kernel: Array = grouped[:, :, channel % per_group, number]
        return kernel

    @property
    def current_kernel(self) -> Array | None:
        """The kernel of the current map and input channel; None if the layer is no convolution."""
        return self.kernel(self.map, self.channel)

    @property
    def unit_weights(self) -> Array | None:
        """The weights (inputs,) of the current unit of a dense layer."""
        return self.current_layer.kernel[:, self.map] if isinstance(self.current_layer, Dense) else None

    @property
    def largest_weight(self) -> float:
        """The largest weight of the layer by size; 0 without a kernel."""
        return self.activations.largest_weight(self.layer)

    @property
    def weight_unit(self) -> float:
        """The power of ten in which the layer's weights are written: 1 for all but gradients."""
        return unit_of(self.largest_weight) if self.activations.gradients else 1.0

    @property
    def bias(self) -> float | None:
        """The bias of the current map; None if the layer has none."""
        biases = getattr(self.current_layer, "bias", None)
        return None if biases is None else float(biases[self.map])

    @property
    def is_largest(self) -> bool:
        """True if no value of the map, or of the row of numbers, exceeds the current one, and not all are equal."""
        maps = self.activations.maps(self.layer)
        values = maps[0, 0] if self.one_value_per_map else maps[:, :, self.map]
        low, high = span(values)
        return self.value == high > low

    # Moves; every one keeps the cursor inside.

    def _aim(self) -> None:
        """Choose a map and a cell worth seeing, unless the learner has chosen them."""
        maps = self.size[2]
        values = self.activations.maps(self.layer)
        if not self.map_chosen and self.one_value_per_map:
            self.map = strongest(values[0, 0])[0]
        elif not self.map_chosen:
            self.map = next((number for number, dead in enumerate(self.activations.dead(self.layer)) if not dead), 0)
        if not self.cell_chosen and not self.one_value_per_map:
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
            self.input_number = min(self.input_number, len(weights) - 1)

    def show(self, activations: Activations) -> None:
        """Move to another input or another network; the position stays where it can."""
        if activations.network is not self.network:
            self.trail.clear()
            self.layer = min(self.layer, len(activations.network.layers) - 1)
        self.activations = activations
        self._leave_pixel_arithmetic()
        self._fit()

    def _leave_pixel_arithmetic(self) -> None:
        if self.layer == INPUT and self.depth == Depth.VALUE:
            self.depth = Depth.LAYER

    def go_in(self) -> bool:
        """Go one depth further in. A pixel of the input has no arithmetic to go into."""
        if self.depth == Depth.VALUE or (self.depth == Depth.LAYER and self.layer == INPUT):
            return False
        self.depth = Depth(self.depth + 1)
        self.term = 0
        return True

    def go_out(self) -> bool:
        """Go out by one depth."""
        if self.depth == Depth.NETWORK:
            return False
        self.depth = Depth(self.depth - 1)
        self.trail.clear()
        self.term = 0
        return True

    def to_depth(self, depth: Depth) -> None:
        """Go straight to a depth, as a click on the breadcrumb does."""
        while self.depth > depth and self.go_out():
            pass
        while self.depth < depth and self.go_in():
            pass

    def to_layer(self, layer: int) -> None:
        """Go to the nearest layer; row, column and map stay where the layer has them."""
        layer = max(INPUT, min(layer, len(self.layers) - 1))
        if layer != self.layer:
            self.layer = layer
            self.channel = 0
            self._leave_pixel_arithmetic()
            self._fit()

    def to_map(self, number: int) -> None:
        """Go to the nearest map or unit."""
        self.map_chosen = True
        self.map = max(0, min(number, self.size[2] - 1))
        self._fit()

    def step_map(self, by: int) -> None:
        """Step by maps, around the ends."""
        self.to_map((self.map + by) % self.size[2])

    def to_cell(self, row: int, column: int) -> None:
        rows, columns, _maps = self.size
        self.cell_chosen = True
        self.row, self.column = max(0, min(row, rows - 1)), max(0, min(column, columns - 1))
        self.term = 0

    def step_cell(self, rows: int, columns: int) -> None:
        """Step by rows and columns, around the edges; with one value per map, by units."""
        height, width, _maps = self.size
        if self.one_value_per_map:
            self.step_map(rows * 10 + columns)
        else:
            self.to_cell((self.row + rows) % height, (self.column + columns) % width)

    def step_channel(self, by: int) -> None:
        """Step to the kernel of another input channel, or to another weight of a dense unit, around the ends."""
        if (weights := self.unit_weights) is not None:
            self.input_number = (self.input_number + by) % len(weights)
        channels = self.channels
        if channels:
            self.channel = channels.start + (self.channel - channels.start + by) % len(channels)

    def next_scale(self) -> None:
        self.scale = SCALE_NAMES[(SCALE_NAMES.index(self.scale) + 1) % len(SCALE_NAMES)]

    def to_largest(self) -> None:
        """Go to the largest value of the current map, or of a row of numbers."""
        maps = self.activations.maps(self.layer)
        if self.one_value_per_map:
            self.to_map(strongest(maps[0, 0])[0])
        else:
            self.to_cell(*strongest(maps[:, :, self.map]))

    def to_next_live_map(self, by: int) -> None:
        """Go to the next map that is not dead, if there is one."""
        dead, maps = self.activations.dead(self.layer), self.size[2]
        for step in range(1, maps + 1):
            number = (self.map + by * step) % maps
            if not dead[number]:
                self.to_map(number)
                return

    # Along the connections.

    def to_value(self, layer: int, index: Index) -> None:
        """Go to a value by its layer and its index there, at the same depth; to a pixel, at the layer depth."""
        self.map_chosen = self.cell_chosen = True
        self.layer = max(INPUT, min(layer, len(self.layers) - 1))
        full = (0,) * (3 - len(index)) + tuple(int(at) for at in index)
        self.row, self.column, self.map = full[-3], full[-2], full[-1]
        self._leave_pixel_arithmetic()
        self._fit()

    def follow(self, layer: int, index: Index) -> None:
        """Go to a value and remember the way back."""
        self.trail.append(self.position)
        self.to_value(layer, index)

    def back(self) -> bool:
        """Return to the position from which the last term was followed."""
        if not self.trail:
            return False
        position = self.trail.pop()
        self.layer, self.row, self.column, self.map = position.layer, position.row, position.column, position.map
        self.depth = position.depth
        self._fit()
        return True
