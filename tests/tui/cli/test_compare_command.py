"""`cnn-tui compare`: what differs, figures, curves and answers of two runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from made_up_runs import made_up
from small_runs import OPTIONS, drawn_garments

from cnncore.errors import CnnError
from cnncore.models import load_model
from cnncore.training import data
from cnncore.training.run import run
from cnncore.training.runs import Run, new_run, runs_folder
from cnncore.training.runs.compare import compare, disagreement
from cnncore.training.runs.folder import read_run
from tui.cli.main import main

TINY = replace(OPTIONS, network="tiny", epochs=2, dropout=0.0)


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    drawn_garments(monkeypatch, tmp_path_factory)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return runs_folder()


@pytest.fixture
def pair(root: Path) -> tuple[Run, Run]:
    made = [
        new_run(config, root, name=name) for name, config in (("plain", TINY), ("drops", replace(TINY, dropout=0.5)))
    ]
    for one in made:
        list(run(one.config))
    return made[0], made[1]


def test_what_differs_comes_first(pair: tuple[Run, Run], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "plain", "drops"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0] == f"A: plain ({pair[0].id})"
    assert [line.split() for line in lines[3:6]] == [
        ["Option", "A", "B"],
        ["-------", "-", "---"],
        ["dropout", "0", "0.5"],
    ]
    assert [line.strip() for line in lines if "Dropout" in line] == ["+ Dropout(rate=0.5)"]
    figures = {line[:30].strip(): line[30:].split() for line in lines}
    tests = [read_run(one.folder).record.test_accuracy for one in pair]
    assert figures["test accuracy"] == [f"{value:.4f}" for value in tests]
    assert figures["finished epochs"] == ["2", "2"]
    assert any("a" in line and line[:5].strip().startswith(("0.", "|")) for line in lines), "the curve of A"
    assert "They disagree on" in lines[-1]


def test_the_answers_are_those_of_the_models(pair: tuple[Run, Run]) -> None:
    found = disagreement(*pair)
    dataset = data.load(replace(TINY, limit=0), lambda *_: None)
    inputs = data.prepared(dataset.test_images)
    answers = [load_model(one.config.output).predict(inputs, verbose=0).argmax(axis=1) for one in pair]
    assert found.images == len(dataset.test_labels)
    assert found.differ == int((answers[0] != answers[1]).sum()) > 0
    assert found.right == tuple(int((one == dataset.test_labels).sum()) for one in answers)
    assert disagreement(pair[0], pair[0]).differ == 0


def test_why_answers_were_not_compared(root: Path, pair: tuple[Run, Run]) -> None:
    untrained = new_run(TINY, root)
    elsewhere = new_run(replace(TINY, data=str(root)), root)
    Path(elsewhere.config.output).write_bytes(Path(pair[0].config.output).read_bytes())
    for other, words in ((untrained, "has no model"), (elsewhere, "did not learn from the same images")):
        with pytest.raises(CnnError, match=words):
            disagreement(pair[0], other)
    log = pair[1].folder / "events.jsonl"
    log.write_text(log.read_text().replace('"substitute": true', '"substitute": false'))
    with pytest.raises(CnnError, match=r"the images that .* learned from are not here"):
        disagreement(*pair)


def test_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made_up(root, (0.5, 0.75), name="a", network="tiny")
    made_up(root, (0.5, 0.625, float("nan")), day=1, name="b")
    assert main(["compare", "a", "b", "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert found["options"] == {"network": ["tiny", "fashion"], "epochs": [2, 3]}
    assert [one["val_accuracy"] for one in found["runs"]] == [0.75, 0.625]
    assert [len(one) for one in found["histories"]] == [2, 3]
    assert found["disagreement"] is None
    assert found["disagreement_unknown"]
    assert found["layers"]


def test_the_same_run_twice(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = made_up(root, (), name="a")
    found = compare(one, one)
    assert (found.options, found.layers) == ((), ())
    assert main(["compare", "a", "a"]) == 0
    assert "Both have the same options." in capsys.readouterr().out


def test_the_picture(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made_up(root, (0.5, 0.75, 0.625), name="a <b> & c")
    made_up(root, (0.5,), day=1, name="b")
    path = tmp_path / "curves.svg"
    assert main(["compare", "a <b> & c", "b", "--svg", str(path)]) == 0
    assert f"Picture: {path}" in capsys.readouterr().out
    picture = ElementTree.fromstring(path.read_text())
    texts = ["".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "A: a <b> & c (20250131-142501-fashion) / B: b (20250201-142501-fashion)" in texts
    assert {"A training", "A validation", "B training", "B validation", "epoch", "accuracy"} <= set(texts)
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}polyline"))) == 2
    with pytest.raises(SystemExit):
        main(["compare", "b", "b", "--svg", str(path)])
    assert "already exists" in capsys.readouterr().err
