"""The cost of a run: bytes that can be counted by hand, and a trial that can be ended."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from cnncore.training.architecture import Architecture, LayerSpec
from cnncore.training.config import TrainConfig
from cnncore.training.core.networks import network
from cnncore.training.cost import FEWEST, MOST, Memory, epoch_seconds, memory, trial

SMALL = TrainConfig(network="softmax", batch_size=10)


def test_the_memory_is_that_of_the_arrays_of_a_run() -> None:
    weights = 784 * 10 + 10
    values = 784 + 784 + 10
    assert memory(SMALL) == Memory(weights * 4 * 4, values * 10 * 2 * 4)
    assert memory(replace(SMALL, optimizer="sgd")).weights == weights * 2 * 4


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop", "sgd"])
def test_the_averages_counted_are_those_that_the_optimizer_has(optimizer: str) -> None:
    config = replace(SMALL, optimizer=optimizer)  # type: ignore[arg-type]
    model = network(config)
    model.build()
    slots = [array.nbytes for each in model.optimizer.slots for array in each.values()]
    arrays = sum(array.nbytes for array in model.weights)
    assert memory(config).weights == 2 * arrays + sum(slots)


def test_a_trial_gives_the_median_without_the_first_step() -> None:
    # Each step begins and ends with a look at the clock: the first takes 100 seconds, the others 0.01.
    times = itertools.chain([0.0, 100.0], itertools.chain.from_iterable((at, at + 0.01) for at in range(101, 200)))
    steps = itertools.count()
    each = trial(SMALL, lambda: next(steps) < 0, lambda: next(times))
    assert each == pytest.approx(0.001)
    assert FEWEST < next(steps) <= MOST + 1


def test_a_cancelled_trial_makes_no_further_step() -> None:
    steps = itertools.count()
    assert trial(SMALL, lambda: next(steps) == 1) is None
    assert next(steps) == 2


def test_a_network_too_large_is_not_tried() -> None:
    answer = LayerSpec("Dense", {"units": 10, "activation": "softmax"})
    large = Architecture("large", (28, 28, 1), (LayerSpec("Flatten"), LayerSpec("Dense", {"units": 100_000}), answer))
    assert trial(TrainConfig(architecture=large), lambda: pytest.fail("a step was made")) is None


def test_a_validation_image_costs_a_third() -> None:
    assert epoch_seconds(replace(SMALL, validation_split=0.25), 1000, 0.01) == pytest.approx(7.5 + 2.5 / 3)
    assert epoch_seconds(replace(SMALL, validation_split=0.0), 1000, 0.01) == pytest.approx(10)
