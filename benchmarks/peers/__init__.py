"""The other libraries, one file each.

A file names its library (`PEER`) and has `entries(case, threads)`, which returns the library's ways to compute the case
with exactly that many threads. If it has none, it returns an empty list before importing anything. A library that is
not installed or fails is reported and skipped; it never stops a run. An entry's name starts with `PEER`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module
from types import ModuleType

from benchmarks.case import Case
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
    """Return the peer of an entry with this name; "" for ours."""
    return next((str(module.PEER) for module in modules() if entry.startswith(module.PEER)), "")


def collect(
    case: Case,
    threads: int,
    only: Collection[str] = (),
    without: Collection[str] = (),
    say: Callable[[str], object] = str,
) -> tuple[list[Entry], dict[str, str]]:
    """Return the entries of all peers, and {peer: reason} for those that failed. `only` are prefixes of the peers to
    ask, all if it is empty; `without` are names to skip; `say` gets the name of each peer before it is asked."""
    available: list[Entry] = []
    missing: dict[str, str] = {}
    for module in modules():
        wanted = not only or any(module.PEER.startswith(name) for name in only)
        if not wanted or module.PEER in without:
            continue
        say(module.PEER)
        try:
            available += module.entries(case, threads)
        except ImportError as error:
            missing[module.PEER] = f"not installed ({error}): pip install 'cnn-tui[bench]'"
        except Exception as error:  # no error of another library may end the run
            missing[module.PEER] = f"failed: {type(error).__name__}: {str(error)[:300]}"
    return available, missing
