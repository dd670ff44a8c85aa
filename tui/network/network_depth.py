"""The network depth: all layers, the picture, the answer, and the maps or weights of one layer."""

from __future__ import annotations

from dataclasses import replace

from tui.drawing.blocks import Block, Placed, text_line, title_line
from tui.drawing.maps import Look
from tui.drawing.numbers import short
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.activations import INPUT
from tui.network.answer import answer_block
from tui.network.cursor import Cursor
from tui.network.heat_panel import heat_panel
from tui.network.layers_block import layers_block
from tui.network.maps_panel import maps_panel
from tui.network.pixels import pixels_block
from tui.network.state import NetworkState
from tui.network.weights_panel import has_weights, weights_lines, weights_panel


def moved(placed: list[Placed], x: int, y: int) -> list[Placed]:
    """The blocks, moved by `x` cells and `y` lines."""
    return [replace(each, x=each.x + x, y=each.y + y) for each in placed]


def network_depth(
    state: NetworkState,
    width: int,
    height: int,
    colours: Palette,
    look: Look,
    *,
    glyphs: bool = False,
    gradients: Cursor | None = None,
) -> list[Placed]:
    """On the left layers, picture and answer; on the right the maps of the layer, its weights, or both.

    `glyphs` draws the heat map in digits and letters, for terminals with too few colours for its tints. With
    `gradients`, the cursor in them, those of the maps and of the weights are shown.
    """
    left = 38 if width < 100 else min(58, width * 2 // 5 + 2)
    placed = _left(state, left, height, colours, look)
    x, rest = left + 1, width - left - 1
    cursor = gradients or state.cursor
    if state.heat_asked:
        return placed + moved(heat_panel(state, rest - 1, height, colours, look, glyphs), x + 1, 0)
    if cursor.layer == INPUT and gradients is None:
        return placed + moved(_input_panel(state, rest - 1, height, colours, look), x + 1, 0)
    if both_fit(cursor, height):
        upper = height - 1 - min(weights_lines(cursor, rest), height * 3 // 10)
        placed += moved(maps_panel(cursor, rest, upper, colours, look), x, 0)
        placed += moved(weights_panel(cursor, rest, height - upper - 1, colours, look), x, upper + 1)
    elif cursor.weights and has_weights(cursor):
        placed += moved(weights_panel(cursor, rest, height, colours, look), x, 0)
    else:
        placed += moved(maps_panel(cursor, rest, height, colours, look), x, 0)
    return placed


def both_fit(cursor: Cursor, height: int) -> bool:
    """True if a layer's weights fit below its maps."""
    return cursor.layer != INPUT and has_weights(cursor) and height >= 30


def _left(state: NetworkState, width: int, height: int, colours: Palette, look: Look) -> list[Placed]:
    cursor, answer = state.cursor, state.answer
    classes = min(10, len(answer.scores)) + 1
    layers = len(cursor.layers) + 2
    pixels = state.picture.fitted
    # One above the other if all layers stay visible, otherwise side by side.
    room = height - layers - classes - 2
    if room >= 8:
        picture = pixels_block(pixels, min(width, 40), min(room, 20), look)
        placed = [Placed(0, 0, layers_block(cursor, state.network_name, width, layers, colours))]
        title = title_line(_("Picture"), _picture_note(state), width, colours, indent=1)
        placed.append(Placed(0, layers, Block([title], width)))
        placed.append(Placed(1, layers + 1, picture))
        if (original := state.original) is not None and width - picture.width >= 10:
            beside = pixels_block(original, width - picture.width - 4, picture.height, look)
            placed.append(Placed(picture.width + 3, layers + 1, beside))
        y = layers + 1 + picture.height + (1 if room > picture.height else 0)
        placed.append(Placed(0, y, answer_block(answer, width, min(height - y, classes), colours)))
        return placed
    lower = max(4, min(classes, height - 6))
    picture = pixels_block(pixels, min(15, width // 3), lower - 1, look)
    placed = [Placed(0, 0, layers_block(cursor, state.network_name, width, min(height - lower, layers), colours))]
    y = height - lower
    side = picture.width + 2
    placed.append(Placed(1, y + 1, picture))
    placed.append(Placed(side, y, answer_block(answer, width - side, lower, colours)))
    return placed


def _picture_note(state: NetworkState) -> str:
    picture = state.picture
    size = f"{picture.fitted.shape[0]}x{picture.fitted.shape[1]}"
    if not picture.resized:
        return size
    original = f"{picture.original.shape[0]}x{picture.original.shape[1]}"
    return _("{size}, original {original}").format(size=size, original=original)


def _input_panel(state: NetworkState, width: int, height: int, colours: Palette, look: Look) -> list[Placed]:
    """The picture as the network gets it, and below it the learner's own before it was resized."""
    cursor = state.cursor
    picture = state.picture
    placed: list[Placed] = []
    room = height - 1
    original = state.original
    if original is not None and height < 20:
        original = None
    own = room if original is None else room * 3 // 5
    block = pixels_block(picture.fitted, width - 1, own - 1, look)
    title = title_line(
        _("As the network sees it"), f"{picture.fitted.shape[0]}x{picture.fitted.shape[1]}", width, colours
    )
    placed += [Placed(0, 0, Block([title], width)), Placed(0, 1, block)]
    if original is not None:
        y = block.height + 2
        below = pixels_block(original, width - 1, room - y - 1, look)
        size = f"{original.shape[0]}x{original.shape[1]}"
        placed += [Placed(0, y, Block([title_line(_("Yours"), size, width, colours)], width)), Placed(0, y + 1, below)]
    low, high = cursor.activations.inputs.min(), cursor.activations.inputs.max()
    text = _("values from {low} to {high}").format(low=short(float(low)), high=short(float(high)))
    if picture.inverted:
        text += "  " + _("inverted")
    placed.append(Placed(0, height - 1, Block([text_line([(text, colours.faint)], width)], width)))
    return placed
