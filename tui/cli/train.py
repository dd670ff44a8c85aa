"""`cnn-tui train --plain`: a training run as lines of text, with a chart of characters at its end."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Sequence

from cnncore.keras._import import check_installed
from cnncore.training.config import TrainConfig
from cnncore.training.events import Batch, Data, Epoch, Event, Failed, Finished, Model, Stage, TrainBegin
from cnncore.training.runs import new_run
from tui.cli.console import DONE, FAILED, complain, say, table, width
from tui.drawing.chart import plain_text
from tui.i18n import _
from tui.i18n.words import duration, figure, shape_text
from tui.training.chart import training_chart
from tui.training.client import TrainingClient
from tui.training.run_state import RunState
from tui.training.words import STAGES, batch_line, best_epoch, bits_line, data_lines, end_line, file_lines, gap_line

EVERY = 5.0
"""Seconds between lines of progress within an epoch."""
SAME_KEY = 1.0
"""Signals less than this many seconds apart count as one: our parent may pass on a Ctrl+C that the terminal already
sent us."""


def run(config: TrainConfig, *, command: Sequence[str] | None = None) -> int:
    """Train and return the exit status: 0 done, 1 failed, 128 + the signal's number if a signal stopped it."""
    if config.engine == "keras":
        check_installed()
    if not config.output and not config.history:
        # The model is saved where the app looks for it.
        config = new_run(config).config
    return asyncio.run(_run(TrainingClient(config, command=command)))


async def _run(client: TrainingClient) -> int:
    got: list[int] = []
    first = 0.0

    def on_signal(number: int) -> None:
        nonlocal first
        if not got:
            first = time.monotonic()
            complain(_("Stopping and saving the model; Ctrl+C again stops at once"))
        elif time.monotonic() - first < SAME_KEY:
            return
        got.append(number)
        client.stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, on_signal, number)
    run = RunState(client.config)
    teller = _Teller(run)
    try:
        async for event in client.events():
            run.apply(event)
            teller.tell(event)
    finally:
        await client.close()
    if isinstance(run.end, Failed):
        complain(end_line(run.end, run.total_epochs))
        for line in file_lines(run.files):
            complain(line)
        return FAILED
    return 128 + got[0] if got else DONE


class _Teller:
    """Prints the events that a reader needs, and limits the lines of progress."""

    def __init__(self, run: RunState) -> None:
        self._run = run
        self._said = time.monotonic()

    def tell(self, event: Event) -> None:
        run = self._run
        match event:
            case Stage():
                say(_(STAGES[event.stage]))
            case Data():
                for line in data_lines(event):
                    say("  " + line)
            case Model():
                say()
                for line in model_table(event):
                    say("  " + line)
                say()
            case TrainBegin():
                self._said = time.monotonic()
                if event.done:
                    say(_("Resuming after epoch {done} of {epochs}").format(done=event.done, epochs=event.epochs))
                if bits := bits_line(event):
                    say(bits)
            case Batch() if time.monotonic() - self._said >= EVERY:
                self._said = time.monotonic()
                say(
                    f"  {batch_line(event, run.total_epochs)}"
                    f"  loss {figure(event.loss)}  accuracy {figure(event.accuracy)}"
                )
            case Epoch():
                self._said = time.monotonic()
                say(epoch_line(event, run.total_epochs))
            case Finished():
                self._finished(event)

    def _finished(self, event: Finished) -> None:
        run = self._run
        if run.epochs:
            say()
            say(plain_text(training_chart(run, "accuracy", min(width(), 90), 18, zoom=len(run.epochs) > 1)))
            say()
            say(gap_line(run.epochs, run.config))
            best = best_epoch(run.epochs)
            if best is not None and best.val_accuracy is not None:
                say(
                    _("Best validation accuracy: {value}, after epoch {epoch}").format(
                        value=figure(best.val_accuracy), epoch=best.epoch
                    )
                )
        if run.tested is not None:
            say(
                _("Test accuracy: {value}, on {count} images not used in training").format(
                    value=figure(run.tested.accuracy), count=f"{run.tested.images:,}"
                )
            )
        say(end_line(event, run.total_epochs))
        for line in file_lines(event):
            say(line)


def model_table(model: Model) -> list[str]:
    """Return the network, a line for each layer, and its total of parameters."""
    rows = [[row.name, row.kind, shape_text(row.output_shape), f"{row.parameters:,}"] for row in model.layers]
    rows.append([_("Total"), "", "", f"{model.parameters:,}"])
    return table([_("Layer"), _("Kind"), _("Output shape"), _("Parameters")], rows, right=(2, 3))


def epoch_line(epoch: Epoch, epochs: int) -> str:
    """Return the figures of an epoch under Keras's names."""
    line = _("epoch {epoch}/{epochs}").format(epoch=f"{epoch.epoch:>{len(str(epochs))}}", epochs=epochs)
    line += f"  loss {figure(epoch.loss)}  accuracy {figure(epoch.accuracy)}"
    if epoch.val_loss is not None or epoch.val_accuracy is not None:
        line += f"  val_loss {figure(epoch.val_loss)}  val_accuracy {figure(epoch.val_accuracy)}"
    return f"{line}  {duration(epoch.seconds)}"
