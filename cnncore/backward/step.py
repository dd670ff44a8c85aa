"""One training step done by hand: all weights, or a single one, and the loss of the same batch before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cnncore._copies import Copied
from cnncore._dtypes import FLOAT32, Array
from cnncore.backward.batch_pass import BackwardPass, backward_pass
from cnncore.backward.state import OptimizerState, frozen, optimizer_state
from cnncore.backward.update import Update, update_of
from cnncore.errors import CnnError
from cnncore.network.explain.positions import Position, checked
from cnncore.network.layer import Layer
from cnncore.network.network import Network
from cnncore.training.core.optimizers import Optimizer


@dataclass(frozen=True, eq=False)
class StepResult(Copied):
    """A step: `network` with its new weights, `batch`, the pass of the same images through it, and `state`, the
    optimizer's after the step. To repeat it, give these three to `step`; to undo it, go back to the ones given.

    `before` and `after`: the loss of the batch. `update`: that of the one weight, for `step_weight`.
    """

    network: Network = field(repr=False)
    batch: BackwardPass = field(repr=False)
    state: OptimizerState
    before: float
    after: float
    update: Update | None = None


def step(network: Network, batch_pass: BackwardPass, state: OptimizerState | None = None) -> StepResult:
    """Move every weight by one step of the optimizer, with the trainer's own arithmetic (`Optimizer.apply`), along the
    gradients of `batch_pass`. `network` is left as it is; averages of a batch normalization do not move.

    state: None is Adam at step 0. Raises `CnnError` for a pass or a state of another network, and for a pass in
    float64.
    """
    given = _given(network, batch_pass, state)
    found = [(at, *weight) for at, weights in enumerate(batch_pass.weights) for weight in weights]
    optimizer = Optimizer(given.rule, [value.copy() for _at, _name, value, _gradient in found])
    optimizer.iterations = given.steps
    for (at, name, _value, _gradient), slots in zip(found, optimizer.slots, strict=True):
        for slot, array in slots.items():
            array[...] = given.slots[at][name][slot]
    with np.errstate(all="ignore"):  # infinities and NaN propagate
        optimizer.apply([gradient for _at, _name, _value, gradient in found])
    weights: list[dict[str, Array]] = [{} for _layer in network.layers]
    averages: list[dict[str, Mapping[str, Array]]] = [{} for _layer in network.layers]
    for (at, name, _value, _gradient), new, slots in zip(found, optimizer.weights, optimizer.slots, strict=True):
        weights[at][name], averages[at][name] = new, slots
    after = OptimizerState(given.rule, optimizer.iterations, frozen(averages), "steps")
    return _result(batch_pass, weights, after, None)


def step_weight(
    network: Network,
    batch_pass: BackwardPass,
    layer: int,
    name: str,
    position: Position,
    state: OptimizerState | None = None,
) -> StepResult:
    """Move one weight alone, the entry at `position` of the weight `name` of `layer`; all others keep their value and
    their averages. Otherwise as `step`."""
    given = _given(network, batch_pass, state)
    update = update_of(batch_pass, given, layer, name, position)
    value = batch_pass.weight(layer, name)[0].copy()
    at = checked(position, value.shape)
    value[at] = update.core
    moved = {slot: array.copy() for slot, array in given.slots[layer][name].items()}
    for slot, array in moved.items():
        array[at] = update.after[slot]
    weights: list[dict[str, Array]] = [{} for _layer in network.layers]
    weights[layer][name] = value
    averages = [dict(of_layer) for of_layer in given.slots]
    averages[layer][name] = moved
    after = OptimizerState(given.rule, update.step, frozen(averages), "steps")
    return _result(batch_pass, weights, after, update)


def _given(network: Network, batch: BackwardPass, state: OptimizerState | None) -> OptimizerState:
    batch.of_network(network)
    if batch.images.dtype != FLOAT32:
        raise CnnError("batch_pass is in {dtype}; a step is made in float32", dtype=batch.images.dtype)
    return (optimizer_state(network) if state is None else state).of_network(network)


def _result(
    batch: BackwardPass, weights: Sequence[Mapping[str, Array]], state: OptimizerState, update: Update | None
) -> StepResult:
    layers = [_with(layer, new) for layer, new in zip(batch.network.layers, weights, strict=True)]
    network = Network(layers, batch.network.input_shape)
    after = backward_pass(network, batch.images, batch.labels, loss=batch.loss_function)
    return StepResult(network, after, state, batch.loss, after.loss, update)


def _with(layer: Layer, weights: Mapping[str, Any]) -> Layer:
    """The layer with these weights in place of its own."""
    return replace(layer, **weights) if weights else layer
