"""Sentences that say why a key does nothing, and why there is nothing to walk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tui.i18n import N_, _, error_text

if TYPE_CHECKING:
    from cnncore.errors import CnnError
    from tui.walk.cursor import Cursor, PixelCursor
    from tui.walk.workbench import Workbench

END = N_("This is the end: Home goes to the start.")
BEGINNING = N_("This is the start: . goes on.")


def no_way(cursor: Cursor, pixel: PixelCursor, rows: int) -> str:
    """Say why the cursor did not move by rows or by columns."""
    if pixel.on:
        alone = pixel.rows * pixel.columns == 1
        return _("The input has only this value; Tab goes back.") if alone else _single(rows)
    if cursor.cells == 1:
        return _("The output has only this cell: . and , go through its products, Home starts again.")
    return _single(rows)


def _single(rows: int) -> str:
    return _("There is no other row.") if rows else _("There is no other column.")


def too_small(error: CnnError, workbench: Workbench, operation: Literal["convolution", "pooling"]) -> str:
    """Say that the window is larger than its input, and which keys help."""
    if "extent" not in error.values:
        return error_text(error)
    pooling = operation == "pooling"
    if pooling and error.values.get("window_name") != "kernel":
        rows, columns = workbench.convolution().output.shape
        return _(
            "The pooling window ({window}) is larger than its input ({size}): z pads it, d changes the window, n"
            " chooses another picture."
        ).format(window=_size(workbench.pool_size), size=f"{rows} x {columns}")
    size = workbench.sample.pixels.shape
    weights = (3, 3) if workbench.network else (len(workbench.kernel.weights), len(workbench.kernel.weights[0]))
    down, right = workbench.dilation
    span = (weights[0] - 1) * down + 1, (weights[1] - 1) * right + 1
    if span != weights:
        words = _(
            "The kernel ({kernel}) with its dilation spans {span}, more than the picture ({size}): d changes the"
            " dilation, n chooses another picture."
        )
    elif pooling:
        words = _(
            "The kernel ({kernel}) is larger than the picture ({size}): k chooses another kernel, n another picture."
        )
    else:
        words = _(
            "The kernel ({kernel}) is larger than the picture ({size}): z pads it, k chooses another kernel, n another"
            " picture."
        )
    return words.format(kernel=_size(weights), span=_size(span), size=_size(size))


def _size(pair: tuple[int, ...]) -> str:
    return f"{pair[0]} x {pair[1]}"
