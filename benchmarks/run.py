"""Runs cases and gathers their figures into one JSON document.

{"format": 1, "date", "machine": {...}, "load": {"start", "end"}, "facts": {"isa", "versions", ...}, "results": [...]}
with each result {"case", "threads", "operations", "bytes", "roof", "goals", "peak": {"fma", "copy"} or null, "entries":
[{"name", "ours", "reused", "note", "agrees", "difference", "limit", "timing"}], "missing": {peer: reason}}.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import child
from benchmarks.cases import CASES, Case
from benchmarks.peak import Peak, Workshop

Document = dict[str, Any]
LIMIT = 900
"""Seconds after which one case with one number of threads is given up."""


def selected(parts: Sequence[str]) -> list[Case]:
    """The cases whose name holds one of `parts`; all of them without any."""
    return [case for case in CASES if not parts or any(part.lower() in case.name.lower() for part in parts)]


def run(cases: Sequence[Case], threads: Sequence[int], *, quick: bool, only: str = "") -> Iterator[Document]:
    """The document as it grows: once after each case, the same object."""
    document: Document = {
        "format": 1,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": machine(),
        "load": {"start": load(), "end": None},
        "facts": {},
        "results": [],
    }
    with Workshop() as workshop:
        document["peak_problem"] = workshop.problem
        for case in cases:
            for count in threads:
                result = _one(case, count, quick, only, workshop)
                document["facts"] |= result.pop("facts", {})
                document["results"].append(result)
                document["load"]["end"] = load()
                yield document


def _one(case: Case, threads: int, quick: bool, only: str, workshop: Workshop) -> Document:
    before = workshop.measure(threads, case.nbytes) if case.roof else None
    result: Document = {
        "case": case.name,
        "threads": threads,
        "operations": float(case.operations),
        "bytes": int(case.nbytes),
        "roof": case.roof,
        "goals": [list(goal) for goal in case.goals],
        "load": load(),
    }
    with tempfile.TemporaryDirectory(prefix="cnncore-bench-") as folder:
        destination = Path(folder) / "result.json"
        command = [sys.executable, "-m", "benchmarks", "_case", case.name, str(threads), str(destination)]
        command += ["--quick"] * quick + (["--peer", only] if only else [])
        try:
            done = subprocess.run(
                command,
                env=child.environment(threads),
                cwd=Path(__file__).parent.parent,
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
            said = done.stderr.strip()[-1500:]
        except subprocess.TimeoutExpired:
            said = f"given up after {LIMIT} s"
        # The better one of before and after: it is a limit, and whatever else runs only lowers it.
        after = workshop.measure(threads, case.nbytes) if case.roof else None
        peak = Peak(max(before.fma, after.fma), max(before.copy, after.copy)) if before and after else None
        result["peak"] = asdict(peak) if peak else None
        if destination.exists():
            return result | json.loads(destination.read_text(encoding="utf-8"))
        return result | {"entries": [], "missing": {}, "failed": said or f"ended with status {done.returncode}"}


def write(document: Document, path: Path) -> None:
    """Writes the whole file or leaves the old one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path) -> Document:
    """A document written by `write`; `SystemExit` with the reason for anything else."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path} cannot be read: {error}") from error
    if not isinstance(document, dict) or document.get("format") != 1:
        raise SystemExit(f"{path} was not written by `python -m benchmarks run --json`")
    return document


def load() -> float | None:
    """Processes that were ready to run, on average over the last minute."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def machine() -> Document:
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": processor,
        "processors": available,
        "system": platform.system(),
        "python": platform.python_version(),
    }
