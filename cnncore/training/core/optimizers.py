"""Optimizers with the formulas and defaults of Keras 3 (keras.optimizers): SGD, RMSprop, Adam and AdamW.

A rule, such as `Adam(learning_rate=0.001)`, holds the numbers a user chooses and says how one array of weights moves.
`Optimizer(rule, weights)` holds what a run adds to it: the weights, the averages beside each of them, and the number of
steps done. Weights are changed in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeAlias

import numpy as np

from cnncore._arguments import instance, number
from cnncore._cnn import lib
from cnncore._dtypes import FLOATS, Array, accept
from cnncore._memory import pointer
from cnncore._small import TYPES
from cnncore.errors import CnnError
from cnncore.runtime import _check

LearningRate: TypeAlias = float | Callable[[int], float]
"""A number, or a schedule: a function of the number of steps done so far."""
Slots: TypeAlias = Mapping[str, Array]
"""The averages beside one array of weights, by Keras's names, of its shape and dtype."""

_PIECE = 1 << 14
"""Weights that are updated at once: temporary arrays of this size stay in the L2 cache."""


class Rule(Protocol):
    """How weights move. `learning_rate` and `weight_decay` as in `Optimizer`; `slots` names the averages it keeps."""

    @property
    def learning_rate(self) -> LearningRate: ...
    @property
    def weight_decay(self) -> float | None: ...
    @property
    def slots(self) -> tuple[str, ...]: ...
    def update(self, weights: Array, gradient: Array, slots: Slots, rate: float, step: int) -> None:
        """Make step number `step`, from 1, with flat contiguous arrays, changing weights and slots in place."""


def _checked(rule: Any, *, below_1: tuple[str, ...] = (), up_to_1: tuple[str, ...] = ()) -> None:
    """Raise `CnnError` for a number of a rule that is negative, not finite, or above its limit."""
    names = [name for name in ("weight_decay", "epsilon") if getattr(rule, name, None) is not None]
    if not callable(rule.learning_rate):
        names.append("learning_rate")
    for name in (*names, *below_1, *up_to_1):
        value = number(getattr(rule, name), name, at_least=0, finite=True)
        if name in below_1 and value >= 1:
            raise CnnError("{name} must be at least 0 and below 1, got {value}", name=name, value=value)
        if name in up_to_1 and value > 1:
            raise CnnError("{name} must be from 0 to 1, got {value}", name=name, value=value)


