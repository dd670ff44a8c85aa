"""One weight's update, stage by stage, against the optimizer of the C core."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import CnnError
from cnncore.backward import Update, backward_pass, explain_update, optimizer_state, step, update_of
from cnncore.network import Dense, Network
from cnncore.optimizers import SGD, Adam, AdamW, RMSprop
from cnncore.optimizers.schedules import ExponentialDecay
from cnncore.training.core.optimizers import Rule

RULES: dict[str, Rule] = {
    "Adam": Adam(),
    "AdamW": AdamW(weight_decay=0.1),
    "SGD": SGD(),
    "SGD with decay": SGD(weight_decay=0.1),
    "SGD with momentum": SGD(momentum=0.9),
    "SGD with Nesterov's momentum": SGD(momentum=0.9, nesterov=True),
    "RMSprop": RMSprop(),
    "RMSprop, centered, with momentum": RMSprop(centered=True, momentum=0.5),
}
numbers = st.floats(-10, 10, width=32)
gradients = st.floats(-10, 10, width=32).filter(lambda g: g == 0 or abs(g) > 1e-6)


def stage(update: Update, operation: str) -> float:
    (found,) = (stage.value for stage in update.stages if stage.operation == operation)
    return found


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(weight=numbers, slopes=st.lists(gradients, min_size=1, max_size=6))
def test_the_stages_give_the_weight_and_the_averages_of_the_core(
    rule: Rule, weight: float, slopes: list[float]
) -> None:
    averages: dict[str, float] | None = None
    for steps, slope in enumerate(slopes):
        update = explain_update(weight, slope, optimizer=rule, slots=averages, steps=steps)
        assert update.step == steps + 1 and update.weight == weight and update.gradient == slope
        # Adam's and RMSprop's step is at most a few learning rates, whatever the gradient.
        moved = abs(stage(update, "change")) + abs(update.weight)
        assert abs(update.difference) <= 1e-6 * moved + 1e-9
        for name, average in update.after.items():
            largest = max([abs(slope), slope**2, *map(abs, update.before.values())])
            assert stage(update, name) == pytest.approx(average, rel=1e-5, abs=1e-6 * largest)
        weight, averages = update.core, dict(update.after)


def test_adam_has_every_stage_of_its_formula() -> None:
    update = explain_update(0.5, 0.2, slots={"momentum": 0.1, "velocity": 0.04}, steps=2)
    m, v = 0.1 + 0.1 * (0.2 - 0.1), 0.04 + 0.001 * (0.04 - 0.04)
    unbiased, squares = m / (1 - 0.9**3), v / (1 - 0.999**3)
    assert [one.operation for one in update.stages] == [
        "momentum", "velocity", "momentum_correction", "velocity_correction", "root", "epsilon", "step", "change",
        "weight",
    ]  # fmt: skip
    expected = [m, v, unbiased, squares, squares**0.5, squares**0.5]
    assert [one.value for one in update.stages[:6]] == pytest.approx(expected, rel=3e-5)
    assert stage(update, "step") == pytest.approx(0.001 * unbiased / squares**0.5, rel=3e-5)
    assert update.stages[-1].value == 0.5 + stage(update, "change") == 0.5 - stage(update, "step")
    assert update.optimizer == "Adam" and update.numbers["beta_2"] == 0.999 and update.learning_rate == 0.001
    assert update.origin == "zeros"


def test_the_first_step_of_adam_is_one_learning_rate() -> None:
    for slope in (0.1, 5.0):
        update = explain_update(0.0, slope)
        assert update.new_weight == pytest.approx(-0.001, rel=1e-4)
        assert update.before == {"momentum": 0, "velocity": 0}


def test_the_learning_rate_may_be_a_schedule_or_given() -> None:
    rule = SGD(ExponentialDecay(1.0, 10, 0.5))
    assert explain_update(0.0, 1.0, optimizer=rule, steps=10).learning_rate == pytest.approx(0.5)
    assert explain_update(0.0, 1.0, optimizer=rule, learning_rate=0.25).new_weight == -0.25


def test_nan_passes_through_and_is_no_difference() -> None:
    for rule in RULES.values():
        update = explain_update(1.0, float("nan"), optimizer=rule)
        assert np.isnan(update.core) and np.isnan(update.new_weight) and update.difference == 0


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_update_of_one_weight_is_that_of_the_whole_step(rule: Rule) -> None:
    random = np.random.default_rng(1)
    kernel, bias = (random.normal(size=shape).astype(np.float32) for shape in ((7, 5), 5))
    network = Network([Dense(name="d", input_shape=(7,), kernel=kernel, bias=bias, activation="softmax")], (7,))
    batch = backward_pass(network, random.normal(size=(4, 7)), [0, 1, 2, 3])
    state = optimizer_state(network, rule)
    for _step in range(3):
        after = step(network, batch, state)
        for name in ("kernel", "bias"):
            value = batch.weight(0, name)[0]
            for position in np.ndindex(value.shape):
                update = update_of(batch, state, 0, name, position)
                assert update.core == after.batch.weight(0, name)[0][position]
                assert update.after == {
                    slot: averages[position] for slot, averages in after.state.slots[0][name].items()
                }
                assert update.origin == state.origin and update.step == state.steps + 1
        network, batch, state = after.network, after.batch, after.state


def test_what_does_not_fit_is_refused_by_name() -> None:
    with pytest.raises(CnnError, match="slots holds momentum; Adam keeps momentum, velocity"):
        explain_update(1.0, 1.0, slots={"momentum": 0.0})
    with pytest.raises(CnnError, match="steps"):
        explain_update(1.0, 1.0, steps=-1)
    with pytest.raises(CnnError, match="optimizer is 'nothing'"):
        explain_update(1.0, 1.0, optimizer="nothing")
    with pytest.raises(CnnError, match="weight"):
        explain_update("heavy", 1.0)  # type: ignore[arg-type]
