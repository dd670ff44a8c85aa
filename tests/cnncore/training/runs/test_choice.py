"""Runs found by a word, chosen by conditions, and put in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_up_runs import made_up

from cnncore.errors import CnnError
from cnncore.training.config import TrainConfig
from cnncore.training.resume import resume_config
from cnncore.training.runs import new_run
from cnncore.training.runs.choice import conditions, find_run, in_order
from cnncore.training.runs.facts import NAMES, facts


def test_the_facts_of_a_run(tmp_path: Path) -> None:
    one = facts(made_up(tmp_path, (0.5, 0.75, 0.625), name="n", network="tiny", dropout=0.25, limit=1000))
    assert tuple(one) == NAMES
    wanted: dict[str, Any] = {
        "id": "20250131-142501-tiny",
        "name": "n",
        "state": "finished",
        "started": "2025-01-31 14:25:01",
        "network": "tiny",
        "engine": "core",
        "dropout": 0.25,
        "epochs": 3,
        "done": 3,
        "val_accuracy": 0.75,
        "best_epoch": 2,
        "final_accuracy": 0.75,
        "final_val_accuracy": 0.625,
        "gap": 0.125,
        "val_loss": 2 / 3,
        "test_accuracy": 0.75,
    }
    assert {name: one[name] for name in wanted} == wanted
    bare = facts(new_run(TrainConfig(), tmp_path))
    assert (bare["done"], bare["val_accuracy"], bare["gap"], bare["test_accuracy"]) == (0, None, None, None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "abc"),
        ("dropout>0", "b"),
        ("dropout > 0 limit=1000", "b"),
        ("limit=1,000", "ab"),
        ("limit==1000 dropout<0.5", "ab"),
        ("limit!=1000", "c"),
        ("network=TINY", "a"),
        ("val_accuracy>=0.75", "ac"),
        ("val_accuracy<0.75", "b"),
        ('name="the b"', "b"),
        ("name='the b' dropout=0.25", "b"),
        ("normalize=false", "c"),
        ("started>2025-02-01", "bc"),
        ("test_loss=1", ""),
        ("test_loss!=1", "abc"),
        ("state=finished", "abc"),
    ],
)
def test_conditions(text: str, found: str, tmp_path: Path) -> None:
    runs = {
        "a": made_up(tmp_path, (0.75,), network="tiny", limit=1000),
        "b": made_up(tmp_path, (0.5,), day=1, name="the b", dropout=0.25, limit=1000),
        "c": made_up(tmp_path, (0.875,), day=2, normalize=False),
    }
    wanted = conditions(text)
    assert "".join(name for name, run in runs.items() if all(one.meets(facts(run)) for one in wanted)) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dropout", "the filter 'dropout' cannot be read; write conditions such as"),
        ("limit=1000 dropout>", "the filter 'dropout>' cannot be read"),
        ("limit=1000,dropout>0", "limit must be a number"),
        ("droput>0", "a run has no value 'droput'; it has id, name"),
        ("dropout>much", "dropout must be a number, got 'much'"),
        ('name="open', "cannot be read"),
    ],
)
def test_what_is_no_condition_is_named(text: str, words: str) -> None:
    with pytest.raises(CnnError) as caught:
        conditions(text)
    assert words in str(caught.value)


def test_order() -> None:
    rows = [
        {**dict.fromkeys(NAMES), "id": name, "val_accuracy": accuracy, "val_loss": loss, "name": name * 2}
        for name, accuracy, loss in (("a", 0.5, 1.0), ("b", None, None), ("c", 0.75, 2.0))
    ]

    def order(name: str) -> str:
        return "".join(row["id"] for row in in_order(rows, name))

    assert order("val_accuracy") == "cab"
    assert order("val_loss") == "acb"
    assert order("name") == "abc"
    with pytest.raises(CnnError, match="no value 'best'"):
        order("best")


def test_a_run_is_found_by_many_words(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match="there is no run yet"):
        find_run("latest", tmp_path)
    first, second = made_up(tmp_path, name="one"), made_up(tmp_path, day=1, name="twin", network="tiny")
    third = made_up(tmp_path, day=2, name="twin")
    for word, wanted in (
        (first.id, first),
        (str(first.folder), first),
        ("20250131", first),
        ("one", first),
        ("20250201-142501-t", second),
        (third.id, third),
        ("latest", third),
    ):
        assert find_run(word, tmp_path) == wanted, word
    for word, words in (
        ("twin", "twin means 2 runs: 20250202-142501-fashion, 20250201-142501-tiny; give the id of one"),
        ("2025", "2025 means 3 runs"),
        ("nobody", "there is no run nobody; give its id, its name, its folder, or latest"),
        ("", "there is no run"),
        (str(tmp_path), "is not the folder of a run: it has no config.json"),
    ):
        with pytest.raises(CnnError) as caught:
            find_run(word, tmp_path)
        assert words in str(caught.value)


def test_a_run_is_resumed_by_its_name(tmp_path: Path) -> None:
    one = new_run(TrainConfig(), tmp_path, name="to go on with")
    assert resume_config("to go on with", root=tmp_path).output == one.config.output
    assert resume_config(one.id[:8], root=tmp_path).output == one.config.output
    new_run(TrainConfig(), tmp_path, name="to go on with")
    with pytest.raises(CnnError, match="there is no run to go on with"):
        resume_config("to go on with", root=tmp_path)
