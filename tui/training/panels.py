"""The tables and bars beside the charts of a training run, as pure functions of it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from cnncore.training.events import Epoch, Model
from cnncore.training.plan import Counted
from tui.drawing.chart import Line
from tui.drawing.columns import box, fitted
from tui.drawing.theme import Palette
from tui.i18n import _
from tui.i18n.words import duration, figure, shape_text
from tui.training.run_state import RunState
from tui.training.words import best_epoch


def network_panel(
    model: Model, width: int, height: int, colours: Palette, *, counts: Sequence[Counted | None] = ()
) -> list[Line]:
    """The summary: layer, output shape and parameters, with their total always in the last row. If there is room, it
    also has the weights and biases, `counts`."""
    rows = [[_("Layer"), _("Output shape"), _("Parameters"), _("weights + biases")]]
    for row, count in zip(model.layers, counts or [None] * len(model.layers), strict=True):
        terms = "" if count is None else f"{'x'.join(map(str, count[0]))} + {count[1]}"
        rows.append([row.name, shape_text(row.output_shape), f"{row.parameters:,}", terms])
    rows.append([_("Total"), "", f"{model.parameters:,}", ""])
    lines = fitted(rows, (1, 2), width)
    if not counts or cell_len(lines[0]) > width:
        lines = fitted([row[:3] for row in rows], (1, 2), width)
    middle = lines[1:-1][: max(0, height - 2)]
    return box(
        [(lines[0], colours.faint), *((line, colours.text) for line in middle), (lines[-1], colours.strong)],
        width,
        height,
    )


def epochs_panel(epochs: Sequence[Epoch], width: int, height: int, colours: Palette) -> list[Line]:
    """A row for each epoch with Keras's names; * marks the best. If there is no room, the oldest are left out."""
    best = best_epoch(list(epochs))
    rows = [[_("epoch"), "loss", "accuracy", "val_loss", "val_accuracy", _("time")]]
    rows += [
        [
            f"*{e.epoch}" if e is best else str(e.epoch),
            figure(e.loss),
            figure(e.accuracy),
            figure(e.val_loss),
            figure(e.val_accuracy),
            duration(e.seconds),
        ]
        for e in epochs
    ]
    lines = fitted(rows, range(6), width)
    shown = list(zip(lines[1:], epochs, strict=True))[-max(0, height - 1) :] if height > 1 else []
    drawn = [(line, colours.strong if e is best else colours.text) for line, e in shown]
    if not epochs:
        drawn = [(_("The figures of an epoch appear when it ends."), colours.faint)]
    return box([(lines[0], colours.faint), *drawn], width, height)


def progress_panel(run: RunState | None, width: int, height: int, colours: Palette) -> list[Line]:
    """Two bars with their numbers: the epochs done, and the batches of the current epoch."""
    plan, batch = (run.plan, run.batch) if run is not None else (None, None)
    if run is None or plan is None:
        # Before training begins there is nothing to measure: empty bars.
        lines = [_bar(_("epoch"), 0.0, "", width, colours), _bar(_("batch"), 0.0, "", width, colours)]
        return [*lines, *box([], width, height)][:height]
    done = len(run.epochs)
    at, of = (batch.batch, batch.batches) if batch is not None else (0, plan.batches)
    within = 0.0 if batch is None or batch.epoch <= done else at / max(1, of)
    number = min(plan.epochs, done + 1) if run.running else done
    times = ""
    if batch is not None:
        times = _("{elapsed} elapsed").format(elapsed=duration(run.elapsed))
        if run.running:
            times += ", " + _("{remaining} left").format(remaining=duration(batch.remaining))
    figures = f"loss {figure(batch.loss)}  accuracy {figure(batch.accuracy)}" if batch is not None else ""
    lines = [
        _bar(_("epoch"), (done + within) / plan.epochs, f"{number}/{plan.epochs}  {times}", width, colours),
        _bar(_("batch"), at / max(1, of), f"{at}/{of}  {figures}", width, colours),
    ]
    return [*lines, *box([], width, height)][:height]


LABEL = 8
NUMBERS = 40


def _bar(label: str, part: float, numbers: str, width: int, colours: Palette) -> Line:
    """A label, a bar that fills the width, and numbers; the done part is thick, the rest thin, also without colour."""
    name = set_cell_size(label, min(LABEL, width))
    room = max(0, width - LABEL - NUMBERS - 2)
    done = min(room, max(0, round(part * room)))
    rest = width - cell_len(name) - room
    return [
        Segment(name, colours.faint),
        Segment("━" * done, colours.window),
        Segment("─" * (room - done), colours.rule),
        Segment(set_cell_size(f"  {numbers}", max(0, rest)), colours.text),
    ]


def tabs_line(names: Sequence[str], chosen: int, width: int, colours: Palette) -> Line:
    """The names of the views, the current one in brackets and in colour."""
    line: Line = []
    left = width
    for index, name in enumerate(names):
        text = f"[{name}]" if index == chosen else f" {name} "
        size = min(left, cell_len(text))
        line.append(Segment(set_cell_size(text, size), colours.window if index == chosen else colours.faint))
        left -= size
    return [*line, Segment(" " * left)]


def validation_style(colours: Palette) -> Style:
    """The style of validation: the colour of the output, as a foreground."""
    return Style(color=colours.output.bgcolor, bold=True)
