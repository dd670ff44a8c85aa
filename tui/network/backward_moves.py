"""The moves of the backward view: to the gradient that a term comes from, to a weight, to the largest gradient."""

from __future__ import annotations

from cnncore.backward import WeightExplanation
from cnncore.display.maps import strongest
from cnncore.network.explain.explanation import ordered
from tui.drawing.numbers import significant
from tui.i18n import _
from tui.network.backward_words import weight_title
from tui.network.cursor import Depth
from tui.network.state import NetworkState


def leave_backward(state: NetworkState) -> None:
    """Go from a weight to the value, and from there to the forward view."""
    if state.backward.shows_weight(state.cursor):
        state.backward.weight = None
        state.cursor.term = 0
    else:
        state.backward.leave()


def follow_gradient(state: NetworkState) -> str:
    """Go to the value whose gradient the current term holds: towards the loss, or from a weight to the sum it is in."""
    cursor, backward = state.cursor, state.backward
    explained = backward.explained(cursor)
    if explained is None:
        return _("The gradients are being computed.")
    if not explained.rows:
        return _("This gradient comes from the loss itself: there is nothing to follow.")
    term = backward.rows(explained).rows[min(cursor.term, explained.rows - 1)]
    if isinstance(explained, WeightExplanation):
        use = explained.terms[term]
        if use.image:
            return _("This term belongs to another picture of the batch.")
        backward.weight = None
        cursor.follow(explained.layer, use.position)
        return ""
    cursor.follow(explained.terms.layer, explained.terms[term].position)
    return ""


def turn_weight(state: NetworkState) -> str:
    """Show the gradient of a weight of the current map, that of the largest size at first; or that of the value
    again."""
    cursor, backward = state.cursor, state.backward
    if backward.gradients is None:
        return _("The gradients are being computed.")
    if not len(backward.weights(cursor)):
        return _("This layer has no weights that training changes.")
    if backward.shows_weight(cursor):
        backward.weight = None
    elif backward.weight is None:  # a bias, which is used everywhere, would be the largest nearly always
        weights = backward.weights(cursor)
        backward.weight = strongest(abs(weights.values()[: len(weights.parts[0])]))[0]
    cursor.to_depth(Depth.VALUE)
    cursor.term = 0
    return ""


def to_largest_weight(state: NetworkState) -> None:
    """Choose the weight of the current map whose gradient has the largest size."""
    state.backward.weight = strongest(abs(state.backward.weights(state.cursor).values()))[0]
    state.cursor.term = 0


def step_weight(state: NetworkState, by: int) -> str:
    """Choose the next weight of the map, around the ends."""
    cursor, backward = state.cursor, state.backward
    if not backward.shows_weight(cursor):
        return turn_weight(state)
    count = len(backward.weights(cursor))
    if count == 1:
        return _("This map has only one weight.")
    backward.weight = (min(backward.weight or 0, count - 1) + by) % count
    cursor.term = 0
    return ""


def weights_by_size(state: NetworkState) -> list[int]:
    """The numbers of the weights of the current map, by the size of their gradients, the largest first."""
    numbers: list[int] = ordered(state.backward.weights(state.cursor).values(), "largest").tolist()
    return numbers


def weight_line(state: NetworkState, number: int) -> str:
    """A weight in a list: its name, its position and its gradient."""
    weights = state.backward.weights(state.cursor)
    name, position = weights.position(number)
    return f"{weight_title(name, position)}   {significant(weights.gradient(number))}"


def to_largest_gradient(state: NetworkState) -> None:
    """Go to the gradient of the largest size: of the weights if one is shown, else of the map or row of numbers."""
    cursor, backward = state.cursor, state.backward
    if backward.gradients is None:
        return
    if backward.shows_weight(cursor):
        to_largest_weight(state)
        return
    sizes = abs(backward.gradients.maps.maps(cursor.layer))
    if cursor.one_value_per_map:
        cursor.to_map(strongest(sizes[0, 0])[0])
    else:
        cursor.to_cell(*strongest(sizes[:, :, cursor.map]))


def to_next_map_with_gradient(state: NetworkState) -> None:
    """Go to the next map of which not all gradients are 0."""
    there = state.backward.cursor(state.cursor)
    there.to_next_live_map(1)
    state.cursor.to_map(there.map)
