"""What cannot be resumed is refused in one sentence, and left as it was."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_runs import OPTIONS, drawn_garments, in_folder, sentence, stopped

from cnncore.errors import CnnError
from cnncore.training.checkpoint import MEMBER
from cnncore.training.config import TrainConfig
from cnncore.training.files import checkpoint_path
from cnncore.training.resume import resume_config
from cnncore.training.run import run
from cnncore.training.runs import CONFIG, new_run
from cnncore.training.runs.lock import alone_in


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    drawn_garments(monkeypatch, tmp_path_factory)


def broken(tmp_path: Path, what: str) -> str:
    """Something that cannot be resumed; returns its name."""
    if what == "nothing":
        return "nowhere"
    if what == "empty":
        return ""
    if what == "no folder of a run":
        return str(tmp_path)
    path = tmp_path / "m.keras"
    if what == "no file":
        return str(path)
    if what == "no zip":
        path.write_bytes(b"PK\x03\x04 nothing of it")
    elif what == "foreign":
        load = new_run(replace(OPTIONS, engine="keras"), tmp_path / "runs")
        return str(load.folder)
    elif what == "no state":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", "{}")
    elif what == "damaged options":
        lived = new_run(OPTIONS, tmp_path / "runs")
        (lived.folder / CONFIG).write_text("{")
        return str(lived.folder)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(MEMBER, what)
    return str(path)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("nothing", "there is no run nowhere"),
        ("empty", "there is no run"),
        ("no folder of a run", "is not the folder of a run: it has no config.json"),
        ("no file", "there is no such file"),
        ("no zip", "cannot be read"),
        ("foreign", "is a run of the Keras engine, which cannot be resumed"),
        ("no state", "holds no state of a run, so it cannot be resumed"),
        ("damaged options", "is damaged: it holds no options of a run"),
        ("{", "the state of the run in it is damaged"),
        ("[]", "the state of the run in it is damaged"),
        ('{"format": 1}', "the state of the run in it is damaged"),
        ('{"format": 2, "config": {}, "epochs": []}', "from another version"),
        ('{"format": 1, "config": {"epochs": 0}, "epochs": []}', "the state of the run in it is damaged"),
        ('{"format": 1, "config": {}, "epochs": [{}]}', "the state of the run in it is damaged"),
    ],
)
def test_what_cannot_be_resumed_is_one_sentence(what: str, words: str, tmp_path: Path) -> None:
    name = broken(tmp_path, what)
    with pytest.raises(CnnError, match=words) as caught:
        resume_config(name, root=tmp_path)
    assert "\n" not in str(caught.value)


def edited(config: TrainConfig, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the state in the checkpoint of `config`."""
    path = checkpoint_path(config.output)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    fields = json.loads(members[MEMBER])
    change(fields)
    members[MEMBER] = json.dumps(fields).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.update(images=1), "its images have changed since"),
        (lambda state: state.update(random=None), "the position of the random stream is missing"),
        (lambda state: state.update(random={"bit_generator": "PCG64"}), "cannot be resumed"),
        (lambda state: state.update(random={"bit_generator": "MT19937"}), "cannot be resumed"),
        (lambda state: state["config"].update(seed=6), "seed is 5; in the run to resume it is 6"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(
    change: Callable[[dict[str, Any]], object], words: str, tmp_path: Path
) -> None:
    config = in_folder(tmp_path, "m")
    stopped(config, 10)
    edited(config, change)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert words in sentence(list(run(replace(config, resume=True)))[-1])
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    config = in_folder(tmp_path, "m")
    stopped(config, 10)
    other = in_folder(tmp_path, "o", replace(OPTIONS, dropout=0.0))
    stopped(other, 10)
    edited(other, lambda state: state["config"].update(network="binary", limit=8, batch_size=4))
    binary = replace(other, network="binary", limit=8, batch_size=4, resume=True)
    edited(other, lambda state: state.update(images=fingerprint_of(binary)))
    assert "cannot be resumed" in sentence(list(run(binary))[-1])


def fingerprint_of(config: TrainConfig) -> int:
    from cnncore.training import data
    from cnncore.training.checkpoint import fingerprint

    images = data.load(config, lambda *_: None)
    return fingerprint(images.train_images, images.train_labels)


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_a_run_in_progress_is_not_resumed_beside_itself(tmp_path: Path) -> None:
    lived = new_run(OPTIONS, tmp_path)
    with alone_in(lived.config.output):
        last = list(run(replace(lived.config, resume=True)))[-1]
    assert "is still in progress in another process" in sentence(last)
    list(run(replace(lived.config, epochs=1)))
    assert lived.model_path is not None
