"""The rules for first weights, with Keras's names, formulas and defaults (keras.initializers).

Variances: Glorot and Bengio (2010) 2 / (fan_in + fan_out), He et al. (2015) 2 / fan_in, LeCun et al. (1998) 1 / fan_in.
The numbers come from numpy, so they differ from those of a Keras model with the same seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from cnncore._arguments import described, number
from cnncore._dtypes import FLOAT32, Array
from cnncore.errors import CnnError

Shape: TypeAlias = tuple[int, ...]
Draw: TypeAlias = "Callable[[Shape, np.random.Generator, Mapping[str, float]], Array]"

_TRUNCATED = 0.87962566103423978
"""The standard deviation of a unit normal cut at two standard deviations, by which Keras divides."""


@dataclass(frozen=True)
class Initializer:
    """One rule: Keras's name and class, and the arguments of that class."""

    name: str
    class_name: str
    arguments: Mapping[str, float] = field(default_factory=dict)

    def draw(self, shape: Shape, random: np.random.Generator) -> Array:
        """Float32 values of `shape`."""
        return _RULES[self.name][1](shape, random, self.arguments)

    def serialized(self) -> dict[str, Any]:
        """The rule as Keras writes it into a file."""
        return {
            "module": "keras.initializers",
            "class_name": self.class_name,
            "config": dict(self.arguments),
            "registered_name": None,
        }


def fans(shape: Shape) -> tuple[int, int]:
    """(fan_in, fan_out) of a kernel (..., inputs, outputs): the terms of one output, and the outputs of one input."""
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def _scaled(scale: float, mode: str, *, uniform: bool) -> Draw:
    def draw(shape: Shape, random: np.random.Generator, _arguments: Mapping[str, float]) -> Array:
        fan_in, fan_out = fans(shape)
        variance = scale / max(1.0, fan_in if mode == "fan_in" else (fan_in + fan_out) / 2)
        if uniform:
            limit = math.sqrt(3 * variance)
            return _uniform(shape, random, {"minval": -limit, "maxval": limit})
        return _truncated_normal(shape, random, {"stddev": math.sqrt(variance) / _TRUNCATED})

    return draw


def _uniform(shape: Shape, random: np.random.Generator, arguments: Mapping[str, float]) -> Array:
    low, high = arguments.get("minval", -0.05), arguments.get("maxval", 0.05)
    result: Array = random.random(shape, FLOAT32) * np.float32(high - low) + np.float32(low)
    return result


def _normal(shape: Shape, random: np.random.Generator, arguments: Mapping[str, float]) -> Array:
    values = random.standard_normal(shape, FLOAT32) * np.float32(arguments.get("stddev", 0.05))
    result: Array = values + np.float32(arguments.get("mean", 0.0))
    return result


def _truncated_normal(shape: Shape, random: np.random.Generator, arguments: Mapping[str, float]) -> Array:
    """Normal, drawn again where it lies beyond two standard deviations."""
    values = random.standard_normal(shape, FLOAT32)
    while (outside := np.abs(values) > 2).any():
        values[outside] = random.standard_normal(int(outside.sum()), FLOAT32)
    scaled = values * np.float32(arguments.get("stddev", 0.05))
    result: Array = scaled + np.float32(arguments.get("mean", 0.0))
    return result


def _constant(value: float) -> Draw:
    return lambda shape, _random, arguments: np.full(shape, arguments.get("value", value), FLOAT32)


_RULES: dict[str, tuple[str, Draw, tuple[str, ...]]] = {
    "constant": ("Constant", _constant(0), ("value",)),
    "glorot_normal": ("GlorotNormal", _scaled(1, "fan_avg", uniform=False), ()),
    "glorot_uniform": ("GlorotUniform", _scaled(1, "fan_avg", uniform=True), ()),
    "he_normal": ("HeNormal", _scaled(2, "fan_in", uniform=False), ()),
    "he_uniform": ("HeUniform", _scaled(2, "fan_in", uniform=True), ()),
    "lecun_normal": ("LecunNormal", _scaled(1, "fan_in", uniform=False), ()),
    "lecun_uniform": ("LecunUniform", _scaled(1, "fan_in", uniform=True), ()),
    "ones": ("Ones", _constant(1), ()),
    "random_normal": ("RandomNormal", _normal, ("mean", "stddev")),
    "random_uniform": ("RandomUniform", _uniform, ("minval", "maxval")),
    "truncated_normal": ("TruncatedNormal", _truncated_normal, ("mean", "stddev")),
    "zeros": ("Zeros", _constant(0), ()),
}
"""By Keras's name: its class, the rule, and which arguments of the class count here."""


def initializer(given: Any, argument: str) -> Initializer:
    """The rule called `given`: Keras's name or class name, or the form it has in a file. Raises `CnnError`."""
    if isinstance(given, Initializer):
        return given
    wanted, config = given, {}
    if isinstance(given, Mapping):
        wanted, inner = given.get("class_name"), given.get("config")
        config = dict(inner) if isinstance(inner, Mapping) else {}
    for name, (class_name, _draw, arguments) in _RULES.items():
        if isinstance(wanted, str) and wanted in (name, class_name):
            values = {key: number(config[key], key, finite=True) for key in arguments if key in config}
            return Initializer(name, class_name, values)
    raise CnnError(
        "{argument} is {value}; it must be one of {names}",
        argument=argument,
        value=described(wanted),
        names=", ".join(_RULES),
    )
