"""A sentence within another is in the reader's language too, also when it comes from a child process."""

from __future__ import annotations

import json
import pickle
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnncore import CnnError, layers
from cnncore.child.messages import Failed, to_json
from cnncore.errors import Sentence
from cnncore.models import Sequential, load_model
from cnncore.training.checkpoint import read_checkpoint
from tui.i18n import error_text, sentence, set_language


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    set_language("ko")
    yield
    set_language("en")


def edited(path: Path, **changes: object) -> Path:
    """A model's file, with other arguments of its first layer with weights."""
    model = Sequential([layers.Input((6, 6, 1)), layers.Conv2D(2, 3, name="first"), layers.Flatten()])
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    description = json.loads(members["config.json"])
    description["config"]["layers"][1]["config"] |= changes
    members["config.json"] = json.dumps(description).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


ENGLISH = re.compile(r"\b(must|the|cannot|layer|got|is|be|at least|of|bytes|read)\b")
WRONG = [
    {"strides": 0},
    {"strides": [1, 2, 3]},
    {"padding": "sideways"},
    {"filters": -1},
    {"use_bias": "perhaps"},
    {"activation": "swish"},
    {"kernel_size": [9, 9]},
]


@pytest.mark.parametrize("changes", WRONG, ids=str)
def test_a_layer_in_a_file_is_told_in_korean(changes: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(CnnError) as caught:
        load_model(edited(tmp_path / "m.keras", **changes))
    text = error_text(caught.value).replace(str(tmp_path), "")
    assert re.search("[가-힣]", text)
    assert not ENGLISH.search(text), text
    line = to_json(Failed(caught.value.template, caught.value.values))
    told = json.loads(line)
    assert sentence(told["message"], told["values"]).replace(str(tmp_path), "") == text


@pytest.mark.parametrize("content", [b"[]", b'{"config": 3}', b'{"class_name": "Dense", "config": {}}'])
def test_a_file_that_is_no_model_is_told_in_korean(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", content)
    with pytest.raises(CnnError) as caught:
        load_model(path)
    assert not ENGLISH.search(error_text(caught.value).replace(str(tmp_path), ""))


def test_in_english_it_reads_as_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CnnError) as caught:
        load_model(edited(tmp_path / "m.keras", strides=0))
    inner = caught.value.values["reason"]
    assert isinstance(inner, Sentence)
    assert str(caught.value).endswith(f": {inner}")
    assert "{" not in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.values) == (str(caught.value), caught.value.values)


def test_a_missing_file_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match="there is no such file") as caught:
        read_checkpoint(tmp_path / "m.keras")
    assert str(caught.value).count("m.keras") == 1
