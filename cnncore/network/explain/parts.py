"""Arithmetic shared by several kinds of layers: sources in columns, and the activations."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from cnncore._dtypes import Array
from cnncore.network.explain.explanation import SoftmaxTable, Sources, Stage, exact_sum
from cnncore.network.explain.positions import Position

Parts = dict[str, Any]
"""The fields of `Explanation` that depend on the kind of layer."""


def columns(
    layer: int, positions: Array, values: Array, weights: Array | None = None, padded: Array | None = None
) -> Sources:
    values = values.astype(np.float64)
    weights = None if weights is None else weights.astype(np.float64)
    products = values if weights is None else values * weights
    outside = np.zeros(len(values), bool) if padded is None else padded
    for array in (positions, values, weights, products, outside):
        if array is not None:
            array.setflags(write=False)
    return Sources(layer, positions, values, weights, products, outside)


def one(layer: int, position: Position, value: Any, weight: float | None = None) -> Parts:
    """Return the parts for a single source."""
    weights = None if weight is None else np.array([weight], np.float64)
    sources = columns(layer, np.array([position]), np.array([value]), weights)
    return {"sources": sources, "contributions": sources.products}


def activated(z: float, name: str) -> tuple[Stage, ...]:
    if name == "relu":
        return (Stage("relu", float(np.maximum(z, 0.0))),)
    if name == "tanh":
        return (Stage("tanh", float(np.tanh(z))),)
    if name == "sigmoid":
        exponential = np.exp(-np.float64(z))
        return Stage("exponential", float(exponential)), Stage("sigmoid", float(1 / (1 + exponential)))
    return ()


def softmax(logits: Array, index: int, logits_from: Literal["stepping", "before"]) -> Parts:
    """Return the table as "softmax", and as "stages" the two stages after the logit."""
    largest = logits.max()
    exponentials = np.exp(logits - largest)
    total = exact_sum(exponentials)
    shares = exponentials / np.float64(total)
    table = SoftmaxTable(index, logits, float(largest), exponentials, total, shares, logits_from)
    return {
        "softmax": table,
        "stages": (
            Stage("exponential", float(exponentials[index]), float(largest)),
            Stage("softmax", float(shares[index]), total),
        ),
    }
