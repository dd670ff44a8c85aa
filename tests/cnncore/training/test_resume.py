"""Runs that are stopped, killed and resumed end with the bits of a run that never was."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_runs import EPOCHS, OPTIONS, assert_same, drawn_garments, in_folder, stopped, stub

import cnncore
from cnncore.errors import CnnError
from cnncore.models import load_model
from cnncore.training.checkpoint import MEMBER, Checkpoint, find_checkpoint, read_checkpoint
from cnncore.training.config import TrainConfig
from cnncore.training.events import Batch, Epoch, Finished, TrainBegin
from cnncore.training.files import checkpoint_path
from cnncore.training.history import read_history
from cnncore.training.resume import last_unfinished, resume_config, unfinished
from cnncore.training.run import run
from cnncore.training.runs import CONFIG, MODEL, names, new_run


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    drawn_garments(monkeypatch, tmp_path_factory)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    """A run of `OPTIONS` that was never stopped."""
    config = in_folder(tmp_path_factory.mktemp("whole"), "m")
    with pytest.MonkeyPatch.context() as patch:
        drawn_garments(patch, tmp_path_factory)
        assert isinstance(list(run(config))[-1], Finished)
    return config


def test_what_is_kept_is_read(tmp_path: Path) -> None:
    state = np.random.default_rng(3)
    state.integers(0, 9, 3, np.uint32)
    given = Checkpoint(OPTIONS, EPOCHS, 2**32 - 1, state.bit_generator.state)
    stub(tmp_path / "m.keras", given)
    read = read_checkpoint(tmp_path / "m.keras")
    assert read == given
    again = np.random.default_rng()
    assert read is not None
    assert read.random is not None
    again.bit_generator.state = read.random
    assert list(again.integers(0, 9, 5, np.uint32)) == list(state.integers(0, 9, 5, np.uint32))


# 6 batches of training and 2 of validation make an epoch.
@pytest.mark.parametrize("batches", [3, 7, 8, 12, 15, 17])
def test_a_stopped_run_resumes_to_the_same_bits(batches: int, whole: TrainConfig, tmp_path: Path) -> None:
    config = in_folder(tmp_path, "m")
    stopped(config, batches)
    assert load_model(config.output).count_params() == 243_786
    done = len(read_history(config.history))
    found = find_checkpoint(config.output)
    assert found is not None
    assert len(found[1].epochs) == done
    events = list(run(resume_config(config.output)))
    begin = next(event for event in events if isinstance(event, TrainBegin))
    assert (begin.epochs, begin.done) == (3, done)
    epochs = [event for event in events if isinstance(event, Epoch)]
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3]
    batch = next(event for event in events if isinstance(event, Batch))
    assert (batch.epoch, batch.batch) == (done + 1, 1)
    assert batch.elapsed >= sum(epoch.seconds for epoch in epochs[:done])
    assert_same(config, whole)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.csv", "m.keras"]


def test_another_instruction_set_is_told(tmp_path: Path) -> None:
    sets = cnncore.available_isas()
    config = in_folder(tmp_path, "m", replace(OPTIONS, epochs=2))
    with cnncore.use_isa(sets[0]):
        stopped(config, 10)
    found = find_checkpoint(config.output)
    assert found is not None
    assert found[1].isa == sets[0]
    for name in (sets[0], sets[-1]):
        with cnncore.use_isa(name):
            begin = next(event for event in run(resume_config(config.output)) if isinstance(event, TrainBegin))
        assert begin.other_isa == ("" if name == sets[0] else sets[0])
        assert begin.done == 1


def test_a_checkpoint_without_its_instruction_set_is_read(tmp_path: Path) -> None:
    """As those written before it was kept."""
    content = json.loads(Checkpoint(OPTIONS, EPOCHS).members()[MEMBER])
    del content["isa"]
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr(MEMBER, json.dumps(content))
    assert read_checkpoint(tmp_path / "m.keras") == Checkpoint(OPTIONS, EPOCHS)


def test_stopped_again_and_again_it_still_arrives(whole: TrainConfig, tmp_path: Path) -> None:
    config = in_folder(tmp_path, "m")
    for batches in (10, 2, 9, 1, 3):
        stopped(config, batches)
        config = resume_config(config.output)
    list(run(config))
    assert_same(config, whole)


def test_a_finished_run_goes_further(whole: TrainConfig, tmp_path: Path) -> None:
    config = in_folder(tmp_path, "m", replace(OPTIONS, epochs=1))
    list(run(config))
    with pytest.raises(CnnError, match="finished after 1 epochs; a larger epochs trains it further"):
        resume_config(config.output)
    with pytest.raises(CnnError, match="has finished 1 epochs already, so it must be larger"):
        resume_config(config.output, epochs=1)
    assert unfinished(config) is None
    further = resume_config(config.output, epochs=3)
    list(run(further))
    assert_same(further, whole)


def test_a_run_that_reached_its_accuracy_is_finished(tmp_path: Path) -> None:
    config = in_folder(tmp_path, "m", replace(OPTIONS, stop_at_accuracy=0.01))
    last = list(run(config))[-1]
    assert isinstance(last, Finished)
    assert last.epochs == 1
    with pytest.raises(CnnError, match="finished after 1 epochs"):
        resume_config(config.output)


def test_a_checkpoint_after_every_epoch(tmp_path: Path) -> None:
    config = in_folder(tmp_path, "m")
    kept: list[int] = []

    def look() -> bool:
        path = checkpoint_path(config.output)
        state = read_checkpoint(path) if path.exists() else None
        kept.append(len(state.epochs) if state else 0)
        return False

    assert isinstance(list(run(config, look))[-1], Finished)
    # After the stages' own looks come 8 an epoch, then 9 for the test images.
    assert kept[-33:-9] == [0] * 8 + [1] * 8 + [2] * 8


def test_what_a_killed_process_had_not_finished_is_cleared_away(tmp_path: Path) -> None:
    lived = new_run(replace(OPTIONS, epochs=1), tmp_path)
    (lived.folder / ".0123456789ab.tmp.keras").write_bytes(b"half")
    (lived.folder / ".notes.tmp").write_bytes(b"mine")
    list(run(resume_config(str(lived.folder))))
    assert sorted(path.name for path in lived.folder.iterdir()) == sorted(
        [".notes.tmp", CONFIG, names.EPOCHS, names.EVENTS_FILE, "history.csv", MODEL, names.RECORD]
    )


def test_a_run_has_many_names(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match="there is no run yet"):
        resume_config("latest", root=tmp_path)
    assert last_unfinished(tmp_path) is None
    lived = new_run(OPTIONS, tmp_path)
    wanted = replace(lived.config, resume=True)
    assert resume_config("latest", root=tmp_path) == wanted  # killed in its first epoch: it begins again
    assert last_unfinished(tmp_path) is None
    stub(checkpoint_path(lived.config.output), Checkpoint(OPTIONS, EPOCHS))
    names = (lived.folder.name, lived.config.output, str(checkpoint_path(lived.config.output)), str(lived.folder))
    for name in names:
        assert resume_config(name, root=tmp_path) == wanted
    waiting = last_unfinished(tmp_path)
    assert waiting is not None
    assert (waiting.config, waiting.done) == (wanted, 2)
    assert resume_config("latest", epochs=9, root=tmp_path) == replace(wanted, epochs=9)
    assert resume_config("latest", root=tmp_path).epochs == 9


def test_a_new_run_forgets_the_checkpoint_of_the_one_before(tmp_path: Path) -> None:
    config = in_folder(tmp_path, "m")
    stopped(config, 10)
    stopped(config, 3)
    found = find_checkpoint(config.output)
    assert found is not None
    assert found[1].epochs == ()


@pytest.mark.keras
def test_keras_opens_the_file_too(whole: TrainConfig) -> None:
    keras = pytest.importorskip("keras")
    model = keras.models.load_model(whole.output)
    ours = load_model(whole.output)
    for a, b in zip(model.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
