"""The training place in words: the state of the run, its charts and its tables."""

from __future__ import annotations

from cnncore.training.events import Epoch, Model
from tui.i18n import _
from tui.i18n.words import figure, shape_text
from tui.training.run_state import RunState
from tui.training.state import TrainingState
from tui.training.words import best_epoch, bits_line, config_line, data_lines, gap_line, status_line


def training_lines(state: TrainingState, now: float) -> list[str]:
    """The status, the options, the run, the network."""
    status, _wrong = status_line(state, now)
    lines = [
        f"{state.notice} {status}".strip(),
        config_line(state.config),
        *(run_lines(state.run) if state.run is not None else ()),
        *network_lines(state.model),
    ]
    return [line for line in lines if line]


def run_lines(run: RunState) -> list[str]:
    """The data, accuracy and loss from the first epoch to the last, and every epoch."""
    return [
        *(data_lines(run.data) if run.data is not None else ()),
        bits_line(run.plan),
        gap_line(run.epochs, run.config),
        *chart_lines(run.epochs),
        *map(epoch_line, run.epochs),
    ]


def epoch_line(epoch: Epoch) -> str:
    return _(
        "epoch {number}: loss {loss}, accuracy {accuracy}, val_loss {val_loss}, val_accuracy {val_accuracy}"
    ).format(
        number=epoch.epoch,
        loss=figure(epoch.loss),
        accuracy=figure(epoch.accuracy),
        val_loss=figure(epoch.val_loss),
        val_accuracy=figure(epoch.val_accuracy),
    )


def network_lines(model: Model) -> list[str]:
    """A line for each layer, and the total."""
    lines = [
        f"{row.name}: {shape_text(row.output_shape)}, " + _("{count} parameters").format(count=f"{row.parameters:,}")
        for row in model.layers
    ]
    return [*lines, _("Total") + ": " + _("{count} parameters").format(count=f"{model.parameters:,}")]


def chart_lines(epochs: list[Epoch]) -> list[str]:
    """The two charts: the first and the last value of each curve, and the best epoch."""
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
