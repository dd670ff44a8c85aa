"""Slips that learners make at a convolution, really made, so that a lesson can show where they lead."""

from __future__ import annotations

from dataclasses import dataclass

from cnncore.stepping import FilterStep, Number, Term


@dataclass(frozen=True, slots=True)
class Slip:
    """Adding where one should multiply, at one term: `written` stands where the product should, and `total` is the
    sum that follows from it, in place of `right`."""

    term: Term
    written: Number
    total: Number
    right: Number


def added_instead(step: FilterStep, order: int) -> Slip:
    """The walk of `step`, with weight + value written in place of weight x value at term `order`."""
    terms = step.terms
    slipped = terms[order]
    written = slipped.weight + slipped.value
    total = sum(written if term.order == order else term.product for term in terms)
    return Slip(slipped, written, total, step.total)


def largest_zero_slip(step: FilterStep) -> Slip | None:
    """The slip that misleads most: at the zero weight over the largest value. None where no weight is zero."""
    zeros = [term for term in step.terms if term.weight == 0 and term.value != 0]
    if not zeros:
        return None
    return added_instead(step, max(zeros, key=lambda term: term.value).order)
