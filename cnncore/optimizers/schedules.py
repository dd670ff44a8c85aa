"""Learning rates that follow a schedule, with the formulas and arguments of keras.optimizers.schedules.

A schedule is a function of the number of steps done, and goes into an optimizer in place of a number:

    Adam(ExponentialDecay(0.01, decay_steps=1000, decay_rate=0.9))
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cnncore._arguments import described, integer, items, number, switch
from cnncore.errors import CnnError

__all__ = ["CosineDecay", "ExponentialDecay", "PiecewiseConstantDecay"]


@dataclass(frozen=True)
class Schedule(ABC):
    """Base class of schedules."""

    @abstractmethod
    def __call__(self, step: int) -> float:
        """The learning rate after `step` steps."""

    def serialized(self) -> dict[str, Any]:
        """The schedule as Keras writes it into a file."""
        config = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {
            "module": "keras.optimizers.schedules",
            "class_name": type(self).__name__,
            "config": {**config, "name": type(self).__name__},
            "registered_name": None,
        }


@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    """initial_learning_rate * decay_rate ** (step / decay_steps); with `staircase` the quotient is rounded down."""

    initial_learning_rate: float
    decay_steps: int
    decay_rate: float
    staircase: bool = False

    def __post_init__(self) -> None:
        number(self.initial_learning_rate, "initial_learning_rate", at_least=0, finite=True)
        integer(self.decay_steps, "decay_steps", at_least=1)
        number(self.decay_rate, "decay_rate", at_least=0, finite=True)
        switch(self.staircase, "staircase")

    def __call__(self, step: int) -> float:
        power = step / self.decay_steps
        return float(self.initial_learning_rate * self.decay_rate ** (math.floor(power) if self.staircase else power))


@dataclass(frozen=True)
class PiecewiseConstantDecay(Schedule):
    """values[0] up to and including step boundaries[0], then values[1] up to boundaries[1], and so on."""

    boundaries: tuple[int, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        steps, rates = items(self.boundaries), items(self.values)
        if not steps or rates is None or len(rates) != len(steps) + 1:
            raise CnnError(
                "boundaries is {boundaries} and values is {values}; values must have one entry more",
                boundaries=described(self.boundaries),
                values=described(self.values),
            )
        checked = tuple(integer(step, "boundaries", at_least=0) for step in steps)
        if sorted(checked) != list(checked):
            raise CnnError("boundaries is {value}; it must ascend", value=described(self.boundaries))
        object.__setattr__(self, "boundaries", checked)
        object.__setattr__(self, "values", tuple(number(r, "values", at_least=0, finite=True) for r in rates))

    def __call__(self, step: int) -> float:
        return self.values[sum(step > boundary for boundary in self.boundaries)]


@dataclass(frozen=True)
class CosineDecay(Schedule):
    """From initial_learning_rate along half a cosine to alpha * initial_learning_rate in `decay_steps` (Loshchilov and
    Hutter, 2017). With `warmup_target` the rate first rises to it in a line, in `warmup_steps`, and falls from there.
    """

    initial_learning_rate: float
    decay_steps: int
    alpha: float = 0.0
    warmup_target: float | None = None
    warmup_steps: int = 0

    def __post_init__(self) -> None:
        number(self.initial_learning_rate, "initial_learning_rate", at_least=0, finite=True)
        integer(self.decay_steps, "decay_steps", at_least=1)
        number(self.alpha, "alpha", at_least=0, finite=True)
        integer(self.warmup_steps, "warmup_steps", at_least=0)
        if self.warmup_target is not None:
            number(self.warmup_target, "warmup_target", at_least=0, finite=True)

    def __call__(self, step: int) -> float:
        peak = self.initial_learning_rate
        if self.warmup_target is not None:
            peak = self.warmup_target
            if step < self.warmup_steps:
                return self.initial_learning_rate + (peak - self.initial_learning_rate) * step / self.warmup_steps
            step -= self.warmup_steps
        cosine = 0.5 * (1 + math.cos(math.pi * min(step, self.decay_steps) / self.decay_steps))
        return float(peak * ((1 - self.alpha) * cosine + self.alpha))


def schedule_of(given: Mapping[str, Any]) -> Schedule:
    """The schedule that a file describes. Raises `CnnError`."""
    config = given.get("config")
    for kind in (CosineDecay, ExponentialDecay, PiecewiseConstantDecay):
        if kind.__name__ == given.get("class_name") and isinstance(config, Mapping):
            try:
                return kind(**{name: value for name, value in config.items() if name != "name"})
            except TypeError as error:
                raise CnnError("the schedule cannot be read: {reason}", reason=str(error)) from error
    raise CnnError(
        "the schedule {kind} is not supported; these are: {names}",
        kind=described(given.get("class_name")),
        names=", ".join(__all__),
    )
