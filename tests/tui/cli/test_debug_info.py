"""`cnn-tui debug-info` and `--log`: what a bug report needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.app.failures import log_to
from tui.cli import main as cli
from tui.cli.console import FAILED, guarded

FACTS = (
    "cnn-tui", "Python", "system", "textual", "numpy", "tensorflow", "TERM", "colours", "size", "pictures", "language",
    "instruction set", "threads", "settings", "runs", "cache", "log",
)  # fmt: skip


def test_debug_info_names_every_fact_and_loads_no_tensorflow() -> None:
    code = (
        "import sys; from tui.cli.main import main; main(['debug-info', '--lang', 'ko'])\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    environment = {**os.environ, "HOME": "/nowhere/somebody", "CNN_TUI_DATA": "/nowhere/somebody/data"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60, check=True
    )
    facts = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert not set(FACTS) - set(facts)
    assert facts["language"] == "ko"
    assert facts["CNN_TUI_DATA"] == "~/data"
    assert "/nowhere/somebody" not in done.stdout


def test_a_named_log_begins_with_the_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.txt"
    try:
        assert cli.main(["debug-info", "--log", str(log)]) == 0
    finally:
        log_to()
    facts = capsys.readouterr().out.splitlines()
    logged = [line.partition(" INFO ")[2] for line in log.read_text("utf-8").splitlines()]
    assert [fact for fact in facts if fact not in logged] == []


def test_an_unforeseen_error_of_a_command_is_one_line_and_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def broken() -> int:
        raise KeyError("no such thing")

    assert guarded(broken) == FAILED
    error = capsys.readouterr().err
    assert error.startswith("cnn-tui: Something went wrong: KeyError: 'no such thing'.") and error.count("\n") == 1
    assert "Traceback" in (tmp_path / "cnn-tui" / "cnn-tui.log").read_text("utf-8")
