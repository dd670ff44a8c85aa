"""The network looked at backwards: the batch whose loss is taken, its gradients, and what is looked at in them.

No Textual here; `Backwards` does the work, beside the screen if it is slow.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from cnncore.backward import (
    BackwardPass,
    GradientExplanation,
    WeightExplanation,
    backward_pass,
    explain_gradient,
    explain_weight,
)
from cnncore.network import Conv2D, Dense, DepthwiseConv2D, Layer, Network
from tui.network.activations import Activations, Array
from tui.network.cursor import Cursor, Depth
from tui.network.gradient_rows import GradientRows, gradient_rows
from tui.network.unit_weights import UnitWeights

if TYPE_CHECKING:
    from cnncore.network.explain import Order
    from tui.network.value_panel import ValueView

Explained: TypeAlias = GradientExplanation | WeightExplanation


@dataclass(frozen=True, eq=False)
class LossBatch:
    """The pictures whose loss is taken: `images` (N, *input_shape) float32, the first is the one on the screen, and
    their classes, `labels` (N,).

    `assumed`: the class of the first is not known, and the network's own answer stands for it.
    """

    images: Array = field(repr=False)
    labels: Array = field(repr=False)
    assumed: bool = False

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, eq=False)
class Gradients:
    """A backward pass of a batch, and its gradients for the first picture in the form in which outputs are drawn."""

    batch: LossBatch
    passed: BackwardPass
    maps: Activations = field(repr=False)

    @classmethod
    def of(cls, network: Network, batch: LossBatch) -> Gradients:
        """Run the pass. Raises `CnnError` for a network that has no loss."""
        return cls.from_pass(batch, backward_pass(network, batch.images, batch.labels))

    @classmethod
    def from_pass(cls, batch: LossBatch, passed: BackwardPass) -> Gradients:
        layers = [_with_gradients(layer, passed, at) for at, layer in enumerate(passed.network.layers)]
        network = Network(layers, passed.network.input_shape)
        outputs = tuple(gradient[0] for gradient in passed.gradients)
        return cls(batch, passed, Activations(network, passed.input_gradient[0], outputs, gradients=True))


def _with_gradients(layer: Layer, passed: BackwardPass, at: int) -> Layer:
    """The layer with the gradients of its kernel and its bias in their place, so that they are drawn as weights are."""
    if not isinstance(layer, (Conv2D, DepthwiseConv2D, Dense)):
        return layer
    changed: dict[str, Any] = {name: gradient for name, _value, gradient in passed.weights[at]}
    return replace(layer, **changed)


class Backward:
    """`on`: the view goes backwards. `many`: the loss is that of a batch, not of the picture alone. `weight` is the
    number of the weight of the current map whose gradient is explained; None for that of the value itself.

    `order`, `first` and `view` belong to the listing of terms, as in `Arithmetic`.
    """

    def __init__(self, before: Backward | None = None) -> None:
        self.on = False
        self.many: bool = before is not None and before.many
        self.weight: int | None = None
        self.gradients: Gradients | None = None
        """The gradients of the current picture; None until they are computed."""
        self.order: Order = "largest" if before is None else before.order
        self.first = 0
        self.view: ValueView[range] | None = None
        self._rows: tuple[Explained, Order, GradientRows] | None = None
        self._explained: tuple[Gradients, tuple[object, ...], Explained] | None = None

    def forget(self) -> None:
        """Drop everything that belongs to one picture and one set of weights."""
        self.gradients = self._explained = self._rows = None
        self.first = 0

    def leave(self) -> None:
        """Look forwards again."""
        self.on, self.weight = False, None
        self.forget()

    def cursor(self, cursor: Cursor) -> Cursor:
        """A cursor at the same position in the gradients: what draws maps and weights draws these."""
        assert self.gradients is not None
        return replace(cursor, activations=self.gradients.maps, map_chosen=True, cell_chosen=True)

    # The gradient explained at the value depth.

    def weights(self, cursor: Cursor) -> UnitWeights:
        """The weights of the map or unit under the cursor that training changes."""
        gradients = None if self.gradients is None else self.gradients.passed
        return UnitWeights.of(cursor, gradients)

    def shows_weight(self, cursor: Cursor) -> bool:
        """True if the gradient of a weight is explained, not that of the value. The layer may have none."""
        return self.weight is not None and cursor.depth == Depth.VALUE and len(self.weights(cursor)) > 0

    def weight_position(self, cursor: Cursor) -> tuple[str, tuple[int, ...]]:
        """The name of the chosen weight, and its index in the array of that name."""
        weights = self.weights(cursor)
        return weights.position(min(self.weight or 0, len(weights) - 1))

    def explained(self, cursor: Cursor) -> Explained | None:
        """The gradient at the cursor explained, computed once; None until there are gradients."""
        gradients = self.gradients
        if gradients is None:
            return None
        weight = self.weight_position(cursor) if self.shows_weight(cursor) else None
        key = cursor.layer, cursor.index if weight is None else weight
        known = self._explained
        if known is None or known[0] is not gradients or known[1] != key:
            self.first = 0
            passed = gradients.passed
            explained: Explained
            if weight is None:
                explained = explain_gradient(passed.network, passed, 0, cursor.layer, cursor.index)
            else:
                explained = explain_weight(passed.network, passed, cursor.layer, *weight)
            self._explained = known = gradients, key, explained
        return known[2]

    def rows(self, explained: Explained) -> GradientRows:
        """The terms of the explained gradient as they are listed, put in order once."""
        known = self._rows
        if known is None or known[0] is not explained or known[1] != self.order:
            self._rows = known = explained, self.order, gradient_rows(explained, self.order)
        return known[2]

    def count(self, cursor: Cursor) -> int:
        """The number of terms in the listing."""
        explained = self.explained(cursor)
        return 0 if explained is None else explained.rows

    def turn_order(self) -> None:
        self.order = "index" if self.order == "largest" else "largest"
        self.first = 0
