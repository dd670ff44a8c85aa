"""A training run and a validation in words: what their charts and tables show."""

from __future__ import annotations

from cnncore.training.events import Epoch, Model
from tui.i18n import _
from tui.i18n.words import figure, shape_text
from tui.training.history import RunHistory
from tui.training.words import best_epoch, data_lines, gap_line


def training_lines(run: RunHistory | None, model: Model) -> list[str]:
    """The network, and of a run its data, how accuracy and loss went from the first epoch to the last, every epoch."""
    lines = []
    if run is not None:
        if run.data is not None:
            lines += data_lines(run.data)
        lines += [gap_line(run.epochs, run.config), *chart_lines(run.epochs)]
        lines += [
            _(
                "epoch {number}: loss {loss}, accuracy {accuracy}, val_loss {val_loss}, val_accuracy {val_accuracy}"
            ).format(
                number=epoch.epoch,
                loss=figure(epoch.loss),
                accuracy=figure(epoch.accuracy),
                val_loss=figure(epoch.val_loss),
                val_accuracy=figure(epoch.val_accuracy),
            )
            for epoch in run.epochs
        ]
    lines += [
        f"{row.name}: {shape_text(row.output_shape)}, " + _("{count} parameters").format(count=f"{row.parameters:,}")
        for row in model.layers
    ]
    lines.append(_("Total") + ": " + _("{count} parameters").format(count=f"{model.parameters:,}"))
    return [line for line in lines if line]


def chart_lines(epochs: list[Epoch]) -> list[str]:
    """What the two charts show: where each curve begins, where it ends; and the best epoch."""
    if not epochs:
        return []
    first, last, best = epochs[0], epochs[-1], best_epoch(epochs)
    curves = (
        (_("Chart: training accuracy"), first.accuracy, last.accuracy),
        (_("Chart: validation accuracy"), first.val_accuracy, last.val_accuracy),
        (_("Chart: training loss"), first.loss, last.loss),
        (_("Chart: validation loss"), first.val_loss, last.val_loss),
    )
    words = _("{name} from {first} in epoch 1 to {last} in epoch {count}")
    lines = [
        words.format(name=name, first=figure(begin), last=figure(end), count=last.epoch)
        for name, begin, end in curves
        if end is not None
    ]
    return lines + ([] if best is None else [_("the best epoch is {number}").format(number=best.epoch)])
