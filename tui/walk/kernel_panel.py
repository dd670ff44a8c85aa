"""What the panel says while a kernel is edited, and while an input value is chosen. Functions of data."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from cnncore.lesson.contributions import Feed, PoolFeed
from cnncore.lesson.kernel_draft import Draft, written
from tui.drawing.fitting import first_fit
from tui.drawing.matrix import Matrix
from tui.drawing.numbers import Number, number
from tui.drawing.theme import Palette
from tui.i18n import N_, _
from tui.walk.arithmetic import decimals_needed
from tui.walk.kernel_editor import KernelEditor

# What they do takes 14 cells at most, which is what the narrowest panel has for it.
EDIT_KEYS = (
    (N_("arrows"), N_("which weight")),
    (N_("digits"), "-0.5, 1/16"),
    ("Shift+Up", N_("1 more, PgUp")),
    ("Shift+Dn", N_("1 less, PgDn")),
    ("> <", N_("0.1 more, less")),
    ("] [", N_("grow, shrink")),
    ("r R  c C", N_("rows, columns")),
    ("b", N_("scale = 1/sum")),
    ("u", N_("undo")),
    ("Esc", N_("done")),
)


LONGEST_WEIGHT = 7
"""A weight that takes more, as those of a network do, is shown rounded, and the one at hand exactly below."""


LONGEST_EXACT = 13


def _weight(editor: KernelEditor, row: int, column: int) -> str:
    """What is typed, else the weight, rounded where it is long."""
    text = editor.shown(row, column)
    typing = editor.typed and (row, column) == (editor.row, editor.column)
    return text if typing or len(text) <= LONGEST_WEIGHT else number(float(editor.draft.weights[row][column]))


def draft_matrix(editor: KernelEditor) -> Matrix:
    """The weights as they are typed."""
    draft = editor.draft
    texts = [[_weight(editor, row, column) for column in range(draft.columns)] for row in range(draft.rows)]
    return Matrix(
        draft.rows,
        draft.columns,
        lambda row, column: float(draft.weights[row][column]),
        digits=max(3, *(len(text) for row in texts for text in row), 1),
        cell=None if editor.at_scale else (editor.row, editor.column),
        written=lambda row, column: texts[row][column],
    )


def draft_text(editor: KernelEditor, width: int, height: int, colours: Palette) -> Text:
    """Size, sum and scale of the draft, and the keys that change it."""
    draft: Draft = editor.draft
    text = Text(no_wrap=True)
    text.append(f"{draft.rows} x {draft.columns}  ", colours.text)
    total = written(draft.total)
    total = total if len(total) <= LONGEST_WEIGHT else number(float(draft.total))
    label = first_fit(width - text.cell_len - 1 - len(total), _("sum of weights"), _("sum"))
    text.append(label + " ", colours.faint)
    text.append(f"{total}\n", colours.strong)
    if not editor.at_scale and len(exact := editor.shown(editor.row, editor.column)) > LONGEST_WEIGHT:
        text.append(_("exactly") + " ", colours.faint)
        if len(exact) > LONGEST_EXACT:
            exact = f"{float(draft.weights[editor.row][editor.column]):.9g}"
        text.append(f"{exact}\n", colours.text)
    text.append(_("scale") + " ", colours.faint)
    here = editor.at_scale
    text.append(
        f"[{editor.shown_scale}]" if here else f" {editor.shown_scale} ", colours.term if here else colours.text
    )
    room = height - text.plain.count("\n") - 1
    text.append("\n\n" if room > len(EDIT_KEYS) else "\n")
    # Where there is no room for all keys, the last one, the way out, is among them.
    shown = EDIT_KEYS if room >= len(EDIT_KEYS) else (*EDIT_KEYS[: max(0, room - 1)], EDIT_KEYS[-1])
    names = [(_(keys), _(what)) for keys, what in shown]
    column = max(Text(keys).cell_len for keys, _what in names)
    for keys, what in names:
        line = Text(keys + " " * (column - Text(keys).cell_len), colours.key)
        line.append(f" {what}", colours.text)
        line.truncate(width)
        text.append_text(line).append("\n")
    return text


def feeds_text(value: Number, feeds: Sequence[Feed], width: int, height: int, colours: Palette) -> Text:
    """A line for every output cell that a value feeds: where, and `value x weight = product`."""
    shown = list(feeds[: height - 1] if len(feeds) > height else feeds)
    text = Text(no_wrap=True)
    if not shown:
        return text
    most = decimals_needed([value, *(feed.weight for feed in feeds)])
    # Where there is no room, the value, the same in every line, is left to the strip; then rather rounded than cut off.
    for with_value, decimals in [(True, most), *((False, fewer) for fewer in range(most, -1, -1))]:
        rows = [_feed_row(value, feed, decimals) for feed in shown]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        if sum(widths) + 7 - (0 if with_value else widths[1] + 1) <= width:
            break
    for feed, (place, shown_value, weight, product) in zip(shown, rows, strict=True):
        line = Text(place.ljust(widths[0]), colours.fed)
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
    """A line for every window that holds a value: where, its result, and whether that is this value."""
    shown = list(feeds[: height - 1] if len(feeds) > height else feeds)
    heads = [
        (f"[{feed.row}, {feed.column}]", f" {number(feed.result, 0 if isinstance(feed.result, int) else 3)} ")
        for feed in shown
    ]
    room = width - max((len(place) + len(result) for place, result in heads), default=0)
    wins, loses = _("is this value"), _("is another value")
    if max(cell_len(wins), cell_len(loses)) > room:
        wins, loses = _("this one"), _("another")
    text = Text(no_wrap=True)
    for feed, (place, result) in zip(shown, heads, strict=True):
        text.append(place, colours.fed).append(result, colours.text)
        text.append(wins if feed.wins else loses, colours.text if feed.wins else colours.faint)
        text.append("\n")
    return text.append_text(_more(len(feeds) - len(shown), colours))


def _more(count: int, colours: Palette) -> Text:
    return Text(_("and {count} more").format(count=count) + "\n" if count else "", colours.faint)


def pixel_strip(
    row: int, column: int, value: Number, fed: tuple[range, range] | None, colours: Palette, width: int = 200
) -> Text:
    """The chosen input value and where it goes, in `width` cells: the rows and columns of the output cells, or None for
    no cell."""
    text = Text(" ", no_wrap=True)
    text.append(f"[{row}, {column}] = {number(value)}", colours.strong)
    text.append("  ")
    if fed is None:
        text.append(_("feeds no output cell: no window reaches it"), colours.notice)
        return text
    rows, columns = fed
    count = len(rows) * len(columns)
    words = (
        _("feeds output cell [{rows}, {columns}]")
        if count == 1
        else (_("feeds {count} output cells: rows {rows}, columns {columns}"))
    )
    text.append(words.format(count=count, rows=places_text(rows), columns=places_text(columns)), colours.fed)
    hint = "  " + _("(Enter goes there)")
    text.append(hint if text.cell_len + cell_len(hint) <= width else "", colours.faint)
    return text


def places_text(places: range) -> str:
    """Rows or columns: 3, 1-3, or with gaps 1, 3, 5."""
    if len(places) == 1:
        return str(places[0])
    if places.step == 1:
        return f"{places[0]}-{places[-1]}"
    return ", ".join(str(place) for place in places)
