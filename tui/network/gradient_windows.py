"""Tables beside the terms of a gradient: the window of a maximum with the gradient that each of its values gets, and
p - y of all units of the last layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from cnncore.backward import GradientExplanation
from cnncore.display.maps import strongest
from cnncore.network import MaxPooling2D
from cnncore.network.explain import sources_of
from tui.drawing.numbers import significant
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.value_totals import padded
from tui.network.value_windows import MOST_ROWS, Grid, side_by_side

if TYPE_CHECKING:
    from cnncore.backward import BackwardPass
    from tui.network.backward_state import Explained


def winner_lines(explained: Explained, passed: BackwardPass, width: int, colours: Palette) -> list[Text]:
    """The window that reads the explained value, or that the explained maximum was taken from; nothing if neither is a
    maximum, or if it does not fit. The winner is in brackets."""
    if not isinstance(explained, GradientExplanation):
        return []
    layers = passed.network.layers
    if explained.layer >= 0 and isinstance(layers[explained.layer], MaxPooling2D):
        pool, position = explained.layer, explained.position
    elif explained.reader is not None and isinstance(layers[explained.reader], MaxPooling2D) and len(explained.terms):
        pool, position = explained.reader, explained.terms[0].position
    else:
        return []
    rows, columns, channels = sources_of(passed.network, pool, position).axes  # without padding
    inside = slice(rows.start, rows.stop), slice(columns.start, columns.stop), channels.start
    window = passed.values(pool - 1)[explained.image][inside]
    if window.size < 2 or window.shape[0] > MOST_ROWS:
        return []
    gradients = passed.gradient(pool - 1)[explained.image][inside]
    best = strongest(window.reshape(-1))[0]
    across = window.shape[1]
    parts = [
        Grid(_("values of the window"), window.reshape(-1), across, best=best),
        Grid(_("gradient that each gets"), gradients.reshape(-1), across, best=best),
    ]
    return side_by_side(parts, window.shape[0], ("", "->"), width, colours)


MOST_UNITS = 12


def unit_lines(
    explained: Explained, passed: BackwardPass, names: Sequence[str], width: int, colours: Palette
) -> list[Text]:
    """p, y and the gradient of z of every unit, if the explained one is of the softmax before the loss."""
    if not isinstance(explained, GradientExplanation) or not explained.fused or len(explained.shape) != 1:
        return []
    if not 1 < explained.shape[0] <= MOST_UNITS:
        return []
    shares, gradients = (array[-1][explained.image].tolist() for array in (passed.outputs, passed.gradients))
    units = [f"{unit} {_(names[unit])}" if unit < len(names) else str(unit) for unit in range(len(shares))]
    first = max(cell_len(text) for text in (*units, _("unit")))
    written = [significant(value) for value in gradients]
    last = max(cell_len(text) for text in (*written, _("gradient of z")))
    title = _("gradient of z")
    head = f" {padded(_('unit'), first)}  {'p':>8}  y  {' ' * (last - cell_len(title))}{title}"
    lines = [Text(head, colours.faint)]
    for unit, (share, gradient) in enumerate(zip(shares, gradients, strict=True)):
        own, true = unit == explained.position[0], unit == int(passed.labels[explained.image])
        line = Text()
        line.append(">" if own else " ", colours.window)
        line.append(padded(units[unit], first), colours.output if own else colours.text)
        line.append(f"  {share:8.6f}  {int(true)}  ", colours.text)
        line.append(written[unit].rjust(last), colours.negative if gradient < 0 else colours.text)
        lines.append(line)
    return lines if all(line.cell_len <= width for line in lines) else []
