"""What a run's folder tells: its record, its log of events, its state, its test."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from small_runs import OPTIONS, StopsAfter, drawn_garments

from cnncore.errors import CnnError
from cnncore.training import events as ev
from cnncore.training.run import run
from cnncore.training.runs import CONFIG, Run, list_runs, new_run
from cnncore.training.runs.folder import all_runs, read_config, read_run
from cnncore.training.runs.lock import alone_in, is_held
from cnncore.training.runs.log import EventLog, read_events
from cnncore.training.runs.names import EVENTS_FILE, RECORD
from cnncore.training.runs.record import Record, read_record

TINY = replace(OPTIONS, network="tiny", epochs=2, dropout=0.0)


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    drawn_garments(monkeypatch, tmp_path_factory)


def logged(one: Run) -> list[ev.Event]:
    assert one.events_path is not None
    return [entry.event for entry in read_events(one.events_path)]


def test_a_finished_run_says_everything_in_its_folder(tmp_path: Path) -> None:
    begun = new_run(TINY, tmp_path, name="  my first ")
    assert (begun.name, begun.state(), begun.id) == ("my first", "new", begun.folder.name)
    told = list(run(begun.config))
    done = read_run(begun.folder)
    record = done.record
    assert (record.name, record.state, record.engine, record.seed) == ("my first", "finished", "core", 5)
    assert datetime.fromisoformat(record.started) <= datetime.fromisoformat(record.ended)
    assert record.versions["python"] == sys.version.split()[0]
    assert set(record.versions) == {"cnn-tui", "numpy", "python"}
    assert all(record.versions.values())
    assert record.machine["threads"] >= 1
    assert record.machine["processor"]
    (test,) = (event for event in told if isinstance(event, ev.Tested))
    assert (record.test_loss, record.test_accuracy, record.test_images) == (test.loss, test.accuracy, test.images)
    assert test.images == 120
    kinds = [type(event).__name__ for event in logged(done) if not isinstance(event, ev.Batch | ev.Stage)]
    assert kinds == ["Data", "Model", "TrainBegin", "Epoch", "Epoch", "Tested", "Finished"]
    assert [event for event in logged(done) if isinstance(event, ev.Epoch)] == [
        event for event in told if isinstance(event, ev.Epoch)
    ]
    assert read_config(done.folder) == begun.config


def test_a_stopped_run_is_not_tested_and_a_resumed_one_is(tmp_path: Path) -> None:
    one = new_run(TINY, tmp_path)
    list(run(one.config, engine=StopsAfter(10)))
    stopped = read_run(one.folder)
    assert stopped.state() == "stopped"
    assert stopped.record.test_accuracy is None
    list(run(replace(one.config, resume=True)))
    resumed = read_run(one.folder)
    assert resumed.state() == "finished"
    assert resumed.record.started == stopped.record.started
    assert resumed.record.test_images == 120
    assert [type(event).__name__ for event in logged(resumed)].count("Finished") == 2


def test_a_failed_run_says_so(tmp_path: Path) -> None:
    one = new_run(replace(TINY, data=str(tmp_path / "missing")), tmp_path)
    list(run(one.config))
    assert read_run(one.folder).state() == "failed"
    last = logged(one)[-1]
    assert isinstance(last, ev.Failed)
    assert "there is no such folder" in last.message


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_a_killed_run_is_told_from_one_in_progress(tmp_path: Path) -> None:
    one = new_run(TINY, tmp_path)
    record = json.loads((one.folder / RECORD).read_text())
    (one.folder / RECORD).write_text(json.dumps({**record, "state": "running", "of a later version": 1}))
    assert read_run(one.folder).state() == "killed"
    with alone_in(one.config.output):
        assert read_run(one.folder).state() == "running"
        ends = list(run(one.config))
        assert isinstance(ends[-1], ev.Failed)
        assert read_record(one.folder).state == "running", "a refused run changes nothing"


def test_folders_of_older_versions_are_read(tmp_path: Path) -> None:
    one = new_run(replace(TINY, epochs=1), tmp_path)
    list(run(one.config))
    (one.folder / RECORD).unlink()
    (one.folder / EVENTS_FILE).unlink()
    (one.folder / CONFIG).write_text(one.config.to_json())
    (old,) = list_runs(tmp_path)
    assert (old.config, old.record, old.state(), old.events_path) == (one.config, Record(), "finished", None)
    (one.folder / CONFIG).write_text(replace(one.config, epochs=2).to_json())
    assert read_run(one.folder).state() == "stopped"
    (one.folder / "model.keras").unlink()
    assert read_run(one.folder).state() == "killed"


def test_other_folders_are_named(tmp_path: Path) -> None:
    good, damaged, later, half = (new_run(TINY, tmp_path) for _ in range(4))
    (damaged.folder / CONFIG).write_text('{"network": "x"}')
    (later.folder / CONFIG).write_text('{"format": 99}')
    (half.folder / RECORD).write_text("{")
    (tmp_path / "photos").mkdir()
    (tmp_path / ".hidden.tmp").mkdir()
    (tmp_path / "notes.txt").write_text("")
    runs, others = all_runs(tmp_path)
    assert runs == (good,)
    sentences = sorted(str(error) for error in others)
    assert len(sentences) == 4
    for words in ("photos is not the folder", "network is 'x'", "newer version", "holds no record of a run"):
        assert any(words in each for each in sentences), words


def test_a_name_is_checked(tmp_path: Path) -> None:
    one = new_run(TINY, tmp_path)
    assert one.renamed("드롭아웃 0.5").name == "드롭아웃 0.5"
    assert read_run(one.folder).name == "드롭아웃 0.5"
    for bad in ("x" * 61, "a\nb"):
        with pytest.raises(CnnError, match="1 to 60 printable"):
            one.renamed(bad)
        with pytest.raises(CnnError, match="1 to 60 printable"):
            new_run(TINY, tmp_path / "none", name=bad)
    assert not (tmp_path / "none").exists()


def test_a_cut_line_is_passed_over_and_the_next_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / EVENTS_FILE
    epochs = [ev.Epoch(n, 0.5, 0.25, None, None, 1.0) for n in (1, 2, 3)]
    log = EventLog(path)
    log.add(epochs[0])
    log.add(epochs[1])
    log.close()
    whole = path.read_bytes()
    for cut in range(len(whole) // 2 + 2, len(whole)):
        path.write_bytes(whole[:cut])
        log = EventLog(path)
        log.add(epochs[2])
        log.close()
        read = [one.event for one in read_events(path)]
        assert read in ([epochs[0], epochs[2]], epochs), cut
        assert read == epochs or cut < len(whole) - 1
    path.write_bytes(b'\xff\n[1]\n{"time": "x"}\n{"kind": "Epoch"}\n' + whole)
    assert [one.event for one in read_events(path)] == epochs[:2]


def test_batches_are_thinned(tmp_path: Path) -> None:
    path = tmp_path / EVENTS_FILE
    log = EventLog(path)
    for epoch in (1, 2):
        for batch in range(1, 401):
            log.add(ev.Batch(epoch, batch, 400, 0.5, 0.5, 0.0, 0.0))
            log.add(ev.Progress("data", batch, 400, "images"))
    log.close()
    events = [one.event for one in read_events(path)]
    assert all(isinstance(event, ev.Batch) for event in events)
    places = [(event.epoch, event.batch) for event in events if isinstance(event, ev.Batch)]
    assert {(1, 1), (1, 400), (2, 1), (2, 400)} <= set(places)
    assert len(places) < 40


def test_a_log_that_cannot_be_written_ends_no_run(tmp_path: Path) -> None:
    one = new_run(replace(TINY, epochs=1), tmp_path)
    for name in (EVENTS_FILE, RECORD):
        if (one.folder / name).exists():
            (one.folder / name).unlink()
        (one.folder / name).mkdir()
    assert isinstance(list(run(one.config))[-1], ev.Finished)


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_a_look_at_a_folder_keeps_no_run_from_starting(tmp_path: Path) -> None:
    one = new_run(TINY, tmp_path)
    looking = threading.Event()

    def look() -> None:
        while not looking.is_set():
            is_held(one.folder)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for _ in range(200):
            with alone_in(one.config.output):
                assert is_held(one.folder)
    finally:
        looking.set()
        thread.join()
    assert not is_held(one.folder)
