"""The state of an optimizer beside a network: the averages of every weight, and the number of steps done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cnncore._copies import Copied
from cnncore._dtypes import Array
from cnncore._files import PathLike
from cnncore.network.network import Network
from cnncore.training.core.optimizers import Rule


@dataclass(frozen=True, eq=False)
class OptimizerState(Copied):
    """`rule`: the optimizer, with its numbers. `steps`: the steps done so far. `slots[layer][name]`: the averages of
    that weight by Keras's names, such as Adam's "momentum" and "velocity", of the weight's shape, float32, read-only.

    `learning_rate`: the rate of the next step. `origin`: "file" where the averages are those of a trained file, "zeros"
    where they begin at step 0, "steps" after steps done by hand.
    """

    rule: Rule
    steps: int
    slots: tuple[Mapping[str, Mapping[str, Array]], ...] = field(repr=False)
    learning_rate: float
    origin: Literal["file", "zeros", "steps"]


def optimizer_state(network: Network, optimizer: Any = "adam", *, path: PathLike | None = None) -> OptimizerState:
    """The state to begin with: that of the `.keras` file `path`, if it was saved with its optimizer and holds this
    network's layers, else zeros at step 0 for `optimizer`.

    optimizer: one of `cnncore.optimizers`, Keras's name, or its description in a file. Raises `CnnError` for an
    optimizer that is not supported, for a network without weights, and for a file that cannot be read.
    """
    raise NotImplementedError
