"""The layout of a walking screen: two columns, pictures over numbers, the panel beside them, and the facts below."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.cells import cell_len

from tui.drawing.fitting import first_fit
from tui.drawing.picture import Scale, scale_to_fit


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes in cells. A column is a title, `picture_lines` and `matrix_lines`."""

    margin: int
    input_width: int
    output_width: int
    panel_width: int
    picture_lines: int
    matrix_lines: int
    input_scale: Scale
    output_scale: Scale


NARROW_PANEL = 22
"""The cells that a product of whole numbers needs."""
FRAME_LINES = 5
"""Header, footer, status, facts and strip."""
FEWEST_NUMBERS = 3
"""Lines of numbers: the height of a window."""


def maps_height(height: int) -> int:
    """Return the lines for the small maps of several kernels, with their names, in a terminal of `height` lines."""
    return max(5, min(15, height // 4))


def arrange(width: int, height: int, inputs: tuple[int, int], output: tuple[int, int]) -> Layout:
    """Lay out `width` x `height` cells for pictures of inputs and output (rows, columns).

    Both pictures have the same scale, so that a smaller output looks smaller. The numbers get the lines that the
    pictures leave, at least three.
    """
    panel = max(25, min(46, width * 2 // 7))
    if inputs[1] + output[1] + 1 + panel > width >= inputs[1] + output[1] + 1 + NARROW_PANEL:
        panel = NARROW_PANEL
    margin = 1 if width >= 100 else 0
    rest = max(2, width - margin - panel)
    input_width = min(rest - 1, (rest + 3) // 2)
    output_width = rest - input_width
    lines = max(2, height - 1)
    numbers = max(FEWEST_NUMBERS, lines // 4) if lines >= 24 else FEWEST_NUMBERS
    scale = scale_to_fit(*inputs, lines - numbers, input_width - 1)
    picture_lines, _cells = scale.size(*inputs)
    output_lines, output_cells = scale.size(*output)
    output_scale = scale
    if output_lines > picture_lines or output_cells > output_width:
        output_scale = scale_to_fit(*output, picture_lines, output_width)
    return Layout(
        margin, input_width, output_width, panel, picture_lines, max(1, lines - picture_lines), scale, output_scale
    )


FACTS_GAP = " | "


def divide(
    width: int,
    height: int,
    inputs: tuple[int, int],
    output: tuple[int, int],
    facts: tuple[tuple[str, str], tuple[str, str]],
    messages: int,
) -> tuple[Layout, list[str]]:
    """Lay out `width` x `height` cells, and choose the lines of facts to show.

    A second line of facts is shown only if it costs the pictures nothing. `messages` lines that come and go take from
    the numbers, and where those are few from the facts, but not from the pictures.
    """
    layout = arrange(width, height, inputs, output)
    long, shown = facts_lines(*facts, width - 2)
    smaller = arrange(width, height - 1, inputs, output) if len(long) > len(shown) else layout
    if smaller.input_scale == layout.input_scale and smaller.matrix_lines >= FEWEST_NUMBERS:
        layout, shown = smaller, long
    if layout.matrix_lines - messages < FEWEST_NUMBERS and messages:
        messages, shown = messages - len(shown), []
    if layout.matrix_lines > messages:
        return replace(layout, matrix_lines=layout.matrix_lines - messages), shown
    return arrange(width, height - messages, inputs, output), shown


def facts_lines(size: tuple[str, str], values: tuple[str, str], width: int) -> tuple[list[str], list[str]]:
    """Arrange two facts, each given in a long and a short wording; `values` may be empty.

    Return the full wording, on one line or two, and the fullest wording that fits one line."""
    if not values[0]:
        size_alone = [first_fit(width, *size)]
        return size_alone, size_alone
    joined = [
        FACTS_GAP.join(pair)
        for pair in (
            (size[0], values[0]),
            (size[0], values[1]),
            (size[1], values[0]),
            (size[1], values[1]),
        )
    ]
    full = [joined[0]] if cell_len(joined[0]) <= width else [first_fit(width, *size), first_fit(width, *values)]
    return full, [first_fit(width, *joined, size[1])]
