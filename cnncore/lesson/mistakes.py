"""Common mistakes in computing an output cell, with the values they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from cnncore._dtypes import Array
from cnncore.lesson.stepping import ConvStep, FilterStep, Number, PoolStep, Term


@dataclass(frozen=True, slots=True)
class Slip:
    """The mistake of adding instead of multiplying at one term: `written` replaces the product, and `total` is the
    resulting sum instead of `right`."""

    term: Term
    written: Number
    total: Number
    right: Number


def added_instead(step: FilterStep, order: int) -> Slip:
    """Return the slip with weight + value instead of weight x value at term number `order` of `step`."""
    terms = step.terms
    slipped = terms[order]
    written = slipped.weight + slipped.value
    total = sum(written if term.order == order else term.product for term in terms)
    return Slip(slipped, written, total, step.total)


def largest_zero_slip(step: FilterStep) -> Slip | None:
    """Return the slip with the largest error: at the zero weight over the largest value. None if no weight is zero."""
    zeros = [term for term in step.terms if term.weight == 0 and term.value != 0]
    if not zeros:
        return None
    return added_instead(step, max(zeros, key=lambda term: term.value).order)


Kind: TypeAlias = Literal[
    "clamp", "scale", "scale+clamp", "round", "bias", "relu", "bias+relu",
    "minus", "added", "forgotten", "all-minus", "all-added", "sign", "flipped",
    "up", "down", "left", "right",
    "smallest", "mean", "sum", "other",
]  # fmt: skip
"""The kinds of mistake: a skipped stage; an error at one term or at all terms; the sign of the sum; the kernel rotated
by 180 degrees; the window one position off; in pooling, another value than the largest."""

MOVES: dict[Kind, tuple[int, int]] = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake that leads to `value`. `term` is where it was made, if at one term; `skipped` is a stage that was also
    left out, or ""."""

    kind: Kind
    value: Number
    term: Term | None = None
    skipped: Literal["", "clamp", "relu"] = ""


def mistakes_of(step: FilterStep | ConvStep | PoolStep, inputs: Any) -> Iterator[Mistake]:
    """Yield every known mistake on this cell with the value it leads to, the simplest first.

    `inputs` is the whole input, (H, W) or (H, W, C). Each mistake is the step with one change, so the stages after the
    change (scale, rounding, clamp; bias, ReLU) are correct.
    """
    values = np.asarray(inputs)
    if values.ndim == 2:
        values = values[:, :, None]
    if isinstance(step, PoolStep):
        yield from _pool_mistakes(step, values)
        return
    yield from _skipped_stages(step)
    once = list(_sums(step, values))
    for kind, term, total in once:
        yield Mistake(kind, _with_total(step, total).result, term)
    for kind, term, total in once:  # two mistakes: a wrong sum, and its last stage skipped
        slipped = _with_total(step, total)
        if isinstance(slipped, FilterStep):
            if slipped.clipped:
                yield Mistake(kind, slipped.rounded, term, "clamp")
        elif slipped.pre_activation != slipped.result:
            yield Mistake(kind, slipped.pre_activation, term, "relu")


def find_mistake(
    step: FilterStep | ConvStep | PoolStep, inputs: Any, typed: Number, tolerance: Number = 0
) -> Mistake | None:
    """Return the simplest mistake that leads to `typed` within `tolerance`; None if there is none, or if `typed` is
    right."""
    if _agree(step.result, typed, tolerance):
        return None
    return next((made for made in mistakes_of(step, inputs) if _agree(made.value, typed, tolerance)), None)


def _agree(value: Number, typed: Number, tolerance: Number) -> bool:
    # A little more than the tolerance, because 0.125 - 0.1245 is not exactly 0.0005 in floating point.
    return bool(abs(value - typed) <= tolerance * (1 + 1e-9))


def _with_total(step: FilterStep | ConvStep, total: Number) -> FilterStep | ConvStep:
    """Return the step with `total` as the sum of its products."""
    kind = np.int64 if isinstance(total, int) else np.float64
    return replace(step, window=np.array([[[total]]], kind), kernel=np.ones((1, 1, 1), kind))


def _skipped_stages(step: FilterStep | ConvStep) -> Iterator[Mistake]:
    if isinstance(step, FilterStep):
        unscaled = replace(step, scale=1.0)
        yield Mistake("clamp", step.rounded)
        yield Mistake("scale", unscaled.result)
        yield Mistake("scale+clamp", unscaled.rounded)
        if np.isfinite(step.scaled):  # truncated instead of rounded, then clamped; or unchanged
            yield Mistake("round", min(max(int(step.scaled), 0), 255))
            yield Mistake("round", step.scaled)
        return
    unbiased = replace(step, bias=None)
    yield Mistake("relu", step.pre_activation)
    yield Mistake("bias", unbiased.result)
    yield Mistake("bias+relu", unbiased.pre_activation)


def _sums(step: FilterStep | ConvStep, values: Array) -> Iterator[tuple[Kind, Term | None, Number]]:
    """Yield wrong sums with the kind of mistake and the term."""
    terms = step.terms
    written: dict[Kind, list[Number]] = {
        "minus": [abs(term.product) for term in terms],
        "added": [term.weight + term.value for term in terms],
        "forgotten": [0 for term in terms],
    }
    for kind, instead in written.items():
        for term in terms:
            if instead[term.order] != term.product:
                yield kind, term, _sum(instead[t.order] if t is term else t.product for t in terms)
    yield "all-minus", None, _sum(written["minus"])
    yield "sign", None, 0 - step.total
    yield "flipped", None, replace(step, kernel=step.kernel[::-1, ::-1]).total
    for kind, (rows, columns) in MOVES.items():
        yield kind, None, replace(step, window=_moved(step, values, rows, columns)).total
    yield "all-added", None, _sum(written["added"])


def _sum(products: Iterable[Number]) -> Number:
    """Add in order, as a step does; Python's `sum` of floats is more exact."""
    total: Number = 0
    for product in products:
        total = total + product
    return total


def _moved(step: FilterStep | ConvStep | PoolStep, values: Array, rows: int, columns: int) -> Array:
    """Return the window (kh, kw, C) moved by `rows` and `columns`; zero outside the input."""
    height, width = step.window.shape[:2]
    channels = step.window.shape[2] if step.window.ndim == 3 else 1
    first = step.channel if isinstance(step, PoolStep) else step.first_channel
    ys = step.top + rows + np.arange(height) * step.geometry.rows.dilation
    xs = step.left + columns + np.arange(width) * step.geometry.columns.dilation
    inside = ((ys >= 0) & (ys < values.shape[0]))[:, None] & ((xs >= 0) & (xs < values.shape[1]))[None, :]
    ys, xs = ys.clip(0, values.shape[0] - 1), xs.clip(0, values.shape[1] - 1)
    window = values[ys[:, None], xs[None, :], first : first + channels].astype(step.window.dtype)
    return np.where(inside[:, :, None], window, window.dtype.type(0))


def _pool_mistakes(step: PoolStep, values: Array) -> Iterator[Mistake]:
    there = step.window[step.inside]
    total = there.astype(np.int64 if there.dtype.kind in "iub" else np.float64).sum().item()
    yield Mistake("smallest", there.min().item())
    yield Mistake("mean", total / there.size)
    yield Mistake("sum", total)
    for value in there:
        if value != step.result:
            yield Mistake("other", value.item())
    for kind, (rows, columns) in MOVES.items():
        yield Mistake(kind, _moved(step, values, rows, columns).max().item())
