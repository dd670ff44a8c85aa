"""The output cells that a chosen input value feeds, in the panel and in the strip."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from cnncore.lesson.contributions import Feed, PoolFeed
from tui.drawing.numbers import Number, number
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.walk.arithmetic import decimals_needed
from tui.walk.cursor import PixelCursor
from tui.walk.matrices import fed_cells
from tui.walk.walks import Walk


def feeds_text(value: Number, feeds: Sequence[Feed], width: int, height: int, colours: Palette) -> Text:
    """Return a line for every output cell that a value feeds: its position, and `value x weight = product`."""
    shown = list(feeds[: height - 1] if len(feeds) > height else feeds)
    text = Text(no_wrap=True)
    if not shown:
        return text
    most = decimals_needed([value, *(feed.weight for feed in feeds)])
    # If room is short, the value, the same in every line, is left to the strip; then the numbers are rounded.
    for with_value, decimals in [(True, most), *((False, fewer) for fewer in range(most, -1, -1))]:
        rows = [_feed_row(value, feed, decimals) for feed in shown]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        if sum(widths) + 7 - (0 if with_value else widths[1] + 1) <= width:
            break
    for feed, (cell, shown_value, weight, product) in zip(shown, rows, strict=True):
        line = Text(cell.ljust(widths[0]), colours.fed)
        if with_value:
            line.append(f" {shown_value.rjust(widths[1])}", colours.text)
        line.append(" x ", colours.faint)
        line.append(weight.rjust(widths[2]), colours.negative if feed.weight < 0 else colours.text)
        line.append(" = ", colours.faint)
        line.append(product.rjust(widths[3]), colours.negative if feed.product < 0 else colours.text)
        text.append_text(line).append("\n")
    return text.append_text(_more(len(feeds) - len(shown), colours))


def _feed_row(value: Number, feed: Feed, decimals: int) -> tuple[str, str, str, str]:
    return (
        f"[{feed.row}, {feed.column}]",
        number(value, 0 if isinstance(value, int) else decimals),
        number(feed.weight, decimals),
        number(feed.product, decimals),
    )


def pool_feeds_text(feeds: Sequence[PoolFeed], width: int, height: int, colours: Palette) -> Text:
    """Return a line for every window that holds a value: its position, its maximum, and if that is this value."""
    shown = list(feeds[: height - 1] if len(feeds) > height else feeds)
    heads = [
        (f"[{feed.row}, {feed.column}]", f" {number(feed.result, 0 if isinstance(feed.result, int) else 3)} ")
        for feed in shown
    ]
    room = width - max((len(cell) + len(result) for cell, result in heads), default=0)
    wins, loses = _("is this value"), _("is another value")
    if max(cell_len(wins), cell_len(loses)) > room:
        wins, loses = _("this one"), _("another")
    text = Text(no_wrap=True)
    for feed, (cell, result) in zip(shown, heads, strict=True):
        text.append(cell, colours.fed).append(result, colours.text)
        text.append(wins if feed.wins else loses, colours.text if feed.wins else colours.faint)
        text.append("\n")
    return text.append_text(_more(len(feeds) - len(shown), colours))


def _more(count: int, colours: Palette) -> Text:
    return Text(_("and {count} more").format(count=count) + "\n" if count else "", colours.faint)


def feeds_sentence(cells: tuple[range, range] | None) -> str:
    """Say which output cells a value feeds: their rows and columns, or None for no cell."""
    if cells is None:
        return _("feeds no output cell: no window reaches it")
    rows, columns = cells
    count = len(rows) * len(columns)
    words = (
        _("feeds output cell [{rows}, {columns}]")
        if count == 1
        else _("feeds {count} output cells: rows {rows}, columns {columns}")
    )
    return words.format(count=count, rows=range_text(rows), columns=range_text(columns))


def input_strip(walk: Walk, pixel: PixelCursor, colours: Palette, width: int) -> Text:
    """Return the chosen input value and the output cells it feeds, in `width` cells."""
    row, column = pixel.row, pixel.column
    fed = fed_cells(walk.steps.geometry, row, column)
    text = Text(" ", no_wrap=True)
    text.append(f"[{row}, {column}] = {number(walk.inputs[row, column].item())}", colours.strong)
    text.append("  ")
    if fed is None:
        return text.append(feeds_sentence(None), colours.notice)
    text.append(feeds_sentence(fed[1]), colours.fed)
    hint = "  " + _("(Enter goes there)")
    return text.append(hint if text.cell_len + cell_len(hint) <= width else "", colours.faint)


def range_text(indices: range) -> str:
    """Write rows or columns: 3, 1-3, or with gaps 1, 3, 5."""
    if len(indices) == 1:
        return str(indices[0])
    if indices.step == 1:
        return f"{indices[0]}-{indices[-1]}"
    return ", ".join(map(str, indices))
