"""The system's count of processes killed for lack of memory, as evidence that it killed ours."""

from __future__ import annotations

import re
from pathlib import Path

ROOT, PROC = Path("/sys/fs/cgroup"), Path("/proc")
_COUNT = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)


def memory_kills(root: Path = ROOT, proc: Path = PROC) -> int | None:
    """Return the count since the start, in our control group if it has one (Linux, cgroup v2 or v1), otherwise on the
    whole machine; None if unknown. A child is in its parent's group, so both are counted."""
    for path in [*_groups(root, proc), proc / "vmstat"]:
        try:
            count = _COUNT.search(path.read_text("ascii"))
        except (OSError, ValueError):
            continue
        if count:
            return int(count[1])
    return None


def _groups(root: Path, proc: Path) -> list[Path]:
    """Return the files with the counts of our control group. In a container its path may be the host's, and the
    mounted root is then ours."""
    try:
        lines = (proc / "self" / "cgroup").read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []
    paths: list[Path] = []
    for line in lines:
        _number, _colon, rest = line.partition(":")
        kinds, _colon, path = rest.partition(":")
        if not kinds:
            paths += [root / path.lstrip("/") / "memory.events", root / "memory.events"]
        elif "memory" in kinds.split(","):
            paths += [root / "memory" / path.lstrip("/") / "memory.oom_control", root / "memory" / "memory.oom_control"]
    return paths
