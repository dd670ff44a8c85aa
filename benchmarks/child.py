"""One case with one number of threads, in its own process, so that no library inherits threads or memory.

The name of the peer being called is kept in a file, so that run.py can leave it out if it crashes the process.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import ours, peers
from benchmarks.case import Case
from benchmarks.cases import named
from benchmarks.entry import Array, Entry
from benchmarks.measure import interleave

LIBRARIES = (
    "cnn-tui",
    "numpy",
    "opencv-python-headless",
    "scipy",
    "pillow",
    "scikit-image",
    "pyvips",
    "pyvips-binary",
    "numba",
    "torch",
    "tensorflow",
    "keras",
    "onnx",
    "onnxruntime",
    "openvino",
    "ncnn",
    "ai-edge-litert",
    "jax",
)
"""The distributions whose versions are recorded."""


def environment(threads: int) -> dict[str, str]:
    """Return the environment variables for the number of threads, which libraries read when loaded, and those that make
    oneDNN (in PyTorch and TensorFlow) compute in full float32."""
    names = ("OMP", "MKL", "OPENBLAS", "NUMBA", "CNNCORE")
    counts = {f"{name}_NUM_THREADS": str(threads) for name in names} | {"NPROC": str(threads)}
    exact = {"ONEDNN_DEFAULT_FPMATH_MODE": "STRICT", "TF_SET_ONEDNN_FPMATH_MODE": "STRICT"}
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "GLOG_minloglevel": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    return {**os.environ, **counts, "VIPS_CONCURRENCY": str(threads), **exact, **quiet}


def at_work(destination: Path) -> Path:
    """Return the file with the name of the peer being called; it is empty during our own calls."""
    return destination.with_suffix(".peer")


def run(
    name: str, threads: int, quick: bool, destination: Path, only: Collection[str] = (), without: Collection[str] = ()
) -> None:
    """Check and time the case, and write the results as JSON to `destination`."""
    note = at_work(destination)

    def say(entry: str) -> None:
        note.write_text(peers.peer_of(entry), encoding="utf-8")

    case = named(name)
    own = ours.entries(case, threads)
    others, missing = peers.collect(case, threads, only, without, say)
    checked, missing_when_called = check(case, [*own, *others], say)
    missing |= missing_when_called
    timings = interleave({e.name: e.call for e, report in checked if report["agrees"]}, case.plan(quick=quick), say)
    note.unlink()  # a crash while libraries are unloaded does not matter
    rows = []
    for entry, report in checked:
        timing = timings.get(entry.name)
        rows.append(
            {
                "name": entry.name,
                "ours": entry in own,
                "reused": entry.reused,
                "prepared": entry.prepared,
                "note": entry.note,
                **report,
                "timing": asdict(timing) if timing else None,
            }
        )
    facts = ours.facts()
    result = {"isa": facts["isa"], "entries": rows, "missing": missing, "facts": {**facts, "versions": versions()}}
    destination.write_text(json.dumps(result), encoding="utf-8")


def check(
    case: Case, entries: list[Entry], say: Callable[[str], None]
) -> tuple[list[tuple[Entry, dict[str, Any]]], dict[str, str]]:
    """Return each entry with its largest difference from the first, and the entries that failed."""
    checked: list[tuple[Entry, dict[str, Any]]] = []
    missing: dict[str, str] = {}
    reference: Array | None = None
    for entry in entries:
        say(entry.name)
        try:
            values = entry.checked().squeeze()
        except Exception as error:
            if reference is None:
                raise
            missing[entry.name] = f"failed: {type(error).__name__}: {str(error)[:300]}"
            continue
        if reference is None:
            reference = values
        limit = case.limit(reference)
        report: dict[str, Any] = {"limit": limit, "difference": None, "agrees": False}
        if values.shape == reference.shape:
            report["difference"] = float(np.abs(values.astype(np.float64) - reference).max())
            report["agrees"] = bool(report["difference"] <= limit)
        else:
            report["shapes"] = [list(values.shape), list(reference.shape)]
        checked.append((entry, report))
    return checked, missing


def versions() -> dict[str, str]:
    from importlib import metadata

    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions
