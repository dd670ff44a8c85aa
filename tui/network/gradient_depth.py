"""The layer depth looked at backwards: a map beside its gradients, its kernel beside that kernel's gradients, and the
gradients as numbers.
"""

from __future__ import annotations

from typing import Any

from tui.drawing.blocks import Block, Placed
from tui.drawing.maps import Look
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.activations import INPUT
from tui.network.cursor import Cursor
from tui.network.layer_depth import foot_line, kernel_block, large_map, layer_depth, matrix_block

KERNELS = 22
"""The least width of the column with the kernels."""


def gradient_depth(
    cursor: Cursor, gradients: Cursor, pixels: Any, width: int, height: int, colours: Palette, look: Look
) -> list[Placed]:
    """The whole depth. `gradients` is the cursor in the gradients, at the same position as `cursor` in the values;
    `pixels` is the picture (H, W) or (H, W, 3) uint8."""
    if cursor.size[0] * cursor.size[1] == 1:
        return layer_depth(gradients, pixels, width, height, colours, look)
    lines = height - 1
    numbers = max(5, min(cursor.size[0] + 2, lines // 3)) if lines >= 26 else 5
    room = lines - numbers - 1
    placed: list[Placed] = []
    kernels = cursor.layer != INPUT and cursor.current_kernel is not None
    each = (width - 1 - (KERNELS if kernels and width - KERNELS >= 40 else 0)) // 2
    x = 1
    for at, title in ((cursor, _("map")), (gradients, _("gradient"))):
        blocks = large_map(at, x, each - 1, room, colours, look, name=title)
        placed += blocks
        x = max(block.x + block.block.width for block in blocks) + 1
    if kernels and width - x >= KERNELS:
        placed += _kernels(cursor, gradients, x + 1, width - x - 1, room, colours, look)
    placed.append(Placed(0, room + 1, matrix_block(gradients, width, numbers, colours)))
    placed.append(Placed(0, height - 1, Block([foot_line(gradients, width, colours)], width)))
    return placed


def _kernels(
    cursor: Cursor, gradients: Cursor, x: int, width: int, lines: int, colours: Palette, look: Look
) -> list[Placed]:
    """The kernel, and below it or beside it the gradients of its weights."""
    kernel, slope = cursor.current_kernel, gradients.current_kernel
    assert kernel is not None
    assert slope is not None
    width = min(width, 64)
    first = kernel_block(cursor, kernel, width, colours, look)
    if first.height * 2 + 1 > lines:
        return [Placed(x, 0, kernel_block(gradients, slope, width, colours, look))]
    return [Placed(x, 0, first), Placed(x, first.height + 1, kernel_block(gradients, slope, width, colours, look))]
