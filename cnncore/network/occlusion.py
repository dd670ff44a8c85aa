"""Why this answer: which pixels the network's score for a class hangs on, found by hiding them.

Occlusion sensitivity, after Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (ECCV 2014),
section 4.2: a grey square is slid over the picture, and for each place the network is asked again. In full, for a
picture x (H, W, C), a patch of (h, w) pixels, strides (s, t), a grey g and the score p of one class:

    places    rows 0, s, 2s, ... and H - h, columns 0, t, 2t, ... and W - w: the patch always lies inside, and together
              the places cover every pixel
    fall      p(x) - p(x with all channels of the patch's pixels set to g), for each place
    heat      for each pixel, the mean of the falls of all places whose patch covers it

So a positive heat means that hiding the pixel costs the class score (it speaks for the class), a negative one that the
score rises (it speaks against it). The default grey is the mean of x.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnncore._arguments import integer, pair
from cnncore._copies import Copied
from cnncore._dtypes import FLOAT32, Array
from cnncore.errors import CnnError
from cnncore.network.answers import NO_CLASS, best, class_count, scores
from cnncore.network.bands import Bands, are_worth_it
from cnncore.network.layer import as_float32
from cnncore.network.network import BATCH_SIZE, Network


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion(Copied):
    """What is known after `done` of `total` places. The arrays are read-only and its own.

    `heat` (H, W) is NaN where no patch has been yet; `falls` (rows, columns) likewise, one a place, whose patches begin
    at `tops` and `lefts`. `base` is the score of `label` for the untouched picture. `lowest` is the (top, left) of the
    patch that took the most from it, the first of several, and `lowest_score` what it left.
    """

    label: int
    base: float
    size: tuple[int, int]
    strides: tuple[int, int]
    grey: float
    tops: tuple[int, ...]
    lefts: tuple[int, ...]
    done: int
    falls: Array = field(repr=False)
    heat: Array = field(repr=False)
    lowest: tuple[int, int]
    lowest_score: float

    @property
    def total(self) -> int:
        return len(self.tops) * len(self.lefts)

    @property
    def finished(self) -> bool:
        return self.done == self.total

    @property
    def most(self) -> float:
        """The largest size in `heat`, 0 where nothing changes."""
        return float(np.abs(np.nan_to_num(self.heat)).max())

    @property
    def patch(self) -> tuple[int, int, int, int]:
        """`lowest` as (top, left, bottom, right), ends not included."""
        top, left = self.lowest
        return top, left, top + self.size[0], left + self.size[1]


STEPS = 9
UNKNOWN = -128


def heat_steps(found: Occlusion) -> Array:
    """`heat` in whole ninths of its largest size, to draw it: (H, W) int8 from -9 to 9, `UNKNOWN` where it is NaN."""
    ninths = np.rint(np.nan_to_num(found.heat) * (STEPS / (found.most or 1.0)))
    steps: Array = np.where(np.isnan(found.heat), UNKNOWN, ninths).astype(np.int8)
    return steps


def default_size(network: Network) -> int:
    """A seventh of the shorter side: 4 for 28x28, 15 for 150x105."""
    return max(1, min(network.input_shape[:2]) // 7)


def default_stride(size: int) -> int:
    """A fifth of the patch: hardly less fine than every pixel, and many times faster."""
    return max(1, size // 5)


def places(length: int, size: int, stride: int) -> tuple[int, ...]:
    """Where patches of `size` begin along `length` pixels: every `stride`-th, and the last one that fits."""
    last = length - size
    starts = list(range(0, last + 1, stride))
    return tuple(starts if starts[-1] == last else [*starts, last])


def occlusion(
    network: Network,
    x: Any,
    *,
    label: int | None = None,
    size: int | tuple[int, int] | None = None,
    strides: int | tuple[int, int] | None = None,
    grey: float | None = None,
    batch_size: int = BATCH_SIZE,
) -> Iterator[Occlusion]:
    """One `Occlusion` after every `batch_size` places, row by row; the last one is `finished`. Closing it ends it.

    Of a large network, what a patch cannot change is not computed anew (see `cnncore.network.bands`); then one comes
    after every row of places as well.

    `x` is one input of the network, as `Network.predict` takes it; `label` the class, by default the one the network
    answers. Wrong arguments raise `CnnError` here, before anything is computed; the first step raises it where no
    `label` is given and the network gives NaN for `x`, and so names no class.
    """
    batch, single = network.as_batch(x)
    if not single:
        raise CnnError("x has shape {shape}; one picture at a time is explained", shape=batch.shape)
    picture: Array = np.array(as_float32(batch, "x")[0])
    if picture.ndim < 2:
        raise CnnError(
            "the network takes {shape}, which is no picture; a patch needs rows and columns", shape=picture.shape
        )
    if label is not None and integer(label, "label", at_least=0) >= class_count(network):
        raise CnnError("label is {value}; it must be from 0 to {most}", value=label, most=class_count(network) - 1)
    height, width = picture.shape[:2]
    side = pair(default_size(network) if size is None else size, "size")
    step = pair((default_stride(side[0]), default_stride(side[1])) if strides is None else strides, "strides")
    for name, given, most in (("size", side, (height, width)), ("strides", step, side)):
        if given[0] > most[0] or given[1] > most[1]:
            raise CnnError(
                "{name} is {given}; it must be at most {most}, so that patches lie inside and leave no pixel out",
                name=name,
                given=given,
                most=most,
            )
    value = float(picture.mean()) if grey is None else float(grey)
    if not np.isfinite(value):
        raise CnnError("grey must be a finite number, got {value}", value=value)
    count = integer(batch_size, "batch_size", at_least=1)
    return _events(network, picture, label, side, step, value, count)


def _events(
    network: Network,
    picture: Array,
    label: int | None,
    size: tuple[int, int],
    strides: tuple[int, int],
    grey: float,
    batch_size: int,
) -> Iterator[Occlusion]:
    height, width = picture.shape[:2]
    tops, lefts = places(height, size[0], strides[0]), places(width, size[1], strides[1])
    all_places = [(top, left) for top in tops for left in lefts]
    first = scores(network, network.predict(picture[None]))
    chosen = int(best(first)[0]) if label is None else label
    if chosen == NO_CLASS:
        raise CnnError("the network gives NaN for this picture, so it names no class, and there is none to explain")
    base = float(first[0, chosen])
    ask = _asker(network, picture, size[0])
    falls = np.full(len(all_places), np.nan)
    sums, counts = np.zeros((height, width)), np.zeros((height, width))
    batch = np.empty((batch_size, *picture.shape), FLOAT32)
    start = 0
    while start < len(all_places):
        # Where a band is enough, a batch is of one band: it ends with its row of places.
        until = start + batch_size if ask is None else min(start + batch_size, (start // len(lefts) + 1) * len(lefts))
        part = all_places[start:until]
        hidden = batch[: len(part)]
        hidden[...] = picture
        for one, (top, left) in zip(hidden, part, strict=True):
            one[top : top + size[0], left : left + size[1]] = grey
        if ask is None:
            outputs = network.predict(hidden, batch_size=batch_size)
        else:
            outputs = ask.predict(hidden, part[0][0], part[0][0] + size[0])
        found = base - scores(network, outputs)[:, chosen].astype(np.float64)
        done = start + len(part)
        falls[start:done] = found
        for fall, (top, left) in zip(found, part, strict=True):
            sums[top : top + size[0], left : left + size[1]] += fall
            counts[top : top + size[0], left : left + size[1]] += 1
        start = done
        yield _snapshot(
            chosen, base, size, strides, grey, tops, lefts, done, falls, np.where(counts > 0, sums, np.nan), counts
        )


def _asker(network: Network, picture: Array, rows: int) -> Bands | None:
    """What answers for pictures that differ in so many rows, where that is faster than the network itself."""
    if not are_worth_it(network, rows):
        return None
    bands = Bands(network, picture)
    return bands if bands.finite else None  # of infinities no difference can be taken


def _snapshot(
    label: int,
    base: float,
    size: tuple[int, int],
    strides: tuple[int, int],
    grey: float,
    tops: tuple[int, ...],
    lefts: tuple[int, ...],
    done: int,
    falls: Array,
    sums: Array,
    counts: Array,
) -> Occlusion:
    worst = int(np.argmax(np.where(np.isnan(falls), -np.inf, falls)))
    heat: Array = sums / np.maximum(counts, 1)
    table: Array = falls.reshape(len(tops), len(lefts)).copy()
    for array in (heat, table):
        array.setflags(write=False)
    lowest = (tops[worst // len(lefts)], lefts[worst % len(lefts)])
    return Occlusion(
        label, base, size, strides, grey, tops, lefts, done, table, heat, lowest, base - float(falls[worst])
    )
