"""The convolution and the pooling screen in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncore.lesson.stepping import ConvStep, FilterStep, PoolStep, Term
from tui.drawing.numbers import among, number, short, signed_term
from tui.drawing.spoken_picture import picture_words, place_words, row_words
from tui.i18n import _
from tui.walk.arithmetic import clamped_text, scale_text

if TYPE_CHECKING:
    from tui.walk.cursor import Cursor, Pixel
    from tui.walk.screen import WalkScreen
    from tui.walk.workbench import ConvolutionWalk, PoolingWalk


def place_line(walk: ConvolutionWalk | PoolingWalk, cursor: Cursor, *, asked: bool = False) -> str:
    """The cell at hand: the product just written with the running sum, or once all are, what the sum becomes. Of a cell
    that is `asked` for, not its value."""
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
    """206 x 0 = 0."""
    said = f"{short(term.value)} x {short(term.weight)} = {short(term.product)}"
    return said + (" " + _("(padding)") if term.padded else "")


def stages_words(step: FilterStep | ConvStep, walk: Any) -> str:
    """What becomes of a sum."""
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


def pixel_line(walk: ConvolutionWalk | PoolingWalk, pixel: Pixel, sentence: str) -> str:
    """The chosen input value; `sentence` says where it goes."""
    value = walk.inputs[pixel.row, pixel.column].item()
    place = place_words((pixel.row, pixel.column))
    return _("input {place} is {value}; {feeds}").format(place=place, value=short(value), feeds=sentence)


def walk_lines(
    walk: ConvolutionWalk | PoolingWalk,
    cursor: Cursor,
    *,
    hidden: bool = False,
    kernel: str = "",
    facts: tuple[str, ...] = (),
) -> list[str]:
    """Everything else: the pictures, the kernel, every product so far, what holds for the whole map. `hidden`: the
    output is to be guessed, so nothing is said of it; `kernel` names the kernel."""
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


def spoken(screen: WalkScreen) -> list[str]:
    """The whole screen: what was just said, the place at hand, the picture's name, and everything else."""
    workbench = screen.walked_workbench
    if workbench is None:
        return [screen.trouble] if screen.trouble else []
    cursor = screen.cursor
    if cursor.playing:  # a sentence for every cell could not be followed
        return [_("> playing")]
    walk = screen.walk_of(workbench)
    hidden = screen.predict.asking
    if screen.pixel.on:
        feeds = screen.pixel_strip(walk).plain.strip().partition("  ")[2]
        first = pixel_line(walk, screen.pixel, feeds)
    else:
        first = place_line(walk, cursor, asked=hidden)
    said = [screen.said, screen.editor.words() if screen.editor.on else "", first]
    first = " ".join(text if text.endswith((".", "!")) else f"{text}." for text in said if text)
    (size, _short), (values, _brief) = screen.facts(walk)
    kernel = " ".join(screen.panel_title(walk, walk.steps[cursor.index]))
    title = f"{_(workbench.sample.title)} {among(workbench.sample_index, len(workbench.samples))}"
    facts = (size,) if hidden else (size, values)
    return [first, title, *walk_lines(walk, cursor, hidden=hidden, kernel=kernel, facts=facts)]
