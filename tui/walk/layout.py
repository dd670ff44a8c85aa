"""How a walk's screen divides a terminal: two columns, pictures over numbers, and the arithmetic beside them; and which
of several wordings fits a width."""

from __future__ import annotations

from dataclasses import dataclass

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
"""Enough for a product of whole numbers."""


def maps_height(height: int) -> int:
    """Lines for the small maps of several kernels, their names included, in a terminal of `height` lines."""
    return max(5, min(15, height // 4))


def arrange(width: int, height: int, inputs: tuple[int, int], output: tuple[int, int]) -> Layout:
    """The layout of `width` x `height` cells for pictures of inputs and output (rows, columns).

    Both pictures have the same scale, so that a smaller output looks smaller. Numbers keep at least three lines, the
    height of a window; what the pictures leave is theirs.
    """
    panel = max(25, min(46, width * 2 // 7))
    if inputs[1] + output[1] + 1 + panel > width >= inputs[1] + output[1] + 1 + NARROW_PANEL:
        panel = NARROW_PANEL
    margin = 1 if width >= 100 else 0
    rest = max(2, width - margin - panel)
    input_width = min(rest - 1, (rest + 3) // 2)
    output_width = rest - input_width
    lines = max(2, height - 1)
    numbers = max(3, lines // 4) if lines >= 24 else 3
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


def facts_lines(size: tuple[str, str], values: tuple[str, str], width: int) -> tuple[list[str], list[str]]:
    """Two facts, each worded long and short: in full, on one line or else two; and on one line, as full as can be.
    Of `values` there may be nothing to say."""
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
