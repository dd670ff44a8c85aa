"""The lines around the listing of a value's arithmetic: title, sums, stages, the shares of a softmax, the values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text

from tui.drawing.blocks import wrapped
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.i18n.words import shape_text
from tui.network.value_listing import Listing, tidy
from tui.network.value_words import StageText, position_words

if TYPE_CHECKING:
    from cnncore.network.explain import Explanation

SHORTEST_NAME = 10
"""The least width of a class's number and name in the table of shares."""


def title(explanation: Explanation, width: int, colours: Palette, names: Sequence[str]) -> Text:
    """The layer, its kind and the position of the value. The kind is left out if there is no room."""
    e = explanation
    position = position_words(e.position)
    if len(e.position) == 1 and e.position[0] < len(names):
        position += " " + _(names[e.position[0]])
    number, of = _("layer {number}").format(number=e.layer), _("of {shape}").format(shape=shape_text(e.shape))
    kind = "" if e.name.lower() == e.kind.lower() else f" {e.kind}"
    if cell_len(f"{number} {e.name}{kind}  {position}  {of}") > width:
        kind = ""
    text = Text(number + " ", colours.faint)
    text.append(e.name, colours.title)
    text.append(kind + "  ", colours.faint)
    text.append(position, colours.window)
    text.append("  " + of, colours.faint)
    return text


def summed(explanation: Explanation) -> bool:
    """True if the rows of the listing are added up."""
    return explanation.winner is None and (explanation.stages[0].operation == "sum" or explanation.softmax is not None)


def rest_line(listing: Listing, shown: range, width: int, colours: Palette) -> Text:
    """The sum of the visible rows, of the others, of all positive and of all negative rows."""
    e = listing.explanation
    rows = {listing[at].row for at in shown}
    others = [row for row in range(e.rows) if row not in rows]
    every, rest = e.remainder(range(e.rows)), e.remainder(others)
    tokens: list[Text] = []
    if others:
        seen = e.remainder(sorted(rows))
        for label, part in ((_("{count} shown"), seen), (_("the other {count}"), rest)):
            tokens.append(_pair(label.format(count=part.count), part.total, colours))
    else:
        tokens.append(_pair(_("all {count} shown").format(count=e.rows), every.total, colours))
    if every.negative < 0:
        used = sum(token.cell_len + 3 for token in tokens)
        for words in ((_("positive"), _("negative") + " "), (_("all"), "")):
            both = Text(words[0] + " ", colours.faint)
            both.append("+" + tidy(every.positive, 4), colours.text)
            both.append(" " + words[1], colours.faint)
            both.append(tidy(every.negative, 4), colours.negative)
            if used + 1 + both.cell_len <= width:
                break
        tokens.append(both)
    line = Text(" ")
    for token in tokens:
        if line.cell_len > 1 and line.cell_len + 3 + token.cell_len > width:
            break
        line.append("   " if line.cell_len > 1 else "")
        line.append(token)
    return line


def _pair(label: str, value: float, colours: Palette) -> Text:
    text = Text(label + " ", colours.faint)
    text.append(tidy(value, 4), colours.strong if value >= 0 else colours.strong + colours.negative)
    return text


def stage_lines(stages: Sequence[StageText], width: int, colours: Palette, *, flowing: bool) -> list[Text]:
    """The stages, one on a line with their '=' aligned; `flowing`, in short form one after the other."""
    if flowing:
        return flow([_short_stage(stage, colours) for stage in stages], width, " -> ", colours)
    labels = max(cell_len(stage.label) for stage in stages)
    expressions = max(cell_len(stage.expression) for stage in stages)
    values = max(len(stage.value) for stage in stages)
    lines = []
    for stage in stages:
        text = Text(" " + padded(stage.label, labels) + "  ", colours.faint)
        if expressions:
            text.append(padded(stage.expression, expressions), colours.text)
            text.append(" = ", colours.faint)
        lines.append(_with_value(text, stage, values, colours))
    if any(line.cell_len > width for line in lines):
        return stage_lines(stages, width, colours, flowing=True)
    return lines


def _short_stage(stage: StageText, colours: Palette) -> Text:
    text = Text((stage.short or stage.label) + " = ", colours.faint)
    return _with_value(text, stage, 0, colours)


def _with_value(text: Text, stage: StageText, cells: int, colours: Palette) -> Text:
    text.append(stage.value.rjust(cells), colours.strong + colours.negative if stage.negative else colours.strong)
    if stage.note:
        text.append("  " + stage.note, colours.notice)
    return text


def value_lines(
    explanation: Explanation, keras: float | str | None, width: int, colours: Palette, *, flowing: bool
) -> list[Text]:
    """The value recomputed, from the C core and, if known, from Keras, with their differences. Until Keras's value
    arrives, `keras` is a text in its place, so that nothing moves."""
    e = explanation
    rows: list[tuple[str, str, str]] = [(_("recomputed"), digits(e.value), "")]
    for label, other in ((_("C core"), e.core), ("Keras", keras)):
        if isinstance(other, str):
            rows.append((label, other, ""))
        elif other is not None:
            rows.append((label, digits(other), difference_text(e.difference_from(other))))
    return _compared(rows, width, colours, flowing=flowing)


def core_lines(
    value: float, core: float, difference: float, width: int, colours: Palette, *, flowing: bool
) -> list[Text]:
    """A number recomputed and from the C core, with their difference."""
    rows = [(_("recomputed"), digits(value), ""), (_("C core"), digits(core), difference_text(difference))]
    return _compared(rows, width, colours, flowing=flowing)


