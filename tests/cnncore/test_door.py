"""Odd values for every parameter of every public function: a right result, or a `CnnError`; nothing else, no warning.

The functions are found among the public names, so that a new one joins: where it has a parameter of a new name without
a default, `odd_values.RIGHT` must learn a right value for it.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from odd_values import ODD, RIGHT, outcome, right_arguments

import cnncore
from cnncore import CnnError, network, reference
from cnncore.gradients import reference as gradient_reference
from cnncore.gradients import reference_conv2d
from cnncore.lesson import filtering
from cnncore.network import Layer, Network
from cnncore.network.explain import explain
from cnncore.network.storage import save

RIGHT = RIGHT | {"name": "ref"}
OWN: Mapping[str, dict[str, Any]] = {
    "conv2d_backward": {"grad": np.ones((3, 3), np.float32)},
    "dense_backward": {"kernel": np.ones((4, 2), np.float32), "grad": np.ones((4, 2), np.float32)},
    "prepare_conv2d": {"input_shape": (4, 4)},
}
"""Right values for one function alone."""
TWINS: Mapping[str, Any] = {
    **vars(reference),
    **vars(gradient_reference),
    "conv2d_backward": reference_conv2d.conv2d_backward,
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    name: value
    for name in cnncore.__all__
    if inspect.isfunction(value := getattr(cnncore, name)) and not value.__module__.startswith("cnncore.keras")
} | {
    f"filtering.{name}": value
    for name, value in vars(filtering).items()
    if inspect.isfunction(value) and value.__module__ == "cnncore.lesson.filtering" and name[0] not in "_o"
}
CASES = [
    pytest.param(name, parameter, id=f"{name}-{parameter}")
    for name, function in FUNCTIONS.items()
    for parameter in inspect.signature(function).parameters
]


def settled(call: Callable[[], Any]) -> Any:
    """Return the outcome; a context manager is entered and left."""
    result = outcome(call)
    if isinstance(result, AbstractContextManager):
        result = outcome(result.__enter__) or result.__exit__(None, None, None)
    return result


def check(name: str, arguments: dict[str, Any]) -> None:
    threads = cnncore.get_num_threads()
    try:
        result = settled(lambda: FUNCTIONS[name](**arguments))
    finally:
        cnncore.set_num_threads(threads)
        cnncore.set_exact(None)
    twin = TWINS.get(name)
    if twin is None or arguments.get("out") is not None:
        return
    arguments.pop("out", None)
    arguments.pop("exact", None)  # the reference loops have only direct sums
    if isinstance(result, CnnError) and str(result).startswith("exact "):
        return
    expected = outcome(lambda: twin(**arguments))
    if isinstance(result, CnnError) or isinstance(expected, CnnError):
        assert str(result) == str(expected)
        return
    several = isinstance(expected, tuple)
    for got, want in zip(*((result, expected) if several else ((result,), (expected,))), strict=True):
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5 * np.abs(want, dtype=float).max(initial=0))


def test_the_public_functions_are_found() -> None:
    assert len(FUNCTIONS) > 15
    assert len(CASES) > 60


@pytest.mark.parametrize(("name", "parameter"), CASES)
def test_an_odd_value_gives_what_is_right_or_is_refused(name: str, parameter: str) -> None:
    for odd in ODD.values():
        check(name, right_arguments(FUNCTIONS[name], RIGHT | OWN.get(name, {})) | {parameter: odd})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_odd_values_together(name: str) -> None:
    choose = random.Random(name)
    parameters = list(inspect.signature(FUNCTIONS[name]).parameters)
    for _ in range(40 if parameters else 0):
        odd = choose.sample(parameters, min(len(parameters), 2))
        values = {parameter: choose.choice(list(ODD.values())) for parameter in odd}
        check(name, right_arguments(FUNCTIONS[name], RIGHT | OWN.get(name, {})) | values)


K = np.ones((2, 2, 3, 3), np.float32)
FIELDS: dict[str, dict[str, Any]] = {
    "Activation": {"activation": "relu"},
    "BatchNormalization": {"moving_mean": np.zeros(3), "moving_variance": np.ones(3)},
    "Conv2D": {"kernel": K},
    "Dense": {"kernel": np.ones((3, 2))},
    "DepthwiseConv2D": {"kernel": K},
}
LAYERS = [kind for name in network.__all__ if issubclass(kind := getattr(network, name), Layer) and kind is not Layer]


@pytest.mark.parametrize("kind", LAYERS)
def test_a_layer_made_of_odd_values_is_refused_or_works(kind: type[Layer]) -> None:
    given = {"name": "a", "input_shape": (4, 4, 3)} | FIELDS.get(kind.__name__, {})
    assert isinstance(outcome(lambda: kind(**given)), Layer)
    for field in inspect.signature(kind).parameters:
        for odd in ODD.values():
            made = outcome(lambda field=field, odd=odd: kind(**given | {field: odd}))
            if not isinstance(made, CnnError):
                works(made)


def works(layer: Layer) -> None:
    built = outcome(lambda: Network([layer], layer.input_shape))
    assert isinstance(built, Network), built
    x = np.ones(layer.input_shape, np.float32)
    expected = layer.forward(x)
    assert expected.shape == built.output_shape
    np.testing.assert_allclose(built.predict(x), expected, rtol=1e-5, atol=1e-5)
    assert len(repr(layer)) < 400
    assert "array" not in repr(layer)


@pytest.mark.parametrize("method", [Network.predict, Network.activations, Network.as_batch])
def test_odd_values_for_a_network(method: Callable[..., Any]) -> None:
    built = Network([network.Flatten(name="f", input_shape=(4, 4, 1))], (4, 4, 1))
    for parameter in list(inspect.signature(method).parameters)[1:]:
        for odd in ODD.values():
            settled(partial(method, built, **{"x": np.ones((4, 4)), parameter: odd}))


def test_a_network_of_odd_values_is_refused() -> None:
    layer = network.Flatten(name="f", input_shape=(4,))
    for odd in ODD.values():
        assert isinstance(outcome(lambda odd=odd: Network(odd, (4,))), CnnError)
        assert isinstance(outcome(lambda odd=odd: Network([layer], odd)), CnnError)
        assert isinstance(outcome(lambda odd=odd: Network([layer, odd], (4,))), CnnError)


def test_odd_values_for_steps() -> None:
    steps = cnncore.conv2d_steps(RIGHT["inputs"], RIGHT["kernel"])
    for odd in ODD.values():
        for parameter in ("row", "column", "filter", "image"):
            settled(partial(steps.index_of, **{"row": 0, "column": 0, parameter: odd}))
        settled(partial(steps.position, odd))


def test_odd_values_for_an_explanation_and_a_file(tmp_path: Path) -> None:
    layer = network.Conv2D(name="c", input_shape=(4, 4, 1), kernel=np.ones((2, 2, 1, 2)))
    built, x = Network([layer], (4, 4, 1)), np.ones((4, 4, 1))
    right = {"network": built, "inputs": x, "activations": built.activations(x), "layer": 0, "position": (0, 0, 0)}
    assert outcome(lambda: explain(**right)).value == 4
    for odd in ODD.values():
        for parameter in right:
            outcome(lambda p=parameter, v=odd: explain(**right | {p: v}))
        assert isinstance(outcome(lambda v=odd: save(v, tmp_path / "net.npz")), CnnError)
