"""The gradient of one weight explained: a sum over the positions where it is used, of all images of the batch."""

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
class WeightTerms(Copied, Sequence[WeightTerm]):
    """All uses of the weight that do not fall on padding, in columns, image by image, each row by row; `[i]` gives one
    as a `WeightTerm`.

    `images` is (n,) int64, `positions` (n, rank) and `sources` (n, rank) int64 or None, every other column (n,)
    float64.
    """

    images: Array = field(repr=False)
    positions: Array = field(repr=False)
    sources: Array | None = field(repr=False)
    values: Array = field(repr=False)
    gradients: Array = field(repr=False)
    products: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.products)

    @overload
    def __getitem__(self, index: int) -> WeightTerm: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[WeightTerm, ...]: ...
    def __getitem__(self, index: int | slice) -> WeightTerm | tuple[WeightTerm, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError(f"term {index} of {len(self)}")
        index %= len(self)
        return WeightTerm(
            index,
            self.images[index].item(),
            tuple(self.positions[index].tolist()),
            None if self.sources is None else tuple(self.sources[index].tolist()),
            self.values[index].item(),
            self.gradients[index].item(),
            self.products[index].item(),
        )


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
    raise NotImplementedError
