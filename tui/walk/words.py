"""What the walking screens say where a key can do nothing, or where there is nothing to walk. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.i18n import N_, _, error_text

if TYPE_CHECKING:
    from cnncore.errors import CnnError
    from tui.walk.cursor import Cursor, Pixel
    from tui.walk.workbench import Workbench

END = N_("This is the end: Home goes to the beginning.")
BEGINNING = N_("This is the beginning: . goes on.")


def no_way(cursor: Cursor, pixel: Pixel, rows: int) -> str:
    """Why the cursor, or the hand on the input, did not move by rows or by columns."""
    if pixel.on:
        alone = pixel.rows * pixel.columns == 1
        return _("The input is this one value; Tab goes back.") if alone else _one_line(rows)
    if cursor.cells == 1:
        return _("The output is this one cell: . and , go through its products, Home begins anew.")
    return _one_line(rows)


def _one_line(rows: int) -> str:
    return _("There is no other row.") if rows else _("There is no other column.")


def too_small(error: CnnError, workbench: Workbench, *, pooling: bool) -> str:
    """Why there is nothing to walk, and which keys help: the window is larger than what it is to move over."""
    if "extent" not in error.values:
        return error_text(error)
    if pooling and error.values.get("window_name") != "kernel":
        rows, columns = workbench.walk().output.shape
        return _(
            "The pooling window ({window}) is larger than its input ({size}): z pads it, d changes the window, n takes"
            " another picture."
        ).format(window=_size(workbench.pool_size), size=f"{rows} x {columns}")
    size = workbench.sample.pixels.shape
    weights = (3, 3) if workbench.network else (len(workbench.kernel.weights), len(workbench.kernel.weights[0]))
    down, right = workbench.dilation
    span = (weights[0] - 1) * down + 1, (weights[1] - 1) * right + 1
    if span != weights:
        words = _(
            "The kernel ({kernel}) with its dilation spans {span}, more than the picture ({size}): d changes the"
            " dilation, n takes another picture."
        )
    elif pooling:
        words = _(
            "The kernel ({kernel}) is larger than the picture ({size}): k takes another kernel, n another picture."
        )
    else:
        words = _(
            "The kernel ({kernel}) is larger than the picture ({size}): z pads it, k takes another kernel, n another"
            " picture."
        )
    return words.format(kernel=_size(weights), span=_size(span), size=_size(size))


def _size(pair: tuple[int, ...]) -> str:
    return f"{pair[0]} x {pair[1]}"
