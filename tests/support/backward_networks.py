"""Random networks with a batch and its labels, and the loss in float64 after a change of one value or weight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from hypothesis import strategies as st
from random_networks import networks

from cnncore.backward import BackwardPass, backward_pass
from cnncore.backward.layer_gradients import activation_of
from cnncore.network import Activation, Layer, Network, Softmax

Draw = Callable[..., Any]


def _labels(network: Network, count: int, loss: str | None, random: np.random.Generator) -> np.ndarray:
    shape = network.output_shape
    if loss == "sparse_categorical_crossentropy" or (loss is None and shape != (1,)):
        return random.integers(0, shape[-1], count)
    if loss == "categorical_crossentropy":
        weights = random.random((count, *shape)) + 0.1
        rows: np.ndarray = (weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32)
        return rows
    if loss == "mean_squared_error":
        return random.normal(size=(count, *shape)).astype(np.float32)
    return random.integers(0, 2, (count, *shape)).astype(np.float32)


def losses_of(network: Network) -> list[str | None]:
    """The losses that go with the network's end; None for its own."""
    end, shape = activation_of(network.layers[-1]), network.output_shape
    fitting: list[str | None] = ["mean_squared_error"]
    if end == "softmax":
        fitting += ["categorical_crossentropy"] + ([None] if len(shape) == 1 and shape != (1,) else [])
    if end == "sigmoid":
        fitting += ["binary_crossentropy", "categorical_crossentropy"] + ([None] if shape == (1,) else [])
    return fitting


@st.composite
def batches(
    draw: Draw, first: type[Layer] | None = None, dtype: Literal["float32", "float64"] = "float32", most: int = 4
) -> BackwardPass:
    """The pass of a network of at most `most` layers, the first of kind `first`, and of one to three images."""
    network, _x = draw(networks(first, most))
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    images = random.normal(size=(draw(st.integers(1, 3)), *network.input_shape)).astype(np.float32)
    loss = draw(st.sampled_from(losses_of(network)))
    return backward_pass(network, images, _labels(network, len(images), loss, random), loss=loss, dtype=dtype)


def _changed(layer: Layer, **fields: Any) -> Layer:
    return replace(layer, **fields)


def _loss(batch: BackwardPass, layers: tuple[Layer, ...], values: np.ndarray) -> float:
    """The loss of the batch, if `layers` are the last ones and `values` what they take."""
    if batch.fused and layers:
        last = layers[-1]
        to_logits = () if isinstance(last, (Softmax, Activation)) else (_changed(last, activation="linear"),)
        layers = (*layers[:-1], *to_logits)
    for layer in layers:
        values = layer.computed(values)
    return batch.loss_function.compute(batch.labels, values, from_logits=batch.logits is not None).mean


def _slope(below: float, at: float, above: float, loss: Callable[[float], float]) -> float | None:
    """The difference quotient of `loss` around `at`; None at a kink, where its two sides do not agree."""
    low, here, high = loss(below), loss(at), loss(above)
    left, right = (here - low) / (at - below), (high - here) / (above - at)
    smooth = abs(left - right) < 1e-2 * (abs(left) + abs(right)) + 1e-4
    return (high - low) / (above - below) if smooth else None


def value_slope(batch: BackwardPass, image: int, layer: int, position: tuple[int, ...]) -> float | None:
    """`_slope` of the loss, for one value of a pass in float64; at the end of a fused one, for the logit."""
    layers = batch.network.layers
    last = batch.fused and layer == len(layers) - 1
    values = np.array(batch.logits if last else batch.values(layer), np.float64)

    def loss(value: float) -> float:
        values[(image, *position)] = value
        return _loss(batch, layers[layer + 1 :], values)

    at = values[(image, *position)].item()
    return _slope(at - 1e-5, at, at + 1e-5, loss)


def weight_slope(batch: BackwardPass, layer: int, name: str, position: tuple[int, ...]) -> float | None:
    """`_slope` of the loss, for one weight, between two float32 numbers around it."""
    layers = batch.network.layers
    value = batch.weight(layer, name)[0]

    def loss(to: float) -> float:
        changed = value.copy()
        changed[position] = to
        return _loss(batch, (_changed(layers[layer], **{name: changed}), *layers[layer + 1 :]), batch.values(layer - 1))

    at = value[position]
    below, above = at - np.float32(2.0**-14), at + np.float32(2.0**-14)
    return _slope(float(below), float(at), float(above), loss)
