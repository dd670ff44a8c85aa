"""The seed of what `cnncore` draws at random, under Keras's name."""

from __future__ import annotations

import threading

import numpy as np

from cnncore._arguments import integer

_lock = threading.Lock()
_seeds: np.random.SeedSequence | None = None


def set_random_seed(seed: int) -> None:
    """Make every model created from now on in this process draw the same numbers: first weights, the order of the
    images, dropped values. Unlike Keras's function it leaves the generators of Python and numpy alone."""
    global _seeds  # noqa: PLW0603 - one stream for the process, as in Keras
    with _lock:
        _seeds = np.random.SeedSequence(integer(seed, "seed", at_least=0))


def next_seed() -> np.random.SeedSequence:
    """The seed of the next model: from `set_random_seed`, else from the system."""
    with _lock:
        return np.random.SeedSequence() if _seeds is None else _seeds.spawn(1)[0]
