"""The interface of stages.

A stage belongs to one layer or, where one pass of the C core does several, to several. `forward` keeps what `backward`
needs until the next `forward`; `backward` takes the gradient of the loss with respect to the stage's output, fills the
buffers of `gradients`, and returns the gradient with respect to its input. Arrays are (N, ...) float32, contiguous.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np

from cnncore._dtypes import Array
from cnncore.layers import Layer

Buffers: TypeAlias = dict[str, Array]
"""The gradients of a layer's weights, by name: each of the weight's shape."""


class Stage(Protocol):
    """One step. `layer` is the one whose weights it has, None where it has none; `gradients` their buffers."""

    layer: Layer | None
    gradients: Buffers

    def forward(self, x: Array, training: bool) -> Array:
        """What goes on to the next stage. Outside training nothing is kept."""

    def backward(self, grad: Array, need_inputs: bool) -> Array | None:
        """The gradient with respect to the input of the last `forward`; None unless `need_inputs`."""


class Plain:
    """Base of stages without weights."""

    layer: Layer | None = None

    def __init__(self) -> None:
        self.gradients: Buffers = {}


def buffers(layer: Layer) -> Buffers:
    """Room for the gradients of the weights that training changes."""
    return {name: np.empty_like(layer.values[name]) for name in layer.trainable_names()}
