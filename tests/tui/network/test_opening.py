"""The progress of opening a network in words, and the time it takes, kept for the next opening."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tui.i18n import set_language
from tui.network.opening import BAR, STEPS, USUAL, Opening, begin, remember


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_the_time_it_took_is_what_the_next_one_expects() -> None:
    assert begin("net.keras", 0) == Opening("net.keras", 0, USUAL)
    remember(3.456)
    assert begin("net.keras", 5) == Opening("net.keras", 5, 3.46, timed=True)


@pytest.mark.parametrize("content", ["", "[]", '{"seconds": "x"}', '{"seconds": -1}', '{"seconds": 1e9}', "{}"])
def test_a_file_that_says_nothing_useful_is_as_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "cache" / "cnn-tui" / "opening.json"
    file.parent.mkdir(parents=True)
    file.write_text(content)
    assert not begin("net.keras", 0).timed


@pytest.mark.parametrize(
    ("now", "full", "words"),
    [
        (10, 0, "about 4 s left"),
        (12, 10, "about 2 s left"),
        (13.6, 18, "about 1 s left"),
        (17, 20, "7 s, longer than last time"),
    ],
)
def test_how_far_and_how_long_still(now: float, full: int, words: str) -> None:
    opening = Opening("net.keras", 10, 4, timed=True, stage="import")
    first, second = opening.words(now).splitlines()
    assert first.startswith("net.keras, step 2 of 3: Loading TensorFlow")
    assert f"[{'#' * full}{'-' * (BAR - full)}]" in second
    assert words in second


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("stage", STEPS)
def test_two_lines_that_fit_80_cells(language: str, stage: str) -> None:
    set_language("ko" if language == "ko" else "en")
    for now in (0, 100):
        lines = Opening("fashion.keras", 0, stage=stage).words(now).splitlines()
        assert len(lines) == 2
        assert all(cell_len(line) <= 78 for line in lines)
