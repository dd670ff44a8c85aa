"""A training run as a process of its own: `python -m cnncore.training.child CONFIG_JSON`.

Standard output carries one event as JSON per line and nothing else. Other output on descriptors 1 and 2, such as
TensorFlow's, goes to a log: the file named by CNN_TUI_TRAIN_LOG, which is kept, or a temporary one. `Failed.detail` is
its last part.

SIGTERM or SIGINT ends the run after the current batch and saves the model; a second one ends the process at once. The
process also ends when the reader closes the pipe or the parent dies. Exit status: 0 after `Finished`, 1 after `Failed`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import NoReturn

from cnncore._files import is_there
from cnncore.child.process import Output, be_nice, known_failure, reason
from cnncore.keras._import import own_process
from cnncore.training.config import TrainConfig
from cnncore.training.events import Event, Failed, Finished, Stage
from cnncore.training.files import keep_checkpoint

LOG_VARIABLE = "CNN_TUI_TRAIN_LOG"
_TAIL_BYTES = 4_000


class _Child:
    def __init__(self) -> None:
        self.log = _open_log()
        self.output = Output(self.leave, log=self.log)
        self.stopping = False
        self.importing = True
        self.config: TrainConfig | None = None

    def leave(self) -> NoReturn:
        """End the process at once; the checkpoint of the run becomes its model."""
        if self.config is not None:
            keep_checkpoint(self.config)
        os._exit(1)

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self.stopping:
            os._exit(128 + number)
        self.stopping = True
        if self.importing:  # an import cannot be interrupted, and there is nothing to save yet
            self.output.say(Finished(True, 0, 0.0))
            os._exit(0)

    def tail(self) -> str:
        """Return the last output on descriptors 1 and 2."""
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        size = os.fstat(self.log).st_size
        os.lseek(self.log, max(0, size - _TAIL_BYTES), os.SEEK_SET)
        return os.read(self.log, _TAIL_BYTES).decode("utf-8", "replace").strip()

    def read(self, config_json: str) -> TrainConfig | None:
        """Return the configuration; None after a `Failed` message if it is invalid."""
        try:
            return TrainConfig.from_json(config_json)
        except (ValueError, TypeError) as error:
            self.output.say(
                known_failure(error)
                or Failed("the configuration cannot be read: {reason}", {"reason": str(error)})
            )  # fmt: skip
            return None

    def run(self, config: TrainConfig) -> bool:
        """Send every event of the run. Returns True if it finished."""
        from cnncore.training.run import (
            run,
        )  # loads numpy and the data sets, so only after the log and the signals are set up

        self.config = config
        last: Event | None = None
        for event in run(config, lambda: self.stopping):
            if isinstance(event, Stage) and event.stage != "import":
                self.importing = False
            last = event
            if isinstance(event, Failed) and (tail := self.tail()):
                last = replace(event, detail=f"{event.detail}\n{tail}".strip())
            self.output.say(last)
        return isinstance(last, Finished)


def _open_log() -> int:
    name = os.environ.get(LOG_VARIABLE)
    if name and not is_there(name, "other"):
        with contextlib.suppress(OSError, ValueError):
            return os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    try:
        descriptor, temporary = tempfile.mkstemp(prefix="cnn-tui-train-", suffix=".log")
    except OSError:  # without a folder for temporary files that output is lost, but the run goes on
        return os.open(os.devnull, os.O_RDWR)
    with contextlib.suppress(OSError):  # an open file needs no name, except on Windows
        Path(temporary).unlink()
    return descriptor


def main(arguments: list[str]) -> int:
    own_process()
    child = _Child()
    faulthandler.enable(child.log)
    child.output.end_with_app()
    be_nice()
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, child.on_signal)
        if len(arguments) != 1:
            child.output.say(Failed("one argument is needed: the configuration as JSON"))
            return 1
        config = child.read(arguments[0])
        return 0 if config is not None and child.run(config) else 1
    except BaseException as error:
        child.output.say(Failed("training failed: {reason}", reason(error), child.tail()))
        return 1


if __name__ == "__main__":
    # Not sys.exit, because TensorFlow's exit handlers are slow.
    os._exit(main(sys.argv[1:]))
