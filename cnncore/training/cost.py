"""The cost of a training run before it begins: its memory, and its time from a few measured steps."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from cnncore.optimizers import optimizer_of
from cnncore.training.architecture import outline
from cnncore.training.config import TrainConfig
from cnncore.training.core.networks import network
from cnncore.training.data import split

FLOAT = 4
"""Bytes of a float32."""
MOST_TRIED = 2**30
"""The bytes of weights and their averages up to which a network is tried out."""
MOST_MAPS = 2**26
"""The bytes of maps in a trial: a larger batch is tried with fewer images."""
ENOUGH = 0.5
"""Seconds after which a trial ends."""
FEWEST, MOST = 2, 8
"""The steps of a trial, after a first one that allocates memory and counts for nothing."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of float32 during training. `weights` are the weights, their gradients and the optimizer's averages: four
    arrays of each shape for Adam. `maps` are the outputs of all layers for one batch, and their gradients."""

    weights: int
    maps: int

    @property
    def total(self) -> int:
        return self.weights + self.maps


def memory(config: TrainConfig) -> Memory:
    """The memory of a run of `config`, without its images."""
    rows = outline(config.design)
    parameters = sum(row.parameters for row in rows)
    values = math.prod(config.design.input_shape) + sum(math.prod(row.output_shape or (0,)) for row in rows)
    kept = 2 + len(optimizer_of(config.optimizer).slots)
    return Memory(parameters * kept * FLOAT, values * config.batch_size * 2 * FLOAT)


def trial(
    config: TrainConfig, cancelled: Callable[[], bool], clock: Callable[[], float] = time.perf_counter
) -> float | None:
    """Train the network of `config` for a few steps on random images, and return the seconds for an image: the median
    of the steps. None once `cancelled()` is true, which is asked before each step, and for a network so large that its
    weights would take more than a gigabyte."""
    needs = memory(config)
    if needs.weights > MOST_TRIED:
        return None
    each = max(1, needs.maps // config.batch_size)
    size = max(1, min(config.batch_size, MOST_MAPS // each))
    model = network(replace(config, learning_rate=0.0))  # the run's own may be too large for any step
    random = np.random.default_rng(0)
    images = random.random((size, *config.design.input_shape), np.float32)
    labels = random.integers(0, 2, size)  # every network tells at least two classes apart
    seconds: list[float] = []
    for _step in range(MOST + 1):
        if cancelled():
            return None
        began = clock()
        model.train_on_batch(images, labels)
        seconds.append(clock() - began)
        if len(seconds) > FEWEST and sum(seconds) > ENOUGH:
            break
    return float(np.median(seconds[1:])) / size


def epoch_seconds(config: TrainConfig, images: int, each: float) -> float:
    """The seconds of an epoch over `images` images, with validation, if a training image takes `each`. A validation
    image costs a third: a forward pass, without the backward one that costs about twice as much. Raises `CnnError`."""
    train, validation = split(images, config)
    return each * (train + validation / 3)
