"""The memory that an operation takes beside its arrays, and its time, where padding, strides, dilation or windows are
far larger than the image: measured from outside, in a process that may not have much memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from screens_of import SUPPORT

TIMES = 10
"""The work space over the bytes of inputs, weights and outputs. The plain twins sum bytes in 8."""
ALWAYS = 6 << 20
"""Overhead of the allocator, of Python, and of each thread."""
SECONDS = 5.0

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="the peak of one call is known on Linux alone"
)


@pytest.fixture(scope="module")
def told() -> dict[str, tuple[int, int, float]]:
    child = subprocess.run(
        [sys.executable, str(SUPPORT / "work_space_child.py")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    found: dict[str, tuple[int, int, float]] = json.loads(child.stdout)
    return found


def test_work_space_stays_within_a_small_multiple_of_the_arrays(told: dict[str, tuple[int, int, float]]) -> None:
    large = {name: (peak, given) for name, (peak, given, _s) in told.items() if peak > TIMES * given + ALWAYS}
    assert not large
    assert len(told) > 100


def test_time_goes_into_taps_and_not_into_padding(told: dict[str, tuple[int, int, float]]) -> None:
    assert not {name: seconds for name, (_p, _g, seconds) in told.items() if seconds > SECONDS}
