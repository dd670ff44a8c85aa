"""Training steps done by hand: the weights as they were opened, the optimizer's averages, and the last step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncore.backward import OptimizerState, StepResult
    from cnncore.network import Network


@dataclass
class ByHand:
    """`opened` is the network that was opened, which no step changes; `steps` the number of steps done since.

    `begin` is the state of the optimizer for the opened weights and `optimizer` the one for the current ones; None
    until they are read. `last` is the last step.
    """

    opened: Network
    steps: int = 0
    begin: OptimizerState | None = None
    optimizer: OptimizerState | None = None
    last: StepResult | None = None

    @property
    def changed(self) -> bool:
        return self.steps > 0

    def begin_with(self, state: OptimizerState) -> None:
        """Take the optimizer's state for the opened weights."""
        self.begin = state
        if not self.changed:
            self.optimizer = state

    def take(self, result: StepResult) -> None:
        """Note a step done."""
        self.steps += 1
        self.optimizer, self.last = result.state, result

    def undo(self) -> Network:
        """Forget all steps; returns the network that was opened."""
        self.steps, self.optimizer, self.last = 0, self.begin, None
        return self.opened
