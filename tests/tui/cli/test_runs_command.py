"""`cnn-tui runs`: the list, one run, its name, its file, its end."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from made_up_runs import made_up
from one_line import is_one_line

from cnncore.training.runs import list_runs, runs_folder
from tui.cli.main import main


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = runs_folder()
    made_up(folder, (0.5, 0.75), name="base", network="tiny", limit=1000)
    made_up(folder, (0.5, 0.875), day=1, dropout=0.25, limit=1000)
    made_up(folder, (0.625,), day=2, name="last")
    return folder


def rows(out: str) -> list[str]:
    """The first word of each line below the head of a table."""
    return [line.split()[0] for line in out.splitlines()[2:]]


def test_the_list(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert rows(out) == ["20250202-142501-fashion", "20250201-142501-fashion", "20250131-142501-tiny"]
    assert out.splitlines()[3].split() == [
        *("20250201-142501-fashion", "-", "fashion", "finished", "2/2"),
        *("dropout=0.25", "limit=1000", "0.8750", "2", "0.8750"),
    ]
    assert main(["runs", "--sort", "val_accuracy", "limit=1000 network=fashion"]) == 0
    assert rows(capsys.readouterr().out) == ["20250201-142501-fashion"]
    assert main(["runs", "list", "limit=1000", "--sort=val_accuracy"]) == 0
    assert rows(capsys.readouterr().out) == ["20250201-142501-fashion", "20250131-142501-tiny"]
    assert main(["runs", "dropout>0.9"]) == 0
    assert capsys.readouterr().out == "No run meets the filter.\n"
    assert root.is_dir()


def test_without_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["runs"]) == 0
    assert "There is no run yet in" in capsys.readouterr().out
    assert main(["runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["runs", "show", "latest"]) == 1
    assert is_one_line(capsys.readouterr().err)


def strict(text: str) -> Any:
    """JSON without NaN and infinity."""
    return json.loads(text, parse_constant=pytest.fail)


def test_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made_up(root, (0.5, float("nan")), day=3, name="이름")
    assert main(["runs", "--json", "--sort", "test_accuracy"]) == 0
    first, *_others = strict(capsys.readouterr().out)
    assert (first["dropout"], first["val_accuracy"], first["best_epoch"]) == (0.25, 0.875, 2)
    assert main(["runs", "show", "이름", "--json"]) == 0
    one = strict(capsys.readouterr().out)
    assert one["history"][1]["val_accuracy"] is None
    assert one["folder"] == str(list_runs()[0].folder)


def test_other_folders_are_named_and_left_alone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "photos").mkdir()
    damaged = made_up(root, day=4)
    Path(damaged.config.history).write_text("x")
    assert main(["runs"]) == 0
    out, err = capsys.readouterr()
    assert len(rows(out)) == 3
    assert len(err.splitlines()) == 2
    assert "photos is not the folder of a run: it has no config.json" in err
    assert "history.csv is not a training history" in err
    assert (root / "photos").is_dir()


def test_one_run_in_detail(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "show", "base"]) == 0
    out = capsys.readouterr().out
    for line in ("name: base", "state: finished", "val_accuracy: 0.75", "test_images: 1000", "normalize: true"):
        assert line in out.splitlines()
    assert out.splitlines()[-1] == "epoch 2/2  loss 0.5000  accuracy 0.8750  val_loss 1.0000  val_accuracy 0.7500"
    assert str(root) in out


def test_a_name_is_given_and_taken(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "rename", "20250131", "드롭아웃 없음"]) == 0
    assert capsys.readouterr().out == "20250131-142501-tiny is named 드롭아웃 없음\n"
    assert main(["runs", "rename", "드롭아웃 없음", ""]) == 0
    assert capsys.readouterr().out == "20250131-142501-tiny has no name\n"
    assert main(["runs", "rename", "last", "x" * 61]) == 1
    assert "1 to 60 printable characters" in capsys.readouterr().err
    assert [run.name for run in list_runs(root)] == ["last", "", ""]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_removal_asks_first(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["runs", "remove", "last"]) == 1
    assert "give --yes" in capsys.readouterr().err
    for answer in ("n\n", "\n", "", "yesterday\n"):
        monkeypatch.setattr("sys.stdin", Terminal(answer))
        assert main(["runs", "remove", "last"]) == 1
        assert "Nothing was removed." in capsys.readouterr().out
    assert len(list_runs(root)) == 3
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert main(["runs", "remove", "last"]) == 0
    out = capsys.readouterr().out
    assert "Remove 20250202-142501-fashion (last) with its model and history, 0.0 MB? [y/N]" in out
    assert "Removed: 20250202-142501-fashion" in out
    (list_runs(root)[0].folder / "notes.txt").write_text("")
    assert main(["runs", "remove", "latest", "--yes"]) == 0
    assert "stays: it also holds notes.txt" in capsys.readouterr().out
    assert [run.name for run in list_runs(root)] == ["base"]


def test_there_and_back(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "base.zip")
    assert main(["runs", "export", "base", file]) == 0
    with pytest.raises(SystemExit) as refused:
        main(["runs", "export", "base", file])
    assert refused.value.code == 2
    assert "already exists; --force overwrites it" in capsys.readouterr().err
    assert main(["runs", "export", "base", file, "--force"]) == 0
    assert main(["runs", "import", file]) == 0
    assert capsys.readouterr().out.endswith("Imported: 20250131-142501-tiny-2\n")
    assert [run.name for run in list_runs(root)].count("base") == 2
    Path(file).write_bytes(b"x")
    assert main(["runs", "import", file]) == 1
    assert is_one_line(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["droput>0"], "a run has no value 'droput'; it has id, name"),
        (["--sort", "best"], "a run has no value 'best'"),
        (["delete", "x"], "the filter 'delete x' cannot be read"),
        (["show"], "RUN"),
        (["import", "missing.zip"], "there is no such file"),
        (["export", "base", "run.tar"], "the file name must end in .zip"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["runs", *arguments])
    assert refused.value.code == 2
    err = capsys.readouterr().err
    assert words in err
    assert is_one_line(err)
    assert root.is_dir()


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["runs", "--help"])
    out = capsys.readouterr().out
    for name in ("list", "show", "rename", "remove", "export", "import"):
        assert f"\n    {name} " in out
