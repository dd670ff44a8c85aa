"""`cnn-tui train --plain`: a training run as lines of text, with a chart of characters at its end."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Sequence
from dataclasses import asdict

from cnncore._files import shown
from cnncore.errors import CnnError
from cnncore.keras._import import check_installed
from cnncore.training.config import TrainConfig
from cnncore.training.events import Batch, Data, Epoch, Event, Failed, Finished, Model, Stage, TrainBegin
from cnncore.training.runs import new_run
from cnncore.training.runs.folder import read_run
from cnncore.training.runs.recorder import folder_of
from tui.cli.console import DONE, FAILED, complain, say, say_json, table, width
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


def run(config: TrainConfig, *, command: Sequence[str] | None = None, as_json: bool = False, name: str = "") -> int:
    """Train and return the exit status: 0 done, 1 failed, 128 + the signal's number if a signal stopped it.

    With `as_json` every event is printed as a line of JSON, and nothing else.
    """
    if config.engine == "keras":
        check_installed()
    if not config.output and not config.history:
        # The model is saved where the app looks for it.
        config = new_run(config, name=name).config
    elif name:
        _name_again(config, name)
    return asyncio.run(_run(TrainingClient(config, command=command), as_json=as_json))


def _name_again(config: TrainConfig, name: str) -> None:
    """Name a run that is resumed. Raises `CnnError` for one without a folder of its own."""
    folder = folder_of(config)
    if folder is None:
        raise CnnError("{path} is no run in the folder of runs, so it cannot be named", path=shown(config.output))
    read_run(folder).renamed(name)


async def _run(client: TrainingClient, *, as_json: bool) -> int:
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
    tell = _tell_json if as_json else _Teller(run).tell
    try:
        async for event in client.events():
            run.apply(event)
            tell(event)
    finally:
        await client.close()
    if isinstance(run.end, Failed):
        complain(end_line(run.end, run.total_epochs))
        for line in file_lines(run.files):
            complain(line)
        return FAILED
    return 128 + got[0] if got else DONE


def _tell_json(event: Event) -> None:
    say_json({"kind": type(event).__name__, **asdict(event)}, indent=None)


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
    """Return the figures of an epoch, and its time."""
    return f"{figures_line(epoch, epochs)}  {duration(epoch.seconds)}"


def figures_line(epoch: Epoch, epochs: int) -> str:
    """Return the figures of an epoch under Keras's names."""
    line = _("epoch {epoch}/{epochs}").format(epoch=f"{epoch.epoch:>{len(str(epochs))}}", epochs=epochs)
    line += f"  loss {figure(epoch.loss)}  accuracy {figure(epoch.accuracy)}"
    if epoch.val_loss is not None or epoch.val_accuracy is not None:
        line += f"  val_loss {figure(epoch.val_loss)}  val_accuracy {figure(epoch.val_accuracy)}"
    return line
