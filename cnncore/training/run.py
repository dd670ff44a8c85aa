"""A training run as a generator of events.

    for event in run(TrainConfig(epochs=1)):
        print(event)

The order is Stage import, data (Progress ..., Data), build (Model), train (TrainBegin, then Batch ... and Epoch for
each epoch), save, test (Tested), Finished; a run that is stopped is not tested. An error becomes a `Failed` as the last
event, after a `Kept` if training had begun; the generator never raises. A thread does the work, so that a slow reader
does not slow it down.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import astuple

from cnncore._dtypes import Array
from cnncore._files import check_writable
from cnncore.errors import CnnError
from cnncore.training import data
from cnncore.training.checkpoint import fingerprint
from cnncore.training.config import TrainConfig
from cnncore.training.engine import Engine, StopTraining
from cnncore.training.estimate import Estimate
from cnncore.training.events import (
    Batch,
    Data,
    Epoch,
    Event,
    Failed,
    Finished,
    Model,
    Progress,
    Stage,
    Tested,
    TrainBegin,
)
from cnncore.training.files import keep_checkpoint
from cnncore.training.history import write_history
from cnncore.training.keeper import Keeper
from cnncore.training.mailbox import Mailbox
from cnncore.training.runs.lock import alone_in
from cnncore.training.runs.recorder import Recorder

BATCH_EVENTS_PER_SECOND = 20


def run(
    config: TrainConfig, should_stop: Callable[[], bool] = lambda: False, *, engine: Engine | None = None
) -> Iterator[Event]:
    """Train as `config` says, and yield the events as they happen: at most 20 batches a second, but always the first
    and the last of an epoch.

    `should_stop` is called in another thread after every batch of training and validation. When it returns True, the
    run ends and the model is saved. Closing the generator also ends the run, without saving; a checkpoint to go on from
    stays. `engine` defaults to the one that `config` names. With `config.resume` the run goes on from its last
    checkpoint (`cnncore.training.resume`).
    """
    if engine is None:
        engine = engine_of(config)
    mailbox, abandoned = Mailbox(), threading.Event()
    work = _Run(config, engine, mailbox.put, lambda: abandoned.is_set() or should_stop(), abandoned)

    def everything() -> None:
        try:
            mailbox.put(work.outcome())
        finally:
            mailbox.close()

    thread = threading.Thread(target=everything, name="training", daemon=True)
    thread.start()
    try:
        while (event := mailbox.get()) is not None:
            yield event
    finally:
        abandoned.set()
        thread.join()


def engine_of(config: TrainConfig) -> Engine:
    """The engine that `config` names. Nothing of it is loaded before it starts."""
    if config.engine == "keras":
        from cnncore.keras.engine import KerasEngine

        return KerasEngine()
    from cnncore.training.core.engine import CoreEngine

    return CoreEngine()


class _Run:
    """The run in the worker thread. `say` receives its events; `stop` returns True to end it; `abandoned` is set when
    the generator was closed."""

    def __init__(
        self,
        config: TrainConfig,
        engine: Engine,
        say: Callable[[Event], None],
        stop: Callable[[], bool],
        abandoned: threading.Event,
    ) -> None:
        self.config, self.engine, self._tell, self._stop, self._abandoned = config, engine, say, stop, abandoned
        self.begun = 0.0
        self.keeper, self._recorder = Keeper(engine, config), Recorder(config)
        self.epochs: list[Epoch] = []
        self._test: tuple[Array, Array] | None = None
        self.trained = False
        self.reached = False
        """True if an epoch reached the accuracy that ends the run."""
        self.within = False
        """True within an epoch, between its first batch and its end."""

    def outcome(self) -> Finished | Failed:
        """Do the run and return its last event."""
        end = self._outcome()
        if isinstance(end, Failed) and self.trained and any(astuple(kept := keep_checkpoint(self.config))):
            self.say(kept)
        failed = isinstance(end, Failed)
        self._recorder.end(end, "failed" if failed else "stopped" if self._is_stopped(end) else "finished")
        return end

    def say(self, event: Event) -> None:
        self._recorder.event(event)
        self._tell(event)

    def _is_stopped(self, end: Finished | Failed) -> bool:
        """True if somebody ended the run; a callback that does so finishes it."""
        return isinstance(end, Finished) and end.stopped and not self.reached

    def _outcome(self) -> Finished | Failed:
        try:
            with alone_in(self.config.output):
                self._recorder.begin()
                return self._all()
        except CnnError as error:
            return Failed(error.template, error.values, traceback.format_exc())
        except MemoryError:
            return Failed(
                "there is not enough memory for this run: use a smaller batch_size, fewer images, or the network "
                "'fashion'",
                {},
                traceback.format_exc(),
            )
        except BaseException as error:
            reason = f"{type(error).__name__}: {error}".strip().splitlines()[0][:300]
            return Failed("training failed: {reason}", {"reason": reason}, traceback.format_exc())

    def check_stop(self) -> None:
        if self._stop():
            raise StopTraining

    def elapsed(self) -> float:
        return time.monotonic() - self.begun if self.begun else 0.0

    def _all(self) -> Finished:
        config = self.config
        if config.output and not config.output.endswith(".keras"):
            raise CnnError("{path} is not a .keras file; the name of a model must end in .keras", path=config.output)
        for path in filter(None, (config.output, config.history)):
            check_writable(path)
        stopped = False
        try:
            self._prepare_and_train()
        except StopTraining:
            stopped = True
        seconds = self.elapsed()
        if self._abandoned.is_set():
            self.keeper.abandon()
        if not self.trained or self._abandoned.is_set():
            return Finished(stopped, len(self.epochs), seconds)
        if config.output or config.history:
            self.say(Stage("save"))
        self.keeper.end(self.epochs, within=self.within)
        if not stopped or self.reached:
            self._measure()
        return Finished(stopped, len(self.epochs), seconds, config.output, config.history)

    def _measure(self) -> None:
        """Measure the network on the test images. Whoever stops that ends a run that is finished already."""
        if self._test is None or not len(self._test[1]):
            return
        images, labels = self._test
        with contextlib.suppress(StopTraining):
            self._enter(Stage("test"))
            inputs = data.prepared(images, normalize=self.config.normalize)
            loss, accuracy = self.engine.evaluate(inputs, labels, self.config, self.check_stop)
            self.say(Tested(loss, accuracy, len(labels)))

    def _prepare_and_train(self) -> None:
        config, engine = self.config, self.engine
        self.keeper.find()
        if engine.slow_start:
            self._enter(Stage("import"))
        engine.start()
        self._enter(Stage("data"))
        dataset = data.load(config, self._progress)
        data.check(dataset, config)
        train, validation = data.split(len(dataset.train_images), config)
        self.say(
            Data(
                dataset.source,
                train,
                validation,
                (*dataset.train_images.shape[1:], 1),
                dataset.classes,
                dataset.substitute,
                dataset.reason,
                dataset.values,
            )
        )
        self._enter(Stage("build"))
        layers = engine.build(config)
        model = Model(layers, sum(layer.parameters for layer in layers))
        self.say(model)
        self.keeper.images = fingerprint(dataset.train_images, dataset.train_labels)
        self.keeper.begin(model.parameters)
        self._enter(Stage("train"))
        images, labels = data.prepared(dataset.train_images, normalize=config.normalize), dataset.train_labels
        self._test = dataset.test_images, dataset.test_labels
        del dataset
        batches = math.ceil(train / config.batch_size)
        done, seconds = self.keeper.done, sum(epoch.seconds for epoch in self.keeper.done)
        self.say(TrainBegin(config.epochs, batches, config.batch_size, len(done), self.keeper.other_isa))
        for epoch in done:
            self.epochs.append(epoch)
            self.say(epoch)
        self.begun = time.monotonic() - seconds
        estimate = Estimate(
            epochs=config.epochs,
            batches=batches,
            train_images=train,
            validation_images=validation,
            done=len(done),
            begun=seconds,
        )
        engine.fit(images, labels, config, _Listener(self, batches, estimate))

    def _enter(self, stage: Stage) -> None:
        self.check_stop()
        self.say(stage)

    def _progress(self, done: int, total: int, unit: str) -> None:
        self.check_stop()
        self.say(Progress("data", done, total, unit))

    def keep(self) -> None:
        """Write a checkpoint. The clock is stopped meanwhile, so that the epoch does not seem longer."""
        self.begun += self.keeper.epoch(self.epochs, self.elapsed())


class _Listener:
    """Turns the engine's calls into events, and ends the run on request."""

    def __init__(self, run: _Run, batches: int, estimate: Estimate) -> None:
        self._run, self._batches, self._estimate = run, batches, estimate
        self._said = -1.0
        self._held: tuple[int, float, float, float] | None = None
        self._first = len(run.epochs) + 1
        self._epoch_begun = run.elapsed()

    def batch(self, epoch: int, batch: int, loss: float, accuracy: float) -> None:
        if not math.isfinite(loss):  # the C core has refused it already
            raise CnnError(
                "the loss is no longer a number in epoch {epoch}, batch {batch}: most often the learning rate is too "
                "large, or the pixels are not divided by 255",
                epoch=epoch,
                batch=batch,
            )
        self._run.trained = self._run.within = True
        now = self._run.elapsed()
        self._estimate.batch(epoch, batch, now)
        if self._held is not None:
            held, self._held = self._held, None
            self._say(self._first, *held)
        if epoch == self._first and batch == 1 < self._batches:
            # The first batch is reported with the second, because only then is the time of a batch known.
            self._held = batch, loss, accuracy, now
        elif batch in (1, self._batches) or now - self._said >= 1 / BATCH_EVENTS_PER_SECOND:
            self._said = now
            self._say(epoch, batch, loss, accuracy, now)
        self._run.check_stop()

    def _say(self, epoch: int, batch: int, loss: float, accuracy: float, now: float) -> None:
        remaining = self._estimate.remaining(epoch, batch)
        self._run.say(Batch(epoch, batch, self._batches, loss, accuracy, now, remaining))

    def validating(self) -> None:
        self._run.check_stop()

    def epoch(
        self, epoch: int, loss: float, accuracy: float, val_loss: float | None, val_accuracy: float | None
    ) -> None:
        now, config = self._run.elapsed(), self._run.config
        self._estimate.epoch(now)
        done = Epoch(epoch, loss, accuracy, val_loss, val_accuracy, now - self._epoch_begun)
        self._epoch_begun = now
        self._run.within = False
        self._run.epochs.append(done)
        self._run.say(done)
        if config.history:
            # Written after every epoch; only the last time reports an error.
            with contextlib.suppress(CnnError):
                write_history(config.history, self._run.epochs)
        if epoch < config.epochs:
            self._run.keep()
        if config.stop_at_accuracy and accuracy >= config.stop_at_accuracy and epoch < config.epochs:
            self._run.reached = True
            raise StopTraining
