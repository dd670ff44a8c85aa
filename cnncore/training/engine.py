"""The engine interface: all that a training run needs of whatever computes it.

Keras is one engine (`cnncore.keras.engine`). An engine knows nothing of events, folders, clocks or processes: it
computes and calls its listener, which may end the run early by raising `StopTraining`.
"""

from __future__ import annotations

from typing import Protocol

from cnncore._dtypes import Array
from cnncore.training.config import TrainConfig
from cnncore.training.events import LayerRow


class StopTraining(Exception):  # noqa: N818 - not an error
    """Raised by a listener to end the run here. The model keeps what it has learned and may be saved."""


class Listener(Protocol):
    """The receiver of an engine's progress. Epochs and batches count from 1."""

    def batch(self, epoch: int, batch: int, loss: float, accuracy: float) -> None:
        """After each training batch; the figures are the epoch's running means. May raise `StopTraining`."""

    def validating(self) -> None:
        """After each batch of validation. May raise `StopTraining`."""

    def epoch(
        self, epoch: int, loss: float, accuracy: float, val_loss: float | None, val_accuracy: float | None
    ) -> None:
        """After each epoch and its validation. May raise `StopTraining`."""


class Engine(Protocol):
    """One run: `start`, `build`, `fit`, then perhaps `save`, in this order and in one thread."""

    def start(self) -> None:
        """Prepares the engine, which may take seconds. Raises `MissingExtraError` where something is not installed."""

    def build(self, config: TrainConfig) -> tuple[LayerRow, ...]:
        """Builds the network that `config` names, with seeded weights, and returns its layers."""

    def fit(self, images: Array, labels: Array, config: TrainConfig, listener: Listener) -> None:
        """Trains on images (N, H, W, C) float32 in 0..1 and labels (N,) integers, as Keras's `fit` does.

        The last `validation_split` of the images, before any shuffling, is for validation; the rest is shuffled for
        each epoch. Lets `StopTraining` pass through. Raises `MemoryError` where memory does not suffice.
        """

    def save(self, path: str) -> None:
        """Writes the trained model to `path`, which ends in ".keras"."""
