"""Draws the state of the network screen: header, the depth in view, message line."""

from __future__ import annotations

from collections.abc import Sequence

from tui.drawing.blocks import Block, Placed, Target, text_lines
from tui.drawing.maps import look_of
from tui.drawing.numbers import WAITING
from tui.drawing.theme import ColourDepth, Palette
from tui.network.cursor import Depth
from tui.network.header import header_block, message_block
from tui.network.layer_depth import layer_depth
from tui.network.network_depth import moved, network_depth
from tui.network.state import NetworkState
from tui.network.value_panel import value_view


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
        foot = message_block(*message, width, colours)
        self.lines = lines = height - 1 - foot.height
        if depth == Depth.NETWORK:
            placed = network_depth(state, width, lines, colours, look, glyphs=colour_depth in ("few", "none"))
        elif depth == Depth.LAYER:
            picture, original = state.picture.fitted, state.original
            placed = layer_depth(state.cursor, picture, width, height - 1, colours, look, original, foot.height)
        else:
            placed = [value_depth(state, width, lines, colours, keras_awaited=keras_awaited)]
        placed = [Placed(0, 0, header_block(state, width, colours)), *moved(placed, 0, 1)]
        if foot.height:
            placed.append(Placed(0, height - foot.height, foot))
        return placed


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

    def pick(x: int, y: int) -> Target | None:
        entry = view.entry_at(x, y)
        return None if entry is None else ("term", entry)

    return Placed(1, 0, Block(text_lines(view.lines, width - 2), width - 2, pick))
