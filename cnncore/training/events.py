"""The events of a training run, as small frozen messages of one line each (`cnncore.child.messages`).

The same events come from the generator in this process (`run`) and from the child process that owns Keras (`child`),
and reach the terminal app and the plain mode alike. `Stage.stage` is one of "import", "data", "build", "train", "save".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cnncore.child.messages import Failed, Messages, Progress, Stage

__all__ = [
    "EVENTS", "Batch", "Data", "Epoch", "Event", "Failed", "Finished", "Kept", "LayerRow", "Model", "Progress", "Stage",
    "TrainBegin",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Data:
    """The images to train on. `substitute` says that drawn garments replace what was asked for, and `reason` (a
    template) with `values` why."""

    source: str
    train_images: int
    validation_images: int
    image_shape: tuple[int, ...]
    classes: tuple[str, ...]
    substitute: bool = False
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One row of the summary. `output_shape` leaves the batch out."""

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, slots=True)
class Model:
    """The network as built."""

    layers: tuple[LayerRow, ...]
    parameters: int


@dataclass(frozen=True, slots=True)
class TrainBegin:
    """Training starts: the number of epochs, and of batches in each."""

    epochs: int
    batches: int
    batch_size: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A finished batch. `epoch` and `batch` count from 1; loss and accuracy are the epoch's running means, as Keras has
    them. A later `Batch` replaces an earlier one that was not yet drawn. `elapsed` counts the seconds since training
    began; `remaining` is the estimate for the whole run."""

    epoch: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    elapsed: float
    remaining: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """A finished epoch, with Keras's names; the validation figures are None where nothing is held out."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of a run that is about to fail: the model as it was after an earlier epoch, and the figures of the
    finished epochs; "" where there is none."""

    model_path: str = ""
    history_path: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over and its files are on disk. `stopped` means a person or a callback ended it early, and `epochs`
    counts the finished ones. `model_path` and `history_path` are empty when nothing was written."""

    stopped: bool
    epochs: int
    seconds: float
    model_path: str = ""
    history_path: str = ""


Event: TypeAlias = Stage | Progress | Data | Model | TrainBegin | Batch | Epoch | Kept | Finished | Failed
EVENTS: Messages[Event] = Messages(
    Stage, Progress, Data, Model, TrainBegin, Batch, Epoch, Kept, ends=(Finished, Failed)
)  # fmt: skip
