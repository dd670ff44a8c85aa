"""Optimizers of `Sequential.compile`, with Keras's names, defaults and order of arguments. The formulas are in
`cnncore.training.core.optimizers`.

Each function returns a rule: the numbers that were chosen. `learning_rate` is a number, one of `schedules`, or a
function of the number of steps done. What Keras has and these lack raises `CnnError` by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from cnncore._arguments import described, refuse_others
from cnncore.errors import CnnError
from cnncore.optimizers import schedules
from cnncore.optimizers.schedules import schedule_of
from cnncore.training.core import optimizers as rules
from cnncore.training.core.optimizers import LearningRate, Rule

__all__ = ["SGD", "Adam", "AdamW", "RMSprop", "schedules"]

UNUSED: Mapping[str, Any] = {
    "amsgrad": False,
    "clipnorm": None,
    "global_clipnorm": None,
    "clipvalue": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "gradient_accumulation_steps": None,
    "loss_scale_factor": None,
}
"""Keras's arguments that are supported only with these values, which change nothing."""


def SGD(  # noqa: N802 - Keras's names, here and below
    learning_rate: LearningRate = 0.01,
    momentum: float = 0.0,
    nesterov: bool = False,
    weight_decay: float | None = None,
    **others: Any,
) -> rules.SGD:
    """Gradient descent, with momentum where it is given. Raises `CnnError`."""
    refuse_others("SGD", others, UNUSED)
    return rules.SGD(learning_rate, momentum, nesterov, weight_decay)


def RMSprop(  # noqa: N802
    learning_rate: LearningRate = 0.001,
    rho: float = 0.9,
    momentum: float = 0.0,
    epsilon: float = 1e-7,
    centered: bool = False,
    weight_decay: float | None = None,
    **others: Any,
) -> rules.RMSprop:
    """Gradients divided by a moving average of their size. Raises `CnnError`."""
    refuse_others("RMSprop", others, UNUSED)
    return rules.RMSprop(learning_rate, rho, momentum, epsilon, centered, weight_decay)


def Adam(  # noqa: N802
    learning_rate: LearningRate = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    amsgrad: bool = False,
    weight_decay: float | None = None,
    **others: Any,
) -> rules.Adam:
    """Moving averages of gradients and of their squares (Kingma and Ba, 2015). Raises `CnnError`."""
    refuse_others("Adam", {"amsgrad": amsgrad, **others}, UNUSED)
    return rules.Adam(learning_rate, beta_1, beta_2, epsilon, weight_decay)


def AdamW(  # noqa: N802
    learning_rate: LearningRate = 0.001,
    weight_decay: float = 0.004,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    amsgrad: bool = False,
    **others: Any,
) -> rules.Adam:
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019). Raises `CnnError`."""
    refuse_others("AdamW", {"amsgrad": amsgrad, **others}, UNUSED)
    return rules.AdamW(learning_rate, weight_decay, beta_1, beta_2, epsilon)


_KINDS: Mapping[str, Callable[..., Rule]] = {"SGD": SGD, "RMSprop": RMSprop, "Adam": Adam, "AdamW": AdamW}


def optimizer_of(given: Any) -> Rule:
    """The rule called `given`: an optimizer of this module, Keras's name, or the form it has in a file. Raises
    `CnnError`."""
    if isinstance(given, (rules.SGD, rules.RMSprop, rules.Adam)):
        return given
    if isinstance(given, Mapping):
        return _from_config(str(given.get("class_name")), given.get("config"))
    if isinstance(given, str):
        for kind, make in _KINDS.items():
            if given.lower() == kind.lower():
                return make()
    raise CnnError(
        "optimizer is {value}; it must be one of {names}, or an object of cnncore.optimizers",
        value=described(given),
        names=", ".join(kind.lower() for kind in _KINDS),
    )


def _from_config(kind: str, config: Any) -> Rule:
    if kind not in _KINDS or not isinstance(config, Mapping):
        raise CnnError("the optimizer {kind} is not supported; these are: {names}", kind=kind, names=", ".join(_KINDS))
    arguments = dict(config)
    if isinstance(arguments.get("learning_rate"), Mapping):
        arguments["learning_rate"] = schedule_of(arguments["learning_rate"])
    if not arguments.get("use_ema"):  # Keras writes its momentum all the same
        arguments.pop("ema_momentum", None)
    return _KINDS[kind](**arguments)


def rule_config(rule: Rule, learning_rate: float, *, was_set: bool) -> dict[str, Any]:
    """Keras's description of an optimizer. Its learning rate is `learning_rate` if that `was_set` since, or if the
    rule's own is a function that no file can hold; else the rule's, a number or a schedule."""
    kind = type(rule).__name__
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}  # type: ignore[arg-type]
    own = rule.learning_rate
    rate = own.serialized() if isinstance(own, schedules.Schedule) and not was_set else learning_rate
    return {
        "module": "keras.optimizers",
        "class_name": kind,
        "config": {"name": kind.lower(), **values, "learning_rate": rate},
        "registered_name": None,
    }
