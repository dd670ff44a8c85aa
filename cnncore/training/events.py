"""The events of a training run, as small frozen messages of one line each (`cnncore.child.messages`).

The generator (`run`) and the child process that trains (`child`) produce the same events, for the terminal app and
for the plain mode. `Stage.stage` is one of "import", "data", "build", "train", "save", "test".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cnncore.child.messages import Failed, Messages, Progress, Stage

__all__ = [
    "EVENTS", "Batch", "Data", "Epoch", "Event", "Failed", "Finished", "Kept", "LayerRow", "Model", "Progress", "Stage",
    "Tested", "TrainBegin",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Data:
    """The images to train on. `substitute` is True if drawn garments replace the requested images; `reason`, a
    template, and `values` say why."""

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
    """One row of the summary. `output_shape` is without the batch."""

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
    """Training starts: the number of epochs, and of batches in each. In a resumed run `done` epochs are done already;
    an `Epoch` for each of them follows. `other_isa` is the instruction set of their training, "" if it is the one of
    now: with another the last bits may differ."""

    epochs: int
    batches: int
    batch_size: int
    done: int = 0
    other_isa: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A finished batch. `epoch` and `batch` count from 1. Loss and accuracy are the epoch's running means, as in Keras.
    A `Batch` replaces an earlier one that is still unread. `elapsed` is the number of seconds since training began,
    `remaining` the estimated number to the end of the run."""

    epoch: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    elapsed: float
    remaining: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """A finished epoch, with Keras's names. The validation figures are None without validation images."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Tested:
    """The trained network on the test images, of which nothing was learned, measured once after the last epoch."""

    loss: float
    accuracy: float
    images: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of a run that is about to fail: the model after an earlier epoch, and the figures of the finished
    epochs. "" if there is no such file."""

    model_path: str = ""
    history_path: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over and its files are on disk. `stopped` is True if the user or a callback ended it early.
    `epochs` is the number of finished epochs. `model_path` and `history_path` are "" if nothing was written."""

    stopped: bool
    epochs: int
    seconds: float
    model_path: str = ""
    history_path: str = ""


Event: TypeAlias = Stage | Progress | Data | Model | TrainBegin | Batch | Epoch | Tested | Kept | Finished | Failed
EVENTS: Messages[Event] = Messages(
    Stage, Progress, Data, Model, TrainBegin, Batch, Epoch, Tested, Kept, ends=(Finished, Failed)
)  # fmt: skip
