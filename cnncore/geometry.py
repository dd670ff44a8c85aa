"""Window geometry: padding, strides, dilation and the resulting sizes.

An `Axis` describes how a window moves in one direction. Every module takes sizes from here, so the fast path, the
reference, the steps and the lesson always agree.

The formulas are TensorFlow's: with extent = (window - 1) * dilation + 1,
    valid, or explicit zeros:  output = floor((before + size + after - extent) / stride) + 1
    same:                      output = ceil(size / stride); half of the zeros needed go before, the rest after
(https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cnncore._arguments import IntOrPair, Padding, Pads, padding_of, pair
from cnncore.errors import CnnError


@dataclass(frozen=True, slots=True)
class Axis:
    """The motion of a window of `window` taps, `dilation` apart, along `size` values by `stride`.

    `before` and `after` are the numbers of padded values at either end.
    """

    size: int
    window: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def extent(self) -> int:
        """The number of values the window spans, including the gaps of dilation."""
        return (self.window - 1) * self.dilation + 1

    @property
    def padded(self) -> int:
        return self.before + self.size + self.after

    @property
    def room(self) -> int:
        """The distance the window can move: the length of the padded input minus `extent`."""
        return self.padded - self.extent

    @property
    def exact(self) -> Fraction:
        """`room / stride + 1`, which is floored to give `output`."""
        return Fraction(self.room, self.stride) + 1

    @property
    def output(self) -> int:
        """The number of output positions."""
        return self.room // self.stride + 1

    @property
    def unused(self) -> int:
        """The number of values at the end of the padded input that no window reaches, as the division is floored."""
        return self.padded - ((self.output - 1) * self.stride + self.extent)

    def start(self, position: int) -> int:
        """Return the input index of the first tap at an output position; negative inside the padding."""
        return position * self.stride - self.before

    def taps(self, position: int) -> range:
        """Return the input indices of all taps at an output position."""
        first = self.start(position)
        return range(first, first + self.extent, self.dilation)

    def inside(self, tap: int) -> tuple[slice, slice]:
        """Return the output positions at which tap number `tap` lies on the input, not on padding, and the input
        indices it lies on: two slices of equal length, which may be 0."""
        offset = tap * self.dilation - self.before
        first = max(0, -(offset // self.stride))
        end = max(first, min(self.output, (self.size - 1 - offset) // self.stride + 1))
        start = first * self.stride + offset
        return slice(first, end), slice(start, start + (end - first) * self.stride, self.stride)

    def feeds(self, index: int) -> range:
        """Return the output positions whose window has a tap on input `index`. May be empty."""
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
        """Return the number of the tap, from 0, that lies on input `index` at an output position that it feeds."""
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
    """Return the geometry of a `window` over `size`, both (rows, columns).

    Raises `CnnError` for an invalid argument, and if the window is larger than the padded input.
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
            if axis.dilation == 1:  # as in every pooling
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
    """Return the geometry of pooling: `strides` defaults to `pool_size`; no window may lie entirely in padding."""
    window = pair(pool_size, "pool_size")
    pooling = geometry(
        size, window, strides=window if strides is None else strides, padding=padding, window_name="pool window"
    )
    for axis in (pooling.rows, pooling.columns):
        if max(axis.before, axis.after) >= axis.window:
            raise CnnError(
                "padding {padding} is not smaller than the pool window, {pool_size}: a window would contain only "
                "padding",
                padding=max(axis.before, axis.after),
                pool_size=axis.window,
            )
    return pooling
