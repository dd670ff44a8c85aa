"""The run as a generator, with an engine that computes nothing: order, stopping, failing, files. Without Keras."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncore.datasets.dataset import Dataset
from cnncore.errors import CnnError, MissingExtraError
from cnncore.training import data
from cnncore.training import events as ev
from cnncore.training.config import TrainConfig
from cnncore.training.engine import Listener
from cnncore.training.estimate import Estimate
from cnncore.training.events import (
    Batch,
    Data,
    Epoch,
    Event,
    Failed,
    Finished,
    Kept,
    LayerRow,
    Model,
    Progress,
    Stage,
    TrainBegin,
)
from cnncore.training.history import read_history
from cnncore.training.mailbox import Mailbox
from cnncore.training.run import run

CONFIG = TrainConfig(epochs=3, batch_size=10)


class Engine:
    """Goes through the motions of 75 + 25 images; `at` is called with (epoch, batch) before each batch."""

    slow_start = True

    def __init__(self, at: Callable[[int, int], None] = lambda _e, _b: None, pause: float = 0.0) -> None:
        self.at, self.pause = at, pause
        self.saved: list[str] = []
        self.images: Any = None

    def start(self) -> None:
        pass

    def build(self, config: TrainConfig) -> tuple[LayerRow, ...]:
        assert config
        return (LayerRow("dense", "Dense", (10,), 30),)

    def fit(self, images: Any, labels: Any, config: TrainConfig, listener: Listener) -> None:
        self.images = images
        train, validation = data.split(len(labels), config)
        for epoch in range(1, config.epochs + 1):
            for batch in range(1, -(-train // config.batch_size) + 1):
                self.at(epoch, batch)
                time.sleep(self.pause)
                listener.batch(epoch, batch, 1 / batch, batch / 100)
            if validation:
                listener.validating()
            listener.epoch(epoch, 1 / epoch, epoch / 10, 2 / epoch if validation else None, 0.5 if validation else None)

    def evaluate(
        self, images: Any, labels: Any, config: TrainConfig, after_batch: Callable[[], None]
    ) -> tuple[float, float]:
        assert images.shape == (1, 28, 28, 1)
        assert config.batch_size == 10
        after_batch()
        return 0.25, float(labels[0] == 0)

    def save(self, path: str) -> None:
        self.saved.append(path)
        Path(path).write_bytes(b"model")


@pytest.fixture(autouse=True)
def images(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)

    def load(config: TrainConfig, progress: Callable[[int, int, str], None]) -> Dataset:
        count = config.limit or 100
        progress(1, 2, "images")
        x, y = random.integers(0, 256, (count, 28, 28), np.uint8), (np.arange(count) % 10).astype(np.uint8)
        return Dataset("made up", x, y, x[:1], y[:1], tuple("abcdefghij"))

    monkeypatch.setattr(data, "load", load)


def only(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_everything_comes_in_order(tmp_path: Path) -> None:
    config = replace(CONFIG, output=str(tmp_path / "m.keras"), history=str(tmp_path / "h.csv"))
    engine = Engine()
    events = list(run(config, engine=engine))
    kinds = [event for event in events if not isinstance(event, Batch | Epoch)]
    assert kinds[:-1] == [
        Stage("import"),
        Stage("data"),
        Progress("data", 1, 2, "images"),
        Data("made up", 75, 25, (28, 28, 1), tuple("abcdefghij")),
        Stage("build"),
        Model((LayerRow("dense", "Dense", (10,), 30),), 30),
        Stage("train"),
        TrainBegin(3, 8, 10),
        Stage("save"),
        Stage("test"),
        ev.Tested(0.25, 1.0, 1),
    ]
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.stopped, last.epochs, last.model_path, last.history_path) == (
        False, 3, config.output, config.history,
    )  # fmt: skip
    epochs = only(events, Epoch)
    assert [(e.epoch, e.accuracy, e.val_loss) for e in epochs] == [(1, 0.1, 2), (2, 0.2, 1), (3, 0.3, 2 / 3)]
    assert [replace(e, seconds=0.0) for e in epochs] == list(read_history(config.history))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["h.csv", "m.keras"]
    assert engine.images.shape == (100, 28, 28, 1)
    assert engine.images.dtype == np.float32
    assert (engine.images.min(), engine.images.max()) == (0, 1)


def test_batches_are_told_seldom_but_first_and_last_always() -> None:
    batches = only(list(run(TrainConfig(epochs=2, batch_size=1), engine=Engine(pause=0.002))), Batch)
    for epoch in (1, 2):
        told = [b.batch for b in batches if b.epoch == epoch]
        assert told[0] == 1
        assert told[-1] == 75
        assert told == sorted(set(told))
        assert len(told) < 20
    assert all(b.remaining >= 0 for b in batches)
    assert batches[-1].remaining < 0.2
    assert [b.elapsed for b in batches] == sorted(b.elapsed for b in batches)


def test_a_slow_reader_holds_nothing_up_and_misses_no_epoch() -> None:
    reader = run(replace(CONFIG, epochs=10), engine=Engine(pause=0.001))
    events = [next(reader)]
    time.sleep(0.3)
    assert not any(t.name == "training" and t.is_alive() for t in threading.enumerate())
    events += reader
    assert [e.epoch for e in only(events, Epoch)] == list(range(1, 11))
    assert {b.batch for b in only(events, Batch) if b.epoch == 4} == {1, 8}


def test_stopping_saves_what_was_trained(tmp_path: Path) -> None:
    stop = threading.Event()
    config = replace(CONFIG, output=str(tmp_path / "m.keras"), history=str(tmp_path / "h.csv"))
    begun = []

    def at(epoch: int, batch: int) -> None:
        begun.append((epoch, batch))
        if (epoch, batch) == (2, 3):
            stop.set()

    engine = Engine(at)
    events = list(run(config, stop.is_set, engine=engine))
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.stopped, last.epochs, last.model_path) == (True, 1, config.output)
    assert begun[-1] == (2, 3)
    assert engine.saved[-1] == config.output
    assert len(read_history(config.history)) == 1
    assert not only(events, ev.Tested)


def test_stopped_before_the_first_batch_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(b"precious")
    events = list(run(replace(CONFIG, output=str(path)), lambda: True, engine=Engine()))
    assert events == [Finished(True, 0, 0.0)]
    assert path.read_bytes() == b"precious"


def test_accuracy_can_end_it() -> None:
    events = list(run(replace(CONFIG, stop_at_accuracy=0.2), engine=Engine()))
    assert only(events, ev.Tested) == [ev.Tested(0.25, 1.0, 1)]
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.stopped, last.epochs) == (True, 2)
    last = list(run(replace(CONFIG, stop_at_accuracy=0.3), engine=Engine()))[-1]
    assert isinstance(last, Finished)
    assert (last.stopped, last.epochs) == (False, 3)


def test_abandoning_the_generator_ends_the_thread_and_saves_nothing(tmp_path: Path) -> None:
    engine = Engine(pause=0.01)
    reader = run(replace(CONFIG, epochs=1000, output=str(tmp_path / "m.keras")), engine=engine)
    assert isinstance(reader, Iterator)
    for event in itertools.islice(reader, 12):
        assert event
    reader.close()  # type: ignore[attr-defined]
    assert not any(t.name == "training" for t in threading.enumerate())
    assert str(tmp_path / "m.keras") not in engine.saved
    assert not any(tmp_path.iterdir())


def test_the_model_of_an_epoch_before_is_kept_where_the_run_fails(tmp_path: Path) -> None:
    def at(epoch: int, _batch: int) -> None:
        if epoch == 3:
            raise RuntimeError("the machine is on fire")

    config = replace(CONFIG, output=str(tmp_path / "m.keras"), history=str(tmp_path / "h.csv"))
    *_earlier, kept, last = run(config, engine=Engine(at, pause=0.001))
    assert isinstance(last, Failed)
    assert kept == Kept(config.output, config.history)
    assert Path(config.output).read_bytes() == b"model"
    assert len(read_history(config.history)) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h.csv", "m.keras"]


def test_keeping_the_model_costs_no_more_than_its_share(tmp_path: Path) -> None:
    class Slow(Engine):
        def save(self, path: str) -> None:
            time.sleep(0.05)
            super().save(path)

    engine = Slow(pause=0.001)
    config = replace(CONFIG, epochs=8, output=str(tmp_path / "m.keras"))
    last = list(run(config, engine=engine))[-1]
    assert isinstance(last, Finished)
    assert engine.saved[-1] == config.output
    # Of 8 epochs of 8 ms each, whose model takes 50: kept once at the most, after which it is known to be slow.
    assert len(engine.saved) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["m.keras"]


def test_an_engine_without_a_state_cannot_resume(tmp_path: Path) -> None:
    config = replace(CONFIG, output=str(tmp_path / "m.keras"), resume=True)
    assert sentence(failure(config)) == "this engine cannot resume a run"


def failure(config: TrainConfig = CONFIG, engine: Engine | None = None) -> Failed:
    events = list(run(config, engine=engine or Engine()))
    last = events[-1]
    assert isinstance(last, Failed)
    assert len(only(events, Failed)) == 1
    return last


def sentence(failed: Failed) -> str:
    return failed.message.format(**failed.values) if failed.values else failed.message


def raising(error: BaseException) -> Engine:
    def at(_epoch: int, batch: int) -> None:
        if batch == 2:
            raise error

    return Engine(at)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "not enough memory"),
        (MissingExtraError('needs Keras: pip install "{extra}"', extra="x"), 'pip install "x"'),
        (RuntimeError("of {braces}\nand more"), "training failed: RuntimeError: of {braces}"),
        (SystemExit(3), "training failed: SystemExit: 3"),
        (AssertionError(), "training failed: AssertionError:"),
    ],
)
def test_every_failure_is_a_sentence(error: BaseException, words: str) -> None:
    failed = failure(engine=raising(error))
    assert words in sentence(failed)
    assert type(error).__name__ in failed.detail


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("m.h5", "is not a .keras file"),
        ("nowhere/m.keras", "there is no folder"),
        ("folder.keras", "is a folder"),
        ("locked/m.keras", "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_known_before_training(output: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "folder.keras").mkdir()
    (tmp_path / "locked").write_text("")  # a file where a folder is needed stops even root
    events = list(run(replace(CONFIG, output=str(tmp_path / output)), engine=Engine()))
    assert len(events) == 1
    assert isinstance(events[0], Failed)
    assert words in sentence(events[0])
    if output != "m.h5":
        failed = failure(replace(CONFIG, history=str(tmp_path / output)))
        assert words in sentence(failed)


def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(b"precious")
    config = replace(CONFIG, output=str(path), history=str(tmp_path / "h.csv"))

    class Full(Engine):
        def save(self, _path: str) -> None:
            raise OSError(28, "No space left on device")

    assert "No space left on device" in sentence(failure(config, Full()))
    assert path.read_bytes() == b"precious"
    assert len(read_history(config.history)) == 3
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 100})())
    assert "needs about 1 MB, but only 0 MB are free" in sentence(failure(config))


def test_bad_data_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1 image(s) are too few for training" in sentence(failure(replace(CONFIG, limit=1)))
    assert "the images are 28x28; the network 'binary' needs 150x105" in sentence(failure(TrainConfig("binary")))

    def missing(*_: Any) -> Dataset:
        raise CnnError("{folder}: there is no such folder", folder="/x")

    monkeypatch.setattr(data, "load", missing)
    failed = failure()
    assert (failed.message, failed.values) == ("{folder}: there is no such folder", {"folder": "/x"})


def test_without_validation_its_figures_are_none(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    events = list(run(replace(CONFIG, validation_split=0.0, history=str(path)), engine=Engine()))
    assert all(e.val_loss is None and e.val_accuracy is None for e in only(events, Epoch))
    assert only(events, Data)[0].validation_images == 0
    assert path.read_text().splitlines()[1] == "0,0.1,1.0,NA,NA"


def test_the_estimate_counts_validation_and_not_the_slow_start() -> None:
    estimate = Estimate(epochs=2, batches=10, train_images=100, validation_images=30)
    now = 5.0  # the first batch takes long
    estimate.batch(1, 1, now)
    for batch in range(2, 11):
        now += 1
        estimate.batch(1, batch, now)
    # 10 batches of 1 s, and two validations of 3 batches at a third of it
    assert estimate.remaining(1, 10) == pytest.approx(10 + 2 * 1)
    now += 4
    estimate.epoch(now)
    now += 1
    estimate.batch(2, 1, now)
    assert estimate.remaining(2, 1) == pytest.approx(9 + 4)


def test_the_mailbox_replaces_only_batches_of_the_same_epoch() -> None:
    box = Mailbox()
    events: list[Any] = [*(Batch(1, i, 4, 0, 0, 0, 0) for i in (1, 2, 3, 4)), Batch(2, 1, 4, 0, 0, 0, 0)]
    for event in (*events, Stage("save")):
        box.put(event)
    box.close()
    got = []
    while (event := box.get()) is not None:
        got.append((event.epoch, event.batch) if isinstance(event, Batch) else event)
    assert got == [(1, 1), (1, 4), (2, 1), Stage("save")]
