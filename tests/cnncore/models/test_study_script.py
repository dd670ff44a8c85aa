"""A script written for Keras runs with its import lines changed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from screens_of import SUPPORT

SCRIPT = (SUPPORT / "study_script.txt").read_text("utf-8")


def output_of(script: str, folder: Path) -> str:
    (folder / "script.py").write_text(script, "utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def learned(output: str) -> float:
    assert "Total params: " in output
    assert "['accuracy', 'loss', 'val_accuracy', 'val_loss']" in output
    return float(output.rsplit("accuracy: ", 1)[1])


def test_with_cnncore(tmp_path: Path) -> None:
    output = output_of(re.sub(r"\bfrom keras\b", "from cnncore", SCRIPT), tmp_path)
    assert learned(output) > 0.85
    assert re.search(r"epochs: [1-9]", output)
    assert "Reached 90% accuracy" in output
    assert re.search(r"9/9 - \d+s - \d+(ms|us)/step - accuracy: 0\.\d+ - loss: ", output)


@pytest.mark.keras
def test_with_keras(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    assert learned(output_of(SCRIPT, tmp_path)) > 0.85
