"""The state of one training run: its events, folded in order by `apply`. The screen and the plain mode read it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnncore.training.config import TrainConfig
from cnncore.training.events import (
    Batch,
    Data,
    Epoch,
    Event,
    Failed,
    Finished,
    Kept,
    Model,
    Progress,
    Stage,
    Tested,
    TrainBegin,
)

POINTS_PER_EPOCH = 200
"""The number of batches of an epoch that the chart keeps: their figures are running means, so little is lost."""

Point = tuple[float, float]


@dataclass(slots=True)
class RunState:
    """The state of one run of `config`. A curve is a list of points (epochs since the start, value)."""

    config: TrainConfig
    stage: str | None = None
    progress: Progress | None = None
    data: Data | None = None
    model: Model | None = None
    plan: TrainBegin | None = None
    batch: Batch | None = None
    epochs: list[Epoch] = field(default_factory=list)
    tested: Tested | None = None
    kept: Kept | None = None
    end: Finished | Failed | None = None
    accuracy: list[Point] = field(default_factory=list)
    loss: list[Point] = field(default_factory=list)
    val_accuracy: list[Point] = field(default_factory=list)
    val_loss: list[Point] = field(default_factory=list)

    def apply(self, event: Event) -> None:
        """Fold the next event into the state."""
        match event:
            case Stage():
                self.stage, self.progress = event.stage, None
            case Progress():
                self.progress = event
            case Data():
                self.data = event
            case Model():
                self.model = event
            case TrainBegin():
                self.plan = event
            case Batch():
                self.batch = event
                self._batch(event)
            case Epoch():
                self._epoch(event)
            case Tested():
                self.tested = event
            case Kept():
                self.kept = event
            case Finished() | Failed():
                self.end = event

    def _batch(self, event: Batch) -> None:
        every = max(1, event.batches // POINTS_PER_EPOCH)
        if event.batch % every == 0 or event.batch == event.batches:
            x = event.epoch - 1 + event.batch / max(1, event.batches)
            self.accuracy.append((x, event.accuracy))
            self.loss.append((x, event.loss))

    def _epoch(self, event: Epoch) -> None:
        self.epochs.append(event)
        x = float(event.epoch)
        # The epoch's own figures are the last running means: they replace those of a last batch that was not sent.
        for curve, value in ((self.accuracy, event.accuracy), (self.loss, event.loss)):
            if not curve or curve[-1][0] < x:
                curve.append((x, value))
        if event.val_accuracy is not None:
            self.val_accuracy.append((x, event.val_accuracy))
        if event.val_loss is not None:
            self.val_loss.append((x, event.val_loss))

    @property
    def running(self) -> bool:
        return self.end is None

    @property
    def elapsed(self) -> float:
        """Seconds since training began, up to the last event: validation takes its time after the last batch."""
        return max(self.batch.elapsed if self.batch else 0.0, sum(epoch.seconds for epoch in self.epochs))

    @property
    def files(self) -> Finished | Kept | None:
        """The event that names the files of a run that has ended; None if there are none."""
        return self.end if isinstance(self.end, Finished) else self.kept

    @property
    def total_epochs(self) -> int:
        return self.plan.epochs if self.plan else self.config.epochs
