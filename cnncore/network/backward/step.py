"""One training step done by hand: all weights, or a single one, and the loss of the same batch before and after."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnncore._copies import Copied
from cnncore.network.backward.batch_pass import BackwardPass
from cnncore.network.backward.state import OptimizerState
from cnncore.network.backward.update import Update
from cnncore.network.explain.positions import Position
from cnncore.network.network import Network


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
    gradients of `batch_pass`. `network` is left as it is.

    state: None is Adam at step 0. Raises `CnnError` for a pass or a state of another network.
    """
    raise NotImplementedError


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
    raise NotImplementedError
