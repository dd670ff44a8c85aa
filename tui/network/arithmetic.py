"""The arithmetic of the value under the cursor: its explanation, and how its terms are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncore.network.explain import explain
from tui.network.value_listing import Listing

if TYPE_CHECKING:
    from cnncore.network.explain import Explanation, Order
    from tui.network.activations import Activations
    from tui.network.cursor import Cursor
    from tui.network.value_panel import ValueView


class Arithmetic:
    """`order` is the order of the terms, `unfolded` the index of the row whose products are listed.

    `first` is the first visible term and `view` the last drawn view, for moves by columns and pages.
    """

    def __init__(self, order: Order = "largest") -> None:
        self.order: Order = order
        self.unfolded: int | None = None
        self.first = 0
        self.view: ValueView[Listing] | None = None
        self._explained: tuple[Activations, tuple[int, ...], Explanation] | None = None

    def forget(self) -> None:
        """Drop everything that belongs to one picture."""
        self._explained, self.unfolded, self.first = None, None, 0

    def explanation(self, cursor: Cursor) -> Explanation:
        """The explanation of the value under the cursor, computed once for each value."""
        position = cursor.layer, *cursor.index
        explained = self._explained
        if explained is None or explained[0] is not cursor.activations or explained[1] != position:
            self.unfolded, self.first = None, 0
            activations = cursor.activations
            explanation = explain(
                activations.network, activations.inputs, activations.outputs, cursor.layer, cursor.index
            )
            self._explained = explained = activations, position, explanation
        return explained[2]

    def count(self, cursor: Cursor) -> int:
        """The number of terms in the listing."""
        return len(self.listing(cursor))

    def listing(self, cursor: Cursor) -> Listing:
        """The terms as they are listed."""
        return Listing(self.explanation(cursor), self.order, self.unfolded)

    def fold(self, row: int) -> None:
        """Unfold a row into its products, or fold it again."""
        self.unfolded = None if self.unfolded == row else row

    def unfolded_map(self, cursor: Cursor) -> int | None:
        """The number of the map whose products are listed."""
        channels = self.explanation(cursor).channels
        return None if self.unfolded is None or channels is None else channels.first + self.unfolded

    def turn_order(self) -> None:
        self.order = "index" if self.order == "largest" else "largest"
        self.first = 0
