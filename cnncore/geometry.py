"""Where windows lie: padding, strides, dilation and the sizes that follow.

One `Axis` describes how a window moves along one direction. Every room that needs a size takes it from here, so
the fast path, the slow twin, the stepping and the lesson can never disagree about one.

The formulas are TensorFlow's: with extent = (window - 1) * dilation + 1,
    valid, or explicit zeros:  output = floor((before + size + after - extent) / stride) + 1
    same:                      output = ceil(size / stride), and the zeros that takes are split, the odd one after
(https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cnncore._arguments import IntOrPair, Padding, Pads, padding_of, pair
from cnncore.errors import CnnError


@dataclass(frozen=True, slots=True)
class Axis:
    """How a window of `window` taps, `dilation` apart, moves along `size` values by `stride`.

    `before` and `after` are the padded values added at either end. All in elements.
    """

    size: int
    window: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def extent(self) -> int:
        """How many values the window spans, the gaps of dilation included."""
        return (self.window - 1) * self.dilation + 1

    @property
    def padded(self) -> int:
        return self.before + self.size + self.after

    @property
    def room(self) -> int:
        """How far the window can move: what of the padded input is left beside it."""
        return self.padded - self.extent

    @property
    def exact(self) -> Fraction:
        """`room / stride + 1`, before it is floored to `output`."""
        return Fraction(self.room, self.stride) + 1

    @property
    def output(self) -> int:
        """How many positions the window has."""
        return self.room // self.stride + 1

    @property
    def unused(self) -> int:
        """How many values at the end of the padded input no window reaches, because the division was floored."""
        return self.padded - ((self.output - 1) * self.stride + self.extent)

    def start(self, position: int) -> int:
        """The input index of the first tap at an output position; negative inside the padding."""
        return position * self.stride - self.before

    def taps(self, position: int) -> range:
        """The input indices of all taps at an output position."""
        first = self.start(position)
        return range(first, first + self.extent, self.dilation)

    def inside(self, tap: int) -> tuple[slice, slice]:
        """The output positions whose tap of that number falls on the input and not on padding, and the input indices
        that it falls on there: two slices of one length, which may be 0."""
        offset = tap * self.dilation - self.before
        first = max(0, -(offset // self.stride))
        end = max(first, min(self.output, (self.size - 1 - offset) // self.stride + 1))
        start = first * self.stride + offset
        return slice(first, end), slice(start, start + (end - first) * self.stride, self.stride)

    def feeds(self, index: int) -> range:
        """The output positions whose window includes input `index` (a tap falls on it). May be empty."""
        shifted = index + self.before
        first = max(0, -(-(shifted - self.extent + 1) // self.stride))
        last = min(self.output - 1, shifted // self.stride)
        if self.dilation == 1:
            return range(first, last + 1)
        hits = [p for p in range(first, last + 1) if (shifted - p * self.stride) % self.dilation == 0]
        if not hits:
            return range(0)
        step = hits[1] - hits[0] if len(hits) > 1 else 1
        return range(hits[0], hits[-1] + 1, step)

    def tap_of(self, position: int, index: int) -> int:
        """Which tap, counted from 0, falls on input `index` at an output position that it feeds."""
        return (index - self.start(position)) // self.dilation


@dataclass(frozen=True, slots=True)
class Geometry:
    """The two directions of a 2-D window."""

    rows: Axis
    columns: Axis

    @property
    def output(self) -> tuple[int, int]:
        return self.rows.output, self.columns.output

    @property
    def padded(self) -> bool:
        return bool(self.rows.before or self.rows.after or self.columns.before or self.columns.after)


def geometry(
    size: tuple[int, int],
    window: tuple[int, int],
    *,
    strides: IntOrPair = 1,
    padding: Padding = "valid",
    dilation_rate: IntOrPair = 1,
    window_name: str = "kernel",
) -> Geometry:
    """The geometry of a `window` over `size`, both (rows, columns).

    Raises `CnnError` for an unusable argument, and where the window is larger than the padded input.
    """
    steps, dilation, given = pair(strides, "strides"), pair(dilation_rate, "dilation_rate"), padding_of(padding)
    before_after: Pads
    if given == "same":
        before_after = (
            _same(size[0], window[0], steps[0], dilation[0]),
            _same(size[1], window[1], steps[1], dilation[1]),
        )
    else:
        before_after = ((0, 0), (0, 0)) if given == "valid" else given
    rows, columns = (
        Axis(size[i], window[i], steps[i], dilation[i], before_after[i][0], before_after[i][1]) for i in (0, 1)
    )
    for axis, direction in ((rows, "rows"), (columns, "columns")):
        if axis.extent > axis.padded:
            values = {
                "window_name": window_name,
                "extent": axis.extent,
                "direction": direction,
                "padded": axis.padded,
            }
            if axis.dilation == 1:  # pooling has no other
                raise CnnError(
                    "the {window_name} spans {extent} {direction}, but the padded input has only {padded}: "
                    "use a smaller {window_name} or more padding",
                    **values,
                )
            raise CnnError(
                "the {window_name} spans {extent} {direction}, but the padded input has only {padded}: "
                "use a smaller {window_name}, a smaller dilation_rate or more padding",
                **values,
            )
    return Geometry(rows, columns)


def _same(size: int, window: int, stride: int, dilation: int) -> tuple[int, int]:
    output = -(-size // stride)
    total = max((output - 1) * stride + (window - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def pool_geometry(size: tuple[int, int], pool_size: IntOrPair, strides: IntOrPair | None, padding: Padding) -> Geometry:
    """The geometry of pooling: `strides` defaults to `pool_size`, and no window may lie in the padding alone."""
    window = pair(pool_size, "pool_size")
    found = geometry(
        size, window, strides=window if strides is None else strides, padding=padding, window_name="pool window"
    )
    for axis in (found.rows, found.columns):
        if max(axis.before, axis.after) >= axis.window:
            raise CnnError(
                "padding {padding} is not smaller than the pool's window, {pool_size}: a window would hold no input at"
                " all",
                padding=max(axis.before, axis.after),
                pool_size=axis.window,
            )
    return found
