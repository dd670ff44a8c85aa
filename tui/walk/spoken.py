"""The walking screens in words, for screen readers."""

from __future__ import annotations

from typing import Any

from cnncore.lesson.stepping import ConvStep, FilterStep, PoolStep, Term
from tui.drawing.numbers import among, number, short, signed_term
from tui.drawing.spoken_picture import picture_words, place_words, row_words
from tui.i18n import _
from tui.walk.arithmetic import clamped_text, scale_text
from tui.walk.cursor import Cursor, PixelCursor
from tui.walk.feeds import feeds_sentence
from tui.walk.matrices import fed_cells
from tui.walk.panel import panel_of
from tui.walk.state import WalkState
from tui.walk.walks import Walk


def cell_line(walk: Walk, cursor: Cursor, *, asked: bool = False) -> str:
    """Describe the current cell: the product shown last with the running sum, or the stages after the finished sum.
    `asked` hides the value of a cell to predict."""
    step = walk.steps[cursor.index]
    place = place_words((cursor.row, cursor.column))
    if cursor.term == 0:
        return _("{place}: not yet computed").format(place=place)
    if isinstance(step, PoolStep):
        return f"{place}: {_pooled(step)}"
    term = step.terms[cursor.term - 1]
    if cursor.term < len(step.terms) or asked:
        return _("{place}, product {number} of {count}: {product}, running sum {sum}").format(
            place=place, number=cursor.term, count=len(step.terms), product=term_words(term), sum=short(term.running)
        )
    return f"{place}: {stages_words(step, walk)}"


def term_words(term: Term) -> str:
    """Write a product: 206 x 0 = 0."""
    said = f"{short(term.value)} x {short(term.weight)} = {short(term.product)}"
    return said + (" " + _("(padding)") if term.padded else "")


def stages_words(step: FilterStep | ConvStep, walk: Any) -> str:
    """Describe the stages after the sum."""
    if isinstance(step, FilterStep):
        said = _("sum {sum}, {scale} is {scaled}, rounded {rounded}, result {result}").format(
            sum=short(step.total),
            scale=scale_text(walk.scale),
            scaled=short(step.scaled),
            rounded=short(step.rounded),
            result=step.result,
        )
        return said + (", " + clamped_text(step) if step.clipped else "")
    said = _("sum {sum}, {bias} bias is {z}, after ReLU {result}").format(
        sum=number(step.total),
        bias=signed_term(0.0 if step.bias is None else step.bias),
        z=number(step.pre_activation),
        result=number(step.result),
    )
    return said + (", " + _("negative, so 0") if step.pre_activation < 0 else "")


def _pooled(step: PoolStep) -> str:
    rows, columns = step.window.shape
    values = [step.window[r, c].item() for r in range(rows) for c in range(columns) if step.inside[r, c]]
    return _("the largest of {values} is {result}, at input {place}").format(
        values=", ".join(map(short, values)), result=short(step.result), place=place_words(step.winner_input)
    )


def pixel_line(walk: Walk, pixel: PixelCursor) -> str:
    """Describe the chosen input value and the output cells it feeds."""
    value = walk.inputs[pixel.row, pixel.column].item()
    place = place_words((pixel.row, pixel.column))
    cells = fed_cells(walk.steps.geometry, pixel.row, pixel.column)
    feeds = feeds_sentence(cells[1] if cells else None)
    if cells:
        feeds += " " + _("(Enter goes there)")
    return _("input {place} is {value}; {feeds}").format(place=place, value=short(value), feeds=feeds)


def walk_lines(
    walk: Walk,
    cursor: Cursor,
    *,
    hidden: bool = False,
    kernel: str = "",
    facts: tuple[str, ...] = (),
) -> list[str]:
    """Describe everything else: the pictures, the kernel, every product so far, the facts about the whole map.
    `hidden` leaves out the output, which is to be predicted; `kernel` is the kernel's name."""
    step = walk.steps[cursor.index]
    lines = [picture_words(_("Input"), walk.inputs)]
    if not hidden:
        lines.append(picture_words(_("Output"), walk.output))
    if not isinstance(step, PoolStep):
        weights = step.kernel[:, :, 0]
        lines.append(
            _("Kernel {name}, {rows} x {columns}:").format(name=kernel, rows=weights.shape[0], columns=weights.shape[1])
        )
        lines += [_("row {row}: {values}").format(row=at, values=row_words(row)) for at, row in enumerate(weights)]
        lines += [
            _("product {number}: {product}, running sum {sum}").format(
                number=term.order + 1, product=term_words(term), sum=short(term.running)
            )
            for term in step.terms[: cursor.term]
        ]
    return [*lines, *facts]


def spoken(state: WalkState) -> list[str]:
    """Return the whole screen in sentences: the last notice and the current cell, the picture's name, and the rest."""
    if not state.ready:
        return [state.obstacle] if state.obstacle else []
    cursor, workbench = state.cursor, state.bench
    if cursor.playing:  # nobody could follow a sentence for every cell
        return [_("> playing")]
    walk, panel = state.walk(), panel_of(state)
    hidden = state.prediction.asking
    here = pixel_line(walk, state.pixel) if state.pixel.on else cell_line(walk, cursor, asked=hidden)
    parts = [state.said, state.editor.words() if state.editor.on else "", here]
    first = " ".join(part if part.endswith((".", "!")) else f"{part}." for part in parts if part)
    (size, _short), (values, _brief) = panel.facts(walk)
    kernel = " ".join(panel.title(walk))
    title = f"{_(workbench.sample.title)} {among(workbench.sample_index, len(workbench.samples))}"
    facts = (size,) if hidden else (size, values)
    return [first, title, *walk_lines(walk, cursor, hidden=hidden, kernel=kernel, facts=facts)]
