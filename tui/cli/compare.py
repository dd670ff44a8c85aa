"""`cnn-tui compare`: what differs in two runs first, then their figures, their curves and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cnncore._files import shown, write_text
from cnncore.errors import CnnError
from cnncore.training.events import Epoch
from cnncore.training.runs import Run
from cnncore.training.runs.choice import find_run
from cnncore.training.runs.compare import Comparison, Disagreement, compare, disagreement
from tui.cli.console import DONE, say, say_json, table, width
from tui.cli.runs import option_text
from tui.drawing.chart import ASCII, Series, chart, plain_text
from tui.drawing.svg_chart import Curve, svg_chart
from tui.i18n import N_, _, error_text
from tui.i18n.words import figure, source_text

FIGURES = (
    ("val_accuracy", N_("best validation accuracy")),
    ("best_epoch", N_("after epoch")),
    ("done", N_("finished epochs")),
    ("final_accuracy", N_("training accuracy at the end")),
    ("final_val_accuracy", N_("validation accuracy at the end")),
    ("gap", N_("gap: training - validation")),
    ("test_accuracy", N_("test accuracy")),
)


def run(first: str, second: str, *, as_json: bool, svg: str) -> int:
    """Compare two runs and print what was found."""
    runs = find_run(first), find_run(second)
    found = compare(*runs)
    answers: Disagreement | None = None
    reason = ""
    try:
        answers = disagreement(*runs)
    except CnnError as error:
        reason = error_text(error)
    if as_json:
        say_json(_plain(found, answers, reason))
        return DONE
    for line in (*_heading(runs), *_options(found), *_layers(found), *_figures(found)):
        say(line)
    if any(found.histories):
        say()
        say(_text_chart(found))
    say()
    say(_answers_line(answers, reason))
    if svg:
        write_text(_svg(runs, found), svg)
        say(_("Picture: {path}").format(path=shown(svg)))
    return DONE


def _plain(found: Comparison, answers: Disagreement | None, reason: str) -> dict[str, Any]:
    return {
        "options": {each.name: list(each.values) for each in found.options},
        "layers": list(found.layers),
        "runs": list(found.facts),
        "histories": [[asdict(epoch) for epoch in history] for history in found.histories],
        "disagreement": None if answers is None else asdict(answers),
        "disagreement_unknown": reason or None,
    }


def _heading(runs: tuple[Run, Run]) -> list[str]:
    return [f"{letter}: {_label(run)}" for letter, run in zip("AB", runs, strict=True)]


def _label(run: Run) -> str:
    return f"{run.name} ({run.id})" if run.name else run.id


def _options(found: Comparison) -> list[str]:
    if not found.options:
        return ["", _("Both have the same options.")]
    rows = [[each.name, *map(option_text, each.values)] for each in found.options]
    return ["", *table([_("Option"), "A", "B"], rows, right=(1, 2))]


def _layers(found: Comparison) -> list[str]:
    if not found.layers:
        return []
    return ["", _("Layers (- only in A, + only in B):"), *(f"  {line}" for line in found.layers)]


def _figures(found: Comparison) -> list[str]:
    rows = [[_(words), *(_figure(facts[name]) for facts in found.facts)] for name, words in FIGURES]
    return ["", *table([_("Figure"), "A", "B"], rows, right=(1, 2))]


def _figure(value: float | None) -> str:
    return str(value) if isinstance(value, int) else figure(value)


def _answers_line(answers: Disagreement | None, reason: str) -> str:
    if answers is None:
        return _("Their answers were not compared: {reason}").format(reason=reason)
    return _(
        "They disagree on {differ} of {images} test images ({source}); right are A on {first} and B on {second}."
    ).format(
        differ=f"{answers.differ:,}",
        images=f"{answers.images:,}",
        source=source_text(answers.source),
        first=f"{answers.right[0]:,}",
        second=f"{answers.right[1]:,}",
    )


def _curves(epochs: Sequence[Epoch]) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """The points of training and validation accuracy."""
    training = [(float(one.epoch), one.accuracy) for one in epochs]
    return training, [(float(one.epoch), one.val_accuracy) for one in epochs if one.val_accuracy is not None]


def _text_chart(found: Comparison) -> str:
    """Both validation curves, or the training curve of a run without validation."""
    series = []
    for letter, history, dashes in zip("AB", found.histories, ((1, 0), (0, 1)), strict=True):
        training, validation = _curves(history)
        words = _("{run} validation {value}") if validation else _("{run} training {value}")
        points = validation or training
        value = figure(points[-1][1]) if points else "-"
        series.append(Series(words.format(run=letter, value=value), points, marker=letter.lower(), dashes=dashes))
    return plain_text(chart(series, min(width(), 90), 16, title=_("accuracy"), x_label=_("epoch"), glyphs=ASCII))


def _svg(runs: tuple[Run, Run], found: Comparison) -> str:
    curves = []
    for letter, history, colour, facts in zip("AB", found.histories, ("#0072b2", "#d55e00"), found.facts, strict=True):
        training, validation = _curves(history)
        curves.append(Curve(_("{run} training").format(run=letter), training, colour, dashed=True))
        if validation:
            best = facts["best_epoch"]
            curves.append(Curve(_("{run} validation").format(run=letter), validation, colour, marked=best))
    title = " / ".join(_heading(runs))
    return svg_chart(curves, title=title, x_label=_("epoch"), y_label=_("accuracy"))
