"""The choice of a kernel: plain data, without numpy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KernelChoice:
    """One kernel: the index of a preset, or with `network` of a filter in the network's layer."""

    index: int
    network: bool = False
