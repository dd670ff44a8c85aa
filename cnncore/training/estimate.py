"""The time left in a run, estimated from the batches and validations so far."""

from __future__ import annotations

from collections import deque

_RECENT = 200
"""The number of latest batches to average: steady, yet quick to follow a machine that becomes busy."""


class Estimate:
    """Estimates the seconds left from the end of each batch and epoch, in seconds since training began.

    `done` epochs and `begun` seconds of a resumed run lie before the first batch here. That batch is not counted,
    because most of its time is set-up. Until a validation has been timed, one of its images is assumed to cost a third
    of a training image: a forward pass without the backward one, which costs about twice as much.
    """

    def __init__(
        self,
        *,
        epochs: int,
        batches: int,
        train_images: int,
        validation_images: int,
        done: int = 0,
        begun: float = 0.0,
    ) -> None:
        self._epochs, self._batches, self._done = epochs, batches, done
        self._validation_batches = batches * validation_images / train_images
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._validation: float | None = None
        self._last = begun
        self._first = 0.0

    def batch(self, epoch: int, batch: int, now: float) -> None:
        if epoch == self._done + 1 and batch == 1:
            self._first = now - self._last
        else:
            self._recent.append(now - self._last)
        self._last = now

    def epoch(self, now: float) -> None:
        self._validation = now - self._last
        self._last = now

    def remaining(self, epoch: int, batch: int) -> float:
        """Return the seconds from the end of `batch` of `epoch` to the end of training."""
        each = sum(self._recent) / len(self._recent) if self._recent else self._first
        validation = self._validation_batches * each / 3 if self._validation is None else self._validation
        batches = (self._epochs - epoch) * self._batches + self._batches - batch
        return batches * each + (self._epochs - epoch + 1) * validation
