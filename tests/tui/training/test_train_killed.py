"""`cnn-tui train` killed at random moments, also while it writes, and resumed ends with the bits of an unbroken run."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_terminal import children
from small_runs import assert_same, in_folder

from cnncore.models import load_model
from cnncore.training.checkpoint import find_checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.runs import Run, list_runs, runs_folder
from cnncore.training.runs.folder import read_config

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks for processes in /proc")

EPOCHS = 30
OPTIONS = ["--limit", "120", "--batch-size", "15", "--dropout", "0.3", "--seed", "5"]


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CNN_TUI_DATA", str(tmp_path / "missing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def train(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tui", "train", "--plain", *arguments]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def writes() -> list[str]:
    """The files of runs that are being written, or were when it was killed."""
    return [str(path) for path in runs_folder().glob("*/**/.*.tmp*")]


def moments(chance: random.Random) -> Iterator[float]:
    """The waits until it is time to kill: after a while, or soon after a file is seen that is being written."""
    if chance.random() < 0.4:
        yield 0.2 + chance.random() * 1.5
        return
    before, skipped, seen = set(writes()), chance.randrange(6), set[str]()
    while len(seen) <= skipped:
        seen.update(set(writes()) - before)
        yield 0.0005
    yield chance.random() * 0.003


def runs_on(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def kill(child: subprocess.Popen[str], chance: random.Random) -> bool:
    """Kill `cnn-tui train`, with the process that trains or alone, unless it has ended. True if that met a write."""
    before = set(writes())
    for wait in moments(chance):
        if child.poll() is not None:
            break
        time.sleep(wait)
    both, trainers = chance.random() < 0.7, children(child.pid)
    with contextlib.suppress(ProcessLookupError):
        if both:
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    child.communicate(timeout=60)
    end = time.monotonic() + 60
    while any(map(runs_on, trainers)):  # without its parent it ends by itself, and keeps what it has
        assert time.monotonic() < end
        time.sleep(0.01)
    return both and bool(set(writes()) - before)


def assert_whole(run: Run) -> bool:
    """Every file of a killed run can be read. Returns True if the run is finished."""
    assert read_config(run.folder).epochs == EPOCHS
    assert run.state() in ("new", "running", "killed", "stopped", "finished")
    for path in set(run.folder.glob("**/*.keras")) - set(map(Path, writes())):
        assert load_model(path).count_params() == 243_786
    found = find_checkpoint(run.config.output)
    return found is not None and len(found[1].epochs) == EPOCHS


def lived(times: int, chance: random.Random) -> tuple[TrainConfig, int]:
    """A run that is killed some times and then left to end; with the number of its kills within a write."""
    arguments, met = [*OPTIONS, "--epochs", str(EPOCHS)], 0
    for _ in range(times):
        met += kill(train(*arguments), chance)
        if runs := list_runs():
            assert len(runs) == 1
            if assert_whole(runs[0]):
                return runs[0].config, met
            arguments = ["--resume", "latest"]
    child = train(*arguments)
    told, _ = child.communicate(timeout=120)
    assert child.returncode == 0, told
    assert f"{EPOCHS} of {EPOCHS} epochs" in told
    assert not writes()
    return list_runs()[0].config, met


def check(times: int, rounds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    never = in_folder(tmp_path, "never")
    child = train(*OPTIONS, "--epochs", str(EPOCHS), "--output", never.output, "--history", never.history)
    told, _ = child.communicate(timeout=120)
    assert child.returncode == 0, told
    met = 0
    for number in range(rounds):
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
            monkeypatch.setenv(name, str(tmp_path / f"{name}-{number}"))
        config, within = lived(times, random.Random())
        met += within
        assert_same(config, never)
    return met


def test_killed_and_resumed_it_ends_with_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(4, 1, tmp_path, monkeypatch)


@pytest.mark.slow
def test_killed_often_also_within_a_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(10, 3, tmp_path, monkeypatch) > 0
