"""A training child that is killed at random moments and resumed ends with the bits of one that never was."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from small_runs import OPTIONS, assert_same, drawn_garments, in_folder

from cnncore.models import load_model
from cnncore.training.checkpoint import find_checkpoint, read_checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.events import EVENTS, Batch, Epoch, Event, Finished
from cnncore.training.history import read_history
from cnncore.training.resume import resume_config
from cnncore.training.run import run
from cnncore.training.runs import Run, new_run
from cnncore.training.runs.folder import read_run
from cnncore.training.runs.log import read_events
from cnncore.training.runs.names import CONFIG, EPOCHS, EVENTS_FILE, HISTORY, MODEL, RECORD

ALL_FILES = sorted([CONFIG, EPOCHS, EVENTS_FILE, HISTORY, MODEL, RECORD])


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    drawn_garments(monkeypatch, tmp_path_factory)


def start(config: TrainConfig) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "cnncore.training.child", config.to_json()]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


def kill_within(config: TrainConfig, chance: random.Random) -> list[Event]:
    """Start the child of `config`, kill or stop it at a random moment, and return what it told."""
    events: list[Event] = []
    wanted, pause = chance.choice([-1, 0, 1, 1, 2, 2]), chance.random() * 0.05
    with start(config) as child:
        assert child.stdout is not None
        told = 0
        for line in child.stdout:
            events.append(EVENTS.from_json(line))
            told += isinstance(events[-1], Batch)
            if told > wanted:
                time.sleep(pause)
                break
        child.send_signal(chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
        child.communicate(timeout=20)
        assert child.returncode in (-signal.SIGKILL, 0)
    return events


def assert_whole(folder: Path) -> int:
    """Every file of a killed run can be read; returns its finished epochs."""
    config = in_folder(folder, "model")
    assert read_run(folder).config.output == config.output
    for path in (*folder.iterdir(), *(folder / EPOCHS).glob("*")):
        if path.name.endswith(".keras") and ".tmp" not in path.name:
            assert load_model(path).count_params() == 243_786
    history = folder / "history.csv"
    told = len(read_history(history)) if history.exists() else 0
    found = find_checkpoint(config.output)
    kept = len(found[1].epochs) if found is not None else 0
    assert kept <= told
    run = read_run(folder)
    assert run.state() in ("new", "running", "killed", "stopped", "finished")
    logged = [one.event for one in read_events(run.events_path)] if run.events_path else []
    assert {event.epoch for event in logged if isinstance(event, Epoch)} >= set(range(1, told + 1))
    return kept


def assert_epochs(run: Run) -> None:
    """Each kept epoch holds as many epochs as its name says."""
    paths = run.epoch_paths()
    assert {0, 10} <= set(paths) <= set(range(11))
    for epoch, path in paths.items():
        checkpoint = read_checkpoint(path)
        assert checkpoint is not None
        assert len(checkpoint.epochs) == epoch


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_at_random_moments_it_ends_with_the_same_bits(tmp_path: Path) -> None:
    options = replace(OPTIONS, epochs=10)
    never = in_folder(tmp_path, "never", options)
    assert isinstance(list(run(never))[-1], Finished)
    lived = new_run(options, tmp_path / "runs")
    config, done = lived.config, []
    chance = random.Random()
    for _ in range(6):
        kill_within(config, chance)
        done.append(assert_whole(lived.folder))
        if done[-1] >= options.epochs - 1:
            break
        config = resume_config(str(lived.folder))
        assert config.resume
    assert done == sorted(done)
    with start(replace(config, resume=True)) as child:
        assert child.stdout is not None
        last = [EVENTS.from_json(line) for line in child.stdout][-1]
    assert isinstance(last, Finished)
    assert last.epochs == 10
    assert_same(config, never)
    assert sorted(path.name for path in lived.folder.iterdir()) == ALL_FILES
    assert read_run(lived.folder).state() == "finished"
    assert_epochs(read_run(lived.folder))
