"""One weight's update by the optimizer, stage by stage, with Keras's formulas (keras.optimizers), as in
`cnncore.training.core.optimizers`, whose own result stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from cnncore._arguments import integer, number
from cnncore._copies import Named
from cnncore._dtypes import FLOAT32
from cnncore.backward.batch_pass import BackwardPass
from cnncore.backward.state import OptimizerState, Origin
from cnncore.backward.update_stages import UpdateStage, stages_of
from cnncore.errors import CnnError
from cnncore.network.explain.explanation import difference
from cnncore.network.explain.positions import Position, checked
from cnncore.optimizers import optimizer_of
from cnncore.training.core.optimizers import Optimizer


@dataclass(frozen=True)
class Update:
    """How one weight moves in one step.

    `optimizer` is Keras's name of the rule, "Adam", and `numbers` what was chosen for it: beta_1, beta_2, epsilon ...
    `step` counts from 1. `before` and `after` hold the averages by Keras's names, Adam's "momentum" and "velocity"; as
    `core`, the new weight, they are those of the C core's own step, in float32. `stages` are recomputed in float64,
    unrounded. `origin` says where the averages come from, see `OptimizerState`.
    """

    optimizer: str
    numbers: Mapping[str, float]
    step: int
    learning_rate: float
    gradient: float
    weight: float
    before: Mapping[str, float]
    after: Mapping[str, float]
    stages: tuple[UpdateStage, ...]
    core: float
    origin: Origin

    @property
    def new_weight(self) -> float:
        """The recomputed weight after the step, rounded once to float32."""
        with np.errstate(over="ignore"):
            return float(np.float32(self.stages[-1].value))

    @property
    def difference(self) -> float:
        """`new_weight` - `core`; 0 if both are the same infinity, or both NaN."""
        return difference(self.new_weight, self.core)


def explain_update(
    weight: float,
    gradient: float,
    *,
    optimizer: Any = "adam",
    slots: Mapping[str, float] | None = None,
    steps: int = 0,
    learning_rate: float | None = None,
    origin: Origin = "zeros",
) -> Update:
    """Explain step number `steps` + 1 for one weight with its `gradient`, both taken as float32.

    optimizer: as in `optimizer_state`. slots: the averages before the step, by Keras's names; None begins at zero.
    learning_rate: None takes the optimizer's own. Raises `CnnError`.
    """
    rule = optimizer_of(optimizer)
    given = dict.fromkeys(rule.slots, 0.0) if slots is None else dict(slots)
    if set(given) != set(rule.slots):
        raise CnnError(
            "slots holds {names}; {optimizer} keeps {needs}",
            names=", ".join(map(str, given)) or "-",
            optimizer=type(rule).__name__,
            needs=", ".join(rule.slots) or "-",
        )
    array = np.array([number(weight, "weight")], FLOAT32)
    slope = np.array([number(gradient, "gradient")], FLOAT32)
    one = Optimizer(rule, [array])
    one.iterations = integer(steps, "steps", at_least=0)
    if learning_rate is not None:
        one.learning_rate = learning_rate
    rate = one.learning_rate
    for name, average in one.slots[0].items():
        average[0] = number(given[name], name)
    before, old = {name: float(average[0]) for name, average in one.slots[0].items()}, float(array[0])
    with np.errstate(all="ignore"):  # infinities and NaN propagate
        one.apply([slope])
        stages = stages_of(rule, old, float(slope[0]), before, rate, one.iterations)
    numbers = {field.name: getattr(rule, field.name) for field in fields(rule)}  # type: ignore[arg-type]
    return Update(
        optimizer=type(rule).__name__,
        numbers=Named({name: float(value) for name, value in numbers.items() if isinstance(value, (int, float))}),
        step=one.iterations,
        learning_rate=rate,
        gradient=float(slope[0]),
        weight=old,
        before=Named(before),
        after=Named({name: float(average[0]) for name, average in one.slots[0].items()}),
        stages=stages,
        core=float(array[0]),
        origin=origin,
    )


def update_of(batch_pass: BackwardPass, state: OptimizerState, layer: int, name: str, position: Position) -> Update:
    """Explain the update of the entry at `position` of the weight `name` of `layer`. Raises `CnnError`."""
    value, gradient = batch_pass.weight(layer, name)
    at = checked(position, value.shape)
    averages = state.of_network(batch_pass.network).slots[layer][name]
    return explain_update(
        float(value[at]),
        float(gradient[at]),
        optimizer=state.rule,
        slots={slot: float(array[at]) for slot, array in averages.items()},
        steps=state.steps,
        origin=state.origin,
    )
