"""`run.json` in a run's folder: its name, its state, when it ran, by which versions on which machine, and its test.

Written when the folder is made, when training starts and when it ends, each time as a whole. A run that was killed
still says "running"; that no process holds its folder tells the difference.
"""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from cnncore._arguments import described, text
from cnncore._files import is_there, read_text, shown, write_text
from cnncore.errors import CnnError
from cnncore.training.events import Tested
from cnncore.training.runs.names import RECORD

State: TypeAlias = Literal["", "new", "running", "finished", "stopped", "failed", "killed"]
"""The state of a run; "" if its folder does not tell."""
FORMAT = 1
_MOST_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Record:
    """The facts about a run that are not in its configuration. Times are local, in ISO 8601 with the offset; "" if
    unknown. `engine` is the one that computed it, "core" or "keras"."""

    name: str = ""
    state: State = ""
    started: str = ""
    ended: str = ""
    engine: str = ""
    seed: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    test_loss: float | None = None
    test_accuracy: float | None = None
    test_images: int = 0

    def tested(self, test: Tested) -> Record:
        return replace(self, test_loss=test.loss, test_accuracy=test.accuracy, test_images=test.images)


def checked_name(name: str) -> str:
    """The name without blanks around it; "" for none. Raises `CnnError` unless it has at most 60 characters, all
    printable."""
    stripped = text(name, "name").strip()
    if len(stripped) > _MOST_CHARACTERS or not stripped.isprintable():
        raise CnnError(
            "{name} is {value}; it must have 1 to {most} printable characters",
            name="name",
            value=described(name),
            most=_MOST_CHARACTERS,
        )
    return stripped


def read_record(folder: Path) -> Record:
    """The record of the run in `folder`; an empty one for a run of an older version. Raises `CnnError`.

    Fields that this version does not know are passed over.
    """
    path = folder / RECORD
    if not is_there(path, "file"):
        return Record()
    try:
        plain = json.loads(read_text(path))
        known = {one.name: plain[one.name] for one in fields(Record) if one.name in plain}
        record = Record(**known)
        checked_name(record.name)
        for value in (record.state, record.started, record.ended, record.engine):
            text(value, "value")
        dict(record.versions), dict(record.machine)
        for figure in (record.test_loss, record.test_accuracy, record.test_images):
            if figure is not None and not isinstance(figure, int | float):
                raise TypeError
    except (ValueError, TypeError, RecursionError) as error:
        raise CnnError("{path} is damaged: it holds no record of a run", path=shown(path)) from error
    return record


def write_record(folder: Path, record: Record) -> None:
    """Replace the record of the run in `folder`. Raises `CnnError` if it cannot be written."""
    plain = {"format": FORMAT, **asdict(record)}
    write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", folder / RECORD)


def now_text() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def versions(engine: str) -> dict[str, str]:
    """The versions of what computes a run: cnn-tui, Python, numpy; TensorFlow and Keras only where they are used."""
    from importlib.metadata import PackageNotFoundError, version

    names = ("cnn-tui", "numpy", *(("tensorflow", "keras") if engine == "keras" else ()))
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def machine() -> dict[str, Any]:
    """The processor, the instruction set in force and the number of threads."""
    from cnncore.runtime import get_num_threads, isa  # loads the C library, which a list of runs does not need

    return {"processor": _processor(), "instruction_set": isa(), "threads": get_num_threads()}


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:  # not Linux
        pass
    return platform.processor() or platform.machine()
