"""A learner's guess for an output cell, parsed and judged: right, right but too coarse, or the mistake behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnncore.errors import CnnError
from cnncore.lesson.mistakes import Mistake, find_mistake
from cnncore.lesson.stepping import ConvStep, FilterStep, Number, PoolStep, Term

_NUMBER = re.compile(r"([+-]?)([0-9]{0,12})(?:[.,]([0-9]{0,12}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Guess:
    """A typed number and its number of decimals."""

    value: Number
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a guess. `coarse`: right, but with fewer decimals than shown. For a wrong guess, `mistake` is the
    simplest mistake that leads to it, if any, `low` is True if it is too small, and `largest` is the cell's largest
    product (None in pooling)."""

    right: bool
    coarse: bool = False
    mistake: Mistake | None = None
    low: bool = False
    largest: Term | None = None


def parse_guess(text: str) -> Guess:
    """Parse a number such as -12, 0.345 or 0,345. Raises `CnnError`."""
    match = _NUMBER.fullmatch(text.strip().replace("\u2212", "-"))
    if match is None or not (match[2] or match[3]):
        raise CnnError("{value} is not a number; enter one such as 65, -12 or 0.345", value=repr(text.strip()[:30]))
    sign, whole, decimals = match[1], match[2] or "0", match[3] or ""
    value = float(f"{sign}{whole}.{decimals or '0'}")
    return Guess(int(value) if value.is_integer() else value, len(decimals))


def reading_error(step: FilterStep | ConvStep | PoolStep, decimals: int) -> float:
    """Return the largest error of a correct computation with numbers that are shown rounded to `decimals`. 0 for an
    image filter, whose pixels are whole."""
    if not isinstance(step, ConvStep):
        return 0.0
    bias = None if step.bias is None else round(step.bias, decimals)
    read = replace(step, window=np.round(step.window, decimals), kernel=np.round(step.kernel, decimals), bias=bias)
    return float(abs(read.pre_activation - step.pre_activation))


def judge(step: FilterStep | ConvStep | PoolStep, inputs: Any, guess: Guess, decimals: int) -> Verdict:
    """Judge `guess`; `inputs` is the whole input, and fractions are shown with `decimals` decimals."""
    whole = isinstance(step.result, int)
    own = 0.5 * 10.0**-guess.decimals
    # A guess with decimals matches every value that rounds to it; a whole number only itself.
    close = (own if guess.decimals else 0.0) if whole else 0.5 * 10.0**-decimals
    fair = close if whole else close + reading_error(step, decimals)
    away = abs(guess.value - step.result)
    if away <= (0 if whole else fair * (1 + 1e-9)):
        return Verdict(True)
    if not whole and 0 < guess.decimals < decimals and away <= own:
        return Verdict(False, coarse=True)
    # For a mean between two whole numbers either is right.
    loose = 0.5 if isinstance(step, PoolStep) and whole and not guess.decimals else fair
    mistake = find_mistake(step, inputs, guess.value, close) or find_mistake(step, inputs, guess.value, loose)
    largest = None if isinstance(step, PoolStep) else max(step.terms, key=lambda term: abs(term.product))
    return Verdict(False, False, mistake, guess.value < step.result, largest)