def _pieces(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    for first in range(0, arrays[0].size, _PIECE):
        yield tuple(array[first : first + _PIECE] for array in arrays)


def _decay(weights: Array, weight_decay: float | None, rate: float) -> None:
    """w -= w * weight_decay * rate, before the step (Loshchilov and Hutter, 2019)."""
    if weight_decay:
        weights -= weights * weights.dtype.type(weight_decay) * weights.dtype.type(rate)


@dataclass(frozen=True, slots=True)
class SGD:
    """w -= rate * g; with momentum m = momentum * m - rate * g, and w += m, or with Nesterov's w += momentum * m -
    rate * g."""

    learning_rate: LearningRate = 0.01
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float | None = None

    def __post_init__(self) -> None:
        _checked(self, up_to_1=("momentum",))

    @property
    def slots(self) -> tuple[str, ...]:
        return ("momentum",) if self.momentum else ()

    def update(self, weights: Array, gradient: Array, slots: Slots, rate: float, step: int) -> None:  # noqa: ARG002 - Adam's
        kind = weights.dtype.type
        momentum, by = kind(self.momentum), kind(rate)
        for w, g, *averages in _pieces(weights, gradient, *slots.values()):
            _decay(w, self.weight_decay, rate)
            change = g * by
            if not averages:
                np.subtract(w, change, out=w)
                continue
            m = averages[0]
            m *= momentum
            m -= change
            np.add(w, m * momentum - change if self.nesterov else m, out=w)


@dataclass(frozen=True, slots=True)
class RMSprop:
    """v = rho * v + (1 - rho) * g * g; w -= rate * g / sqrt(v + epsilon).

    `centered` takes the square of the average gradient a = rho * a + (1 - rho) * g from v. With momentum the change
    goes through m = momentum * m + change.
    """

    learning_rate: LearningRate = 0.001
    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-7
    centered: bool = False
    weight_decay: float | None = None

    def __post_init__(self) -> None:
        _checked(self, below_1=("rho",), up_to_1=("momentum",))

    @property
    def slots(self) -> tuple[str, ...]:
        momentum = ("momentum",) if self.momentum else ()
        return ("velocity", *momentum, *(("average_gradient",) if self.centered else ()))

    def update(self, weights: Array, gradient: Array, slots: Slots, rate: float, step: int) -> None:  # noqa: ARG002 - Adam's
        kind = weights.dtype.type
        rho, rest, epsilon, momentum = kind(self.rho), kind(1 - self.rho), kind(self.epsilon), kind(self.momentum)
        names = tuple(slots)
        for w, g, *averages in _pieces(weights, gradient, *slots.values()):
            at = dict(zip(names, averages, strict=True))
            _decay(w, self.weight_decay, rate)
            v = at["velocity"]
            v *= rho
            v += rest * np.square(g)
            below = v + epsilon
            if self.centered:
                a = at["average_gradient"]
                a *= rho
                a += rest * g
                below = v - np.square(a) + epsilon
            change = kind(rate) * g / np.sqrt(below)
            if self.momentum:
                m = at["momentum"]
                m *= momentum
                m += change
                change = m
            np.subtract(w, change, out=w)


@dataclass(frozen=True, slots=True)
class Adam:
    """m += (g - m) * (1 - beta_1); v += (g * g - v) * (1 - beta_2); w -= m * alpha / (sqrt(v) + epsilon), where alpha =
    rate * sqrt(1 - beta_2 ** step) / (1 - beta_1 ** step) (Kingma and Ba, 2015, as Keras arranges it).

    The powers are taken in the weights' dtype, as in Keras. One pass of the C core.
    """

    learning_rate: LearningRate = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    weight_decay: float | None = None

    slots: ClassVar[tuple[str, ...]] = ("momentum", "velocity")

    def __post_init__(self) -> None:
        _checked(self, below_1=("beta_1", "beta_2"))

    def update(self, weights: Array, gradient: Array, slots: Slots, rate: float, step: int) -> None:
        kind = weights.dtype.type
        first, second = (kind(1) - kind(beta) ** kind(step) for beta in (self.beta_1, self.beta_2))
        alpha = kind(rate) * np.sqrt(second) / first
        _check(
            lib.cnn_adam(
                TYPES[weights.dtype],
                weights.size,
                float(alpha),
                1 - self.beta_1,
                1 - self.beta_2,
                self.epsilon,
                (self.weight_decay or 0.0) * rate,
                *(pointer(array) for array in (gradient, slots["momentum"], slots["velocity"], weights)),
            )
        )


def AdamW(  # noqa: N802 - Keras's name
    learning_rate: LearningRate = 0.001,
    weight_decay: float = 0.004,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> Adam:
    """Adam with decoupled weight decay: w -= w * weight_decay * rate before each step (Loshchilov and Hutter, 2019)."""
    return Adam(learning_rate, beta_1, beta_2, epsilon, weight_decay)


class Optimizer:
    """A rule at work on some arrays of weights.

    `iterations`: the steps done. `slots[i]`: the averages of weights i by name. Both may be set to go on with a run
    that was stopped: `slots[i][name][...] = saved`.
    """

    def __init__(self, rule: Rule, weights: Sequence[Array]) -> None:
        """weights: float32 or float64, contiguous and writable; changed in place. Raises `CnnError` for others."""
        for i, array in enumerate(weights):
            name = f"weights[{i}]"
            accept(instance(array, np.ndarray, name), name, FLOATS)
            if not (array.flags.c_contiguous and array.flags.writeable):
                raise CnnError("{name} must be contiguous and writable", name=name)
        self.rule = rule
        self.weights = tuple(weights)
        self.slots = tuple({name: np.zeros(array.shape, array.dtype) for name in rule.slots} for array in weights)
        self.iterations = 0
        self._rate: float | None = None

    @property
    def learning_rate(self) -> float:
        """The rate of the next step: as set, else the rule's, which may be a schedule of `iterations`."""
        if self._rate is not None:
            return self._rate
        rate = self.rule.learning_rate
        return number(rate(self.iterations) if callable(rate) else rate, "learning_rate", at_least=0, finite=True)

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._rate = number(value, "learning_rate", at_least=0, finite=True)

    @property
    def was_set(self) -> bool:
        """Tell whether the learning rate was set since, in place of the rule's."""
        return self._rate is not None

    def apply(self, gradients: Sequence[Array]) -> None:
        """Make one step. gradients: one for each array of weights, of its shape and dtype. Raises `CnnError`, with
        nothing changed, for others."""
        if len(gradients) != len(self.weights):
            raise CnnError(
                "gradients has length {given}; it must be {needs}, one for each array of weights",
                given=len(gradients),
                needs=len(self.weights),
            )
        for i, (w, g) in enumerate(zip(self.weights, gradients, strict=True)):
            name = f"gradients[{i}]"
            if instance(g, np.ndarray, name).shape != w.shape or g.dtype != w.dtype:
                raise CnnError(
                    "{name} has shape {shape} and dtype {dtype}; it must have shape {needs} and dtype {needs_dtype}",
                    name=name,
                    shape=g.shape,
                    dtype=g.dtype,
                    needs=w.shape,
                    needs_dtype=w.dtype,
                )
        rate = self.learning_rate
        self.iterations += 1
        for w, g, slots in zip(self.weights, gradients, self.slots, strict=True):
            flat = {name: array.reshape(-1) for name, array in slots.items()}
            self.rule.update(w.reshape(-1), np.ascontiguousarray(g).reshape(-1), flat, rate, self.iterations)
