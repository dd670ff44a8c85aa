"""One output cell's arithmetic as text: the kernel, the products with their running sum, and the strip of stages.

Pure functions of `cnncore` steps; nothing is computed here. `done` is the number of products shown so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rich.cells import cell_len
from rich.text import Text

from cnncore.lesson.stepping import ConvStep, FilterStep, PoolStep, Term
from tui.drawing.fitting import first_fit
from tui.drawing.numbers import NETWORK_DECIMALS, WAITING, Number, number, short, signed_term
from tui.drawing.theme import Palette
from tui.i18n import _

ARROW = " -> "


def _decimals(numbers: Sequence[Number]) -> int:
    """Return 0 for whole numbers, otherwise the decimals with which a network's weights are shown."""
    return 0 if all(isinstance(value, int) for value in numbers) else NETWORK_DECIMALS


def decimals_needed(weights: Sequence[Number]) -> int:
    """Return the number of decimals that weights need: 0 for whole numbers, 1 for halves, at most the number shown."""
    return next((d for d in range(NETWORK_DECIMALS) if all(round(w, d) == w for w in weights)), NETWORK_DECIMALS)


def _width(numbers: Sequence[Number], decimals: int) -> int:
    return max(len(number(value, decimals)) for value in numbers)


def terms_text(
    terms: Sequence[Term], done: int, width: int, colours: Palette, *, pixels: bool = False, lines: int = 0
) -> Text:
    """Return a heading and a line for every product, `value x weight = product`, with the running sum if `width` has
    room for it.

    `pixels`: the values are whole numbers, stored as floats if the weights are fractions. `lines` is the room for
    products: those around the current one are shown (0: all).

    Products not yet computed are dots. The last one computed is reversed and marked with '>' until all are computed.
    """
    columns = {name: [getattr(term, name) for term in terms] for name in ("value", "weight", "product", "running")}
    # Whole numbers times a weight of two decimals have two.
    least = decimals_needed(columns["weight"]) if pixels else _decimals([*columns["value"], *columns["weight"]])
    for most in range(least, -1, -1):  # a rounded number is better than one cut off
        decimals = dict.fromkeys(columns, most) | ({"value": 0} if pixels else {})
        widths = {name: _width(column, decimals[name]) for name, column in columns.items()}
        body = widths["value"] + widths["weight"] + widths["product"] + 6
        if body < width:
            break
    running = max(3, widths["running"])
    with_sum = width >= body + 3 + running
    left, right = _("pixel x weight"), _("sum")
    text = Text(no_wrap=True).append(" " + left, colours.faint)
    if with_sum:
        text.append(" " * max(1, body + 3 + running - text.cell_len - cell_len(right)) + right, colours.faint)
    text.append("\n")
    shown = _in_sight(len(terms), done, lines)
    for term in terms[shown.start : shown.stop]:
        here, written = term.order == done - 1 < len(terms) - 1, term.order < done
        style = colours.strong if here else colours.text if written else colours.empty
        text.append(">" if here else " ", colours.window)
        text.append(
            number(term.value, decimals["value"]).rjust(widths["value"]), colours.faint if term.padded else style
        )
        text.append(" x ", colours.faint)
        text.append(
            number(term.weight, decimals["weight"]).rjust(widths["weight"]),
            colours.negative if term.weight < 0 and written else style,
        )
        text.append(" = ", colours.faint)
        product = number(term.product, decimals["product"]) if written else "."
        text.append(
            product.rjust(widths["product"]),
            colours.term if here else colours.negative if written and term.product < 0 else style,
        )
        if with_sum:
            text.append("  ")
            text.append((number(term.running, decimals["running"]) if written else ".").rjust(running), style)
        text.append("\n")
    if len(shown) < len(terms):
        text.append(
            " " + _("{first} to {last} of {count}").format(first=shown.start + 1, last=shown.stop, count=len(terms)),
            colours.faint,
        )
        text.append("\n")
    return text


