"""The memory of training the binary network, 30,917,793 weights: measured from outside, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from screens_of import SUPPORT

from cnncore.training.config import TrainConfig

WEIGHTS = 4 * 30_917_793
"""Bytes."""
TIMES = 4
"""The weights, their gradients, and Adam's two averages."""
MAPS = 32 * 4 * (148 * 103 * 16 + 74 * 51 * 16 + 150 * 105)
"""The bytes of a batch, of its feature maps and of the pooled ones."""
BESIDE = 32 << 20
"""The other images, the buffers of threads, HDF5, what Python and the allocator keep."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="a process's peak is known on Linux alone"),
]


def peak(config: TrainConfig, folder: Path) -> int:
    environment = os.environ | {"CNN_TUI_DATA": str(folder / "missing"), "XDG_CACHE_HOME": str(folder / "cache")}
    child = subprocess.run(
        [sys.executable, str(SUPPORT / "large_run_child.py"), json.dumps(asdict(config))],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=environment,
    )
    assert child.returncode == 0, child.stderr
    return int(child.stdout)


def test_four_times_the_weights_and_the_maps_suffice(tmp_path: Path) -> None:
    """While it trains, writes a checkpoint and the model, and goes on from there."""
    output = str(tmp_path / "net.keras")
    config = TrainConfig("binary", epochs=1, batch_size=32, limit=48, validation_split=0.2, output=output)
    took = peak(config, tmp_path)
    assert took > 3 * WEIGHTS  # it trained
    assert took < TIMES * WEIGHTS + MAPS + BESIDE
    took = peak(replace(config, epochs=2, resume=True), tmp_path)
    assert 3 * WEIGHTS < took < TIMES * WEIGHTS + MAPS + BESIDE
