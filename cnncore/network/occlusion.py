"""Occlusion sensitivity: how much a class score depends on each pixel, measured by hiding the pixels.

After Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (ECCV 2014), section 4.2: a grey patch
slides over the picture, and the network scores the picture again at every stop. In full, for a picture x (H, W, C), a
patch of (h, w) pixels, strides (s, t), a grey level g and the score p of one class:

    patches   start at rows 0, s, 2s, ... and H - h, and at columns 0, t, 2t, ... and W - w: each lies inside the
              picture, and together they cover every pixel
    drop      p(x) - p(x with the patch's pixels set to g in all channels), for each patch
    heat      for each pixel, the mean drop over all patches that cover it

Positive heat means that hiding the pixel lowers the score (evidence for the class); negative heat means that hiding it
raises the score (evidence against it). The default grey is the mean of x.
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
from cnncore.network.layer import as_float32
from cnncore.network.network import BATCH_SIZE, Network
from cnncore.network.row_strips import RowStrips, are_worth_it


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion(Copied):
    """The result after `done` of `total` patches. The arrays are read-only snapshots.

    `heat` (H, W) is NaN where no patch has been tried yet, and so is `falls` (rows, columns), the drop of each patch;
    patches start at `tops` and `lefts`. `base` is the score of `label` for the unchanged picture. `lowest` is the
    (top, left) of the patch with the largest drop, the first of equals, and `lowest_score` the score under it.
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
        """The largest magnitude in `heat`; 0 if nothing changes."""
        return float(np.abs(np.nan_to_num(self.heat)).max())

    @property
    def patch(self) -> tuple[int, int, int, int]:
        """`lowest` as (top, left, bottom, right), end-exclusive."""
        top, left = self.lowest
        return top, left, top + self.size[0], left + self.size[1]


STEPS = 9
UNKNOWN = -128


def heat_steps(event: Occlusion) -> Array:
    """Quantise `heat` for drawing: (H, W) int8 from -9 to 9, in ninths of the largest magnitude; `UNKNOWN` for NaN."""
    ninths = np.rint(np.nan_to_num(event.heat) * (STEPS / (event.most or 1.0)))
    steps: Array = np.where(np.isnan(event.heat), UNKNOWN, ninths).astype(np.int8)
    return steps


def default_size(network: Network) -> int:
    """Return a seventh of the shorter side: 4 for 28x28, 15 for 150x105."""
    return max(1, min(network.input_shape[:2]) // 7)


def default_stride(size: int) -> int:
    """Return a fifth of the patch: hardly coarser than a stride of 1, and many times faster."""
    return max(1, size // 5)


def patch_starts(length: int, size: int, stride: int) -> tuple[int, ...]:
    """Return the start of each patch of `size` along `length` pixels: every `stride`-th, and the last that fits."""
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
    """Yield an `Occlusion` after every `batch_size` patches, row by row; the last one is `finished`.

    For a large network, what a patch cannot change is not recomputed (see `cnncore.network.row_strips`); an event then
    also follows each row of patches. Close the iterator to stop early.

    `x` is one input, as `Network.predict` takes it; `label` is the class, by default the one the network predicts.
    Invalid arguments raise `CnnError` at once; the first iteration raises it if no `label` is given and the network
    outputs NaN for `x`.
    """
    batch, single = network.as_batch(x)
    if not single:
        raise CnnError("x has shape {shape}; it must be a single picture", shape=batch.shape)
    picture: Array = np.array(as_float32(batch, "x")[0])
    if picture.ndim < 2:
        raise CnnError(
            "the network takes {shape}, which is not a picture; a patch needs rows and columns", shape=picture.shape
        )
    if label is not None and integer(label, "label", at_least=0) >= class_count(network):
        raise CnnError("label is {value}; it must be from 0 to {most}", value=label, most=class_count(network) - 1)
    height, width = picture.shape[:2]
    side = pair(default_size(network) if size is None else size, "size")
    step = pair((default_stride(side[0]), default_stride(side[1])) if strides is None else strides, "strides")
    for name, given, most in (("size", side, (height, width)), ("strides", step, side)):
        if given[0] > most[0] or given[1] > most[1]:
            raise CnnError(
                "{name} is {given}; it must be at most {most}, so that patches cover every pixel and stay inside "
                "the picture",
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
    tops, lefts = patch_starts(height, size[0], strides[0]), patch_starts(width, size[1], strides[1])
    corners = [(top, left) for top in tops for left in lefts]
    first = scores(network, network.predict(picture[None]))
    chosen = int(best(first)[0]) if label is None else label
    if chosen == NO_CLASS:
        raise CnnError("the network gives NaN for this picture, so there is no class to explain")
    base = float(first[0, chosen])
    strips = _row_strips(network, picture, size[0])
    falls = np.full(len(corners), np.nan)
    sums, counts = np.zeros((height, width)), np.zeros((height, width))
    batch = np.empty((batch_size, *picture.shape), FLOAT32)
    start = 0
    while start < len(corners):
        until = start + batch_size
        if strips is not None:  # all patches of a batch then lie in one strip of rows
            until = min(until, (start // len(lefts) + 1) * len(lefts))
        part = corners[start:until]
        hidden = batch[: len(part)]
        hidden[...] = picture
        for one, (top, left) in zip(hidden, part, strict=True):
            one[top : top + size[0], left : left + size[1]] = grey
        if strips is None:
            outputs = network.predict(hidden, batch_size=batch_size)
        else:
            outputs = strips.predict(hidden, part[0][0], part[0][0] + size[0])
        batch_falls = base - scores(network, outputs)[:, chosen].astype(np.float64)
        done = start + len(part)
        falls[start:done] = batch_falls
        for fall, (top, left) in zip(batch_falls, part, strict=True):
            sums[top : top + size[0], left : left + size[1]] += fall
            counts[top : top + size[0], left : left + size[1]] += 1
        start = done
        yield _snapshot(
            chosen, base, size, strides, grey, tops, lefts, done, falls, np.where(counts > 0, sums, np.nan), counts
        )


def _row_strips(network: Network, picture: Array, rows: int) -> RowStrips | None:
    """Return `RowStrips` for changes of that many rows, or None where the whole network is faster."""
    if not are_worth_it(network, rows):
        return None
    strips = RowStrips(network, picture)
    return strips if strips.finite else None  # infinities have no difference


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
