"""Runs as one file, there and back; files that are none; runs removed."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from made_up_runs import made_up

from cnncore.errors import CnnError
from cnncore.training.runs import Run, archive, list_runs
from cnncore.training.runs.archive import export_run, import_run, remove_run
from cnncore.training.runs.folder import read_run
from cnncore.training.runs.kept import epoch_path
from cnncore.training.runs.lock import alone_in
from cnncore.training.runs.names import EVENTS_FILE


def full(root: Path) -> Run:
    """A run with every kind of file."""
    one = made_up(root, name="to share", network="tiny")
    (one.folder / "epochs").mkdir()
    epoch_path(one.folder, 0).write_bytes(b"random")
    epoch_path(one.folder, 12).write_bytes(b"twelve")
    (one.folder / EVENTS_FILE).write_text('{"time": 1, "kind": "Stage", "stage": "data"}\n')
    (one.folder / ".model.unfinished.keras").write_bytes(b"half way")
    return one


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_there_and_back(tmp_path: Path) -> None:
    one = full(tmp_path / "a")
    before = contents(one.folder)
    (one.folder / "notes.txt").write_text("mine")
    export_run(one, tmp_path / "run.zip")
    there = import_run(tmp_path / "run.zip", tmp_path / "b" / "runs")
    assert there.id == one.id
    assert there.name == "to share"
    assert contents(there.folder) == before, "and no notes"
    again = import_run(tmp_path / "run.zip", tmp_path / "b" / "runs")
    assert again.id == f"{one.id}-2"
    assert len(list_runs(tmp_path / "b" / "runs")) == 2
    assert len(list((tmp_path / "b" / "runs").iterdir())) == 2


def test_a_renamed_folder_is_exported_too(tmp_path: Path) -> None:
    one = full(tmp_path / "a")
    one.folder.rename(tmp_path / "a" / ".my best (run)")
    export_run(read_run(tmp_path / "a" / ".my best (run)"), tmp_path / "run.zip")
    assert import_run(tmp_path / "run.zip", tmp_path / "b").id == "20250131-142501-tiny"


def written(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content)


CONFIG = {"r/config.json": b"{}"}


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, "must hold the folder of one, with its config.json"),
        ({"config.json": b"{}"}, "holds config.json, which no run has"),
        ({**CONFIG, "../evil": b""}, "holds ../evil, which no run has"),
        ({**CONFIG, "/etc/passwd": b""}, "holds /etc/passwd"),
        ({**CONFIG, "r/../../evil": b""}, "holds r/../../evil"),
        ({**CONFIG, "r/epochs/../../../001.keras": b""}, "which no run has"),
        ({**CONFIG, "../config.json": b""}, "which no run has"),
        ({**CONFIG, "..\\config.json": b""}, "which no run has"),
        ({**CONFIG, ".r/config.json": b"{}"}, "which no run has"),
        ({**CONFIG, "r/notes.txt": b""}, "holds r/notes.txt"),
        ({**CONFIG, "s/config.json": b"{}"}, "must hold the folder of one"),
        ({"r/model.keras": b""}, "must hold the folder of one"),
        ({"r/config.json": b"["}, "holds no options of a run"),
        ({"r/config.json": b"{}", "r/run.json": b"{"}, "holds no record of a run"),
        (CONFIG, "says when it began"),
    ],
)
def test_what_is_no_run_leaves_nothing(members: dict[str, bytes], words: str, tmp_path: Path) -> None:
    written(tmp_path / "x.zip", members)
    with pytest.raises(CnnError) as caught:
        import_run(tmp_path / "x.zip", tmp_path / "runs")
    assert words in str(caught.value)
    assert "x.zip is no archive of a run" in str(caught.value)
    assert {path.name for path in tmp_path.rglob("*")} <= {"x.zip", "runs"}


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    at = content.index(b"twelve")
    return content[:at] + b"Twelve" + content[at + 6 :]


def locked(content: bytes) -> bytes:
    """All members say that they are encrypted."""
    at, parts = 0, bytearray(content)
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        parts[at + 8] |= 1
        at += 4
    return bytes(parts)


@pytest.mark.parametrize("damage", [cut, flipped, locked, lambda _content: b"", lambda _content: b"no zip"])
def test_damaged_files_leave_nothing(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    export_run(full(tmp_path / "a"), tmp_path / "run.zip")
    (tmp_path / "run.zip").write_bytes(damage((tmp_path / "run.zip").read_bytes()))
    with pytest.raises(CnnError, match=r"run.zip is no archive of a run"):
        import_run(tmp_path / "run.zip", tmp_path / "b")
    assert not list((tmp_path / "b").glob("*"))


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export_run(full(tmp_path / "a"), tmp_path / "run.zip")
    for name, most in (("MOST_BYTES", 100), ("MOST_FILES", 3)):
        with monkeypatch.context() as patch:
            patch.setattr(archive, name, most)
            with pytest.raises(CnnError, match="it has more than"):
                import_run(tmp_path / "run.zip", tmp_path / "b")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 10})())
    with pytest.raises(CnnError, match="only 0 MB are free"):
        import_run(tmp_path / "run.zip", tmp_path / "b")
    assert not list((tmp_path / "b").glob("*"))


def test_a_removed_run_is_gone_and_nothing_else(tmp_path: Path) -> None:
    one, other = full(tmp_path), made_up(tmp_path, day=1)
    (one.folder / ".0123456789ab.tmp.keras").write_bytes(b"half")
    assert remove_run(one) == []
    assert not one.folder.exists()
    assert list_runs(tmp_path) == (other,)
    (other.folder / "notes.txt").write_text("mine")
    assert remove_run(other) == [other.folder / "notes.txt"]
    assert contents(tmp_path) == {f"{other.id}/notes.txt": b"mine"}


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_a_run_in_progress_is_left_alone(tmp_path: Path) -> None:
    one = full(tmp_path)
    before = contents(one.folder)
    with alone_in(one.config.output):
        with pytest.raises(CnnError, match="still in progress"):
            remove_run(one)
        with pytest.raises(CnnError, match="still in progress"):
            export_run(one, tmp_path / "run.zip")
    assert contents(one.folder) == before
    assert not (tmp_path / "run.zip").exists()
