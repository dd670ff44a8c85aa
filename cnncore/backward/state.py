"""The state of an optimizer beside a network: the averages of every weight, and the number of steps done."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from cnncore._arguments import instance
from cnncore._copies import Copied, Named
from cnncore._dtypes import FLOAT32, Array
from cnncore.errors import CnnError
from cnncore.layers import BatchNormalization
from cnncore.models.files import load_model
from cnncore.network.layer import Layer
from cnncore.network.network import Network
from cnncore.optimizers import optimizer_of
from cnncore.training.core.compiled import Compiled
from cnncore.training.core.optimizers import Optimizer, Rule

Origin: TypeAlias = Literal["file", "zeros", "steps"]
"""Where averages come from: a trained file, zeros at step 0, or steps done by hand."""

Slots: TypeAlias = Sequence[Mapping[str, Mapping[str, Array]]]
"""The averages of each weight of each layer, by names."""


@dataclass(frozen=True, eq=False)
class OptimizerState(Copied):
    """`rule`: the optimizer, with its numbers. `steps`: the steps done so far. `slots[layer][name]`: the averages of
    that weight by Keras's names, such as Adam's "momentum" and "velocity", of the weight's shape, float32, read-only.

    `origin`: "file" where the averages are those of a trained file, "zeros" where they begin at step 0, "steps" after
    steps done by hand.
    """

    rule: Rule
    steps: int
    slots: Slots = field(repr=False)
    origin: Origin

    @property
    def learning_rate(self) -> float:
        """The rate of the next step: the rule's, which may be a schedule. Raises `CnnError` for a schedule's result
        that is no rate."""
        return rate_of(self.rule, self.steps)

    def of_network(self, network: Network) -> OptimizerState:
        """Return this state, which must have averages for all weights of `network`. Raises `CnnError`."""
        if not _fits(dict(_keyed(self.slots)), network.layers):
            raise CnnError("state is of another network; make one for this: optimizer_state(network)")
        return self


def trained(layer: Layer) -> Iterator[tuple[str, Array]]:
    """(name, value) of each weight of the layer that training changes."""
    return ((name, array) for name, array in layer.weights.items() if name not in BatchNormalization.not_trained)


def rate_of(rule: Rule, steps: int) -> float:
    """The learning rate of the step after `steps`."""
    optimizer = Optimizer(rule, ())
    optimizer.iterations = steps
    return optimizer.learning_rate


def optimizer_state(
    network: Network, optimizer: Any = "adam", *, path: str | os.PathLike[str] | None = None
) -> OptimizerState:
    """The state to begin with: that of the `.keras` file `path`, if it was saved while being trained and holds the
    layers of this network; else zeros at step 0, for the optimizer that the file names, or for `optimizer`.

    optimizer: one of `cnncore.optimizers`, Keras's name, or its description in a file. Raises `CnnError` for an
    optimizer that is not supported, for a network without weights, and for a file that cannot be read.
    """
    layers = instance(network, Network, "network").layers
    rule = optimizer_of(optimizer)
    if not any(True for layer in layers for _weight in trained(layer)):
        raise CnnError("the network has no weights to train")
    if path is not None and (compiled := load_model(path).compiled) is not None:
        rule = compiled.optimizer.rule
        if compiled.optimizer.iterations and (found := _slots_of(compiled, layers)) is not None:
            return OptimizerState(rule, compiled.optimizer.iterations, found, "file")
    slots = [
        {name: {slot: np.zeros_like(array) for slot in rule.slots} for name, array in trained(layer)}
        for layer in layers
    ]
    return OptimizerState(rule, 0, frozen(slots), "zeros")


def frozen(slots: Slots) -> Slots:
    """`slots` for an `OptimizerState`: read-only."""
    for _key, averages in _keyed(slots):
        for array in averages.values():
            array.setflags(write=False)
    return tuple(Named({name: Named(averages) for name, averages in of_layer.items()}) for of_layer in slots)


def _keyed(slots: Slots) -> Iterator[tuple[tuple[int, str], Mapping[str, Array]]]:
    return (((at, name), found) for at, of_layer in enumerate(slots) for name, found in of_layer.items())


def _fits(slots: Mapping[tuple[int, str], Mapping[str, Array]], layers: Sequence[Layer]) -> bool:
    """True if there are averages, all of the weight's shape, for every weight of `layers`, and no others."""
    shapes = {(at, name): array.shape for at, layer in enumerate(layers) for name, array in trained(layer)}
    return slots.keys() == shapes.keys() and all(
        array.shape == shapes[key] for key, averages in slots.items() for array in averages.values()
    )


def _slots_of(compiled: Compiled, layers: Sequence[Layer]) -> Slots | None:
    """The averages that were read from a file, for `layers`; None where it holds other layers."""
    at = {layer.name: number for number, layer in enumerate(layers)}
    found = {
        (at.get(layer.label, -1), name): {slot: np.array(array, FLOAT32) for slot, array in averages.items()}
        for (layer, name, _gradient), averages in zip(compiled.chain.trained(), compiled.optimizer.slots, strict=True)
    }
    if not _fits(found, layers):
        return None
    return frozen([{name: found[i, name] for name, _array in trained(layer)} for i, layer in enumerate(layers)])
