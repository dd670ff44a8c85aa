"""The summary of a network before it is built, without Keras: layers, output shapes and parameters.

A test compares it with the models of `cnncore.keras.build`.
"""

from __future__ import annotations

import math

from cnncore.training.config import NetworkName, TrainConfig
from cnncore.training.events import LayerRow, Model

Counted = tuple[tuple[int, ...], int]
"""The parameters of a layer: the shape of its weights, and the number of biases."""

INPUTS = {"fashion": (28, 28, 1), "binary": (150, 105, 1)}
_FILTERS = {"fashion": (64, 64), "binary": (16,)}
_DENSE = {"fashion": (128, 10), "binary": (512, 1)}
KERNEL, _POOL = 3, 2


def planned(config: TrainConfig) -> Model:
    """Return the summary of `config.network`, with Dropout layers if `config.dropout` is above 0."""
    rows: list[LayerRow] = []
    counts: dict[str, int] = {}

    def add(name: str, kind: str, shape: tuple[int, ...], parameters: int) -> None:
        index = counts[name] = counts.get(name, -1) + 1
        rows.append(LayerRow(f"{name}_{index}" if index else name, kind, shape, parameters))

    height, width, channels = INPUTS[config.network]
    for filters in _FILTERS[config.network]:
        height, width = height - KERNEL + 1, width - KERNEL + 1
        add("conv2d", "Conv2D", (height, width, filters), (KERNEL * KERNEL * channels + 1) * filters)
        height, width, channels = height // _POOL, width // _POOL, filters
        add("max_pooling2d", "MaxPooling2D", (height, width, channels), 0)
        if config.dropout:
            add("dropout", "Dropout", (height, width, channels), 0)
    units = math.prod((height, width, channels))
    add("flatten", "Flatten", (units,), 0)
    hidden, outputs = _DENSE[config.network]
    add("dense", "Dense", (hidden,), (units + 1) * hidden)
    if config.dropout:
        add("dropout", "Dropout", (hidden,), 0)
    add("dense", "Dense", (outputs,), (hidden + 1) * outputs)
    return Model(tuple(rows), sum(row.parameters for row in rows))


def counted(model: Model, network: NetworkName) -> list[Counted | None]:
    """Return the weights and biases of each layer of a model of `network`; None for a layer without any, and for one
    whose number of parameters differs from the plan."""
    counts: list[Counted | None] = []
    before: tuple[int, ...] = INPUTS[network]
    for row in model.layers:
        units = row.output_shape[-1]
        weights = (KERNEL, KERNEL, before[-1], units) if row.kind == "Conv2D" else (before[-1], units)
        right = row.parameters > 0 and math.prod(weights) + units == row.parameters
        counts.append((weights, units) if right else None)
        before = row.output_shape
    return counts
