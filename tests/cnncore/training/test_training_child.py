"""The real child with the real Keras on few drawn garments: a whole run, stopping, and the parent's death."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore.datasets.garments import garments
from cnncore.network import Network
from cnncore.training.config import EngineName, TrainConfig
from cnncore.training.events import EVENTS, Batch, Data, Epoch, Event, Failed, Finished, Model, Stage
from cnncore.training.history import read_history
from cnncore.training.run import run

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Drawn garments laid out as Fashion-MNIST is."""
    pytest.importorskip("keras")
    found = tmp_path_factory.mktemp("fashion")
    for part, count, start in (("train", 200, 0), ("t10k", 20, 1000)):
        images, labels = garments(count, start=start)
        head = struct.pack(">4I", 0x803, *images.shape)
        (found / f"{part}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        (found / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, count) + labels.tobytes())
    return str(found)


def start(config: TrainConfig | str, **options: Any) -> subprocess.Popen[str]:
    text = config if isinstance(config, str) else config.to_json()
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "cnncore.training.child", text],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def events_of(child: subprocess.Popen[str]) -> list[Event]:
    assert child.stdout is not None
    return [EVENTS.from_json(line) for line in child.stdout]


@pytest.mark.parametrize("engine", ["core", "keras"])
def test_a_whole_run(folder: str, tmp_path: Path, engine: EngineName) -> None:
    config = TrainConfig(
        engine=engine,
        data=folder, limit=200, epochs=1, batch_size=50, dropout=0.2,
        output=str(tmp_path / "m.keras"), history=str(tmp_path / "h.csv"),
    )  # fmt: skip
    with start(config) as child:
        events = events_of(child)
        assert child.wait(20) == 0
        assert child.stderr is not None
        assert child.stderr.read() == ""  # whatever TensorFlow says, it says into the log
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.stopped, last.epochs, last.model_path, last.history_path) == (
        False, 1, config.output, config.history,
    )  # fmt: skip
    data = next(e for e in events if isinstance(e, Data))
    assert (data.train_images, data.validation_images, data.substitute) == (150, 50, False)
    model = next(e for e in events if isinstance(e, Model))
    assert model.parameters == 243_786
    assert [e.batch for e in events if isinstance(e, Batch)][:1] == [1]
    epoch = next(e for e in events if isinstance(e, Epoch))
    (read,) = read_history(config.history)
    assert (read.loss, read.val_accuracy) == (epoch.loss, epoch.val_accuracy)
    network = Network.from_keras(config.output)
    assert [(row.name, row.parameters) for row in network.summary()] == [(r.name, r.parameters) for r in model.layers]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["h.csv", "m.keras"]


def test_sigterm_saves_and_ends(folder: str, tmp_path: Path) -> None:
    config = TrainConfig(
        data=folder, epochs=100_000, batch_size=10, output=str(tmp_path / "m.keras"), history=str(tmp_path / "h.csv")
    )
    with start(config) as child:
        assert child.stdout is not None
        events = []
        for line in child.stdout:
            events.append(EVENTS.from_json(line))
            if isinstance(events[-1], Epoch):
                break
        asked = time.monotonic()
        child.send_signal(signal.SIGTERM)
        events += events_of(child)
        took = time.monotonic() - asked
        assert child.wait(20) == 0
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.stopped
    assert last.epochs >= 1
    assert len(read_history(config.history)) == last.epochs
    assert Network.from_keras(config.output).parameters == 243_786
    assert took < 10  # under a second on a quiet machine


def test_sigterm_while_importing_ends_at_once(folder: str, tmp_path: Path) -> None:
    with start(TrainConfig(data=folder, output=str(tmp_path / "m.keras"), engine="keras")) as child:
        assert child.stdout is not None
        assert EVENTS.from_json(child.stdout.readline()) == Stage("import")
        child.send_signal(signal.SIGTERM)
        assert events_of(child)[-1] == Finished(True, 0, 0.0)
        assert child.wait(20) == 0
    assert not list(tmp_path.iterdir())


def test_what_is_wrong_is_a_sentence(folder: str, tmp_path: Path) -> None:
    for config, words in (
        ("{", "configuration cannot be read"),
        ('{"colour": 3}', "configuration cannot be read"),
        ('{"epochs": 0}', "epochs must be at least 1"),
        (TrainConfig(data=folder, output=str(tmp_path / "no" / "m.keras")), "there is no folder"),
    ):
        with start(config) as child:
            (failed,) = events_of(child)
            assert child.wait(20) == 1
        assert isinstance(failed, Failed)
        assert words in failed.message.format(**failed.values)


def test_without_keras_the_child_says_what_to_install(folder: str, tmp_path: Path) -> None:
    (tmp_path / "keras.py").write_text("raise ModuleNotFoundError('no keras', name='keras')\n")
    with start(TrainConfig(data=folder, engine="keras"), env={**os.environ, "PYTHONPATH": str(tmp_path)}) as child:
        events = events_of(child)
    assert events[0] == Stage("import")
    assert isinstance(events[1], Failed)
    assert 'pip install "cnn-tui[train]"' in events[1].message.format(**events[1].values)


@pytest.mark.skipif(sys.platform == "win32", reason="processes have no parents there")
@pytest.mark.parametrize("into", ["pipe", "file"])
def test_kill_9_of_the_parent_leaves_no_child(folder: str, into: str, tmp_path: Path) -> None:
    """Into a pipe its next write fails; into a file nothing fails, and it must notice by itself."""
    config = TrainConfig(data=folder, epochs=100_000)
    code = (
        "import os, subprocess, sys, time\n"
        "out = subprocess.PIPE if sys.argv[2] == 'pipe' else open(sys.argv[3], 'wb')\n"
        "child = subprocess.Popen([sys.executable, '-m', 'cnncore.training.child', sys.argv[1]], stdout=out)\n"
        "print(child.pid, flush=True)\n"
        "while out != subprocess.PIPE and not os.path.getsize(sys.argv[3]): time.sleep(0.01)\n"
        "if out == subprocess.PIPE: child.stdout.readline()\n"
        "print('going', flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, config.to_json(), into, str(tmp_path / "events")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == "going\n"
        parent.kill()
    deadline = time.monotonic() + 15
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid: int) -> bool:
    """Return True if a process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_the_run_is_what_keras_fit_gives_and_repeats(folder: str) -> None:
    keras = pytest.importorskip("keras")
    from cnncore.datasets.fashion_mnist import load_fashion
    from cnncore.keras.build import build

    config = TrainConfig(data=folder, limit=60, epochs=2, batch_size=20, dropout=0.3, seed=11, engine="keras")
    told = [[e for e in run(config) if isinstance(e, Epoch)] for _ in range(2)]
    assert [e.loss for e in told[0]] == pytest.approx([e.loss for e in told[1]], rel=1e-5)
    data = load_fashion(folder, limit=60)
    model = build(config)
    assert isinstance(model, keras.Sequential)
    x = data.train_images[..., None].astype(np.float32) / 255
    history = model.fit(x, data.train_labels, batch_size=20, epochs=2, validation_split=0.25, verbose=0).history
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert [getattr(e, name) for e in told[0]] == pytest.approx(history[name], rel=1e-4), name
