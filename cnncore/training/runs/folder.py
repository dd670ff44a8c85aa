"""The folders of training runs, which by default contain their files, and the list of earlier runs.

    <user data>/cnn-tui/runs/20250131-142501-fashion/
        config.json     the configuration
        run.json        name, state, times, versions, machine, test (`record`)
        events.jsonl    what happened (`log`)
        history.csv     loss and accuracy of each epoch
        model.keras     the trained model
        epochs/         the network after each epoch (`kept`)

A run's id is its folder's name; the name that its user gives it is apart from that. Runs of older versions have only
`config.json`, `history.csv` and `model.keras`. Any other folder there is left alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cnncore._files import is_there, list_folder, read_text, shown, unwritable, write_text
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import Epoch
from cnncore.training.history import read_history
from cnncore.training.runs.kept import epoch_paths
from cnncore.training.runs.lock import is_held
from cnncore.training.runs.names import CONFIG, EVENTS_FILE, HISTORY, MODEL, RECORD
from cnncore.training.runs.record import Record, State, checked_name, now_text, read_record, write_record

FORMAT = 1
"""Of `config.json`. Older ones say none."""
_STAMP = "%Y%m%d-%H%M%S"


@dataclass(frozen=True, slots=True)
class Run:
    """One run's folder. `config.output` and `config.history` name the files inside it."""

    folder: Path
    config: TrainConfig
    started: datetime
    record: Record = field(default_factory=Record)

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def name(self) -> str:
        """The name that its user gave it; "" for none."""
        return self.record.name

    @property
    def model_path(self) -> Path | None:
        """The file of the trained model; None until it is saved."""
        return path if is_there(path := self.folder / MODEL, "file") else None

    @property
    def history_path(self) -> Path | None:
        return path if is_there(path := self.folder / HISTORY, "file") else None

    @property
    def events_path(self) -> Path | None:
        return path if is_there(path := self.folder / EVENTS_FILE, "file") else None

    def history(self) -> tuple[Epoch, ...]:
        """Return the finished epochs; none if the file is missing. Raises `CnnError` if it is damaged."""
        return read_history(path) if (path := self.history_path) else ()

    def epoch_paths(self) -> dict[int, Path]:
        """Return the files of the kept epochs by their number, in order; 0 has the initial weights."""
        return epoch_paths(self.folder)

    @property
    def in_progress(self) -> bool:
        """True if a process trains it now."""
        return is_held(self.folder)

    def state(self) -> State:
        """The state it is in. One of an older version, which did not record it, is judged by its files; "" if they do
        not tell. Raises `CnnError` for a damaged history."""
        if self.in_progress:
            return "running"
        if self.record.state:
            return "killed" if self.record.state == "running" else self.record.state
        if self.model_path is None:
            return "killed" if self.history_path else ""
        return "finished" if len(self.history()) >= self.config.epochs else "stopped"

    def renamed(self, name: str) -> Run:
        """Give it another name, "" for none, on disk too. Raises `CnnError`."""
        record = replace(read_record(self.folder), name=checked_name(name))
        write_record(self.folder, record)
        return replace(self, record=record)


def runs_folder() -> Path:
    """Return the folder of all runs, which may not exist yet."""
    from platformdirs import user_data_path

    return user_data_path("cnn-tui", appauthor=False) / "runs"


def new_run(config: TrainConfig, root: Path | None = None, *, now: datetime | None = None, name: str = "") -> Run:
    """Create a folder for a run of `config`, named after the time `now`, with its output and history in it.

    `name` is its user's own. Raises `CnnError` if the folder cannot be created, and for a name that is too long.
    """
    root = runs_folder() if root is None else root
    record = Record(checked_name(name), "new", seed=config.seed)
    started = (now or datetime.now()).replace(microsecond=0)
    folder = new_folder(root, f"{started.strftime(_STAMP)}-{config.network}")
    record = replace(record, started=now_text() if now is None else now.astimezone().isoformat(timespec="seconds"))
    write_config(folder, config)
    write_record(folder, record)
    return Run(folder, in_folder(config, folder), started, record)


def new_folder(root: Path, name: str) -> Path:
    """Create a folder in `root` with this name, or with a number behind it if there is one. Raises `CnnError`."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        count = 1
        while True:
            folder = root / (name if count == 1 else f"{name}-{count}")
            try:
                folder.mkdir()
                return folder
            except FileExistsError:
                count += 1
    except OSError as error:
        raise unwritable(root, error) from error


def in_folder(config: TrainConfig, folder: Path) -> TrainConfig:
    """`config` with its files in `folder`."""
    return replace(config, output=str(folder / MODEL), history=str(folder / HISTORY))


def write_config(folder: Path, config: TrainConfig) -> None:
    """Write `config.json`. Its files are named without the folder, which can be moved. Raises `CnnError`."""
    config = replace(config, output=MODEL, history=HISTORY, resume=False)
    plain = {"format": FORMAT, **json.loads(config.to_json())}
    write_text(json.dumps(plain, ensure_ascii=False) + "\n", folder / CONFIG)


def read_config(folder: Path) -> TrainConfig:
    """The configuration of the run in `folder`, wherever the folder is now. Raises `CnnError` for what is no run."""
    path = folder / CONFIG
    if not is_there(path, "file"):
        raise CnnError("{folder} is not the folder of a run: it has no {name}", folder=shown(folder), name=CONFIG)
    try:
        plain: Any = json.loads(read_text(path))
        if plain.pop("format", FORMAT) != FORMAT:
            raise CnnError("{path} is from a newer version of cnn-tui, which is needed to read it", path=shown(path))
        return in_folder(TrainConfig(**plain), folder)
    except CnnError as error:
        if error.values.get("path"):  # it names the file
            raise
        raise CnnError("{path} is damaged: {reason}", path=shown(path), reason=error) from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CnnError("{path} is damaged: it holds no options of a run", path=shown(path)) from error


def read_run(folder: Path) -> Run:
    """The run in `folder`, even if the folder has been moved or renamed. Raises `CnnError` for what is no run."""
    config, record = read_config(folder), read_record(folder)
    try:
        started = datetime.strptime(folder.name[:15], _STAMP)
    except ValueError as error:
        try:
            started = datetime.fromisoformat(record.started).replace(tzinfo=None)
        except ValueError:
            raise CnnError(
                "{folder} is not the folder of a run: neither its name nor its {name} says when it began",
                folder=shown(folder),
                name=RECORD,
            ) from error
    return Run(folder, config, started, record)


def all_runs(root: Path | None = None) -> tuple[tuple[Run, ...], tuple[CnnError, ...]]:
    """The runs in `root`, the newest first, and for every other folder there the reason why it is none."""
    root = runs_folder() if root is None else root
    runs, others = [], []
    try:
        folders = [path for path in list_folder(root) if path.name[0] != "." and is_there(path, "folder")]
    except CnnError:
        return (), ()
    for folder in folders:
        try:
            runs.append(read_run(folder))
        except CnnError as error:
            others.append(error)
    runs.sort(key=lambda run: (run.started, len(run.folder.name), run.folder.name), reverse=True)
    return tuple(runs), tuple(others)


def list_runs(root: Path | None = None) -> tuple[Run, ...]:
    """Return all runs, the newest first. Other folders are passed over."""
    return all_runs(root)[0]


def latest(root: Path | None = None) -> Run | None:
    """Return the newest run with a model, or None."""
    return next((run for run in list_runs(root) if run.model_path is not None), None)
