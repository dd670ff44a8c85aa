"""A network's summary before anything is built: layers, output shapes and parameters, without Keras.

A test holds it equal to what `cnncore.keras.build` makes.
"""

from __future__ import annotations

import math

from cnncore.training.config import TrainConfig
from cnncore.training.events import LayerRow, Model

INPUTS = {"fashion": (28, 28, 1), "binary": (150, 105, 1)}
_FILTERS = {"fashion": (64, 64), "binary": (16,)}
_DENSE = {"fashion": (128, 10), "binary": (512, 1)}
KERNEL, _POOL = 3, 2


def planned(config: TrainConfig) -> Model:
    """The layers of `config.network`, with Dropout where `config.dropout` is above 0. Shapes leave the batch out."""
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
