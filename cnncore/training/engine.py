"""The interface between a training run and the engine that computes it.

The C core is one engine (`cnncore.training.core.engine`), Keras another (`cnncore.keras.engine`). An engine knows
nothing of events, folders, clocks or processes. It computes and calls its listener, which may end the run early by
raising `StopTraining`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from cnncore._dtypes import Array
from cnncore.training.checkpoint import Checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.events import LayerRow


class StopTraining(Exception):  # noqa: N818 - not an error
    """Raised by a listener to end the run. The model keeps its current weights and may be saved."""


class Listener(Protocol):
    """The receiver of an engine's progress. Epochs and batches count from 1."""

    def batch(self, epoch: int, batch: int, loss: float, accuracy: float) -> None:
        """Called after each training batch with the epoch's running means. May raise `StopTraining`."""

    def validating(self) -> None:
        """Called after each validation batch. May raise `StopTraining`."""

    def epoch(
        self, epoch: int, loss: float, accuracy: float, val_loss: float | None, val_accuracy: float | None
    ) -> None:
        """Called after each epoch and its validation. May raise `StopTraining`."""


class Engine(Protocol):
    """The engine of one run. Calls come in this order, in one thread: `start`, `build`, `fit`, perhaps `save` and
    `evaluate`."""

    slow_start: bool
    """True if `start` takes seconds, which a run then announces."""

    def start(self) -> None:
        """Prepare the engine, which may take seconds. Raises `MissingExtraError` if a dependency is missing."""

    def build(self, config: TrainConfig) -> tuple[LayerRow, ...]:
        """Build the network that `config` names, with seeded weights, and return its layers."""

    def fit(self, images: Array, labels: Array, config: TrainConfig, listener: Listener) -> None:
        """Train on images (N, H, W, C) float32 in 0..1 and labels (N,) integers, as Keras's `fit` does.

        The last `validation_split` of the images, before shuffling, is for validation; the rest is shuffled for each
        epoch. `StopTraining` passes through. Raises `MemoryError` if memory runs out.
        """

    def save(self, path: str) -> None:
        """Write the model to `path`, which ends in ".keras": after `build` with its initial weights, or trained."""

    def evaluate(
        self, images: Array, labels: Array, config: TrainConfig, after_batch: Callable[[], None]
    ) -> tuple[float, float]:
        """Return loss and accuracy on images and labels as in `fit`, in batches, with dropout off. `after_batch`
        is called after each; its `StopTraining` passes through."""


@runtime_checkable
class ResumableEngine(Engine, Protocol):
    """An engine whose runs can be resumed: `restore` comes between `build` and `fit`, which then goes on after the
    epochs of the checkpoint."""

    def save_checkpoint(self, path: str, checkpoint: Checkpoint) -> None:
        """Write the model as `save` does, with `checkpoint` and the position of the random stream."""

    def restore(self, path: str, checkpoint: Checkpoint) -> None:
        """Take over the model in `path`, and the state in `checkpoint`, read from it. Raises `CnnError`."""
