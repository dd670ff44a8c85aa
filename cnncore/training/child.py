"""A training run as a process of its own: `python -m cnncore.training.child CONFIG_JSON`.

Standard output carries one event as JSON per line and nothing else: before anything heavy is imported, file
descriptors 1 and 2 are pointed at a log file, because TensorFlow's C++ writes there whatever it is told. The log is
the file named by CNN_TUI_TRAIN_LOG, which is kept, or a temporary one. Its tail goes into `Failed.detail`.

SIGTERM or SIGINT ends the run after the batch at hand and saves what was trained; a second one ends the process at
once. It also ends when nobody reads it or its parent is gone. Exit status: 0 after `Finished`, 1 after `Failed`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from cnncore._files import is_there
from cnncore.errors import CnnError
from cnncore.keras._import import own_process
from cnncore.training.events import Event, Failed, Finished, Stage, to_json
from cnncore.training.files import left_behind

if TYPE_CHECKING:
    from cnncore.training.config import TrainConfig

LOG_VARIABLE = "CNN_TUI_TRAIN_LOG"
NICENESS = 5
"""The app that shows the run comes first."""
PARENT_CHECK_SECONDS = 0.5
_TAIL_BYTES = 4_000


class _Child:
    def __init__(self) -> None:
        self.output = os.dup(1)
        self.log = _open_log()
        for descriptor in (1, 2):
            os.dup2(self.log, descriptor)
        self.stopping = False
        self.importing = True
        self.config: TrainConfig | None = None

    def say(self, event: Event) -> None:
        """Writes one line; when nobody reads any more there is no reason to go on."""
        left = memoryview(to_json(event).encode() + b"\n")
        try:
            while left:
                left = left[os.write(self.output, left) :]
        except OSError:
            self.end()

    def end(self) -> NoReturn:
        """Leaves at once, with what was kept of the run in its place."""
        if self.config is not None:
            left_behind(self.config)
        os._exit(1)

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self.stopping:
            os._exit(128 + number)
        self.stopping = True
        if self.importing:  # an import can only be left by force, and there is nothing to save yet
            self.say(Finished(True, 0, 0.0))
            os._exit(0)

    def tail(self) -> str:
        """The end of what was written to descriptors 1 and 2."""
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        size = os.fstat(self.log).st_size
        os.lseek(self.log, max(0, size - _TAIL_BYTES), os.SEEK_SET)
        return os.read(self.log, _TAIL_BYTES).decode("utf-8", "replace").strip()

    def run(self, config_json: str) -> bool:
        """Says every event; whether the run finished."""
        from cnncore.training.config import TrainConfig
        from cnncore.training.run import run

        try:
            config = TrainConfig.from_json(config_json)
        except CnnError as error:
            self.say(Failed(error.template, error.values))
            return False
        except (ValueError, TypeError) as error:
            self.say(Failed("the configuration cannot be read: {reason}", {"reason": str(error)}))
            return False
        self.config = config
        last: Event | None = None
        for event in run(config, lambda: self.stopping):
            if isinstance(event, Stage) and event.stage != "import":
                self.importing = False
            last = event
            if isinstance(event, Failed) and (tail := self.tail()):
                last = replace(event, detail=f"{event.detail}\n{tail}".strip())
            self.say(last)
        return isinstance(last, Finished)


def _open_log() -> int:
    name = os.environ.get(LOG_VARIABLE)
    if name and not is_there(name, "other"):
        with contextlib.suppress(OSError, ValueError):
            return os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    try:
        descriptor, temporary = tempfile.mkstemp(prefix="cnn-tui-train-", suffix=".log")
    except OSError:  # no folder for temporary files: what Keras says is lost, the run is not
        return os.open(os.devnull, os.O_RDWR)
    with contextlib.suppress(OSError):  # an open file needs no name; Windows disagrees
        Path(temporary).unlink()
    return descriptor


def _end_with_parent(child: _Child) -> None:
    """Ends this process once another has become its parent: that is what happens when the parent dies."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    child.end()


def main(arguments: list[str]) -> int:
    own_process()
    child = _Child()
    faulthandler.enable(child.log)
    threading.Thread(target=_end_with_parent, args=(child,), name="parent", daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, child.on_signal)
        if len(arguments) != 1:
            child.say(Failed("one argument is needed: the configuration as JSON"))
            return 1
        return 0 if child.run(arguments[0]) else 1
    except BaseException as error:
        reason = f"{type(error).__name__}: {error}"
        child.say(Failed("training failed: {reason}", {"reason": reason}, child.tail()))
        return 1


if __name__ == "__main__":
    # Not sys.exit: TensorFlow's own way out takes a while.
    os._exit(main(sys.argv[1:]))
