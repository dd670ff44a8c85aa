"""Names and shapes for the layers of a model, one behind the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnncore.errors import CnnError
from cnncore.layers.base import Layer, snake_case
from cnncore.network.layer import Shape


def name_layer(layer: Layer, others: Sequence[Layer]) -> None:
    """Give `layer` a name that none of `others` has. Raises `CnnError` if it was given one of theirs."""
    taken = {one.name for one in others}
    if layer.name is None:
        stem = snake_case(layer.kind)
        names = (stem if not count else f"{stem}_{count}" for count in range(len(taken) + 1))
        layer.name = next(name for name in names if name not in taken)
    elif layer.name in taken:
        raise CnnError("two layers are called {layer}; each needs a name of its own", layer=repr(layer.name))


def build_layer(layer: Layer, shape: Shape, random: np.random.Generator) -> Shape:
    """Fit `layer` to inputs of `shape` and return the shape of what it gives. Weights that it has, from another model
    or a file, it keeps; others are drawn. Raises `CnnError` where it does not fit."""
    if not layer.built:
        layer.build(shape, random)
    elif layer.input_shape != shape:
        layer.fit_to(shape)
    return layer.output_shape or ()


def build_layers(layers: Sequence[Layer], shape: Shape, random: np.random.Generator) -> None:
    """Fit each of `layers` to what the one before it gives. Raises `CnnError`."""
    for layer in layers:
        shape = build_layer(layer, shape, random)


def takes(layer: Layer, shape: Shape) -> bool:
    """True if `layer` fits inputs of `shape`."""
    try:
        layer.compute_output_shape(shape)
    except CnnError:
        return False
    return True
