"""The heat map's panel: why the network gives this answer."""

from __future__ import annotations

from cnncore.display.maps import lightest
from cnncore.network.occlusion import heat_steps
from tui.drawing.blocks import Block, Placed, text_line, title_line, wrapped
from tui.drawing.maps import Look
from tui.drawing.picture import scale_to_fit
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.heat import Heat, heat_legend, heat_line, heat_meaning, heat_progress, heat_words
from tui.network.pixels import pixels_block
from tui.network.state import NetworkState


def heat_panel(
    state: NetworkState, width: int, height: int, colours: Palette, look: Look, glyphs: bool = False
) -> list[Placed]:
    """Occlusion: how far the score falls when a grey patch hides part of the picture. Drawn while it is computed."""
    heat = state.heat
    plain = glyphs or look.no_color
    if heat is None:
        return [Placed(0, 0, Block([title_line(_("Why this answer"), _("computing"), width, colours)], width))]
    name = state.class_name(heat.label)
    note = heat_progress(heat, state.heat_left)
    head = [title_line(_("Why {name}").format(name=name), note, width, colours)]
    sentences = [heat_meaning(heat), heat_words(heat)]
    if height >= 26:
        sentences[0] = _(
            "A grey patch of {size} slides over the picture. Each pixel shows how far the score falls, averaged "
            "over all patches that cover it."
        ).format(size=f"{heat.size[0]}x{heat.size[1]}")
        head += [text_line([(line, colours.faint)], width) for line in wrapped(sentences.pop(0), width)]
    levels = lightest(state.picture.fitted)
    rows, columns = levels.shape
    foot = heat_legend(heat.most, width, colours, no_color=plain)
    spare = max(1, height - len(head) - len(foot) - min(14, -(-rows // 2)))
    wrapped_lines = [line for sentence in sentences for line in wrapped(sentence, width)]
    foot += [text_line([(line, colours.text)], width) for line in wrapped_lines[:spare]]
    room = height - len(head) - len(foot)
    beside = width >= 2 * columns + 3
    scale = scale_to_fit(rows, columns, room, (width - 3) // 2 if beside else width - 1)
    drawn = Heat(heat_steps(heat), levels, scale, heat.patch)
    lines = [heat_line(drawn, line, colours, no_color=plain) for line in range(drawn.size[0])]
    placed = [Placed(0, 0, Block(head, width)), Placed(0, len(head), Block(lines, drawn.size[1]))]
    if beside:
        picture = pixels_block(state.picture.fitted, drawn.size[1], drawn.size[0], look)
        placed.append(Placed(drawn.size[1] + 2, len(head), picture))
    placed.append(Placed(0, min(height - len(foot), len(head) + drawn.size[0] + 1), Block(foot, width)))
    return placed
