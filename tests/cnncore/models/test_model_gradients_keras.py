"""Gradients of whole models, drawn at random, beside Keras's by TensorFlow's tape: every layer, loss and option."""

from __future__ import annotations

from typing import Any

import drawn_layers
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncore import CnnError, layers, losses
from cnncore._dtypes import Array
from cnncore.layers import Dropout
from cnncore.models import Sequential
from cnncore.training.core.samples import samples
from cnncore.training.core.stages.plain import Drop

pytestmark = pytest.mark.keras

ACTIVATIONS = st.sampled_from([None, "relu", "sigmoid", "tanh", "softmax"])
ENDS: dict[str, list[list[drawn_layers.Drawn]]] = {
    "SparseCategoricalCrossentropy": [
        [("Dense", {"units": 4, "activation": "softmax"})],
        [("Dense", {"units": 3}), ("Softmax", {})],
    ],
    "CategoricalCrossentropy": [[("Dense", {"units": 3}), ("Activation", {"activation": "softmax"})]],
    "BinaryCrossentropy": [[("Dense", {"units": 1, "activation": "sigmoid"})], [("Dense", {"units": 2})]],
    "MeanSquaredError": [[("Dense", {"units": 2, "activation": "tanh"})], [("Dense", {"units": 3, "use_bias": False})]],
}


@st.composite
def models(draw: st.DrawFn) -> tuple[Sequential, list[drawn_layers.Drawn]]:
    """A model whose first layer has weights, so that gradients go through every layer behind it."""
    shape = draw(st.tuples(st.integers(6, 10), st.integers(6, 10), st.integers(1, 3)))
    model, described = Sequential([layers.Input(shape)], seed=np.random.SeedSequence(draw(st.integers(0, 999)))), []

    def add(one: drawn_layers.Drawn) -> None:
        try:
            model.add(getattr(layers, one[0])(**one[1]))
        except CnnError:  # a window larger than what is left
            return
        described.append(one)

    add(draw(drawn_layers.convolutions(shape[2], ACTIVATIONS)))
    for _ in range(draw(st.integers(1, 4))):
        add(draw(drawn_layers.of_maps(model.layers[-1].output_shape[2], ACTIVATIONS)))  # type: ignore[index]
    add(draw(st.sampled_from([("Flatten", {}), ("GlobalAveragePooling2D", {})])))
    for one in draw(st.lists(drawn_layers.dense(ACTIVATIONS) | drawn_layers.dropouts(), max_size=1)):
        add(one)
    return model, described


def moved(model: Sequential, rng: np.random.Generator) -> None:
    """Other weights than the first ones, so that no bias is 0 and no gamma 1; variances stay above 0."""
    for layer in model.layers:
        layer.set_weights([
            np.abs(array) + 0.5 if name == "moving_variance" else array + 0.1 * rng.standard_normal(array.shape)
            for name, array in layer.values.items()
        ])  # fmt: skip


def ours(model: Sequential, loss: losses.Loss, x: Array, y: Array) -> dict[str, dict[str, Array]]:
    """The gradients that a step follows, layer by layer."""
    model.compile("sgd", loss)
    compiled = model.compiled
    assert compiled is not None
    data = samples(x, y, x.shape[1:], model.output_shape[1:], loss)  # type: ignore[arg-type]
    _, gradient, _, from_logits = compiled._forward(*data.batch(slice(None)), training=True)
    compiled.chain.backward(gradient, from_logits=from_logits)
    found: dict[str, dict[str, Array]] = {}
    for layer, name, array in compiled.chain.trained():
        found.setdefault(layer.label, {})[name] = array.copy()
    return found


def theirs(
    model: Sequential, described: list[Any], loss: Any, x: Array, y: Array, dtype: str = "float32"
) -> dict[str, dict[str, Array]]:
    """Keras's gradients, with our masks in place of Dropout, whose random numbers are Keras's own."""
    import keras
    import tensorflow as tf

    assert model.compiled is not None
    masks = [stage.mask for stage in model.compiled.chain._stages if isinstance(stage, Drop)]
    value, built = tf.constant(x, dtype), {}
    with tf.GradientTape() as tape:
        for layer, (kind, arguments) in zip(model.layers, described, strict=True):
            if isinstance(layer, Dropout):
                mask = masks.pop(0)
                value = value if mask is None else value * mask.astype(dtype)
                continue
            twin = getattr(keras.layers, kind)(**arguments, dtype=dtype)
            twin.build(value.shape)
            twin.set_weights(layer.get_weights())
            value = twin(value, training=True) if kind == "BatchNormalization" else twin(value)
            if layer.trainable_names():
                built[layer.label] = layer.trainable_names(), twin.trainable_variables
        total = loss(y, value)
    wanted = tape.gradient(total, [[v.value for v in variables] for _, variables in built.values()])
    return {
        label: dict(zip(names, (array.numpy() for array in arrays), strict=True))
        for (label, (names, _)), arrays in zip(built.items(), wanted, strict=True)
    }


# The same examples each time: TensorFlow's own convolution has ended the process on a few of many thousands.
@given(models(), st.sampled_from(sorted(ENDS)), st.data())
@settings(max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_gradients_of_models_are_those_of_keras(drawn: Any, kind: str, data: st.DataObject) -> None:
    import keras

    model, described = drawn
    end = data.draw(st.sampled_from(ENDS[kind]), "end")
    for name, arguments in end:
        model.add(getattr(layers, name)(**arguments))
    described = [*described, *end]
    rng = np.random.default_rng(data.draw(st.integers(0, 999), "seed"))
    moved(model, rng)
    classes = model.output_shape[1]
    x = rng.standard_normal((data.draw(st.integers(1, 7), "batch"), *model.input_shape[1:])).astype(np.float32)
    y: Any = rng.integers(0, classes, len(x))
    if kind == "CategoricalCrossentropy":
        y = np.eye(classes, dtype=np.float32)[y]
    elif kind != "SparseCategoricalCrossentropy":
        y = rng.integers(0, 2, (len(x), classes)).astype(np.float32)
    ends_in = end[-1][1].get("activation")
    options = {"from_logits": True} if kind == "BinaryCrossentropy" and ends_in is None else {}
    got = ours(model, getattr(losses, kind)(**options), x, y)
    want = theirs(model, described, getattr(keras.losses, kind)(**options), x, y)
    assert {label: list(arrays) for label, arrays in got.items()} == {
        label: list(arrays) for label, arrays in want.items()
    }
    if furthest(got, want) > 1e-4:
        # Where gradients cancel, ahead of BatchNormalization for example, float32 holds no such digits. The judge is
        # then Keras in float64, from which ours may be no further than four times Keras's own in float32.
        loss = getattr(keras.losses, kind)(**options, dtype="float64")
        true = theirs(model, described, loss, x, y, "float64")
        assert furthest(got, true) <= max(1e-4, 4 * furthest(want, true)), described


def furthest(got: dict[str, dict[str, Array]], want: dict[str, dict[str, Array]]) -> float:
    """The largest difference, in parts of the largest value of its layer."""
    parts = [0.0]
    for label, arrays in want.items():
        largest = max(float(np.abs(array).max()) for array in arrays.values())
        for name, array in arrays.items():
            difference = float(np.abs(got[label][name] - array).max())
            parts.append(difference / largest if largest else np.inf if difference else 0.0)
    return max(parts)
