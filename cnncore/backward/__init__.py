"""A network looked at backwards: a gradient explained like a value, and one training step done by hand.

batch = backward_pass(network, images, labels)               # outputs, gradients and weights of every layer
explain_gradient(network, batch, 0, 2, (3, 4, 17)).terms     # of one value: the values that read it
explain_weight(network, batch, 2, "kernel", (0, 1, 0, 17))   # of one weight: input x gradient, over positions, images
state = optimizer_state(network, path="run/best.keras")      # Adam's averages, from the file or zeros
update_of(batch, state, 2, "kernel", (0, 1, 0, 17)).stages   # how the weight moves
after = step(network, batch, state)                          # .network, .batch, .state, .before, .after
"""

from cnncore.backward.batch_pass import BackwardPass, backward_pass
from cnncore.backward.listing import GradientOperation, GradientStage
from cnncore.backward.state import OptimizerState, optimizer_state
from cnncore.backward.step import StepResult, step, step_weight
from cnncore.backward.update import Update, explain_update, update_of
from cnncore.backward.update_stages import UpdateOperation, UpdateStage
from cnncore.backward.value_gradient import (
    GradientExplanation,
    GradientTerm,
    GradientTerms,
    explain_gradient,
)
from cnncore.backward.weight_gradient import (
    WeightExplanation,
    WeightTerm,
    WeightTerms,
    explain_weight,
)

__all__ = [
    "BackwardPass",
    "GradientExplanation",
    "GradientOperation",
    "GradientStage",
    "GradientTerm",
    "GradientTerms",
    "OptimizerState",
    "StepResult",
    "Update",
    "UpdateOperation",
    "UpdateStage",
    "WeightExplanation",
    "WeightTerm",
    "WeightTerms",
    "backward_pass",
    "explain_gradient",
    "explain_update",
    "explain_weight",
    "optimizer_state",
    "step",
    "step_weight",
    "update_of",
]
