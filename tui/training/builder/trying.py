"""The measured time of a training step: a trial in a thread, begun when the learner pauses, ended by the next edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

from textual.timer import Timer

from cnncore.training.architecture import Architecture
from cnncore.training.config import TrainConfig
from cnncore.training.cost import memory, trial
from tui.app.screen import FrameScreen
from tui.app.workers import start_worker
from tui.i18n import N_, _
from tui.training.builder.state import BuilderState
from tui.training.builder.words import memory_line, share_line, time_line

TRYING = N_("trying out a few steps...")
TOO_LARGE = N_("too large to be tried out: the time of an epoch is not known")
PAUSE = 0.6
"""Seconds without an edit before a trial begins."""


class Trying:
    """Measures for the screen `host`, and calls `done` when a time is known."""

    def __init__(self, host: FrameScreen, done: Callable[[], None]) -> None:
        self._host, self._done = host, done
        self._network: Architecture | None = None
        self._each: float | None = None
        self._unknown = ""
        """The reason why there is no time, as an English sentence to translate."""
        self._cancel = Event()
        self._timer: Timer | None = None

    def follow(self, state: BuilderState) -> None:
        """Give up the trial of any other network than that of `state`, and plan one for it."""
        if state.network == self._network:
            return
        self.stop()
        self._network, self._each = state.network, None
        self._unknown = TRYING
        if state.refusal is None:
            self._timer = self._host.set_timer(PAUSE, lambda: self._begin(state.accepted()))

    def stop(self) -> None:
        """End the trial; at most the step in progress is finished."""
        self._cancel.set()
        self._network = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _begin(self, config: TrainConfig) -> None:
        self._cancel = cancel = Event()

        def failed(sentence: str) -> None:
            if not cancel.is_set():
                self._unknown = ""
                self._host.say(sentence)

        start_worker(self._host, self._measure, config, cancel, thread=True, group="trial", failed=failed)

    def _measure(self, config: TrainConfig, cancel: Event) -> None:
        each = trial(config, cancel.is_set)
        if not cancel.is_set():
            self._host.app.call_from_thread(self._measured, each, cancel)

    def _measured(self, each: float | None, cancel: Event) -> None:
        if not cancel.is_set():
            self._each, self._unknown = each, TOO_LARGE
            self._done()

    def lines(self, state: BuilderState) -> Sequence[str]:
        """The cost in sentences."""
        if state.refusal is not None:
            return ()
        unknown = _(self._unknown) if self._unknown else ""
        takes = unknown if self._each is None else time_line(state, self._each)
        return tuple(filter(None, (share_line(state.rows), memory_line(memory(state.accepted())), takes)))
