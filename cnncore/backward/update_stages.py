"""The stages of each optimizer's update, with Keras's formulas (keras.optimizers), in float64."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from cnncore.training.core.optimizers import SGD, Adam, RMSprop, Rule

UpdateOperation: TypeAlias = Literal[
    "decay",  # the weight x (1 - operand); operand: weight_decay x learning rate
    "momentum",  # Adam: m + (g - m) x operand, 1 - beta_1; SGD: operand x m - step; RMSprop: operand x m + step
    "velocity",  # v + (g x g - v) x operand: 1 - beta_2 for Adam, 1 - rho for RMSprop
    "average_gradient",  # a + (g - a) x operand, 1 - rho
    "momentum_correction",  # the new m / operand, 1 - beta_1 ** step
    "velocity_correction",  # the new v / operand, 1 - beta_2 ** step
    "centered",  # the new v - operand, the square of the average gradient
    "root",  # the square root of the stage before
    "epsilon",  # the stage before + operand
    "step",  # operand, the learning rate, x what the optimizer takes for the gradient
    "change",  # what is added to the weight; operand: SGD's momentum, where Nesterov's rule applies it once more
    "weight",  # the new weight
]


@dataclass(frozen=True, slots=True)
class UpdateStage:
    """One step of an update: `operation`, with its `operand` if it has one, gives `value`."""

    operation: UpdateOperation
    value: float
    operand: float | None = None


def stages_of(
    rule: Rule, weight: float, gradient: float, slots: Mapping[str, float], rate: float, step: int
) -> tuple[UpdateStage, ...]:
    """The stages of step number `step`, from 1, of one weight with its averages `slots`, at the learning rate
    `rate`."""
    stages = []
    if rule.weight_decay:
        weight *= 1 - rule.weight_decay * rate
        stages.append(UpdateStage("decay", weight, rule.weight_decay * rate))
    match rule:
        case Adam():
            stages += _adam(rule, gradient, slots, rate, step)
        case RMSprop():
            stages += _rmsprop(rule, gradient, slots, rate)
        case SGD():
            stages += _sgd(rule, gradient, slots, rate)
    return (*stages, UpdateStage("weight", weight + stages[-1].value))


def _adam(rule: Adam, g: float, slots: Mapping[str, float], rate: float, step: int) -> list[UpdateStage]:
    """w -= rate x (m / (1 - beta_1 ** step)) / (sqrt(v / (1 - beta_2 ** step)) + epsilon'), by Kingma and Ba (2015).

    Keras multiplies all of it by sqrt(1 - beta_2 ** step) but not epsilon; so epsilon' = epsilon / that root. The two
    powers are taken in float32, as in Keras: 1 - 0.999 is 0.00099998713 there.
    """
    first, second = (float(np.float32(1) - np.float32(beta) ** np.float32(step)) for beta in (rule.beta_1, rule.beta_2))
    m = slots["momentum"] + (g - slots["momentum"]) * (1 - rule.beta_1)
    v = slots["velocity"] + (g * g - slots["velocity"]) * (1 - rule.beta_2)
    unbiased, squares = np.float64(m) / first, np.float64(v) / second
    root = np.sqrt(squares)
    epsilon = float(np.float64(rule.epsilon) / np.sqrt(second))
    below = root + epsilon
    taken = float(rate * unbiased / below)
    return [
        UpdateStage("momentum", m, 1 - rule.beta_1),
        UpdateStage("velocity", v, 1 - rule.beta_2),
        UpdateStage("momentum_correction", float(unbiased), first),
        UpdateStage("velocity_correction", float(squares), second),
        UpdateStage("root", float(root)),
        UpdateStage("epsilon", float(below), epsilon),
        UpdateStage("step", taken, rate),
        UpdateStage("change", -taken),
    ]


def _sgd(rule: SGD, g: float, slots: Mapping[str, float], rate: float) -> list[UpdateStage]:
    taken = rate * g
    stages = [UpdateStage("step", taken, rate)]
    if not rule.momentum:
        return [*stages, UpdateStage("change", -taken)]
    m = rule.momentum * slots["momentum"] - taken
    stages.append(UpdateStage("momentum", m, rule.momentum))
    if rule.nesterov:
        return [*stages, UpdateStage("change", rule.momentum * m - taken, rule.momentum)]
    return [*stages, UpdateStage("change", m)]


def _rmsprop(rule: RMSprop, g: float, slots: Mapping[str, float], rate: float) -> list[UpdateStage]:
    v = slots["velocity"] + (g * g - slots["velocity"]) * (1 - rule.rho)
    stages, below = [UpdateStage("velocity", v, 1 - rule.rho)], v
    if rule.centered:
        a = slots["average_gradient"] + (g - slots["average_gradient"]) * (1 - rule.rho)
        below = v - a * a
        stages += [UpdateStage("average_gradient", a, 1 - rule.rho), UpdateStage("centered", below, a * a)]
    below += rule.epsilon
    root = float(np.sqrt(np.float64(below)))
    taken = float(np.float64(rate * g) / root)
    stages += [UpdateStage("epsilon", below, rule.epsilon), UpdateStage("root", root), UpdateStage("step", taken, rate)]
    if rule.momentum:
        taken += rule.momentum * slots["momentum"]
        stages.append(UpdateStage("momentum", taken, rule.momentum))
    return [*stages, UpdateStage("change", -taken)]
