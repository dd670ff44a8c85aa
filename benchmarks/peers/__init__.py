"""The other libraries, one file each.

A file names its library (`PEER`), and has `entries(case, threads)`: the ways in which it computes the case, set to
exactly that many threads; an empty list, before anything is imported, where it has none. A library that is not
installed or fails is left out and said to be; it never stops a run. An entry's name begins with `PEER`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module
from types import ModuleType

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
    "jax_",
    "onnx_runtime",
    "openvino_",
    "ncnn_",
    "litert",
)


def modules() -> list[ModuleType]:
    return [import_module(f"benchmarks.peers.{name}") for name in MODULES]


def peer_of(entry: str) -> str:
    """Whose entry of that name it is; empty for ours."""
    return next((str(module.PEER) for module in modules() if entry.startswith(module.PEER)), "")


def collect(
    case: Case,
    threads: int,
    only: Collection[str] = (),
    without: Collection[str] = (),
    say: Callable[[str], object] = str,
) -> tuple[list[Entry], dict[str, str]]:
    """Every peer's entries, and why a peer has none though it could: {peer: reason}. `only`: how the names of the peers
    wanted begin, all without any; `without`: names of some that are not; `say` is told each peer before it is asked."""
    found: list[Entry] = []
    missing: dict[str, str] = {}
    for module in modules():
        wanted = not only or any(module.PEER.startswith(name) for name in only)
        if not wanted or module.PEER in without:
            continue
        say(module.PEER)
        try:
            found += module.entries(case, threads)
        except ImportError as error:
            missing[module.PEER] = f"not installed ({error}): pip install 'cnn-tui[bench]'"
        except Exception as error:  # whatever a foreign library raises must not end the run
            missing[module.PEER] = f"failed: {type(error).__name__}: {str(error)[:300]}"
    return found, missing
