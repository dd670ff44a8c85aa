"""The second line of the network screen: the loss whose gradient is shown, and a note that the weights were changed."""

from __future__ import annotations

from rich.cells import cell_len

from tui.drawing.blocks import Block, Part, text_line
from tui.drawing.fitting import first_fit
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.backward_words import changed_texts, loss_texts
from tui.network.state import NetworkState


def status_block(state: NetworkState, width: int, colours: Palette) -> Block:
    """One line if the view goes backwards or the weights were changed by hand, else none."""
    parts: list[Part] = []
    room = width - 2
    changed, backward = changed_texts(state), state.backward
    if backward.on:
        loss = loss_texts(state)
        least = cell_len(changed[-1]) + 3 if changed else 0
        text = first_fit(room - least, *loss)
        parts.append((f" {text}", colours.title))
        room -= cell_len(text)
        hint = _("B this picture alone") if backward.many else _("B a batch")
        if backward.gradients is not None and not changed and room - cell_len(hint) >= 3:
            parts.append((f"   {hint}", colours.faint))
    if changed:
        between = "   " if parts else " "
        parts.append((between + first_fit(room - len(between), *changed), colours.notice))
    return Block([text_line(parts, width)] if parts else [], width)
