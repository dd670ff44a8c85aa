"""The gradient of one value explained: the values of the next layer that read it, each with its own gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import overload

from cnncore._copies import Copied
from cnncore._dtypes import Array
from cnncore.network.backward.batch_pass import BackwardPass
from cnncore.network.backward.listing import Gradient
from cnncore.network.explain.positions import Position
from cnncore.network.layer import Shape
from cnncore.network.network import Network


@dataclass(frozen=True, slots=True)
class GradientTerm:
    """One value that reads the explained one: `sum_gradient` x `weight` = `product`.

    `position` is in the next layer. `gradient` is the gradient of the loss with respect to that layer's output there,
    `gate` the derivative of its activation (0 or 1 for ReLU), and `sum_gradient` = `gradient` x `gate` the gradient of
    what goes into the activation. `gate` is None without an activation, and after a softmax, which joins all units:
    `sum_gradient` is then p x (gradient - the sum of p x gradient). `weight` is what one more of the value adds to that
    sum: a weight of a kernel; 1 for the largest of a window and 0 for the others; 1/n in a mean of n; 1 where the value
    is passed on.
    """

    order: int
    position: Position
    gradient: float
    gate: float | None
    sum_gradient: float
    weight: float
    product: float


@dataclass(frozen=True, eq=False)
class GradientTerms(Copied, Sequence[GradientTerm]):
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

    @overload
    def __getitem__(self, index: int) -> GradientTerm: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[GradientTerm, ...]: ...
    def __getitem__(self, index: int | slice) -> GradientTerm | tuple[GradientTerm, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError(f"term {index} of {len(self)}")
        index %= len(self)
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
    raise NotImplementedError
