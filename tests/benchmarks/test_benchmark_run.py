"""A peer that takes its process along or never returns is left out; what ends by ours is a failed case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import child, run
from benchmarks.cases import CASES
from benchmarks.measure import Plan
from benchmarks.training import TRAIN_CASES


def pretend(monkeypatch: pytest.MonkeyPatch, culprit: str) -> list[list[str]]:
    """The case's process, played: it ends while `culprit` is at work, unless told to go without."""
    tries: list[list[str]] = []

    def ended(command: Sequence[str], _: dict[str, str]) -> str:
        without = [word for before, word in pairwise(command) if before == "--without"]
        tries.append(without)
        destination = Path(command[6])
        if culprit in without:
            destination.write_text(json.dumps({"entries": [], "missing": {}}), encoding="utf-8")
            return "status 0"
        child.at_work(destination).write_text(culprit, encoding="utf-8")
        return "SIGSEGV"

    monkeypatch.setattr(run, "_ended", ended)
    return tries


def test_a_case_goes_on_without_the_peer_that_ended_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = pretend(monkeypatch, "ncnn")
    measured = run._measured(CASES[0], 1, run.Options())
    assert tries == [[], ["ncnn"]]
    assert "SIGSEGV" in measured["missing"]["ncnn"]
    assert "failed" not in measured


def test_a_case_that_ends_by_ours_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = pretend(monkeypatch, "")
    assert run._measured(CASES[0], 1, run.Options())["failed"] == "SIGSEGV"
    assert len(tries) == 1


def test_a_document_is_written_whole_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    run.write({"format": 1, "results": []}, path)
    run.write({"format": 1, "results": [1]}, path)
    assert run.read(path)["results"] == [1]
    assert list(tmp_path.iterdir()) == [path]
    path.write_text("{", encoding="utf-8")
    with pytest.raises(SystemExit, match="cannot be read"):
        run.read(path)


def test_long_calls_have_fewer_turns_but_three() -> None:
    plan = Plan(rounds=15, turn=0.02, call=2)
    assert [plan.turns(seconds) for seconds in (1e-6, 0.2, 9)] == [15, 10, 3]


def test_only_and_case_narrow_together() -> None:
    train = [case.name for case in run.selected([], ["train"])]
    assert len(train) == 4
    assert all(name.startswith("train: ") for name in train)
    assert [case.name for case in run.selected(["lenet"], ["train"])] == ["train: LeNet-5 with dropout, batch 128"]


def test_a_step_of_the_fashion_network_has_its_direct_arithmetic() -> None:
    fashion, binary, *_ = TRAIN_CASES
    assert fashion.operations / fashion.steps == pytest.approx(2.96e9, rel=2e-3)
    assert sum(array.size for array in binary.weights) == 30_917_793


def test_all_libraries_have_as_many_turns_in_training() -> None:
    plan = TRAIN_CASES[0].plan(quick=False)
    assert plan.turns(0.01) == plan.turns(60) == 7


def test_cases_have_names_of_their_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
