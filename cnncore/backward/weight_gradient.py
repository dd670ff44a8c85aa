"""The gradient of one weight explained: a sum over the positions where it is used, of all images of the batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from cnncore._arguments import counted
from cnncore._copies import Copied
from cnncore._dtypes import FLOAT64, Array
from cnncore._rows import RowSequence
from cnncore.backward.batch_pass import BackwardPass
from cnncore.backward.listing import Gradient, GradientStage
from cnncore.network.explain.explanation import exact_sum
from cnncore.network.explain.positions import Position, checked, window_geometry
from cnncore.network.layer import Layer, Shape
from cnncore.network.layers import BatchNormalization, Conv2D, Dense, DepthwiseConv2D
from cnncore.network.network import Network

Axes: TypeAlias = tuple[range, ...]


@dataclass(frozen=True, slots=True)
class WeightTerm:
    """One use of the weight: `value` x `gradient` = `product`.

    `position` is that of the sum, in the layer's output, for image number `image`; `gradient` is the gradient of that
    sum, before the activation, with the 1/N of the mean over the batch inside. `source` is the position, in the layer
    before, of the `value` that the weight multiplies; for a batch normalization's gamma `value` is the normalized one.
    A bias and a beta multiply nothing: `source` is None and `value` 1.
    """

    order: int
    image: int
    position: Position
    source: Position | None
    value: float
    gradient: float
    product: float


@dataclass(frozen=True, eq=False)
class WeightTerms(Copied, RowSequence[WeightTerm]):
    """All uses of the weight that do not fall on padding, image by image, each row by row; `[i]` gives one as a
    `WeightTerm`. The columns `values`, `gradients` and `products` are (n,) float64.

    `where` and `sources` (None for a bias) have a range for the images and one for each axis of a position: the terms
    are all their combinations, the last axis fastest.
    """

    where: Axes
    sources: Axes | None
    values: Array = field(repr=False)
    gradients: Array = field(repr=False)
    products: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.products)

    def _row(self, index: int) -> WeightTerm:
        at = np.unravel_index(index, [len(axis) for axis in self.where])
        image, *position = (axis[i] for axis, i in zip(self.where, at, strict=True))
        source = None
        if self.sources is not None:
            source = tuple(axis[i] for axis, i in zip(self.sources[1:], at[1:], strict=True))
        return WeightTerm(
            index,
            image,
            tuple(position),
            source,
            self.values[index].item(),
            self.gradients[index].item(),
            self.products[index].item(),
        )

    @property
    def images(self) -> Array:
        """The image of each term, (n,)."""
        return np.repeat(np.asarray(self.where[0]), len(self) // max(1, len(self.where[0])))


@dataclass(frozen=True, eq=False)
class WeightExplanation(Gradient):
    """The gradient of the loss with respect to one weight, recomputed in float64 (see `Gradient`).

    `by_image` (N,) float64: the gradient of each image's own loss, whose mean over the batch is the weight's gradient.
    `weight` is the weight itself, `count` the number of images, N.
    """

    layer: int
    name: str
    kind: str
    weight_name: str
    position: Position
    shape: Shape
    weight: float
    count: int
    terms: WeightTerms
    by_image: Array = field(repr=False)


def explain_weight(
    network: Network, batch_pass: BackwardPass, layer: int, name: str, position: Position
) -> WeightExplanation:
    """Explain the gradient of the entry at `position` of the weight `name` of `layer`.

    name: kernel, bias, gamma or beta. position: an index of that array, (row, column, channel, filter) of a
    convolution's kernel or (unit,) of a bias. Raises `CnnError` for what does not exist, and for the pass of another
    network.
    """
    layers = batch_pass.of_network(network).layers
    layer = counted(layer, "layer", len(layers))
    explained = layers[layer]
    value, gradient = batch_pass.weight(layer, name)
    position = checked(position, value.shape)
    inputs, grad = batch_pass.values(layer - 1), batch_pass.sum_gradients[layer]
    with np.errstate(all="ignore"):  # infinities and NaN propagate
        terms = _KINDS[name](explained, inputs, grad, position)
        total = exact_sum(terms.products[terms.products != 0])  # behind a pooling three of four are 0
        by_image = terms.products.reshape(len(batch_pass), -1).sum(axis=1) * len(batch_pass)
    by_image.setflags(write=False)
    core = gradient[position]
    return WeightExplanation(
        stages=(GradientStage("sum", total),),
        core=float(core),
        dtype=core.dtype,
        products=terms.products,
        layer=layer,
        name=explained.name,
        kind=explained.kind,
        weight_name=name,
        position=position,
        shape=value.shape,
        weight=float(value[position]),
        count=len(batch_pass),
        terms=terms,
        by_image=by_image,
    )


def _terms(grad: Array, where: Axes, values: Array | None = None, sources: Axes | None = None) -> WeightTerms:
    """The terms of `grad`, the gradients at the positions `where`, and of the `values` there, or 1 each."""
    gradients = grad.astype(FLOAT64).ravel()
    numbers = np.ones_like(gradients) if values is None else values.astype(FLOAT64).ravel()
    products = gradients if values is None else gradients * numbers
    for array in (gradients, numbers, products):
        array.setflags(write=False)
    return WeightTerms(where, sources, numbers, gradients, products)


def _at(shape: Shape, last: int) -> Axes:
    """All positions of an array (N, ..., units) with `last` at the end."""
    return (*map(range, shape[:-1]), range(last, last + 1))


def _offsets(layer: Layer, inputs: Array, grad: Array, position: Position) -> WeightTerms:
    """bias and beta: the sum of the gradients."""
    del layer, inputs
    return _terms(grad[..., position[0]], _at(grad.shape, position[0]))


def _kernels(layer: Conv2D | DepthwiseConv2D | Dense, inputs: Array, grad: Array, position: Position) -> WeightTerms:
    if isinstance(layer, Dense):
        below, unit = position
        return _terms(grad[..., unit], _at(grad.shape, unit), inputs[..., below], _at(inputs.shape, below))
    down, right, channel, unit = position
    if isinstance(layer, DepthwiseConv2D):
        unit += channel * layer.depth_multiplier
    else:
        channel += unit // (layer.kernel.shape[3] // layer.groups) * layer.kernel.shape[2]
    moves = window_geometry(layer)
    assert moves is not None
    # Where the tap lies on the input and not on padding: the positions of the output, and those of the input.
    (rows, in_rows), (columns, in_columns) = moves.rows.inside(down), moves.columns.inside(right)
    images, height, width = inputs.shape[:3]
    return _terms(
        grad[:, rows, columns, unit],
        (range(images), range(grad.shape[1])[rows], range(grad.shape[2])[columns], range(unit, unit + 1)),
        inputs[:, in_rows, in_columns, channel],
        (range(images), range(height)[in_rows], range(width)[in_columns], range(channel, channel + 1)),
    )


def _scales(layer: BatchNormalization, inputs: Array, grad: Array, position: Position) -> WeightTerms:
    """gamma: the normalized values."""
    (unit,) = position
    deviation = np.sqrt(layer.moving_variance[unit].astype(FLOAT64) + layer.epsilon)
    normal = (inputs[..., unit].astype(FLOAT64) - layer.moving_mean[unit]) / deviation
    where = _at(grad.shape, unit)
    return _terms(grad[..., unit], where, normal, where)


_KINDS: Mapping[str, Callable[[Any, Array, Array, Position], WeightTerms]] = {
    "kernel": _kernels,
    "bias": _offsets,
    "gamma": _scales,
    "beta": _offsets,
}
