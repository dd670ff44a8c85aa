"""Refused Keras models: the error names the layer and the argument. `validate` refuses odd values."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from odd_values import ODD, outcome

import cnncore
from cnncore import CnnError, Network, Validation

pytestmark = pytest.mark.keras


def refusals(layers: list[Any], tmp_path: Path) -> list[str]:
    """Return the errors for the model and for its file."""
    import keras

    model = keras.Sequential([keras.Input((8, 8, 1)), *layers])
    path = tmp_path / "model.keras"
    model.save(path)
    said = []
    for source in (model, path):
        with pytest.raises(CnnError) as raised:
            Network.from_keras(source)
        said.append(str(raised.value))
    return said


def test_a_class_called_as_keras_calls_its_own_is_told_apart(tmp_path: Path) -> None:
    import keras

    class ReLU(keras.layers.ReLU):
        """A custom layer with the name of a Keras layer."""

    for said in refusals([ReLU(name="re_lu_3")], tmp_path):
        assert "'re_lu_3'" in said
        assert "not from Keras" in said
        assert "not supported" not in said


def test_the_argument_of_an_activation_is_named(tmp_path: Path) -> None:
    import keras

    for said in refusals([keras.layers.Conv2D(2, 3, name="c", activation=keras.layers.ReLU(max_value=6))], tmp_path):
        assert said.startswith("layer 'c' has the activation ReLU(max_value=6)")
    for said in refusals([keras.layers.Conv2D(2, 3, name="c", activation=keras.layers.LeakyReLU())], tmp_path):
        assert said.startswith("layer 'c' has the activation LeakyReLU")


def test_a_quantisation_is_no_layer(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="d")])
    model.layers[-1].quantize("int8")
    path = tmp_path / "model.keras"
    model.save(path)
    with pytest.raises(CnnError) as raised:
        Network.from_keras(path)
    assert "layer 'd' " in str(raised.value)  # the policy of its dtype, or the quantization_config of later versions
    assert "these are: Activation" not in str(raised.value)


def test_numbers_in_a_description_are_no_layer(tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Rescaling(np.array([0.5]))])
    path = tmp_path / "model.keras"
    model.save(path)
    assert Network.from_keras(path).predict(np.ones((4, 4))).max() == 0.5


def test_odd_values_for_validate() -> None:
    import keras

    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(name="f")])
    right = {"keras_model": model, "inputs": np.ones((2, 4, 4), np.float32)}
    assert isinstance(found := cnncore.validate(**right), Validation)
    assert repr(found) == "<Validation: 1 layers, 2 inputs, all agree>"
    for parameter in inspect.signature(cnncore.validate).parameters:
        for odd in ODD.values():
            assert isinstance(
                outcome(lambda p=parameter, v=odd: cnncore.validate(**right | {p: v})), (CnnError, Validation)
            )
