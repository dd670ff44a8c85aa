"""The moves of the network screen's keys. Each changes the state and returns a sentence for the message line: the
reason why nothing moved, or an invisible change; usually it is empty.
"""

from __future__ import annotations

from collections.abc import Callable

from tui.drawing.numbers import short
from tui.i18n import _
from tui.network.activations import INPUT
from tui.network.arithmetic import Arithmetic
from tui.network.backward_moves import (
    follow_gradient,
    leave_backward,
    step_weight,
    to_largest_gradient,
    to_next_map_with_gradient,
    turn_weight,
)
from tui.network.backward_state import Backward
from tui.network.cursor import Cursor, Depth
from tui.network.layer_words import scale_text
from tui.network.network_depth import both_fit
from tui.network.state import NetworkState
from tui.network.value_connections import fed_cell, follow_term, follow_window, pixel_words


class Moves:
    """The moves through one state."""

    def __init__(self, state: NetworkState) -> None:
        self._state = state

    @property
    def _cursor(self) -> Cursor:
        return self._state.cursor

    @property
    def depth(self) -> Depth:
        return self._cursor.depth

    def _try(self, move: Callable[[Cursor], object], why_not: str) -> str:
        """Make a move; returns `why_not` if the cursor stays where it is."""
        before = self._cursor.snapshot
        move(self._cursor)
        return why_not if self._cursor.snapshot == before else ""

    # Depths.

    def go_in(self) -> str:
        if self._cursor.depth == Depth.VALUE:
            return self._follow()
        return "" if self._cursor.go_in() else pixel_words()

    def go_out(self) -> str:
        if self._cursor.depth == Depth.NETWORK and self._state.heat_asked:
            self._state.heat_asked = False
            return ""
        if self._state.backward.on:
            leave_backward(self._state)
            return ""
        return "" if self._cursor.go_out() else _("This is the whole network: Enter goes in.")

    # Positions.

    def arrow(self, rows: int, columns: int) -> str:
        depth = self._cursor.depth
        if depth == Depth.NETWORK:
            return self.layer(rows) if rows else self.map(columns)
        if depth == Depth.LAYER:
            why_not = _("This map has only one value: < and > change the layer.")
            return self._try(lambda cursor: cursor.step_cell(rows, columns), why_not)
        view = self._terms.view
        return self._step_term(rows or columns * max(1, view.per_column if view else 1))

    def map(self, by: int) -> str:
        return self._try(lambda cursor: cursor.step_map(by), _("The layer has only this map."))

    def layer(self, by: int) -> str:
        why_not = _("This is the last layer.") if by > 0 else _("This is the input: there is no layer before it.")
        return self._try(lambda cursor: cursor.to_layer(cursor.layer + by), why_not)

    def page(self, by: int, maps_on_page: int) -> str:
        """Go on by a page of terms, a layer, or a page of maps, depending on the depth."""
        if self._cursor.depth == Depth.VALUE:
            view = self._terms.view
            return self._step_term(by * max(1, view.capacity if view else 1))
        if self._cursor.depth == Depth.LAYER:
            return self.layer(by)
        why_not = _("This is the last map.") if by > 0 else _("This is the first map.")
        return self._try(lambda cursor: cursor.to_map(cursor.map + by * max(1, maps_on_page)), why_not)

    def ends(self, which: int) -> str:
        """Go to the first (-1) or the last (1) map, value or term."""
        cursor, first = self._cursor, which < 0
        rows, columns, maps = cursor.size
        if cursor.depth == Depth.VALUE:
            return self._try(lambda _cursor: self.to_term(0 if first else self._count - 1), self._no_term(which))
        if cursor.depth == Depth.NETWORK or cursor.one_value_per_map:
            why_not = _("This is the first map.") if first else _("This is the last map.")
            return self._try(lambda cursor: cursor.to_map(0 if first else maps - 1), why_not)
        cell = (0, 0) if first else (rows - 1, columns - 1)
        why_not = _("This is the first value.") if first else _("This is the last value.")
        return self._try(lambda cursor: cursor.to_cell(*cell), why_not)

    def largest(self) -> str:
        if self._state.backward.on:
            before = self._state.backward.weight
            stays = _("The cursor is already on the largest gradient.")
            text = self._try(lambda _cursor: to_largest_gradient(self._state), stays) or self._unseen_cell()
            return text if self._state.backward.weight == before else ""
        return self._try(lambda cursor: cursor.to_largest(), _("The cursor is already on the largest value."))

    def _unseen_cell(self) -> str:
        """The cell under the cursor in words, where it is not drawn."""
        cursor = self._cursor
        if cursor.depth != Depth.NETWORK or cursor.one_value_per_map:
            return ""
        text = _("The largest gradient of map {map} is at [{row}, {column}].")
        return text.format(map=cursor.map, row=cursor.row, column=cursor.column)

    def next_live_map(self) -> str:
        if self._state.backward.gradients is not None:
            why_not = _("The gradients of every other map are 0.")
            return self._try(lambda _cursor: to_next_map_with_gradient(self._state), why_not)
        return self._try(lambda cursor: cursor.to_next_live_map(1), _("All values of every other map are 0."))

    # Terms.

    @property
    def _terms(self) -> Arithmetic | Backward:
        """The listing in view: of the value, or of the gradient."""
        return self._state.backward if self._state.backward.on else self._state.arithmetic

    @property
    def _count(self) -> int:
        return self._terms.count(self._cursor)

    def to_term(self, term: int) -> None:
        self._cursor.term = max(0, min(term, self._count - 1))

    def _step_term(self, by: int) -> str:
        return self._try(lambda cursor: self.to_term(cursor.term + by), self._no_term(by))

    def _no_term(self, by: int) -> str:
        if not self._count:
            return _("This value has no terms.")
        return _("This is the last term.") if by > 0 else _("This is the first term.")

    def order(self) -> str:
        if self._cursor.depth != Depth.VALUE:
            return _("Terms are listed for a single value: Enter goes in.")
        self._terms.turn_order()
        self._cursor.term = 0
        largest = self._terms.order == "largest"
        return _("Largest terms first.") if largest else _("Terms in order.")

    # Along the connections.

    def down(self) -> str:
        """Follow the current term down; at the other depths, the middle of the value's window."""
        if self._cursor.depth == Depth.VALUE:
            return self._follow()
        return follow_window(self._cursor)

    def _follow(self) -> str:
        """Follow the current term: down to the value it comes from, or on to the gradient it comes from."""
        return follow_gradient(self._state) if self._state.backward.on else follow_term(self._state)

    def back(self) -> str:
        return "" if self._cursor.back() else _("No term has been followed yet: d follows one down.")

    # The drawing.

    def scale(self) -> str:
        """Take the next colour scale; returns its name if the drawing does not change."""
        cursor = self._cursor
        cursor.next_scale()
        no_scale = cursor.depth == Depth.VALUE or (cursor.depth == Depth.NETWORK and cursor.layer == INPUT)
        return scale_text(cursor) if no_scale or cursor.one_value_per_map else ""

    def weights(self, lines: int) -> str:
        """Switch between maps and weights at the network depth; if `lines` hold both, say so."""
        cursor, state = self._cursor, self._state
        if state.backward.on and cursor.depth != Depth.NETWORK:
            return turn_weight(state)
        if cursor.current_layer is None or not cursor.current_layer.weights:
            return _("Only Conv2D and Dense layers have weights: this one has none.")
        if cursor.depth != Depth.NETWORK:
            return _("This view lists the value's weights; Esc goes back to those of the layer.")
        if not state.heat_asked and both_fit(cursor, lines):
            return _("Both are shown: maps above, weights below.")
        cursor.weights = not cursor.weights
        state.heat_asked = False
        return ""

    def channel(self, by: int) -> str:
        cursor = self._cursor
        if self._state.backward.on and cursor.depth == Depth.VALUE:
            return step_weight(self._state, by)
        kernel = cursor.current_kernel is not None
        why_not = _("This map has only one kernel.") if kernel else _("This layer has no kernels.")
        text = self._try(lambda cursor: cursor.step_channel(by), why_not)
        return text or (channel_words(cursor) if cursor.depth == Depth.VALUE else "")

    def why(self) -> str:
        """Show the heat map at the network depth, or hide it. It looks forwards."""
        self._state.backward.leave()
        if self._cursor.depth == Depth.NETWORK:
            self._state.heat_asked = not self._state.heat_asked
        else:
            self._cursor.to_depth(Depth.NETWORK)
            self._state.heat_asked = True
        return ""

    # The mouse.

    def pick(self, target: tuple[str | int, ...]) -> bool:
        """Go to the clicked target. Returns False for a target without a meaning."""
        cursor = self._cursor
        match target:
            case ("depth", int(depth)):
                cursor.to_depth(Depth(min(depth, cursor.depth)))
            case ("layer", int(layer)):
                cursor.to_layer(layer)
            case ("map", int(number)):
                cursor.to_map(number)
            case ("channel", int(number)):
                cursor.channel = number
            case ("input", int(number)):
                cursor.input_number = number
            case ("class", int(number)):
                cursor.to_layer(len(cursor.layers) - 1)
                cursor.to_map(number)
            case ("cell", int(row), int(column)):
                cursor.to_cell(row, column)
            case ("pixel", int(row), int(column)) if cursor.depth == Depth.NETWORK or cursor.layer == INPUT:
                cursor.to_layer(INPUT)
                cursor.to_cell(row, column)
            case ("pixel", int(row), int(column)):
                self._to_fed_by(INPUT, (row, column, 0))
            case ("before", int(row), int(column)):
                self._to_fed_by(cursor.layer - 1, (row, column, cursor.channel))
            case ("term", int(term)):
                self.to_term(term)
            case _:
                return False
        return True

    def _to_fed_by(self, layer: int, index: tuple[int, ...]) -> None:
        cell = fed_cell(self._cursor, layer, index)
        if cell is not None:
            self._cursor.to_cell(*cell)


def channel_words(cursor: Cursor) -> str:
    """The weights chosen with `,` and `.`, in words, for the depth that does not draw them."""
    weights = cursor.unit_weights
    if weights is None:
        return _("Kernel on input map {number}, shown one level up (Esc).").format(number=cursor.channel)
    text = _("weight for input {number}: {value}")
    return text.format(number=cursor.input_number, value=short(float(weights[cursor.input_number]), 6))
