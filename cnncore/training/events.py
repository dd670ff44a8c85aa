"""What a training run says, as small frozen messages. One event is one line of JSON.

The same events come from the generator in this process (`run`), from the child process that owns Keras (`child`), and
reach the terminal app and the plain mode alike. A sentence is a template with its values, so that the reader's side can
translate it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

StageName: TypeAlias = Literal["import", "data", "build", "train", "save"]


@dataclass(frozen=True, slots=True)
class Stage:
    """The run has turned to something else, which may take seconds."""

    stage: StageName


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage other than training is: `done` of `total` in `unit` (images, bytes); total 0 when unknown."""

    stage: StageName
    done: int
    total: int
    unit: str


@dataclass(frozen=True, slots=True)
class Data:
    """What is trained on. `substitute` means the drawn garments took the place of what was asked for, and `reason`
    (a template) with `values` says why."""

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
    """Training starts: how many epochs, and how many batches each has."""

    epochs: int
    batches: int
    batch_size: int


@dataclass(frozen=True, slots=True)
class Batch:
    """After a batch. `epoch` and `batch` count from 1; loss and accuracy are the epoch's running means, as Keras shows
    them. A later `Batch` replaces an earlier one that was not yet drawn. Seconds are since training began; `remaining`
    is the estimate for the whole run."""

    epoch: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    elapsed: float
    remaining: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch is over. Names are Keras's; the validation figures are None without a validation part."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over and what it leaves behind is on disk. `stopped` means a person or a callback ended it early, and
    `epochs` counts the finished ones. `model_path` and `history_path` are empty when nothing was written."""

    stopped: bool
    epochs: int
    seconds: float
    model_path: str = ""
    history_path: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The run could not go on: a sentence (a template with its values), and a detail for those who want one.

    What was kept nevertheless: `model_path`, the model as it was after an earlier epoch, and `history_path`, the
    figures of the finished epochs; "" for what was not.
    """

    message: str
    values: dict[str, Any] = field(default_factory=dict)
    detail: str = ""
    model_path: str = ""
    history_path: str = ""


Event: TypeAlias = Stage | Progress | Data | Model | TrainBegin | Batch | Epoch | Finished | Failed

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Stage, Progress, Data, Model, TrainBegin, Batch, Epoch, Finished, Failed)
}


def to_json(event: Event) -> str:
    """One line, without the newline. NaN and infinity are written as JSON extensions that `from_json` reads."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}, ensure_ascii=True, default=str)


def from_json(line: str) -> Event:
    """The event of one line. Raises `ValueError` for a line that is none."""
    try:
        fields = json.loads(line)
        kind = _KINDS[fields.pop("event")]
        if kind is Model:
            rows = tuple(
                LayerRow(r["name"], r["kind"], tuple(r["output_shape"]), r["parameters"]) for r in fields["layers"]
            )
            return Model(rows, fields["parameters"])
        if kind is Data:
            fields["image_shape"] = tuple(fields["image_shape"])
            fields["classes"] = tuple(fields["classes"])
        event: Event = kind(**fields)
        return event
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(f"not an event: {line[:200]!r}") from error
