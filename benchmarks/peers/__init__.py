"""The other libraries, one file each.

A file names its library (`PEER`), and has `entries(case, threads)`: the ways in which it computes the case, set to
exactly that many threads; an empty list, before anything is imported, where it has none. A library that is not
installed or fails is left out and said to be; it never stops a run.
"""

from __future__ import annotations

from importlib import import_module

from benchmarks.cases import Case
from benchmarks.entry import Entry

MODULES = (
    "opencv",
    "scipy_",
    "pillow",
    "skimage_",
    "vips",
    "numba_",
    "pytorch",
    "tensorflow_",
    "onnx_runtime",
    "openvino_",
    "ncnn_",
    "litert",
)


def collect(case: Case, threads: int, only: str = "") -> tuple[list[Entry], dict[str, str]]:
    """Every peer's entries, and why a peer has none though it could: {peer: reason}. `only`: one peer's name."""
    found: list[Entry] = []
    missing: dict[str, str] = {}
    for name in MODULES:
        module = import_module(f"benchmarks.peers.{name}")
        if only and not module.PEER.startswith(only):
            continue
        try:
            found += module.entries(case, threads)
        except ImportError as error:
            missing[module.PEER] = f"not installed ({error}): pip install 'cnn-tui[bench]'"
        except Exception as error:  # whatever a foreign library raises must not end the run
            missing[module.PEER] = f"failed: {type(error).__name__}: {str(error)[:300]}"
    return found, missing
