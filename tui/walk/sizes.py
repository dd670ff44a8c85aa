"""The output's size as a formula with the real numbers, and the rows and columns lost by flooring, in a sentence.

    size_short(geometry)      (28 - 3) / 2 + 1 = 13.5 -> 13
    size_sentence(geometry)   (28 - 3) / 2 + 1 = 13.5: Keras floors it to 13, the last row and column are not used
    size_fact(geometry)       both, named: "output size (28 - 3) / 2 + 1 ..." and "size (28 - 3) / 2 + 1 = 13.5 -> 13"

Pure functions of a `Geometry`; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rich.cells import cell_len

from cnncore.geometry import Axis, Geometry
from tui.i18n import _


def mixed(number: Fraction) -> str:
    """Write a number exactly: 13, 2.5, 8 1/3."""
    if number.denominator == 1:
        return str(number.numerator)
    if 100 % number.denominator == 0:
        return f"{float(number):g}"
    whole, rest = divmod(number.numerator, number.denominator)
    return f"{whole} {rest}/{number.denominator}"


def formula(axis: Axis) -> str:
    """Return (28 + 1 + 1 - 3) / 2 + 1 = 14.5, with the padding on both sides and the span of the kernel."""
    zeros = f" + {axis.before} + {axis.after}" if axis.before or axis.after else ""
    return f"({axis.size}{zeros} - {axis.extent}) / {axis.stride} + 1 = {mixed(axis.exact)}"


def _short(axis: Axis) -> str:
    return formula(axis) + (f" -> {axis.output}" if axis.exact != axis.output else "")


def size_short(geometry: Geometry) -> str:
    """Return the formula of both directions, or a single one if they are alike."""
    rows, columns = geometry.rows, geometry.columns
    if rows == columns:
        return _short(rows)
    return _("rows {rows}, columns {columns}").format(rows=_short(rows), columns=_short(columns))


def size_sentence(geometry: Geometry, *, same: bool = False, explicit: bool = False) -> str:
    """Return the formula and all remarks on it. `same`: the padding is Keras's "same"; `explicit`: it was given in
    numbers."""
    rows, columns = geometry.rows, geometry.columns
    if rows == columns:
        said = _explained(rows, _unused_both(rows.unused))
    else:
        said = _("rows: {rows}; columns: {columns}").format(
            rows=_explained(rows, _unused_rows(rows.unused)),
            columns=_explained(columns, _unused_columns(columns.unused)),
        )
    parts = [said]
    for axis in (rows,) if rows == columns else (rows, columns):
        if axis.dilation > 1:
            parts.append(
                _("{window} weights with dilation {dilation} span ({window} - 1) x {dilation} + 1 = {extent}").format(
                    window=axis.window, dilation=axis.dilation, extent=axis.extent
                )
            )
        if axis.stride > axis.extent:
            parts.append(_("between two windows {count} are skipped").format(count=axis.stride - axis.extent))
    if same and max(rows.stride, columns.stride) > 1:
        parts.append(_('"same" keeps size / stride, rounded up'))
    if explicit and geometry.padded:
        parts.append(_("in Keras, a ZeroPadding2D layer before it"))
    return "; ".join(parts)


def size_fact(geometry: Geometry, *, same: bool = False, explicit: bool = False, more: str = "") -> tuple[str, str]:
    """Return the sentence, with `more` after its formula, and the short form; both say that it is the output's
    size."""
    formula, gap, rest = size_sentence(geometry, same=same, explicit=explicit).partition("; ")
    if geometry.rows != geometry.columns:  # two formulas
        formula, gap, rest = formula + gap + rest, "", ""
    sentence = "; ".join(filter(None, (formula, more, rest)))
    if geometry.rows != geometry.columns:  # "rows ..., columns ..." says it
        return sentence, size_short(geometry)
    short = size_short(geometry)
    named = _("output size {formula}") if sentence == short else _("size {formula}")
    return named.format(formula=sentence), _("size {formula}").format(formula=short)


def size_news(geometry: Geometry, fact: tuple[str, str], shown: Sequence[str], room: int) -> str:
    """Return the part of a fact that is not in the lines `shown`: nothing, or if they have the formula, the remarks on
    it. Only whole remarks are taken, as many as `room` cells hold."""
    sentence, short = fact
    if any(sentence in line for line in shown):
        return ""
    rows = geometry.rows
    if rows == geometry.columns and rows.exact == rows.output and any(short in line for line in shown):
        sentence = sentence.partition("; ")[2]
    parts = sentence.split("; ")
    while len(parts) > 1 and cell_len("; ".join(parts)) > room:
        parts.pop()
    return "; ".join(parts)


def _explained(axis: Axis, unused: str) -> str:
    if axis.exact == axis.output:
        return formula(axis)
    return _("{formula}: Keras floors it to {output}, {unused}").format(
        formula=formula(axis), output=axis.output, unused=unused
    )


def _unused_both(count: int) -> str:
    if count == 1:
        return _("the last row and the last column are not used")
    return _("the last {count} rows and columns are not used").format(count=count)


def _unused_rows(count: int) -> str:
    return _("the last row is not used") if count == 1 else _("the last {count} rows are not used").format(count=count)


def _unused_columns(count: int) -> str:
    if count == 1:
        return _("the last column is not used")
    return _("the last {count} columns are not used").format(count=count)
