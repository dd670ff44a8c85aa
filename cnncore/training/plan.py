"""The summary of a network before it is built, without Keras: layers, output shapes and parameters.

A test compares it with the models of `cnncore.keras.build`.
"""

from __future__ import annotations

from cnncore.network.layer import Shape
from cnncore.training.architecture import check
from cnncore.training.config import TrainConfig
from cnncore.training.events import LayerRow, Model

Counted = tuple[Shape, int]
"""The parameters of a layer: the shape of its weights, and the number of biases."""


def planned(config: TrainConfig) -> Model:
    """Return the summary of the network of `config`, with Dropout layers if `config.dropout` is above 0. Raises
    `CnnError` for a network that cannot be trained."""
    rows = tuple(
        LayerRow(row.name, row.spec.kind, row.output_shape or (), row.parameters) for row in check(config.design)
    )
    return Model(rows, sum(row.parameters for row in rows))


def counted(config: TrainConfig, model: Model) -> list[Counted | None]:
    """Return the weights and biases of each layer of `model`, built from `config`; None for a layer that has not just
    these two, and for one that is not as planned."""
    planned_rows = {row.name: row for row in check(config.design)}
    counts: list[Counted | None] = []
    for built in model.layers:
        row = planned_rows.get(built.name)
        kernel, bias = (None, None) if row is None else (row.weights.get("kernel"), row.weights.get("bias"))
        right = row is not None and row.parameters == built.parameters and len(row.weights) == 2
        counts.append((kernel, bias[0]) if right and kernel and bias else None)
    return counts
