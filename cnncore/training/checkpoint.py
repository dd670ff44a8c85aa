"""The state of a run, kept in its `.keras` file beside the model, from which it can go on to the same bits.

The file is an ordinary model with its optimizer's state; one more member, `cnn_tui_run.json`, holds the rest. Keras
passes over it. As all of it is one file that is replaced at once, weights and state always belong together.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cnncore._dtypes import Array
from cnncore._files import is_there, shown
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import Epoch
from cnncore.training.files import checkpoint_path

MEMBER = "cnn_tui_run.json"
_MOST_BYTES = 64 * 2**20
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run after its finished epochs.

    `images` is the fingerprint of what it learns from; `random` the position of the engine's random stream, which
    orders the images and drops values; `isa` the instruction set of the C core that it was trained with, "" if it was
    not written down. Without epochs the model in the file is not at the beginning of one, and the run begins again.
    """

    config: TrainConfig
    epochs: tuple[Epoch, ...] = ()
    images: int = 0
    random: Mapping[str, Any] | None = None
    isa: str = ""

    def members(self) -> dict[str, bytes]:
        """The member of the `.keras` file."""
        return {MEMBER: json.dumps({"format": _FORMAT, **asdict(self)}).encode()}

    @property
    def finished(self) -> bool:
        """True if nothing is left to do: all epochs are done, or the last reached the accuracy that ends the run."""
        if not self.epochs:
            return False
        limit = self.config.stop_at_accuracy
        return len(self.epochs) >= self.config.epochs or bool(limit and self.epochs[-1].accuracy >= limit)


def read_checkpoint(path: Path) -> Checkpoint | None:
    """The checkpoint in a `.keras` file; None for a file without one. Raises `CnnError` for a damaged file."""
    from cnncore.keras_file.file import read_member

    content = read_member(path, MEMBER, _MOST_BYTES)
    if content is None:
        return None
    try:
        fields = json.loads(content)
        if fields.pop("format") != _FORMAT:
            raise ValueError("another format")
        return Checkpoint(
            TrainConfig(**fields.pop("config")), tuple(Epoch(**epoch) for epoch in fields.pop("epochs")), **fields
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, CnnError) as error:
        raise CnnError(
            "{path} cannot be resumed: the state of the run in it is damaged, or from another version of cnn-tui",
            path=shown(path),
        ) from error


def find_checkpoint(output: str) -> tuple[Path, Checkpoint] | None:
    """The file with the latest state of the run that writes `output`; None if it has written no file yet.

    Raises `CnnError` for damaged files, and for a model without a state.
    """
    found: list[tuple[Path, Checkpoint]] = []
    kept, model = checkpoint_path(output), Path(output)
    if is_there(kept, "file") and (state := read_checkpoint(kept)) is not None:
        found.append((kept, state))
    if is_there(model, "file"):
        try:
            state = read_checkpoint(model)
        except CnnError:
            if not found:
                raise
            state = None
        if state is not None:
            found.append((model, state))
        elif not found:
            raise CnnError(
                "{path} holds no state of a run, so it cannot be resumed: only runs of the C core keep one",
                path=shown(model),
            )
    return max(found, key=lambda one: len(one[1].epochs), default=None)


def check_same(checkpoint: Checkpoint, config: TrainConfig) -> None:
    """Raise `CnnError` unless `config` has the options of the run, but perhaps another number of epochs."""
    free = {"epochs": 1, "output": "", "history": "", "engine": "auto", "resume": False}
    then, now = (asdict(replace(one, **free)) for one in (checkpoint.config, config))  # type: ignore[arg-type]
    for name, value in now.items():
        if value != then[name]:
            raise CnnError(
                "{name} is {value}; in the run to resume it is {needs}", name=name, value=value, needs=then[name]
            )


def fingerprint(images: Array, labels: Array) -> int:
    """A number that differs for other images or labels (CRC-32)."""
    return zlib.crc32(np.ascontiguousarray(labels).data, zlib.crc32(np.ascontiguousarray(images).data))
