"""Draws the state of the network screen: header, the depth in view, message line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tui.drawing.blocks import Block, Placed, Target, text_lines
from tui.drawing.maps import look_of
from tui.drawing.numbers import WAITING
from tui.drawing.theme import ColourDepth, Palette
from tui.i18n import _
from tui.network.cursor import Cursor, Depth
from tui.network.gradient_depth import gradient_depth
from tui.network.gradient_panel import gradient_view
from tui.network.header import header_block, message_block
from tui.network.layer_depth import layer_depth
from tui.network.network_depth import moved, network_depth
from tui.network.state import NetworkState
from tui.network.status_line import status_block
from tui.network.value_panel import ValueView, value_view


class Painter:
    """Turns a state into blocks. `lines` is the height of the depth at the last drawing."""

    def __init__(self) -> None:
        self.lines = 0

    def draw(
        self,
        state: NetworkState,
        message: tuple[str, bool],
        width: int,
        height: int,
        colours: Palette,
        colour_depth: ColourDepth,
        *,
        keras_awaited: bool = False,
    ) -> Sequence[Placed]:
        """Return the blocks. `message` is a text, and true if it is an error."""
        look = look_of(colours, no_color=colour_depth == "none", few=colour_depth == "few")
        depth = state.cursor.depth
        foot, status = message_block(*message, width, colours), status_block(state, width, colours)
        top = 1 + status.height
        self.lines = lines = height - top - foot.height
        shown = gradient_cursor(state)
        if depth == Depth.NETWORK:
            glyphs = colour_depth in ("few", "none")
            placed = network_depth(state, width, lines, colours, look, glyphs=glyphs, gradients=shown)
        elif depth == Depth.LAYER and shown is not None:
            placed = gradient_depth(state.cursor, shown, state.picture.fitted, width, lines, colours, look)
        elif depth == Depth.LAYER:
            picture, original = state.picture.fitted, state.original
            placed = layer_depth(state.cursor, picture, width, height - top, colours, look, original, foot.height)
        elif state.backward.on:
            placed = gradient_of_value(state, width, lines, colours)
        else:
            placed = [value_depth(state, width, lines, colours, keras_awaited=keras_awaited)]
        placed = [Placed(0, 0, header_block(state, width, colours)), Placed(0, 1, status), *moved(placed, 0, top)]
        if foot.height:
            placed.append(Placed(0, height - foot.height, foot))
        return placed


def gradient_cursor(state: NetworkState) -> Cursor | None:
    """The cursor in the gradients if the view goes backwards and they are known."""
    backward = state.backward
    return backward.cursor(state.cursor) if backward.on and backward.gradients is not None else None


def gradient_of_value(state: NetworkState, width: int, height: int, colours: Palette) -> list[Placed]:
    """The arithmetic of the gradient under the cursor; nothing until it is known."""
    cursor, backward = state.cursor, state.backward
    explained = backward.explained(cursor)
    if explained is None or backward.gradients is None:
        return []
    update = state.update()
    waiting = backward.shows_weight(cursor) and update is None
    backward.view = view = gradient_view(
        explained,
        backward.gradients.passed,
        state.rule_words(explained),
        width=width - 2,
        height=height,
        colours=colours,
        first=backward.first,
        selected=cursor.term,
        order=backward.order,
        rows=backward.rows(explained),
        update=update,
        updating=_("Reading the optimizer's averages") if waiting else "",
        names=state.names_under_cursor,
    )
    backward.first = view.first
    return [_listing(view, width)]


def value_depth(state: NetworkState, width: int, height: int, colours: Palette, *, keras_awaited: bool) -> Placed:
    """The arithmetic of the value under the cursor, one cell from the left."""
    cursor, arithmetic = state.cursor, state.arithmetic
    explanation = state.explanation()
    keras: float | str | None = state.keras_value
    if keras is None and keras_awaited:
        keras = WAITING
    arithmetic.view = view = value_view(
        explanation,
        width=width - 2,
        height=height,
        colours=colours,
        first=arithmetic.first,
        selected=cursor.term,
        unfolded=arithmetic.unfolded,
        order=arithmetic.order,
        keras=keras,
        names=state.names_under_cursor,
    )
    arithmetic.first = view.first
    return _listing(view, width)


def _listing(view: ValueView[Any], width: int) -> Placed:
    """A view with its listing, whose terms can be clicked."""

    def pick(x: int, y: int) -> Target | None:
        entry = view.entry_at(x, y)
        return None if entry is None else ("term", entry)

    return Placed(1, 0, Block(text_lines(view.lines, width - 2), width - 2, pick))
