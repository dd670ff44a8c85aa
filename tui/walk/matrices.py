"""The matrices of a walk: its input with the window, its output with the current cell, its kernel."""

from __future__ import annotations

from typing import Any

from cnncore.geometry import Axis, Geometry
from cnncore.lesson.stepping import ConvStep, FilterStep, PoolStep
from tui.drawing.matrix import Matrix
from tui.drawing.numbers import NETWORK_DECIMALS, is_whole, number
from tui.walk.arithmetic import decimals_needed

Box = tuple[int, int, int, int]
UsedCells = tuple[range, range]


def window_of(geometry: Geometry, row: int, column: int) -> tuple[Box, UsedCells | None]:
    """Return the receptive field of an output cell: its bounding box, and with dilation the rows and columns in use."""
    rows, columns = geometry.rows.taps(row), geometry.columns.taps(column)
    box = (rows[0], columns[0], rows[-1] + 1, columns[-1] + 1)
    return box, (rows, columns) if geometry.rows.dilation > 1 or geometry.columns.dilation > 1 else None


def fed_cells(geometry: Geometry, row: int, column: int) -> tuple[Box, UsedCells] | None:
    """Return the output cells that an input value feeds: their bounding box, their rows and columns. None: no cell."""
    rows, columns = geometry.rows.feeds(row), geometry.columns.feeds(column)
    if not rows or not columns:
        return None
    return (rows[0], columns[0], rows[-1] + 1, columns[-1] + 1), (rows, columns)


def taps_of(axis: Axis, fed: range, index: int) -> range:
    """Return the weights, along one axis, through which an input value reaches the cells it feeds."""
    taps = sorted(axis.tap_of(position, index) for position in fed)
    return range(taps[0], taps[-1] + 1, taps[1] - taps[0] if len(taps) > 1 else 1)


def values_matrix(
    values: Any,
    geometry: Geometry | None = None,
    *,
    window: Box | None = None,
    used: UsedCells | None = None,
    cell: tuple[int, int] | None = None,
    revealed: int | None = None,
    asked: bool = False,
    padding_counts: bool = True,
) -> Matrix:
    """Make a matrix of an array (H, W): an input with its padding if a geometry is given, else an output.
    `padding_counts` is false for a maximum, where padding adds no zeros."""
    whole = is_whole(values)
    rows, columns = values.shape
    return Matrix(
        rows,
        columns,
        lambda row, column: values[row, column].item(),
        digits=3 if whole else NETWORK_DECIMALS + 3,
        decimals=0 if whole else NETWORK_DECIMALS,
        before=(0, 0) if geometry is None else (geometry.rows.before, geometry.columns.before),
        after=(0, 0) if geometry is None else (geometry.rows.after, geometry.columns.after),
        window=window,
        cell=cell,
        revealed=revealed,
        output=geometry is None,
        used=used,
        asked=asked,
        padding_counts=padding_counts,
        source=values,
    )


def kernel_matrix(
    step: FilterStep | ConvStep, cell: tuple[int, int] | None, window: Box | None = None, used: UsedCells | None = None
) -> Matrix:
    """Make a matrix of the weights, with the current one or the current ones marked, and the decimals they need."""
    weights = step.kernel[:, :, 0]
    rows, columns = weights.shape
    flat = [weight.item() for weight in weights.flat]
    decimals = decimals_needed(flat)
    return Matrix(
        rows,
        columns,
        lambda row, column: weights[row, column].item(),
        digits=max(3, *(len(number(weight, decimals)) for weight in flat), 1),
        decimals=decimals,
        window=window,
        cell=cell,
        used=used,
    )


def pool_matrix(step: PoolStep, *, maximum_shown: bool = True) -> Matrix:
    """Make a matrix of the pooled window, with its maximum marked once it is shown; padding is a dash."""
    rows, columns = step.window.shape
    decimals = 0 if is_whole(step.window) else NETWORK_DECIMALS
    texts = [
        [number(step.window[r, c].item(), decimals) if step.inside[r, c] else "-" for c in range(columns)]
        for r in range(rows)
    ]
    return Matrix(
        rows,
        columns,
        lambda row, column: step.window[row, column].item(),
        digits=max(3, *(len(text) for row in texts for text in row), 1),
        cell=step.winner if maximum_shown else None,
        written=lambda row, column: texts[row][column],
    )
