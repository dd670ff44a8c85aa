"""One case with one number of threads, in a process of its own: no library inherits another case's threads or memory.
Which peer is at work is written down all the time, so that when the process ends by it, run.py can go on without it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import ours, peers
from benchmarks.cases import Case, named
from benchmarks.entry import Array, Entry
from benchmarks.measure import QUICK, Plan, interleave

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
"""The distributions whose versions are written down."""


def environment(threads: int) -> dict[str, str]:
    """The variables from which libraries read their number of threads when they are loaded, and those that keep oneDNN
    (in PyTorch and TensorFlow) from computing float32 in less."""
    names = ("OMP", "MKL", "OPENBLAS", "NUMBA", "CNNCORE")
    counts = {f"{name}_NUM_THREADS": str(threads) for name in names} | {"NPROC": str(threads)}
    exact = {"ONEDNN_DEFAULT_FPMATH_MODE": "STRICT", "TF_SET_ONEDNN_FPMATH_MODE": "STRICT"}
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "GLOG_minloglevel": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    return {**os.environ, **counts, "VIPS_CONCURRENCY": str(threads), **exact, **quiet}


def at_work(destination: Path) -> Path:
    """The file that names the peer at work; empty while it is ours."""
    return destination.with_suffix(".peer")


def run(
    name: str, threads: int, quick: bool, destination: Path, only: Collection[str] = (), without: Collection[str] = ()
) -> None:
    """Checks and times the case, and writes what came out as JSON to `destination`."""
    note = at_work(destination)

    def say(entry: str) -> None:
        note.write_text(peers.peer_of(entry), encoding="utf-8")

    case = named(name)
    found = ours.entries(case, threads)
    others, missing = peers.collect(case, threads, only, without, say)
    checked, missing_when_called = check(case, [*found, *others], say)
    missing |= missing_when_called
    plan = QUICK if quick else Plan()
    timings = interleave({e.name: e.call for e, report in checked if report["agrees"]}, plan, say)
    note.unlink()  # what happens when libraries are unloaded is of no interest
    rows = []
    for entry, report in checked:
        timing = timings.get(entry.name)
        rows.append(
            {
                "name": entry.name,
                "ours": entry in found,
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
    """Each entry with its largest difference from the first one, and those that could not be called."""
    checked: list[tuple[Entry, dict[str, Any]]] = []
    missing: dict[str, str] = {}
    reference: Array | None = None
    for entry in entries:
        say(entry.name)
        try:
            values = np.array(entry.values(entry.call())).squeeze()
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

    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
