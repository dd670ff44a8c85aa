"""Run folders and history files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cnncore._files import check_writable, replacing
from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.events import Epoch
from cnncore.training.history import COLUMNS, read_history, write_history
from cnncore.training.runs import latest, list_runs, new_run, runs_folder

EPOCHS = (Epoch(1, 0.5, 0.8, 0.4, 0.85, 0.0), Epoch(2, 0.1 + 0.2, float("nan"), None, None, 0.0))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    write_history(str(path), EPOCHS)
    assert repr(read_history(path)) == repr(EPOCHS)
    assert path.read_text() == (
        "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.8,0.5,0.85,0.4\n1,nan,0.30000000000000004,NA,NA\n"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["h.csv"]
    write_history(str(path), ())
    assert read_history(path) == ()


def test_columns_in_any_order_and_others_besides(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text("loss,epoch,learning_rate,accuracy\r\n0.5,0,0.001,0.8\r\n")
    assert read_history(path) == (Epoch(1, 0.5, 0.8, None, None, 0.0),)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not a training history: it lacks the columns epoch, accuracy, loss"),
        (b"a,b\n1,2\n", "is not a training history"),
        (b"epoch,accuracy,loss\n0,0.5\n", "damaged at line 2"),
        (b"epoch,accuracy,loss\n0,0.5,1\n1,x,1\n", "damaged at line 3"),
        (b"epoch,accuracy,loss\nx,0.5,1\n", "damaged at line 2"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_damaged_histories_are_named(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_bytes(content)
    with pytest.raises(CnnError, match=words) as caught:
        read_history(path)
    assert str(path) in str(caught.value)
    with pytest.raises(CnnError, match="there is no such file"):
        read_history(tmp_path / "missing.csv")


@pytest.mark.keras
def test_the_columns_are_those_of_keras(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    import numpy as np

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["accuracy"])
    for name, split in (("with.csv", 0.5), ("without.csv", 0.0)):
        model.fit(
            np.zeros((4, 2)),
            np.zeros(4),
            validation_split=split,
            verbose=0,
            callbacks=[keras.callbacks.CSVLogger(str(tmp_path / name))],
        )
        assert (tmp_path / name).read_text().splitlines()[0] == ",".join(COLUMNS)
        read = read_history(tmp_path / name)
        assert [e.epoch for e in read] == [1]
        assert (read[0].val_loss is None) == (split == 0)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(str(path)) as beside:
        assert beside.suffix == ".keras"
        beside.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    with pytest.raises(CnnError, match="cannot be written: No space"), replacing(str(path)):
        raise OSError(28, "No space left on device")
    link = tmp_path / "link.keras"
    link.symlink_to(path)
    with replacing(str(link)) as beside:
        beside.write_text("new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    check_writable(str(path))
    assert path.read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.keras", "m.keras"]


def test_runs_are_listed_newest_first_and_broken_ones_passed_over(tmp_path: Path) -> None:
    root = tmp_path / "data" / "runs"
    assert list_runs(root) == ()
    assert latest(root) is None
    now = datetime(2025, 1, 31, 14, 25, 1, 999)
    runs = [new_run(TrainConfig(epochs=n), root, now=now) for n in range(1, 12)]
    assert [r.folder.name for r in runs][:2] == ["20250131-142501-fashion", "20250131-142501-fashion-2"]
    older = new_run(TrainConfig("binary"), root, now=datetime(2025, 1, 30))
    for name, content in (("20250201-000000-fashion", "{"), ("20250201-000001-x", '{"network": "x"}'), ("other", "{}")):
        (root / name).mkdir()
        (root / name / "config.json").write_text(content)
    (root / "20250202-000000-empty").mkdir()
    (root / "20250203-000000-file").write_text("")
    assert list_runs(root) == (*reversed(runs), older)

    Path(runs[3].config.output).write_bytes(b"model")
    write_history(runs[3].config.history, EPOCHS[:1])
    found = latest(root)
    assert found == runs[3]
    assert found is not None
    assert found.history() == EPOCHS[:1]
    assert older.history() == ()
    assert older.model_path is None


def test_a_folder_that_was_moved_is_still_a_run(tmp_path: Path) -> None:
    run = new_run(TrainConfig(seed=7), tmp_path / "a")
    (tmp_path / "b").mkdir()
    run.folder.rename(tmp_path / "b" / run.folder.name)
    (moved,) = list_runs(tmp_path / "b")
    assert moved.config.seed == 7
    assert Path(moved.config.output).parent == moved.folder


def test_runs_lie_in_the_users_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert runs_folder().name == "runs"
    (tmp_path / "blocked").write_text("")
    with pytest.raises(CnnError, match="cannot be written"):
        new_run(TrainConfig(), tmp_path / "blocked" / "runs")
