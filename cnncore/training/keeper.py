"""The files of a run in progress: a checkpoint after its epochs, the model and the figures at its end.

A checkpoint is written after each epoch, so that a killed run loses only the epoch it was in. One that takes longer
than `CHEAP` seconds is written as often as the share `SHARE` of the time allows: the run then loses at most the last
1 / `SHARE` = 20 times the time of writing one, and the epoch it was in. In a run's own folder each checkpoint stays as
that of its epoch (`cnncore.training.runs.kept`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path

from cnncore._files import is_there, unwritable
from cnncore.errors import CnnError
from cnncore.runtime import isa
from cnncore.training.checkpoint import Checkpoint, check_same, find_checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.engine import Engine, ResumableEngine
from cnncore.training.events import Epoch
from cnncore.training.files import check_space, checkpoint_path, drop_checkpoint, drop_debris
from cnncore.training.history import write_history
from cnncore.training.runs import kept
from cnncore.training.runs.recorder import folder_of

CHEAP = 0.04
"""Seconds."""
SHARE = 0.05
"""The largest share of the time to spend on checkpoints that are not cheap."""
_BYTES_PER_PARAMETER = 12
"""float32 for the weight and for Adam's two moments."""
_BYTES_PER_SECOND = 100e6
"""The speed of a slow disk, an estimate until the first checkpoint is timed."""


class Keeper:
    """Keeps the run of `config` by `engine`. `images`: the fingerprint of what it learns from."""

    def __init__(self, engine: Engine, config: TrainConfig) -> None:
        self._engine, self._config = engine, config
        self._resumed: tuple[Path, Checkpoint] | None = None
        self.images = 0
        self._kept, self._takes = 0.0, 0.0
        self._folder = folder_of(config)

    def find(self) -> None:
        """Read the state of the run to go on with, if that is asked for. Raises `CnnError`."""
        if not self._config.resume:
            return
        if not isinstance(self._engine, ResumableEngine):
            raise CnnError("this engine cannot resume a run")
        output = self._config.output
        if self._folder is not None:
            drop_debris(self._folder)
        self._resumed = find_checkpoint(output)
        if self._resumed is not None:
            check_same(self._resumed[1], self._config)

    @property
    def done(self) -> tuple[Epoch, ...]:
        """The epochs that are done before this run."""
        return () if self._resumed is None else self._resumed[1].epochs

    @property
    def other_isa(self) -> str:
        """The instruction set of the epochs done before, if it is another than now: the last bits may then differ from
        those of a run that was never stopped. Else "", also where it was not written down."""
        before = "" if self._resumed is None or not self.done else self._resumed[1].isa
        return "" if before == isa() else before

    def begin(self, parameters: int) -> None:
        """Give the built network the state to go on from, or clear away what an earlier run left. Raises `CnnError`."""
        output, size = self._config.output, parameters * _BYTES_PER_PARAMETER
        self._takes = size / _BYTES_PER_SECOND
        if output:
            check_space(output, 2 * size)  # the weights are written to a file of their own, then into the model
        if self._resumed is not None and self.done:
            path, checkpoint = self._resumed
            if checkpoint.images != self.images:
                raise CnnError("the run cannot be resumed: its images have changed since")
            assert isinstance(self._engine, ResumableEngine)
            self._engine.restore(str(path), checkpoint)
        elif output:
            drop_checkpoint(output)
        if self._folder is not None:
            kept.begin(self._folder, len(self.done))
            if not self.done:
                self._keep_initial(self._folder)

    def epoch(self, epochs: Sequence[Epoch], now: float) -> float:
        """Write a checkpoint after an epoch, unless it would take too long. Returns the seconds that it took."""
        output = self._config.output
        if not output or (self._takes > CHEAP and now - self._kept < self._takes / SHARE):
            return 0.0
        begun = time.monotonic()
        with contextlib.suppress(Exception):  # the run continues; an error will be reported at its end
            self._save(str(checkpoint_path(output)), epochs)
            if self._folder is not None:
                kept.keep(checkpoint_path(output), self._folder, epochs)
        self._kept, self._takes = now, time.monotonic() - begun
        return self._takes

    def end(self, epochs: Sequence[Epoch], *, within: bool) -> None:
        """Write history and model; `within` an epoch the model is no state to go on from, so the checkpoint stays.

        The small history comes first, because it may fit on a disk that is too full for the model. Raises `CnnError`.
        """
        output, history = self._config.output, self._config.history
        if history:
            write_history(history, epochs)
        if not output:
            return
        try:
            if within:
                self._keep_state(output)
            self._save(output, () if within else epochs)
        except OSError as error:
            raise unwritable(output, error) from error
        if not within and self._folder is not None and epochs:
            kept.keep(Path(output), self._folder, epochs)
        if not within or not isinstance(self._engine, ResumableEngine):
            drop_checkpoint(output)

    def abandon(self) -> None:
        """Leave nothing behind that no run can go on from."""
        if self._config.output and not isinstance(self._engine, ResumableEngine):
            drop_checkpoint(self._config.output)

    def _keep_initial(self, folder: Path) -> None:
        """Keep the network as it is before the first epoch; a run that cannot is none the worse.

        Its time is no measure of the others: the first file also loads what writes files.
        """
        if kept.make_room(folder):
            with contextlib.suppress(Exception):
                self._save(str(kept.epoch_path(folder, 0)), ())

    def _keep_state(self, output: str) -> None:
        """Keep the state this run went on from, where it lies in the model that is replaced."""
        state = checkpoint_path(output)
        if self.done and not is_there(state, "file") and is_there(output, "file"):
            Path(output).replace(state)

    def _save(self, path: str, epochs: Sequence[Epoch]) -> None:
        if isinstance(self._engine, ResumableEngine):
            self._engine.save_checkpoint(path, Checkpoint(self._config, tuple(epochs), self.images))
        else:
            self._engine.save(path)
