"""The data of the binary network: two folders of pictures, or drawn ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnncore.datasets import folders
from cnncore.datasets.folders import load_binary
from cnncore.datasets.pictures import save_picture
from cnncore.errors import CnnError


def fill(folder: Path, count: int, value: int) -> None:
    folder.mkdir(parents=True)
    for k in range(count):
        save_picture(np.full((30, 21), value + k, np.uint8), folder / f"{k}.png")


def test_two_folders(tmp_path: Path) -> None:
    fill(tmp_path / "b-dark", 10, 20)
    fill(tmp_path / "a-light", 10, 200)
    (tmp_path / "a-light" / "notes.txt").write_text("not a picture")
    (tmp_path / ".hidden").mkdir()
    told = []
    got = load_binary(tmp_path, progress=lambda *seen: told.append(seen))
    assert got.classes == ("a-light", "b-dark") and not got.substitute and got.source == str(tmp_path)
    assert got.train_images.shape == (16, 150, 105) and got.test_images.shape == (4, 150, 105)
    for images, labels in ((got.train_images, got.train_labels), (got.test_images, got.test_labels)):
        assert np.array_equal(images[:, 75, 52] < 100, labels == 1)
    assert {0, 1} <= set(got.train_labels[:8].tolist())  # mixed, not one class after the other
    assert told[-1] == (20, 20, "images")
    again = load_binary(tmp_path, limit=3)
    assert np.array_equal(again.train_images, got.train_images[:3]) and len(again.test_images) == 3


@pytest.mark.parametrize("name", ["test", "validation"])
def test_a_part_for_testing(tmp_path: Path, name: str) -> None:
    for part, count in (("train", 4), (name, 2)):
        for k, kind in enumerate(("cats", "dogs")):
            fill(tmp_path / part / kind, count, 10 + 100 * k)
    got = load_binary(tmp_path)
    assert got.classes == ("cats", "dogs") and len(got.train_images) == 8 and len(got.test_images) == 4
    (tmp_path / name / "dogs").rename(tmp_path / name / "birds")
    with pytest.raises(CnnError, match=r"has the classes birds, cats, but .*train has cats, dogs"):
        load_binary(tmp_path)


def test_folders_laid_out_otherwise(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match="no such folder"):
        load_binary(tmp_path / "none")
    with pytest.raises(CnnError, match="has 0 subfolders"):
        load_binary(tmp_path)
    fill(tmp_path / "one", 2, 10)
    (tmp_path / "two").mkdir()
    with pytest.raises(CnnError, match="two contains no pictures; supported formats are PNG"):
        load_binary(str(tmp_path))
    (tmp_path / "two" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(CnnError, match=r"broken\.png is cut off"):
        load_binary(tmp_path)
    (tmp_path / "three").mkdir()
    with pytest.raises(CnnError, match="has 3 subfolders"):
        load_binary(tmp_path)


def test_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(folders, "DRAWN_TRAIN", 12)
    monkeypatch.setattr(folders, "DRAWN_TEST", 6)
    got = load_binary("")
    assert got.substitute and "--data DIR" in got.reason and got.classes == ("Trouser", "Dress")
    assert got.train_images.shape == (12, 150, 105) and got.test_images.shape == (6, 150, 105)
    assert sorted(got.train_labels.tolist()) == [0] * 6 + [1] * 6
    assert np.array_equal(load_binary(limit=5).train_images, got.train_images[:5])
