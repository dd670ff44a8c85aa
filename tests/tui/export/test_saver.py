"""Writing what is exported: names are checked first, and nothing is overwritten unasked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from cnncore.errors import CnnError
from tui.export.menu import KEYS, Item, Saver, pixels_beside

PICTURE = Item("picture", "p", "A picture", "cnn.png", (".png", ".pgm"))
CODE = Item("keras", "k", "Code", "cnn_layer.py", (".py",))


def write(path: Path) -> Sequence[Path]:
    path.write_bytes(b"new")
    return [path]


def test_a_new_file_is_written_and_named_in_full(tmp_path: Path) -> None:
    path = tmp_path / "a.PNG"
    assert Saver(PICTURE, write)(f" {path} ") == [str(path)]
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "words"), [("", "such as cnn.png"), ("a.txt", r"must end in .png, .pgm"), ("none/a.png", "none")]
)
def test_a_wrong_name_writes_nothing(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(CnnError, match=words):
        Saver(PICTURE, write)(str(tmp_path / name) if name else " ")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_overwritten_at_the_second_time_of_asking(tmp_path: Path) -> None:
    one, other = tmp_path / "one.png", tmp_path / "other.png"
    for path in (one, other):
        path.write_bytes(b"old")
    save = Saver(PICTURE, write)
    for path in (one, other, one):  # another name between them begins again
        with pytest.raises(CnnError, match="already exists"):
            save(str(path))
    assert one.read_bytes() == b"old"
    save(str(one))
    assert one.read_bytes() == b"new" and other.read_bytes() == b"old"


def test_code_is_held_back_by_the_pixels_beside_it_too(tmp_path: Path) -> None:
    path = tmp_path / "layer.py"
    pixels_beside(path).write_bytes(b"old")
    with pytest.raises(CnnError, match=r"layer_pixels.npy already exists"):
        Saver(CODE, write)(str(path))
    assert not path.exists()


def test_x_closes_and_is_no_items_key() -> None:
    assert "x" not in KEYS and len(set(KEYS)) == len(KEYS)
