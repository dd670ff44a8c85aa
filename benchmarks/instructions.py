"""Instructions per call, counted by valgrind's callgrind, independent of the load of the machine.

Two processes with N and 2 N calls are counted; their difference divided by N is the cost of one call. valgrind does not
support AVX-512, so our core uses AVX2. Every figure includes Python's instructions.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import child, ours, peers
from benchmarks.case import Case
from benchmarks.cases import named

CALLS = 1000
ENTRIES = ("cnncore", "cnncore out=", "cv2 filter2D", "cv2 filter2D dst=", "scipy ndimage.correlate", "pillow Kernel")


def repeat(case: str, name: str, count: int) -> None:
    """Call one entry `count` times after a warm-up call."""
    entries = ours.entries(named(case), 1) if name.startswith(ours.OURS) else None
    if entries is None:
        entries, _ = peers.collect(named(case), 1, [name.partition(" ")[0]])
    call = next(entry.call for entry in entries if entry.name == name)
    call()
    for _ in range(count):
        call()


def _collected(case: Case, entry: str, count: int) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-m", "benchmarks"]
    done = subprocess.run(
        [*command, "_repeat", case.name, entry, str(count)],
        env={**child.environment(1), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    match = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
    if done.returncode or match is None:
        raise RuntimeError(done.stderr.strip()[-300:])
    return int(match[1])


def count(cases: Sequence[Case], calls: int = CALLS) -> None:
    """Print the instructions per call of each entry, for the small cases."""
    if shutil.which("valgrind") is None:
        raise SystemExit("valgrind is not installed")
    print(f"instructions a call, over {calls} calls; CNNCORE_ISA={os.environ.get('CNNCORE_ISA', '(best of valgrind)')}")
    for case in cases:
        print(case.name)
        for entry in ENTRIES:
            try:
                total = _collected(case, entry, 2 * calls) - _collected(case, entry, calls)
                print(f"  {entry:28} {total / calls:10,.0f}", flush=True)
            except RuntimeError as error:
                print(f"  {entry:28} left out: {error}", flush=True)