def _in_sight(count: int, done: int, lines: int) -> range:
    """Return the products to show in `lines`: all, or those around the last one computed and a line that counts
    them."""
    if not lines or count <= lines:
        return range(count)
    room = max(1, lines - 1)
    first = max(0, min(done - 1 - room // 2, count - room))
    return range(first, first + room)


def scale_text(scale: Fraction) -> str:
    """Write the scale: "x 1/16", "x 1"."""
    return f"x {scale if scale.denominator <= 999 else short(float(scale))}"


def _stage(text: Text, label: str, value: str, width: int, colours: Palette, *, ready: bool) -> None:
    text.append(label + " ", colours.faint)
    text.append(value.rjust(width), colours.strong if ready else colours.empty)


def filter_strip(step: FilterStep, scale: Fraction, done: int, colours: Palette, width: int = 200) -> Text:
    """Return an image filter's strip, sum x scale = scaled -> round -> clamp 0..255, in `width` cells.

    If four decimals are too many for the width, it has fewer, and does not repeat the value before the clamp."""
    for decimals, again in ((4, True), (3, True), (2, True), (4, False), (3, False), (2, False), (1, False)):
        text = _filter_strip(step, scale, done, colours, decimals, again)
        if text.cell_len <= width:
            break
    return text


def _filter_strip(step: FilterStep, scale: Fraction, done: int, colours: Palette, decimals: int, again: bool) -> Text:
    terms = step.terms
    ready = done == len(terms)
    text = Text(no_wrap=True)
    running: Number = terms[done - 1].running if done else 0
    _stage(text, _("sum"), short(running, decimals), 5, colours, ready=done > 0)
    scaled = short(step.scaled, decimals) if ready else WAITING
    _stage(text, f" {scale_text(scale)} =", scaled, 5, colours, ready=ready)
    text.append(ARROW, colours.faint)
    _stage(text, _("round"), short(step.rounded) if ready else WAITING, 5, colours, ready=ready)
    text.append(ARROW, colours.faint)
    text.append(_("clamp 0..255") + " ", colours.faint)
    text.append(f" {step.result:>3} " if ready else f" {WAITING} ", colours.output if ready else colours.empty)
    if ready and step.clipped:
        words = clamped_text(step) if again else _("clamped")
        text.append("  " + words, colours.notice)
    return text


def clamped_text(step: FilterStep) -> str:
    """Say how a sum outside 0..255 was clamped."""
    return _("{value} clamped to {result}").format(value=short(step.rounded), result=step.result)


def network_strip(step: ConvStep, done: int, colours: Palette) -> Text:
    """Return a network's strip: sum + bias = pre-activation -> ReLU. A network does not clamp to 0..255."""
    terms = step.terms
    ready = done == len(terms)
    text = Text(no_wrap=True)
    running: Number = terms[done - 1].running if done else 0.0
    _stage(text, _("sum"), number(running), 6, colours, ready=done > 0)
    sign, _space, bias = signed_term(0.0 if step.bias is None else step.bias).partition(" ")
    added = f" {sign} " + _("bias {value}").format(value=bias) + " ="
    _stage(text, added, number(step.pre_activation) if ready else WAITING, 6, colours, ready=ready)
    text.append(ARROW, colours.faint)
    text.append("ReLU ", colours.faint)
    text.append(f" {number(step.result)} " if ready else f" {WAITING} ", colours.output if ready else colours.empty)
    if ready and step.pre_activation < 0:
        text.append("  " + _("negative, so 0"), colours.notice)
    return text


def pool_formula(step: PoolStep, colours: Palette, width: int = 200) -> Text:
    """Return max(0, 12, 255, 3) = 255, in reading order, and the number of equal maxima, in `width` cells.

    If the window is large or the width small, only the first values are written."""
    rows, columns = step.window.shape
    flat = [step.window[r, c].item() for r in range(rows) for c in range(columns) if step.inside[r, c]]
    ties = []
    if step.ties > 1:
        ties = [_("{count} are equally large; the first is marked"), _("{count} equally large, first marked")]
    most = 6 if _decimals(flat) else 9
    shown = len(flat) if len(flat) <= most else most - 1
    text = _maximum(step, flat, shown, colours)
    while shown > 2 and text.cell_len + (2 + cell_len(ties[-1].format(count=step.ties)) if ties else 0) > width:
        shown = min(shown, len(flat) - 1) - 1
        text = _maximum(step, flat, shown, colours)
    if ties:
        fitting = first_fit(width - text.cell_len - 2, *(words.format(count=step.ties) for words in ties))
        text.append("  " + fitting, colours.notice)
    return text


def _maximum(step: PoolStep, flat: list[float], shown: int, colours: Palette) -> Text:
    """Return the formula with the first `shown` of the values `flat`."""
    decimals = _decimals(flat)
    text = Text("max(", colours.faint, no_wrap=True)
    text.append(", ".join(number(value, decimals) for value in flat[:shown]), colours.text)
    if shown < len(flat):
        text.append(", " + _("and {count} more").format(count=len(flat) - shown), colours.faint)
    text.append(") = ", colours.faint)
    text.append(f" {number(step.result, decimals)} ", colours.output)
    return text
