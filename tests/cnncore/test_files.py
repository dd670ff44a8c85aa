"""Access to files: every bad path gives an error that names it, and nothing blocks, is lost, or breaks a screen."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile import KINDS, WRITE, at_most, is_clean, path_of

import cnncore
from cnncore import _files, datasets
from cnncore._files import (
    MOST_SHOWN,
    brief,
    check_writable,
    full_path,
    kind_of,
    open_to_read,
    shown,
    write_atomically,
    write_text,
)
from cnncore.datasets.network_images import find_pictures, open_picture
from cnncore.datasets.values import save_values
from cnncore.errors import CnnError
from cnncore.keras.first_layer import read_first_layer
from cnncore.network import Flatten, InputLayer, Network, storage
from cnncore.training.config import TrainConfig
from cnncore.training.history import read_history, write_history
from cnncore.training.runs import list_runs, new_run

IMAGE = np.zeros((5, 5), np.uint8)
NETWORK = Network(
    [InputLayer(name="in", input_shape=(4, 4, 1)), Flatten(name="flatten", input_shape=(4, 4, 1))], (4, 4, 1)
)

READERS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "load_picture": (".png", datasets.load_picture),
    "load_matrix": (".csv", datasets.load_matrix),
    "load_matrix npy": (".npy", datasets.load_matrix),
    "open_image": (".png", datasets.open_image),
    "open_picture": (".png", lambda path: open_picture(path, NETWORK)),
    "read_idx": (".gz", datasets.read_idx),
    "load_idx_pair": (".gz", lambda path: datasets.load_idx_pair(path, path)),
    "network": (".npz", storage.load),
    "digest": (".keras", _files.content_digest),
    "first layer": (".keras", read_first_layer),
    "from_keras": (".keras", Network.from_keras),
    "validate": (".keras", lambda path: cnncore.validate(path, IMAGE)),
    "history": (".csv", read_history),
    "text": (".json", _files.read_text),
    "check_file": (".txt", _files.check_file),
}
FOLDERS: dict[str, Callable[[Any], object]] = {
    "load_fashion": datasets.load_fashion,
    "load_binary": datasets.load_binary,
    "find_pictures": lambda path: find_pictures(NETWORK, path),
    "list_folder": _files.list_folder,
}
WRITERS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "save_picture": (".png", lambda path: datasets.save_picture(IMAGE, path)),
    "save_values": (".npy", lambda path: save_values(IMAGE, path)),
    "write_text": (".py", lambda path: write_text("x = 1\n", path)),
    "network": (".npz", lambda path: storage.save(NETWORK, path)),
    "history": (".csv", lambda path: write_history(path, [])),
    "check_writable": (".keras", check_writable),
}


def sentence(act: Callable[[], object]) -> str:
    """Return the error message, which must come quickly."""
    with at_most(20), pytest.raises(CnnError) as caught:
        act()
    assert is_clean(str(caught.value)), repr(str(caught.value))
    return str(caught.value)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_read_is_a_sentence(
    kind: str, reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reader in ("first layer", "from_keras", "validate"):
        pytest.importorskip("h5py")
    if reader == "validate":
        monkeypatch.setattr("cnncore.keras.validate.import_keras", lambda: None)
    suffix, read = READERS[reader]
    path = path_of(kind, tmp_path, suffix, monkeypatch)
    said = sentence(lambda: read(path))
    name = brief(path) if "long" in kind else shown(path)
    assert name in said


@pytest.mark.parametrize("reader", FOLDERS)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "folder"])
def test_what_is_no_folder_is_a_sentence(
    kind: str, reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reader == "find_pictures":
        monkeypatch.setattr("cnncore.datasets.network_images.class_count", lambda _network: 2)
        monkeypatch.setattr("cnncore.datasets.network_images.picture_size", lambda _network: (150, 105, 1))
    path = path_of(kind, tmp_path, "", monkeypatch)
    assert (brief if "long" in kind else shown)(path) in sentence(lambda: FOLDERS[reader](path))


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("kind", [*WRITE, "locked"])
def test_what_cannot_be_written_is_a_sentence_and_stays_as_it_was(
    kind: str, writer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suffix, write = WRITERS[writer]
    path = path_of(kind, tmp_path, suffix, monkeypatch)
    before = sorted(tmp_path.iterdir()) if kind != "locked" else []
    assert shown(path)[: MOST_SHOWN // 2] in sentence(lambda: write(path))
    if kind != "locked":
        assert sorted(tmp_path.iterdir()) == before
    if kind == "pipe":
        assert stat.S_ISFIFO(Path(path).stat().st_mode)


@pytest.mark.parametrize("path", [None, 5, b"", "", object()])
def test_what_is_no_path_is_a_sentence(path: Any) -> None:
    for read in (datasets.load_picture, storage.load, datasets.read_idx, check_writable):
        assert "path" in sentence(lambda read=read: read(path))


def test_bytes_are_a_path(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\273\347.png"
    datasets.save_picture(IMAGE, path)
    assert np.array_equal(datasets.load_picture(path), IMAGE)


def test_a_link_stays_one_and_a_device_a_device(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "link", lambda file: file.write(b"x"))
    assert (tmp_path / "real").read_bytes() == b"x" and (tmp_path / "link").is_symlink()
    assert "not a regular file" in sentence(lambda: write_atomically("/dev/null", lambda file: file.write(b"x")))
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_pipe_that_takes_a_files_place_meanwhile_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "x")
    monkeypatch.setattr(_files, "kind_of", lambda _path: "file")
    assert "not a regular file" in sentence(lambda: open_to_read(tmp_path / "x"))


def test_the_working_folder_may_be_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert "the working folder no longer exists" in sentence(lambda: full_path("x.png"))
    for _suffix, write in WRITERS.values():
        assert "no longer exists" in sentence(lambda write=write, _suffix=_suffix: write(f"x{_suffix}"))
    for suffix, read in READERS.values():
        if suffix != ".keras":
            assert "x" in sentence(lambda read=read, suffix=suffix: read(f"x{suffix}"))
    datasets.save_picture(IMAGE, tmp_path / "x.png")
    assert kind_of(tmp_path / "x.png") == "file"


def test_broken_folders_of_ours_are_passed_over(tmp_path: Path) -> None:
    with at_most(20):
        run = new_run(TrainConfig(), tmp_path)
        for name in ("20250131-142501-fashion", "20250131-142502-fashion"):
            (tmp_path / name).mkdir()
        os.mkfifo(tmp_path / "20250131-142501-fashion" / "config.json")
        (tmp_path / "20250131-142502-fashion" / "config.json").symlink_to("config.json")
        os.mkfifo(run.folder / "model.keras")
        (found,) = list_runs(tmp_path)
        assert found.folder == run.folder and found.model_path is None


def test_the_content_decides_the_digest_and_not_the_name(tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one.keras", "two.keras", "other.keras"))
    one.write_bytes(b"x" * 3_000_000)
    two.write_bytes(b"x" * 3_000_000)
    other.write_bytes(b"x" * 2_999_999 + b"y")
    assert _files.content_digest(one) == _files.content_digest(two) != _files.content_digest(other)


def test_errors_hold_only_what_a_screen_can_show() -> None:
    error = CnnError("{path} has {n:,} \u00e9", path="\udcbb\x1b[31m\u202e.png", n=1000)
    assert str(error) == "\\xbb\\x1b[31m\\u202e.png has 1,000 \u00e9"
    assert error.values["path"] == "\\xbb\\x1b[31m\\u202e.png"
