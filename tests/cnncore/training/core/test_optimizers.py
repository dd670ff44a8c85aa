"""Optimizers: 100 steps beside Keras's, by hand, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import cnncore
from cnncore import CnnError
from cnncore.training.core.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop

RULES: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("RMSprop", {}),
    ("RMSprop", {"rho": 0.8, "momentum": 0.5, "centered": True, "weight_decay": 0.02}),
    ("Adam", {}),
    ("Adam", {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4, "weight_decay": 0.1}),
    ("AdamW", {}),
]
MADE: dict[str, Callable[..., Any]] = {"SGD": SGD, "RMSprop": RMSprop, "Adam": Adam, "AdamW": AdamW}


def start(dtype: str) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(dtype) for shape in ((7, 5), (5,))]


def gradients_at(weights: Any, step: int) -> list[np.ndarray]:
    """Of no particular loss; they depend on the weights, so that differences grow."""
    return [np.sin(3 * w) + 0.1 * np.cos(w + step).astype(w.dtype) for w in weights]


@pytest.mark.keras
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), RULES)
def test_100_steps_are_keras(name: str, options: dict[str, Any], dtype: str) -> None:
    import keras

    ours = Optimizer(MADE[name](**options), start(dtype))
    theirs = getattr(keras.optimizers, name)(**options)
    variables = [keras.Variable(w, dtype=dtype) for w in start(dtype)]
    for step in range(100):
        theirs.apply(
            [keras.ops.convert_to_tensor(g) for g in gradients_at([v.numpy() for v in variables], step)], variables
        )
        ours.apply(gradients_at(ours.weights, step))
        if step == 0:
            for w, v in zip(ours.weights, variables, strict=True):
                np.testing.assert_allclose(w, v.numpy(), rtol=1e-6, atol=1e-7)
    for w, v in zip(ours.weights, variables, strict=True):
        np.testing.assert_allclose(w, v.numpy(), rtol=1e-4, atol=1e-5)
    assert ours.iterations == int(theirs.iterations.numpy()) == 100
    assert ours.learning_rate == pytest.approx(float(theirs.learning_rate.numpy()))


@pytest.mark.keras
def test_the_defaults_are_keras() -> None:
    import keras

    for name, made in MADE.items():
        theirs = getattr(keras.optimizers, name)().get_config()
        rule = made()
        for field in fields(rule):
            assert getattr(rule, field.name) == pytest.approx(theirs[field.name]), (name, field.name)


def test_the_first_step_of_adam_is_the_learning_rate() -> None:
    w = [np.zeros(4, np.float64)]
    Optimizer(Adam(0.5), w).apply([np.array([3.0, -2.0, 0.0, 0.25])])
    np.testing.assert_allclose(w[0], [-0.5, 0.5, 0, -0.5], rtol=1e-3)


def test_adam_is_the_same_on_every_instruction_set_and_number_of_threads() -> None:
    rng = np.random.default_rng(2)
    begin, gradient = rng.standard_normal(70_001).astype("f4"), rng.standard_normal(70_001).astype("f4")
    results = {}
    for isa in cnncore.available_isas():
        for threads in (1, 3):
            w = begin.copy()
            with cnncore.use_isa(isa), cnncore.use_num_threads(threads):
                optimizer = Optimizer(Adam(0.01), [w])
                for _ in range(5):
                    optimizer.apply([gradient])
            results[isa, threads] = w
        assert results[isa, 1].tobytes() == results[isa, 3].tobytes()
        np.testing.assert_allclose(results[isa, 1], results["ref", 1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), RULES)
def test_a_run_goes_on_with_the_same_bits(name: str, options: dict[str, Any]) -> None:
    whole = Optimizer(MADE[name](**options), start("float32"))
    half = Optimizer(MADE[name](**options), start("float32"))
    for step in range(10):
        whole.apply(gradients_at(whole.weights, step))
        if step < 5:
            half.apply(gradients_at(half.weights, step))
    again = Optimizer(MADE[name](**options), [w.copy() for w in half.weights])
    again.iterations = half.iterations
    for mine, saved in zip(again.slots, half.slots, strict=True):
        for slot, array in saved.items():
            mine[slot][...] = array
    for step in range(5, 10):
        again.apply(gradients_at(again.weights, step))
    for a, b in zip(again.weights, whole.weights, strict=True):
        assert a.tobytes() == b.tobytes()


def test_a_schedule_is_asked_before_each_step_and_a_set_rate_wins() -> None:
    asked = []

    def schedule(step: int) -> float:
        asked.append(step)
        return 0.5**step

    w = [np.zeros(1)]
    optimizer = Optimizer(SGD(schedule), w)
    for _ in range(3):
        optimizer.apply([np.ones(1)])
    assert asked == [0, 1, 2]
    assert w[0][0] == -1.75
    optimizer.learning_rate = 0.25
    optimizer.apply([np.ones(1)])
    assert w[0][0] == -2
    assert optimizer.learning_rate == 0.25


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SGD(-1), "learning_rate must be at least 0"),
        (lambda: SGD(momentum=2), "momentum must be"),
        (lambda: Adam(beta_1=1), "beta_1 must be at least 0 and below 1"),
        (
            lambda: Adam("0.1"),  # type: ignore[arg-type]
            "learning_rate must be one number",
        ),
        (lambda: AdamW(weight_decay=float("nan")), "weight_decay must be a finite number"),
        (lambda: Optimizer(SGD(), [np.ones(3, int)]), r"weights\[0\] has dtype int64"),
        (lambda: Optimizer(SGD(), [np.ones((4, 4))[:, ::2]]), r"weights\[0\] must be contiguous"),
        (lambda: Optimizer(SGD(), [np.broadcast_to(np.ones(1), (1,))]), r"weights\[0\] must be .* writable"),
        (
            lambda: Optimizer(SGD(), [[1.0]]),  # type: ignore[list-item]
            r"weights\[0\] must be a ndarray",
        ),
        (lambda: Optimizer(SGD(), [np.ones(3)]).apply([]), "gradients has length 0"),
        (lambda: Optimizer(SGD(), [np.ones(3)]).apply([np.ones(4)]), r"gradients\[0\] has shape \(4,\)"),
        (lambda: Optimizer(SGD(), [np.ones(3)]).apply([np.ones(3, "f4")]), r"gradients\[0\] has .* float32"),
    ],
)
def test_bad_arguments(call: Any, message: str) -> None:
    with pytest.raises(CnnError, match=message):
        call()
