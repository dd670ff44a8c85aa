"""The network's answer to a picture, and its panel: a bar for each class."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from tui.drawing.blocks import Block, Target, text_line, title_line
from tui.drawing.numbers import number
from tui.drawing.strip import bar
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.network.fitting import cut, first_in_sight


@dataclass(frozen=True, eq=False)
class Answer:
    """`scores` for the classes, which may be `probabilities`; `label` is the true class if it is known.

    There is no `answer` if a score is NaN. `whole`: no score can exceed 1.
    """

    scores: Any
    classes: tuple[str, ...]
    answer: int | None
    label: int | None
    probabilities: bool
    whole: bool = False


def answer_block(answer: Answer, width: int, height: int, colours: Palette) -> Block:
    """A bar for each class: '>' marks the network's answer, '*' the true class."""
    count = len(answer.scores)
    names = [_(name) for name in answer.classes[:count]]
    names += [_("class {number}").format(number=i) for i in range(len(names), count)]
    first = first_in_sight(answer.answer or 0, count, height - 1)
    shown = range(first, min(count, first + height - 1))
    title = _("Probabilities") if answer.probabilities else _("Outputs")
    said = _("NaN: no answer") if answer.answer is None else _("> answer")
    note = f"({said})" if answer.label is None else f"({said}, {_('* truth')})"
    if cell_len(title) + cell_len(note) + 3 > width:
        note = ""
    lines = [title_line(title, note, width, colours, indent=1)]
    texts = [number(float(score)) for score in answer.scores]
    cells = max(len(texts[i]) for i in shown)
    longest = min(max(cell_len(names[i]) for i in shown), max(6, width - cells - 8))
    sizes = [abs(float(score)) for score in answer.scores if not math.isnan(score)]
    largest = 1.0 if answer.whole else max(1e-30, *sizes, 1e-30)
    for i in shown:
        chosen, true = i == answer.answer, i == answer.label
        score = float(answer.scores[i])
        full, rest = bar(_part(abs(score), largest), max(1, width - longest - cells - 5))
        style = colours.window if chosen else colours.strong if true else colours.text
        lines.append(
            text_line(
                [
                    (">" if chosen else " ", colours.window),
                    ("*" if true else " ", colours.strong),
                    (cut(names[i], longest) + " ", style),
                    (texts[i].rjust(cells) + " ", style),
                    (full, colours.window if chosen else colours.negative if score < 0 else colours.text),
                    (rest, colours.rule),
                ],
                width,
            )
        )

    def pick(_x: int, y: int) -> Target | None:
        return ("class", shown[y - 1]) if 1 <= y <= len(shown) else None

    return Block(lines, width, pick)


def _part(size: float, largest: float) -> float:
    """The part of a bar that a size fills: none for NaN and for sizes that round to zero, all for infinity."""
    if not size >= 0.0005:
        return 0.0
    return 1.0 if math.isinf(size) else size / largest
