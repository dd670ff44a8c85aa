"""What the benchmark says about figures, from figures made up here: no peer is needed."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import report


def row(name: str, seconds: float | None, *, ours: bool = False, reused: bool = False, prepared: bool = False) -> Any:
    timing = seconds and {
        "median": seconds,
        "low": seconds * 0.99,
        "high": seconds * 1.01,
        "rounds": 5,
        "cpus": 1.0,
        "work": seconds,
    }
    said = {"agrees": seconds is not None, "difference": 0.0, "limit": 1e-5, "note": "", "timing": timing}
    return {"name": name, "ours": ours, "reused": reused, "prepared": prepared, **said}


def result(*peers: Any, goals: Any = (), threads: int = 2) -> Any:
    own = [
        row("cnncore", 4e-3, ours=True),
        row("cnncore out=", 3e-3, ours=True, reused=True),
        row("cnncore Network", 1e-3, ours=True, prepared=True),
    ]
    return {
        "case": "conv",
        "threads": threads,
        "operations": 1e6,
        "bytes": 1000,
        "roof": "fma",
        "goals": [list(goal) for goal in goals],
        "load": 0.1,
        "peak": {"fma": 1e9, "copy": 1e9},
        "isa": "avx2",
        "entries": [*own, *peers],
        "missing": {},
    }


def document(*results: Any, isa: str = "avx2") -> Any:
    machine = {"processor": "p", "processors": 2, "system": "Linux", "python": "3"}
    rest = {"date": "today", "load": {"start": 0, "end": 0}, "facts": {"isa": isa}, "quick": False}
    return {"machine": machine, "results": list(results), **rest}


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        (row("eager", 8e-3), 2.0),
        (row("eager out", 9e-3, reused=True), 3.0),
        (row("model", 5e-3, prepared=True), 5.0),
        (row("model bound", 6e-3, prepared=True, reused=True), 6.0),
    ],
)
def test_like_is_held_against_like(peer: Any, expected: float) -> None:
    assert report.ratio(result(peer), peer) == pytest.approx(expected)


def test_a_share_of_the_peak_is_a_goal() -> None:
    ((words, reached),) = report.goals(result(goals=[("peak", 0.2)]))
    assert "20% of the machine's peak: 25%" in words  # 1e6 operations in 4 ms, at 1e9 a second
    assert reached


def test_training_is_said_in_images_a_second() -> None:
    text = report.text(result() | {"images": 100})
    assert "images/s" in text
    assert " 25000 " in text


def test_training_is_held_against_processor_time_too() -> None:
    peer = row("keras", 40e-3)
    peer["timing"]["work"] = 12e-3
    ((words, reached),) = report.goals(result(peer, goals=[("keras", 6)]) | {"images": 100})
    assert reached
    assert "10.00x" in words
    assert "3.00x in processor time" in words


def test_best_is_the_fastest_peer_and_the_goal_names_the_pair() -> None:
    peers = (row("eager", 8e-3), row("model", 2.7e-3, prepared=True))
    ((words, reached),) = report.goals(result(*peers, goals=[("best", 2.6)]))
    assert reached
    assert "2.70x" in words
    assert "model 2.7 ms, cnncore Network 1 ms" in words


@pytest.mark.parametrize(("threads", "expected"), [(1, True), (2, False)])
def test_one_thread_may_fall_short_by_a_tenth(threads: int, expected: bool) -> None:
    outcome = report.goals(result(row("eager", 7.3e-3), goals=[("eager", 2)], threads=threads))
    assert [reached for _, reached in outcome] == [expected]


def test_a_goal_of_level_is_not_lowered_further() -> None:
    ((words, reached),) = report.goals(result(row("eager", 3.7e-3), goals=[("eager", 0.95)], threads=1))
    assert not reached
    assert "here" not in words


def test_a_goal_without_its_peer_is_neither_reached_nor_missed() -> None:
    one = result(goals=[("absent", 2), ("best", 2), ("seconds", 5e-3)])
    assert [reached for _, reached in report.goals(one)] == [None, None, True]
    assert len(report.goal_lines(one)) == 1


def test_text_and_table_show_every_peer_and_what_is_missing() -> None:
    one = result(row("eager", 8e-3), row("wrong", None), goals=[("eager", 3)])
    one["missing"] = {"gone": "not installed"}
    text = report.text(one)
    for part in ("eager", "2.00", "DISAGREES: wrong", "left out: gone: not installed", "NOT reached"):
        assert part in text
    lines = report.table(document(one)).splitlines()
    assert len({line.count("|") for line in lines[:3]}) == 1
    assert "eager 2" in lines[2]


def test_text_and_table_survive_a_case_that_failed() -> None:
    one = result() | {"entries": [], "failed": "SIGSEGV", "goals": [["best", 2]]}
    assert "FAILED: SIGSEGV" in report.text(one)
    assert "failed" in report.table(document(one))


def test_compare_divides_out_what_the_machine_did() -> None:
    before, after = result(row("eager", 8e-3)), result(row("eager", 16e-3))
    for entry in after["entries"][:3]:
        entry["timing"] = {key: value * 2 for key, value in entry["timing"].items()}
    text, slower = report.compare(document(before), document(after))
    assert not slower
    assert "SLOWER" not in text


def test_compare_names_what_became_slower() -> None:
    before, after = result(row("eager", 8e-3)), result(row("eager", 8e-3))
    timing = after["entries"][0]["timing"]
    after["entries"][0]["timing"] = {key: value * 1.5 for key, value in timing.items()}
    text, slower = report.compare(document(before), document(after, isa="avx512"))
    assert slower
    assert text.count("SLOWER") == 1
    assert "the instruction sets differ" in text


def test_the_short_table_names_the_closest_libraries() -> None:
    peers = [row("torch NCHW", 9e-3), row("torch.compile NCHW", 8e-3), row("cv2 filter2D", 2e-3), row("numba", None)]
    peers.append(row("scikit-image", 1.1232))
    lines = report.short_table(document(result(*peers), result(*peers, threads=1))).splitlines()
    assert lines[0] == "| case | ours, 1 thread | ours, 2 threads | closest, 2 threads |"
    assert len(lines) == 3
    assert lines[2].startswith("| conv | 1 ms (100%) | 1 ms (100%) | cv2 0.5x, torch 2x, scikit-image 281x |")
