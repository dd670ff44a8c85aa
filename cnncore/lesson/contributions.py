"""From an input value forward: every output cell whose window holds it, and what it adds there.

    for feed in conv_feeds(steps, image, row=3, column=5):
        feed.row, feed.column, feed.weight, feed.product

The other end of `cnncore.lesson.stepping`, where a cell is asked for its window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnncore.lesson.stepping import ConvSteps, FilterSteps, Number, PoolSteps


@dataclass(frozen=True, slots=True)
class Feed:
    """One output cell that an input value feeds: through the weight at (`tap_row`, `tap_column`) of the kernel it adds
    `product` there."""

    row: int
    column: int
    tap_row: int
    tap_column: int
    weight: Number
    product: Number


@dataclass(frozen=True, slots=True)
class PoolFeed:
    """One pooled cell whose window holds an input value, and whether it is the one that goes on."""

    row: int
    column: int
    result: Number
    wins: bool


def conv_feeds(steps: ConvSteps | FilterSteps, inputs: Any, row: int, column: int) -> list[Feed]:
    """What the value at `row`, `column` of `inputs` (H, W) feeds in the first map of `steps`, in reading order."""
    rows, columns = steps.geometry.rows, steps.geometry.columns
    kernel = steps[0].kernel[:, :, 0]
    value = inputs[row, column].item()
    found = []
    for r in rows.feeds(row):
        for c in columns.feeds(column):
            a, b = rows.tap_of(r, row), columns.tap_of(c, column)
            weight = kernel[a, b].item()
            found.append(Feed(r, c, a, b, weight, value * weight))
    return found


def pool_feeds(steps: PoolSteps, row: int, column: int) -> list[PoolFeed]:
    """The pooled cells of the first map whose window holds the value at `row`, `column`, in reading order."""
    found = []
    for r in steps.geometry.rows.feeds(row):
        for c in steps.geometry.columns.feeds(column):
            step = steps[steps.index_of(r, c)]
            found.append(PoolFeed(r, c, step.result, step.winner_input == (row, column)))
    return found
