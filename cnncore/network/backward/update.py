"""One weight's update by the optimizer, stage by stage, with Keras's formulas (keras.optimizers)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from cnncore.network.backward.batch_pass import BackwardPass
from cnncore.network.backward.state import OptimizerState
from cnncore.network.explain.positions import Position

UpdateOperation: TypeAlias = Literal[
    "decay",  # the weight - operand x the weight; operand: weight_decay x learning rate
    "momentum",  # Adam: m + (g - m) x operand, 1 - beta_1. SGD, RMSprop: see the rule's own formula in `Update`
    "velocity",  # v + (g x g - v) x operand, 1 - beta_2 (Adam) or 1 - rho (RMSprop)
    "average_gradient",  # RMSprop, centered: a + (g - a) x operand, 1 - rho
    "momentum_correction",  # m / operand, 1 - beta_1 ** step
    "velocity_correction",  # v / operand, 1 - beta_2 ** step
    "root",  # of the corrected v; of v + epsilon (operand) for RMSprop
    "change",  # what is taken from the weight; operand: the learning rate
    "weight",  # the new weight
]


@dataclass(frozen=True, slots=True)
class UpdateStage:
    """One step of an update: `operation`, with its `operand` if it has one, gives `value`."""

    operation: UpdateOperation
    value: float
    operand: float | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """How one weight moves in one step.

    `step` counts from 1. `before` and `after` hold the averages by Keras's names ("momentum", "velocity"), `weight` and
    `new_weight` the weight. `stages` are in float64, unrounded; `core` is the new weight of the core's own optimizer.
    `origin` says where the averages come from, see `OptimizerState`.
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
    origin: Literal["file", "zeros", "steps"]

    @property
    def new_weight(self) -> float:
        """The recomputed weight after the step, rounded once to float32."""
        raise NotImplementedError

    @property
    def difference(self) -> float:
        """`new_weight` - `core`; 0 if both are the same infinity, or both NaN."""
        raise NotImplementedError


def explain_update(
    weight: float,
    gradient: float,
    *,
    optimizer: Any = "adam",
    slots: Mapping[str, float] | None = None,
    steps: int = 0,
    learning_rate: float | None = None,
    origin: Literal["file", "zeros", "steps"] = "zeros",
) -> Update:
    """Explain step number `steps` + 1 for one weight with its `gradient`.

    slots: the averages before the step, by Keras's names; None begins at zero. learning_rate: None takes the
    optimizer's own. Raises `CnnError`.
    """
    raise NotImplementedError


def update_of(batch_pass: BackwardPass, state: OptimizerState, layer: int, name: str, position: Position) -> Update:
    """Explain the update of the entry at `position` of the weight `name` of `layer`. Raises `CnnError`."""
    raise NotImplementedError
