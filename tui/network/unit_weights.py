"""The weights of one map or unit that training changes, in one row: the kernel channel by channel, then the bias."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cnncore.network import Conv2D, DepthwiseConv2D
from tui.network.activations import Array
from tui.network.cursor import Cursor, Index

if TYPE_CHECKING:
    from cnncore.backward import BackwardPass


@dataclass(frozen=True)
class _Part:
    """One array of weights: its entries of the map, as numbers in `shape`, are read channel by channel.

    `axes` are the positions in an index of the entries' own coordinates, `tail` the coordinates of the map after them.
    """

    name: str
    shape: tuple[int, ...]
    axes: tuple[int, ...]
    tail: Index

    def __len__(self) -> int:
        return math.prod(self.shape)

    def position(self, at: int) -> Index:
        inner = [0] * len(self.axes)
        for axis, coordinate in zip(self.axes, np.unravel_index(at, self.shape), strict=True):
            inner[axis] = int(coordinate)
        return *inner, *self.tail

    def row(self, array: Array) -> Array:
        """The entries of the map in order, (n,)."""
        entries: Array = array
        for at in reversed(self.tail):
            entries = entries[..., at]
        return entries.transpose(self.axes).reshape(-1)


@dataclass(frozen=True, eq=False)
class UnitWeights:
    """A row of weights; `len` is their number. `position(i)` gives the name of weight i and its index in that array."""

    parts: tuple[_Part, ...]
    gradients: tuple[Array, ...]

    @classmethod
    def of(cls, cursor: Cursor, passed: BackwardPass | None) -> UnitWeights:
        """The weights of the map or unit under the cursor, with the gradients of a pass."""
        layer = cursor.current_layer
        if layer is None or passed is None:
            return cls((), ())
        known = passed.weights[cursor.layer]
        parts = []
        for name, value, _gradient in known:
            if name != "kernel":
                parts.append(_Part(name, (), (), (cursor.map,)))
            elif isinstance(layer, DepthwiseConv2D):
                parts.append(_Part(name, value.shape[:2], (0, 1), divmod(cursor.map, value.shape[3])))
            elif isinstance(layer, Conv2D):
                rows, columns, channels, _filters = value.shape
                parts.append(_Part(name, (channels, rows, columns), (2, 0, 1), (cursor.map,)))
            else:
                parts.append(_Part(name, value.shape[:1], (0,), (cursor.map,)))
        return cls(tuple(parts), tuple(gradient for _name, _value, gradient in known))

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    def position(self, number: int) -> tuple[str, Index]:
        for part in self.parts:
            if number < len(part):
                return part.name, part.position(number)
            number -= len(part)
        raise IndexError(number)

    def gradient(self, number: int) -> float:
        """The gradient of weight `number`."""
        name, position = self.position(number)
        at = [part.name for part in self.parts].index(name)
        return float(self.gradients[at][position])

    def values(self) -> Array:
        """The gradient of each weight, (n,)."""
        return np.concatenate([part.row(array) for part, array in zip(self.parts, self.gradients, strict=True)])
