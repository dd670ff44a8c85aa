"""The gradient of the loss with respect to one output of the network, stage by stage."""

from __future__ import annotations

import numpy as np

from cnncore._dtypes import FLOAT64, Array
from cnncore.activations import sigmoid, softmax
from cnncore.backward.batch_pass import BackwardPass
from cnncore.backward.listing import GradientStage
from cnncore.losses import MeanSquaredError
from cnncore.network.explain.positions import Position


def loss_stages(batch: BackwardPass, image: int, position: Position) -> tuple[tuple[GradientStage, ...], float]:
    """The stages from the network's output (or its probability p, from the logits) to the gradient, and the target y.

    Cross-entropy with softmax or sigmoid: p - y, divided by the number of samples; for several sigmoids, of which the
    loss is the mean, by that of the units first. Mean squared error: 2 (output - y), divided by units and samples.
    """
    *prefix, unit = position
    at = (image, *prefix)
    row = _targets(batch, at)
    target = float(row[unit])
    if batch.logits is not None:
        logits = batch.logits[at].astype(FLOAT64)
        one_of_many = batch.loss_function.activation == "softmax"
        p = float((softmax(logits) if one_of_many else sigmoid(logits))[unit])
        stages = [GradientStage("probability", p)]
        if one_of_many and (total := float(row.sum())) != 1:
            stages.append(GradientStage("multiply", p * total, total))
        stages.append(GradientStage("subtract", stages[-1].value - target, target))
        units = 1 if one_of_many else len(row)
    elif isinstance(batch.loss_function, MeanSquaredError):
        output = float(batch.outputs[-1][at][unit])
        stages = [GradientStage("output", output), GradientStage("subtract", output - target, target)]
        stages.append(GradientStage("multiply", 2 * (output - target), 2.0))
        units = len(row)
    else:
        outputs = batch.outputs[-1][at][None].astype(FLOAT64)
        labels = batch.labels[at][None]
        given = batch.loss_function.compute(labels, outputs, from_logits=False)
        stages, units = [GradientStage("loss", float(given.gradient[0, unit]))], 1
    for count in (units, batch.samples) if units > 1 else (batch.samples,):
        stages.append(GradientStage("divide", stages[-1].value / count, float(count)))
    return tuple(stages), target


def _targets(batch: BackwardPass, at: tuple[int, ...]) -> Array:
    """The target of each unit of one sample, float64: 1 for the right class and 0 for the others, for a label."""
    if not batch.loss_function.takes_labels:
        result: Array = batch.labels[at].astype(FLOAT64)
        return result
    return np.where(np.arange(batch.outputs[-1].shape[-1]) == batch.labels[at], 1.0, 0.0)
