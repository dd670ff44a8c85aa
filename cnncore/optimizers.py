"""Optimizers of `Sequential.compile`, with Keras's names and defaults. The formulas are in
`cnncore.training.core.optimizers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from cnncore._arguments import described
from cnncore.errors import CnnError
from cnncore.training.core.optimizers import SGD, Adam, AdamW, RMSprop, Rule

__all__ = ["SGD", "Adam", "AdamW", "RMSprop"]

_KINDS: dict[str, Any] = {"SGD": SGD, "RMSprop": RMSprop, "Adam": Adam, "AdamW": AdamW}
_KERAS_NAMES = {"SGD": "sgd", "RMSprop": "rmsprop", "Adam": "adam", "AdamW": "adamw"}
UNUSED: Mapping[str, Any] = {
    "clipnorm": None,
    "global_clipnorm": None,
    "clipvalue": None,
    "use_ema": False,
    "amsgrad": False,
    "gradient_accumulation_steps": None,
    "loss_scale_factor": None,
}
"""Keras's arguments that a file may name only with these values."""


def optimizer_of(given: Any) -> Rule:
    """The rule called `given`: an optimizer of this module, Keras's name, or the form it has in a file. Raises
    `CnnError`."""
    if isinstance(given, (SGD, RMSprop, Adam)):
        return given
    if isinstance(given, Mapping):
        return _from_config(str(given.get("class_name")), given.get("config"))
    if isinstance(given, str):
        for kind, make in _KINDS.items():
            if given.lower() in (_KERAS_NAMES[kind], kind.lower()):
                rule: Rule = make()
                return rule
    raise CnnError(
        "optimizer is {value}; it must be one of {names}, or an object of cnncore.optimizers",
        value=described(given),
        names=", ".join(_KERAS_NAMES.values()),
    )


def _from_config(kind: str, config: Any) -> Rule:
    if kind not in _KINDS or not isinstance(config, Mapping):
        raise CnnError("the optimizer {kind} is not supported; these are: {names}", kind=kind, names=", ".join(_KINDS))
    for name, value in UNUSED.items():
        if config.get(name) not in (None, value):
            raise CnnError("the optimizer has {name}={value}, which is not supported", name=name, value=config[name])
    rule = Adam if kind == "AdamW" else _KINDS[kind]
    known = {field.name for field in fields(rule)}
    made: Rule = rule(**{name: value for name, value in config.items() if name in known})
    return made


def rule_config(rule: Rule, learning_rate: float) -> dict[str, Any]:
    """Keras's description of an optimizer; of a schedule the rate that it has now."""
    kind = type(rule).__name__
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}  # type: ignore[arg-type]
    return {
        "module": "keras.optimizers",
        "class_name": kind,
        "config": {"name": _KERAS_NAMES[kind], **values, "learning_rate": learning_rate},
        "registered_name": None,
    }