def _compared(rows: Sequence[tuple[str, str, str]], width: int, colours: Palette, *, flowing: bool) -> list[Text]:
    """Rows of a label, a number and its difference from the first."""
    labels = 0 if flowing else max(cell_len(label) for label, _value, _difference in rows)
    values = 0 if flowing else max(len(value) for _label, value, _difference in rows)
    lines = []
    for at, (label, value, apart) in enumerate(rows):
        text = Text(label + " " * max(0, labels - cell_len(label)) + " ", colours.faint)
        text.append(f" {value.ljust(values)} ", colours.output if at == 0 else colours.strong)
        if apart:
            text.append(" " + apart, colours.faint)
        lines.append(text)
    if flowing:
        return flow(lines, width, "  ", colours)
    if any(line.cell_len + 1 > width for line in lines):
        return _compared(rows, width, colours, flowing=True)
    for line in lines:
        line.pad_left(1)
    return lines


def digits(value: float) -> str:
    """All digits needed to distinguish one float32 from the next."""
    text = f"{value:.9g}"
    return "0" if text == "-0" else text


def difference_text(apart: float) -> str:
    return _("the same") if apart == 0 else _("difference {value}").format(value=f"{apart:+.1e}")


def _name_cells(stacks: Sequence[Sequence[str]], least: int, room: int) -> list[int]:
    """The width of the names in each column, in `room` for all: equal if none is cut, else as each needs, else cut."""
    needs = [max(least, *map(cell_len, names)) for names in stacks]
    alike = max(1, min(max(needs), room // len(needs)))
    return needs if alike < max(needs) and sum(needs) <= room else [alike] * len(needs)


def softmax_table(
    explanation: Explanation, width: int, most: int, colours: Palette, names: Sequence[str], *, columns: int
) -> list[Text]:
    """Logit, exponential and share of every unit, or of the `most` largest; nothing if the listing has them.

    In `columns`, read down and then to the right; fewer if `width` does not hold them.
    """
    table = explanation.softmax
    if table is None or table.logits_from == "before":
        return []
    units, rest = table.chosen(most)
    labels = {unit: f"{unit} {_(names[unit])}" if unit < len(names) else str(unit) for unit in units}
    logits = {unit: tidy(table.logits[unit].item(), 3) for unit in units}
    powers = {unit: tidy(table.exponentials[unit].item()) for unit in units}
    shares = {unit: tidy(table.shares[unit].item(), 4) for unit in units}
    heads = (_("unit"), "z", "e^(z-max)", _("share"))
    parts = (labels, logits, powers, shares)
    cells = [max(map(cell_len, (head, *part.values()))) for head, part in zip(heads, parts, strict=True)]
    numbers = 1 + sum(cells[1:]) + 3
    # A name is cut before a column is dropped.
    while columns > 1 and columns * (numbers + min(cells[0], SHORTEST_NAME) + 1) - 1 > width:
        columns -= 1
    per_column = -(-len(units) // columns)
    stacks = [[labels[unit] for unit in units[at : at + per_column]] for at in range(0, len(units), per_column)]
    named = _name_cells(stacks, cell_len(heads[0]), width + 1 - columns * (numbers + 1))
    head = Text()
    for text, wide in zip(heads[1:], cells[1:], strict=True):
        head.append(" " + " " * (wide - cell_len(text)) + text)
    titles = [Text(" " + set_cell_size(heads[0], name), colours.faint) + head for name in named]
    rows = []
    for at, unit in enumerate(units):
        own = unit == table.index
        style = colours.strong if own else colours.text
        line = Text()
        line.append(">" if own else " ", colours.window)
        name = set_cell_size(labels[unit], named[at // per_column])
        line.append(name, colours.output if own else colours.text)
        line.append(" " + logits[unit].rjust(cells[1]), style + colours.negative if table.logits[unit] < 0 else style)
        line.append(" " + powers[unit].rjust(cells[2]), style)
        line.append(" " + shares[unit].rjust(cells[3]), style)
        rows.append(line)
    words = " " + _("Softmax of {count} units, all logits recomputed").format(count=len(table.logits))
    lines = [Text(words, colours.faint), Text(" ").join(titles)]
    lines += [Text(" ").join(rows[at::per_column]) for at in range(per_column)]
    if rest.count:
        more = _("the other {count}: e^(z-max) adds up to {sum}").format(count=rest.count, sum=tidy(rest.total))
        lines.append(Text(" " + more, colours.faint))
    total = tidy(table.total)
    if columns == 1:
        until = 1 + cells[0] + 1 + cells[1] + 1 + cells[2]
        label = " " + _("sum")
        lines.append(Text(label + " " * max(1, until - cell_len(label) - len(total)) + total, colours.text))
    else:
        words = "   " + _("sum of e^(z-max) = {sum}").format(sum=total)
        lines[0].append(words if lines[0].cell_len + cell_len(words) <= width else "")
    return lines


def paragraph(text: str, width: int, style: Style) -> list[Text]:
    """`text` in lines of at most `width` cells, one cell from the left."""
    return [Text(" " + line, style) for line in wrapped(text, width - 1)]


def flow(parts: Sequence[Text], width: int, between: str, colours: Palette) -> list[Text]:
    """The parts one after the other, in as few lines as possible."""
    lines: list[Text] = []
    for part in parts:
        if lines and lines[-1].cell_len + len(between) + part.cell_len <= width:
            lines[-1].append(between, colours.faint)
            lines[-1].append(part)
        else:
            lines.append(
                Text(" " if not lines else " " + between.strip() + " " if between.strip() else " ", colours.faint)
            )
            lines[-1].append(part)
    return lines


def padded(text: str, cells: int) -> str:
    """`text` with spaces up to `cells` cells."""
    return text + " " * max(0, cells - cell_len(text))
