"""The output cells that an input value feeds, and its product in each.

    for feed in conv_feeds(steps, image, row=3, column=5):
        feed.row, feed.column, feed.weight, feed.product

The reverse of `cnncore.lesson.stepping`, which goes from an output cell to its window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnncore.lesson.stepping import ConvSteps, FilterSteps, Number, PoolSteps


@dataclass(frozen=True, slots=True)
class Feed:
    """An output cell that an input value feeds: the weight at (`tap_row`, `tap_column`) of the kernel contributes
    `product`."""

    row: int
    column: int
    tap_row: int
    tap_column: int
    weight: Number
    product: Number


@dataclass(frozen=True, slots=True)
class PoolFeed:
    """A pooled cell whose window contains an input value; `wins` if that value is the maximum."""

    row: int
    column: int
    result: Number
    wins: bool


def conv_feeds(steps: ConvSteps | FilterSteps, inputs: Any, row: int, column: int) -> list[Feed]:
    """Return the cells of the first map of `steps` that `inputs[row, column]` feeds, in reading order."""
    rows, columns = steps.geometry.rows, steps.geometry.columns
    kernel = steps[0].kernel[:, :, 0]
    value = inputs[row, column].item()
    feeds = []
    for r in rows.feeds(row):
        for c in columns.feeds(column):
            a, b = rows.tap_of(r, row), columns.tap_of(c, column)
            weight = kernel[a, b].item()
            feeds.append(Feed(r, c, a, b, weight, value * weight))
    return feeds


def pool_feeds(steps: PoolSteps, row: int, column: int) -> list[PoolFeed]:
    """Return the pooled cells of the first map whose window contains [`row`, `column`], in reading order."""
    feeds = []
    for r in steps.geometry.rows.feeds(row):
        for c in steps.geometry.columns.feeds(column):
            step = steps[steps.index_of(r, c)]
            feeds.append(PoolFeed(r, c, step.result, step.winner_input == (row, column)))
    return feeds
