"""The gradient of one value explained: the values of the next layer that read it, each with its own gradient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnncore._arguments import counted
from cnncore._copies import Copied
from cnncore._dtypes import FLOAT64, Array
from cnncore._rows import RowSequence
from cnncore.backward.batch_pass import BackwardPass
from cnncore.backward.layer_gradients import activation_of, gated, rectifier_gate
from cnncore.backward.listing import Gradient, GradientStage
from cnncore.backward.loss_gradient import loss_stages
from cnncore.backward.readings import read_by
from cnncore.network.explain.explanation import exact_sum
from cnncore.network.explain.positions import Position, checked
from cnncore.network.layer import Shape
from cnncore.network.layers import ReLU
from cnncore.network.network import Network


@dataclass(frozen=True, slots=True)
class GradientTerm:
    """One value that reads the explained one: `sum_gradient` x `weight` = `product`.

    `position` is in the next layer. `gradient` is the gradient of the loss with respect to that layer's output there,
    `gate` the derivative of its activation (0 or 1 for ReLU), and `sum_gradient` = `gradient` x `gate` the gradient of
    what goes into the activation. `gate` is None without an activation, and after a softmax, which joins all units:
    `sum_gradient` is then p x (gradient - the sum of p x gradient). `weight` is what one more of the value adds to that
    sum: a weight of a kernel; 1 for the first of the largest of a window and 0 for the others; 1/n in a mean of n; 1
    where the value is passed on. A layer that is nothing but a softmax has a term for each of its units, with the
    weight p x (1 - p) for the value's own and -p x the value's own p for the others; `sum_gradient` is then `gradient`.
    """

    order: int
    position: Position
    gradient: float
    gate: float | None
    sum_gradient: float
    weight: float
    product: float


@dataclass(frozen=True, eq=False)
class GradientTerms(Copied, RowSequence[GradientTerm]):
    """All values that read the explained one, in columns; `[i]` gives one as a `GradientTerm`.

    `layer` is the index of the layer they belong to. `positions` is (n, rank) int64, every other column (n,) float64.
    """

    layer: int
    positions: Array = field(repr=False)
    gradients: Array = field(repr=False)
    gates: Array | None = field(repr=False)
    sum_gradients: Array = field(repr=False)
    weights: Array = field(repr=False)
    products: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.products)

    def _row(self, index: int) -> GradientTerm:
        return GradientTerm(
            index,
            tuple(self.positions[index].tolist()),
            self.gradients[index].item(),
            None if self.gates is None else self.gates[index].item(),
            self.sum_gradients[index].item(),
            self.weights[index].item(),
            self.products[index].item(),
        )


@dataclass(frozen=True, eq=False)
class GradientExplanation(Gradient):
    """The gradient of the loss with respect to one value, of one image, recomputed in float64 from those of the next
    layer (see `Gradient` for `value`, `core`, `difference`, the listing and its order).

    layer: -1 for a pixel of the image. output: the value itself. terms: empty in the last layer, whose gradient comes
    from the loss: the stages are then p, p - y and the division by the number of samples, or the loss's own formula.
    reader: the next layer's index; None in the last layer.

    own_gate: the derivative of the layer's own activation at this value, None without one or for a softmax.
    sum_gradient: the core's gradient of what goes into that activation, which the layer's weights take: `core` x
    `own_gate`. target: y, in the last layer. fused: the gradient is that of the logit, because the last softmax or
    sigmoid and its cross-entropy are one function.
    """

    image: int
    layer: int
    name: str
    kind: str
    position: Position
    shape: Shape
    output: float
    terms: GradientTerms
    reader: int | None
    own_gate: float | None
    sum_gradient: float
    target: float | None = None
    fused: bool = False


def explain_gradient(
    network: Network, batch_pass: BackwardPass, image: int, layer: int, position: Position
) -> GradientExplanation:
    """Explain the gradient of the value at `position` of the output of `layer` (-1: the image) for image number `image`
    of the batch.

    position: (row, column, map) for maps, (unit,) for a row of numbers. Raises `CnnError` for an image, layer or
    position that does not exist, and for the pass of another network.
    """
    layers = batch_pass.of_network(network).layers
    image = counted(image, "image", len(batch_pass))
    if layer != -1:
        layer = counted(layer, "layer", len(layers))
    explained = None if layer == -1 else layers[layer]
    shape = network.input_shape if explained is None else explained.output_shape
    position = checked(position, shape)
    at = (image, *position)
    target = None
    with np.errstate(all="ignore"):  # infinities and NaN propagate
        if layer == len(layers) - 1:
            terms = _no_terms(layer + 1, len(shape))
            stages, target = loss_stages(batch_pass, image, position)
        else:
            terms = _terms(batch_pass, image, layer, position)
            stages = (GradientStage("sum", exact_sum(terms.products)),)
        gate = None if explained is None else _gate(batch_pass, image, layer, position)
    core = batch_pass.gradient(layer)[at]
    return GradientExplanation(
        stages=stages,
        core=float(core),
        dtype=core.dtype,
        products=terms.products,
        image=image,
        layer=layer,
        name="" if explained is None else explained.name,
        kind="" if explained is None else explained.kind,
        position=position,
        shape=shape,
        output=float(batch_pass.values(layer)[at]),
        terms=terms,
        reader=None if layer == len(layers) - 1 else layer + 1,
        own_gate=None if gate is None or (target is not None and batch_pass.fused) else float(gate),
        sum_gradient=float(core if layer == -1 else batch_pass.sum_gradients[layer][at]),
        target=target,
        fused=batch_pass.fused and layer == len(layers) - 1,
    )


def _no_terms(reader: int, rank: int) -> GradientTerms:
    empty = np.zeros(0)
    return GradientTerms(reader, np.zeros((0, rank), np.int64), empty, None, empty, empty, empty)


def _gate(batch: BackwardPass, image: int, layer: int, where: Any) -> Array | None:
    """The derivative of the layer's own activation at one or more of its outputs, float64; None without one, and for
    softmax, which joins its units."""
    explained = batch.network.layers[layer]
    if isinstance(explained, ReLU):
        return rectifier_gate(explained, batch.values(layer - 1)[image][where]).astype(FLOAT64)
    outputs: Array = batch.outputs[layer][image][where].astype(FLOAT64)
    gate: Array
    match activation_of(explained):
        case "relu":
            gate = np.where(outputs > 0, 1.0, 0.0)
        case "sigmoid":
            gate = outputs * (1 - outputs)
        case "tanh":
            gate = 1 - outputs * outputs
        case _:
            return None
    return gate


def _terms(batch: BackwardPass, image: int, layer: int, position: Position) -> GradientTerms:
    at = layer + 1
    reader = batch.network.layers[at]
    fused = batch.fused and at == len(batch.network.layers) - 1
    readings = read_by(reader, batch.values(layer)[image], batch.outputs[at][image], position, fused=fused)
    where = tuple(readings.positions.T)
    gradients = batch.gradients[at][image][where].astype(FLOAT64)
    gates, sums = None, gradients
    if not fused and (gates := _gate(batch, image, at, where)) is not None:
        sums = gated(gradients, gates)
    elif not fused and activation_of(reader) == "softmax" and not readings.joint:
        shares, slopes = (array[at][image].astype(FLOAT64) for array in (batch.outputs, batch.gradients))
        joined = shares * (slopes - (shares * slopes).sum(axis=-1, keepdims=True))
        sums = joined[where]
    products = sums * readings.weights
    if readings.chosen is not None:  # a loser of a maximum takes nothing, even of an infinite gradient
        products = np.where(readings.chosen, products, 0.0)
    for array in (readings.positions, gradients, gates, sums, readings.weights, products):
        if array is not None:
            array.setflags(write=False)
    return GradientTerms(at, readings.positions, gradients, gates, sums, readings.weights, products)
