"""The matrices of a walk: its input with the window, its output with the cell at hand, its kernel."""

from __future__ import annotations

from typing import Any

from cnncore.geometry import Axis, Geometry
from cnncore.lesson.stepping import ConvStep, FilterStep, PoolStep
from tui.drawing.matrix import Matrix
from tui.drawing.numbers import NETWORK_DECIMALS, is_whole, number
from tui.walk.arithmetic import decimals_needed

Box = tuple[int, int, int, int]
Lit = tuple[range, range]


def window_of(geometry: Geometry, row: int, column: int) -> tuple[Box, Lit | None]:
    """The receptive field of an output cell: the box around it, and with dilation the rows and columns that count."""
    rows, columns = geometry.rows.taps(row), geometry.columns.taps(column)
    box = (rows[0], columns[0], rows[-1] + 1, columns[-1] + 1)
    return box, (rows, columns) if geometry.rows.dilation > 1 or geometry.columns.dilation > 1 else None


def fed_by(geometry: Geometry, row: int, column: int) -> tuple[Box, Lit] | None:
    """The output cells that an input value feeds: the box around them, and their rows and columns. None: no cell."""
    rows, columns = geometry.rows.feeds(row), geometry.columns.feeds(column)
    if not rows or not columns:
        return None
    return (rows[0], columns[0], rows[-1] + 1, columns[-1] + 1), (rows, columns)


def taps_of(axis: Axis, fed: range, index: int) -> range:
    """The weights, along one direction, through which an input value reaches the cells it feeds."""
    taps = sorted(axis.tap_of(position, index) for position in fed)
    return range(taps[0], taps[-1] + 1, taps[1] - taps[0] if len(taps) > 1 else 1)


def values_matrix(
    values: Any,
    geometry: Geometry | None = None,
    *,
    window: Box | None = None,
    lit: Lit | None = None,
    cell: tuple[int, int] | None = None,
    revealed: int | None = None,
    asked: bool = False,
    padding_counts: bool = True,
) -> Matrix:
    """A `Matrix` over an array (H, W): with a geometry its input, padding included, without one an output. For a
    maximum padding does not count."""
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
        lit=lit,
        asked=asked,
        padding_counts=padding_counts,
        source=values,
    )


def kernel_matrix(
    step: FilterStep | ConvStep, cell: tuple[int, int] | None, window: Box | None = None, lit: Lit | None = None
) -> Matrix:
    """The weights, with the one at hand, or those at hand; with as many decimals as they need."""
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
        lit=lit,
    )


def pool_matrix(step: PoolStep, *, found: bool = True) -> Matrix:
    """The window's values as they lie, the largest at hand once it is `found`; what is padding is a dash."""
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
        cell=step.winner if found else None,
        written=lambda row, column: texts[row][column],
    )
