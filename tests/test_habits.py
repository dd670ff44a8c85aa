"""Habits of the tests themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from runs_app import calls_the_app
from screens_of import screen_text

TESTS = Path(__file__).parent
ROOT = TESTS.parent
ROOMS = ("csrc", "cnncore", "tui", "tests", "benchmarks")
STILL_LONG = {
    "tui/walk/screen.py",
    "tests/tui/overlay/test_graphics.py",
    "tests/tui/walk/test_convolution_screen.py",
    "tests/tui/walk/test_export.py",
    "tests/tui/walk/test_hand.py",
}
"""Files yet to be divided. None may be added."""
FILES = sorted(TESTS.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_no_test_imports_another(path: Path) -> None:
    """Helpers for more than one test file belong in tests/support."""
    others = {name for name in imported(path) if name.rpartition(".")[2].startswith(("test_", "conftest"))}
    assert not others, f"{path.name} imports {others}: move what they share to tests/support"


def test_no_file_is_too_long_to_read() -> None:
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*.*") if path.suffix in (".py", ".c", ".h")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in sources}
    assert len(lengths) > 300
    long = [f"{path}: {length}" for path, length in lengths.items() if length > 400 and path not in STILL_LONG]
    assert not long


def test_what_contributing_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"`((?:csrc|cnncore|tui|tests|benchmarks)/[\w./-]*)`", text))
    assert len(named) > 20
    missing = {path for path in named if not (ROOT / path).exists() and "/course" not in path}
    assert not missing


async def _presses_a_key() -> None:
    from tui.cnn_app import CnnApp

    async with CnnApp().run_test() as pilot:
        await pilot.press("q")


def test_the_marker_for_the_app_follows_helpers() -> None:
    async def through_a_helper() -> None:
        await _presses_a_key()

    assert calls_the_app(_presses_a_key, set())
    assert calls_the_app(through_a_helper, set())
    assert not calls_the_app(screen_text, set())
