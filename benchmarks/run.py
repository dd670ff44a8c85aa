"""Running of cases, and their results as one JSON document.

{"format": 1, "date", "machine": {...}, "load": {"start", "end"}, "facts": {"isa", "versions", ...}, "results": [...]}
with each result {"case", "threads", "operations", "bytes", "roof", "goals", "peak": {"fma", "copy"} or null, "entries":
[{"name", "ours", "reused", "note", "agrees", "difference", "limit", "timing"}], "missing": {peer: reason}}.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import child
from benchmarks.case import Case
from benchmarks.cases import CASES, HELD_BACK_GOALS
from benchmarks.peak import Peak, Workshop

Document = dict[str, Any]
LIMIT = 900
"""The time limit, in seconds, of a case with one number of threads; it then starts again without the current peer."""


def selected(parts: Sequence[str], groups: Sequence[str] = ()) -> list[Case]:
    """Return the cases of `groups` whose name contains one of `parts`; an empty list stands for all."""
    cases = [case for case in CASES if not groups or case.group in groups]
    return [case for case in cases if not parts or any(part.lower() in case.name.lower() for part in parts)]


@dataclass(frozen=True)
class Options:
    """Options of a run. `only` are prefixes of the peers to run; `isa` is the instruction set of our core."""

    quick: bool = False
    only: tuple[str, ...] = ()
    isa: str = ""


def run(cases: Sequence[Case], threads: Sequence[int], options: Options) -> Iterator[Document]:
    """Yield the growing document, always the same object, after each case."""
    document: Document = {
        "format": 1,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": options.quick,
        "machine": machine(),
        "load": {"start": load(), "end": None},
        "facts": {},
        "results": [],
    }
    with Workshop() as workshop:
        document["peak_problem"] = workshop.problem
        for case in cases:
            for count in threads:
                result = _one(case, count, options, workshop)
                document["facts"] |= result.pop("facts", {})
                document["results"].append(result)
                document["load"]["end"] = load()
                yield document


def _one(case: Case, threads: int, options: Options, workshop: Workshop) -> Document:
    before = workshop.measure(threads, case.nbytes) if case.roof else None
    result: Document = {
        "case": case.name,
        "threads": threads,
        "operations": float(case.operations),
        "bytes": int(case.nbytes),
        "roof": case.roof,
        "images": case.images,
        "goals": [list(goal) for goal in (HELD_BACK_GOALS if options.isa else case.goals)],
        "load": load(),
    }
    measured = _measured(case, threads, options)
    # The better one of before and after, because other load can only lower a peak.
    after = workshop.measure(threads, case.nbytes) if case.roof else None
    peak = Peak(max(before.fma, after.fma), max(before.copy, after.copy)) if before and after else None
    return result | {"peak": asdict(peak) if peak else None} | measured


def _measured(case: Case, threads: int, options: Options) -> Document:
    """Run the case in its own process. A peer that crashes it or never returns is left out in the next attempt."""
    without: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="cnncore-bench-") as folder:
        destination = Path(folder) / "result.json"
        note = child.at_work(destination)
        command = [sys.executable, "-m", "benchmarks", "_case", case.name, str(threads), str(destination)]
        command += ["--quick"] * options.quick + [word for name in options.only for word in ("--peer", name)]
        environment = child.environment(threads) | ({"CNNCORE_ISA": options.isa} if options.isa else {})
        while True:
            ended = _ended([*command, *(word for peer in without for word in ("--without", peer))], environment)
            if destination.exists():
                measured: Document = json.loads(destination.read_text(encoding="utf-8"))
                return measured | {"missing": measured["missing"] | without}
            peer = note.read_text(encoding="utf-8") if note.exists() else ""
            if not peer or peer in without:
                return {"entries": [], "missing": without, "failed": ended}
            without[peer] = f"crashed the process, so the case was started again without it: {ended}"


def _ended(command: Sequence[str], environment: dict[str, str]) -> str:
    """Run a process, and describe its end in words."""
    root = Path(__file__).parent.parent
    try:
        done = subprocess.run(
            command, env=environment, cwd=root, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return f"still running after {LIMIT} s"
    said = done.stderr.strip()[-600:]
    if done.returncode < 0:
        return f"{signal.Signals(-done.returncode).name} {said}".strip()
    return f"status {done.returncode} {said}".strip()


def write(document: Document, path: Path) -> None:
    """Write the file atomically."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path) -> Document:
    """Read a document of `write`. Raises `SystemExit` with the reason for any other file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path} cannot be read: {error}") from error
    if not isinstance(document, dict) or document.get("format") != 1:
        raise SystemExit(f"{path} was not written by `python -m benchmarks run --json`")
    return document


def load() -> float | None:
    """Return the average number of runnable processes over the last minute."""
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
