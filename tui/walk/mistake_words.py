"""Feedback on a guess: the mistake behind it, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.drawing.numbers import NETWORK_DECIMALS, number, short
from tui.i18n import N_, _

if TYPE_CHECKING:
    from cnncore.lesson.mistakes import Mistake
    from cnncore.lesson.predictions import Verdict
    from cnncore.lesson.stepping import ConvStep, FilterStep, PoolStep

SENTENCES: dict[str, str] = {
    "clamp": N_("{typed}: the clamp was skipped. A pixel is from 0 to 255; a result outside becomes 0 or 255."),
    "scale": N_("{typed}: the scale was skipped. The sum is multiplied by it before rounding."),
    "scale+clamp": N_("{typed} is the sum alone: the scale and the clamp were skipped."),
    "round": N_("{typed}: it was not rounded to the nearest whole number."),
    "bias": N_("{typed}: the bias was left out. It is added to the sum before ReLU."),
    "relu": N_("{typed}: ReLU was skipped. It turns a negative number into 0."),
    "bias+relu": N_("{typed} is the sum alone: the bias and ReLU were skipped."),
    "minus": N_("{typed}: a minus sign was missed. {value} x {weight} is {product}."),
    "added": N_("{typed}: {weight} and {value} were added, not multiplied. {weight} x {value} = {product}."),
    "forgotten": N_("{typed}: one product was forgotten, {value} x {weight} = {product}."),
    "all-minus": N_("{typed}: every minus sign was missed."),
    "sign": N_("{typed}: the sign of the whole sum was flipped."),
    "all-added": N_("{typed}: weights and values were added, not multiplied."),
    "flipped": N_(
        "{typed}: the kernel was rotated by 180 degrees. Convolution in mathematics does that; a network does not."
    ),
    "up": N_("{typed}: the window was one row too high."),
    "down": N_("{typed}: the window was one row too low."),
    "left": N_("{typed}: the window was one column too far left."),
    "right": N_("{typed}: the window was one column too far right."),
    "smallest": N_("{typed} is the smallest value of the window; max pooling takes the largest."),
    "mean": N_("{typed} is the mean of the window: that would be average pooling. Max pooling takes the largest."),
    "sum": N_("{typed} is the sum of the window; max pooling adds nothing, it takes the largest."),
    "other": N_("{typed} is in the window, but it is not the largest value."),
}
SKIPPED = {
    "clamp": N_("And the clamp to 0..255 was skipped."),
    "relu": N_("And ReLU was skipped."),
}


def verdict_text(verdict: Verdict, step: FilterStep | ConvStep | PoolStep, typed: str) -> str:
    """Return one or two sentences on the guess `typed` for `step`."""
    if verdict.right:
        value = step.result
        return _("Right: {value}.").format(value=short(value) if isinstance(value, int) else number(value))
    if verdict.coarse:
        return _("{typed} is right so far: write {decimals} decimals.").format(typed=typed, decimals=NETWORK_DECIMALS)
    if verdict.mistake is not None:
        return mistake_text(verdict.mistake, typed)
    head = _("{typed} is too small, and no common mistake leads to it.") if verdict.low else (
        _("{typed} is too large, and no common mistake leads to it.")
    )  # fmt: skip
    head = head.format(typed=typed)
    if verdict.largest is None:
        return head + " " + _("One of the values in the window is the answer.")
    term = verdict.largest
    return (
        head
        + " "
        + _("The largest product is {value} x {weight} = {product}.").format(
            value=short(term.value, 3), weight=short(term.weight, 3), product=short(term.product, 3)
        )
    )


def mistake_text(made: Mistake, typed: str) -> str:
    """Describe the mistake."""
    term = made.term
    values = {} if term is None else {
        "value": short(term.value, 3), "weight": short(term.weight, 3), "product": short(term.product, 3)
    }  # fmt: skip
    text = _(SENTENCES[made.kind]).format(typed=typed, **values)
    return f"{text} {_(SKIPPED[made.skipped])}" if made.skipped else text
