"""How long a run still takes, from how long its batches and validations took."""

from __future__ import annotations

from collections import deque

_RECENT = 200
"""Batches that count: enough to be steady, few enough to follow a machine that gets busy."""


class Estimate:
    """Told of each batch's and epoch's end, in seconds since training began; says the seconds that remain.

    The first batch of all is not counted, since most of its time is setting up. Until a validation has been timed, its
    images are taken to cost a third of training's: forward, without the way back that costs about twice as much.
    """

    def __init__(self, *, epochs: int, batches: int, train_images: int, validation_images: int) -> None:
        self._epochs, self._batches = epochs, batches
        self._validation_batches = batches * validation_images / train_images
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._validation: float | None = None
        self._last = 0.0
        self._first = 0.0

    def batch(self, epoch: int, batch: int, now: float) -> None:
        if epoch == 1 and batch == 1:
            self._first = now
        else:
            self._recent.append(now - self._last)
        self._last = now

    def epoch(self, now: float) -> None:
        self._validation = now - self._last
        self._last = now

    def remaining(self, epoch: int, batch: int) -> float:
        """Seconds from the end of `batch` of `epoch` to the end of training."""
        each = sum(self._recent) / len(self._recent) if self._recent else self._first
        validation = self._validation_batches * each / 3 if self._validation is None else self._validation
        batches = (self._epochs - epoch) * self._batches + self._batches - batch
        return batches * each + (self._epochs - epoch + 1) * validation
