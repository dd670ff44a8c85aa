"""The arithmetic of each kind of layer, for one place of its output: through `lesson.stepping` where windows move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnncore._arguments import counted, instance, items
from cnncore._arrays import as_array
from cnncore._dtypes import FLOAT32, Array
from cnncore.errors import CnnError
from cnncore.lesson.stepping import PoolStep, conv2d_steps, max_pool2d_steps
from cnncore.network.explain.explanation import (
    Channels,
    DropoutInTraining,
    Explanation,
    FlatIndex,
    Sources,
    Stage,
    exact_sum,
)
from cnncore.network.explain.parts import Parts, activated, columns, one, softmax
from cnncore.network.explain.places import Place, checked
from cnncore.network.layer import Layer, Shape, as_float32
from cnncore.network.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    InputLayer,
    MaxPooling2D,
    ReLU,
    Rescaling,
    Softmax,
    ZeroPadding2D,
)
from cnncore.network.network import Network


def explain(network: Network, inputs: Array, activations: Sequence[Array], layer: int, place: Place) -> Explanation:
    """The whole arithmetic of the value at `place` of the output of `layer`.

    `inputs` is one input, as `Network.predict` takes it; `activations` what `network.activations(inputs)` gave;
    `place` is (row, column, map) for maps, (unit,) for a row of numbers. Raises `CnnError` for a layer or place that is
    not there, and for activations that are not this network's.
    """
    layers = instance(network, Network, "network").layers
    layer = counted(layer, "layer", len(layers))
    found = layers[layer]
    place = checked(place, found.output_shape)
    batch, single = network.as_batch(inputs)
    shapes = [as_array(each, "activations").shape for each in items(activations) or ()]
    if not single or shapes != [each.output_shape for each in layers]:
        raise CnnError(
            "the activations are not those of one input of this network: their shapes are {shapes}, not {needs}",
            shapes=shapes,
            needs=[each.output_shape for each in layers],
        )
    before: Array = as_float32(batch, "inputs")[0] if layer == 0 else activations[layer - 1]
    with np.errstate(all="ignore"):  # infinities and NaN go where the numbers take them
        parts = _EXPLAINERS[type(found)](found, before, place, layer - 1)
    if isinstance(found, Dense):
        parts["flattened"] = _flattened(layers[:layer])
    return Explanation(
        layer=layer,
        name=found.name,
        kind=found.kind,
        place=place,
        shape=found.output_shape,
        source_shape=found.input_shape,
        core=float(activations[layer][place]),
        **parts,
    )


def _flattened(before: Sequence[Layer]) -> Shape | None:
    """The maps' shape, where all that stands between them and what follows keeps a flattened row's numbers in place."""
    for layer in reversed(before):
        if isinstance(layer, Flatten):
            return layer.input_shape
        if layer.input_shape != layer.output_shape or isinstance(layer, Dense):
            return None
    return None


def _weighted(
    sources: Sources, contributions: Array, bias: Array | None, unit: int, name: str, logits: Callable[[], Array]
) -> Parts:
    """Sum, + bias, activation; `logits` gives those of all units where the activation needs them."""
    total = exact_sum(sources.products)
    stages = [Stage("sum", total)]
    added = None if bias is None else float(bias[unit])
    if added is not None:
        stages.append(Stage("bias", total + added, added))
    parts: Parts = {"sources": sources, "contributions": contributions, "bias": added, "activation": name}
    if name == "softmax":
        every = logits() if bias is None else logits() + bias
        every[unit] = stages[-1].value  # the same number, but summed exactly
        found = softmax(every, unit, "stepping")
        return parts | {"softmax": found["softmax"], "stages": (*stages, *found["stages"])}
    return parts | {"stages": (*stages, *activated(stages[-1].value, name))}


# Layers with weights.


def _convolution(layer: Conv2D | DepthwiseConv2D, before: Array, place: Place, below: int) -> Parts:
    kernel, groups = layer.grouped()
    row, column, unit = place
    steps = conv2d_steps(
        before,
        kernel,
        None,
        strides=layer.strides,
        padding=layer.padding,
        dilation_rate=layer.dilation_rate,
        groups=groups,
    )
    step = steps[steps.index_of(row, column, unit)]
    height, width, channels = step.window.shape
    ys, xs = np.array(steps.geometry.rows.taps(row)), np.array(steps.geometry.columns.taps(column))
    depths = step.first_channel + np.arange(channels)
    # Channel by channel, each row by row as one reads: the order of `Step.terms`.
    grid = np.stack(np.broadcast_arrays(ys[None, :, None], xs[None, None, :], depths[:, None, None]), -1)
    places = grid.reshape(-1, 3)
    padded = ~(
        (places[:, 0] >= 0)
        & (places[:, 0] < layer.input_shape[0])
        & (places[:, 1] >= 0)
        & (places[:, 1] < layer.input_shape[1])
    )
    sources = columns(
        below, places, step.window.transpose(2, 0, 1).ravel(), step.kernel.transpose(2, 0, 1).ravel(), padded
    )
    folded = None if channels == 1 or height * width == 1 else Channels(step.first_channel, channels, height, width)
    contributions = sources.products
    if folded:
        contributions = sources.products.reshape(channels, -1).sum(1)
        contributions.setflags(write=False)

    def logits() -> Array:
        each = kernel.shape[3] // groups
        found = []
        for first in range(0, kernel.shape[3], each):
            window = steps[steps.index_of(row, column, first)].window
            found.append(np.tensordot(window, kernel[..., first : first + each].astype(np.float64), 3))
        return np.concatenate(found)

    return {"channels": folded, "window": (height, width)} | _weighted(
        sources, contributions, layer.bias, unit, layer.activation, logits
    )


def _dense(layer: Dense, before: Array, place: Place, below: int) -> Parts:
    *prefix, unit = place
    values = before[tuple(prefix)]
    count = len(values)
    places = np.empty((count, len(place)), np.int64)
    places[:, :-1] = prefix
    places[:, -1] = np.arange(count)
    sources = columns(below, places, values, layer.kernel[:, unit])
    return _weighted(
        sources,
        sources.products,
        layer.bias,
        unit,
        layer.activation,
        lambda: values.astype(np.float64) @ layer.kernel.astype(np.float64),
    )


def _normalization(layer: BatchNormalization, before: Array, place: Place, below: int) -> Parts:
    channel = place[-1]
    value = float(before[place])
    mean, variance = float(layer.moving_mean[channel]), float(layer.moving_variance[channel])
    widened = variance + layer.epsilon
    root = float(np.sqrt(widened))
    centred = value - mean
    normal = float(np.float64(centred) / root)
    stages = [
        Stage("subtract", centred, mean),
        Stage("variance", widened, variance),
        Stage("root", root),
        Stage("divide", normal, root),
    ]
    if layer.gamma is not None:
        gamma = float(layer.gamma[channel])
        stages.append(Stage("multiply", normal * gamma, gamma))
    if layer.beta is not None:
        beta = float(layer.beta[channel])
        stages.append(Stage("add", stages[-1].value + beta, beta))
    return one(below, place, value) | {"stages": tuple(stages), "epsilon": layer.epsilon}


def _rescaling(layer: Rescaling, before: Array, place: Place, below: int) -> Parts:
    value = float(before[place])
    scale, offset = (
        float(FLOAT32.type(given[place[-1] if len(given) > 1 else 0] if isinstance(given, tuple) else given))
        for given in (layer.scale, layer.offset)
    )
    stages = (Stage("multiply", value * scale, scale), Stage("add", value * scale + offset, offset))
    return one(below, place, value, scale) | {"stages": stages}


# Pooling.


def _window(
    layer: MaxPooling2D | AveragePooling2D, before: Array, place: Place, below: int
) -> tuple[PoolStep, Sources, Array]:
    """The step, its values as sources, and which of them are input and not padding."""
    row, column, channel = place
    steps = max_pool2d_steps(before, layer.pool_size, layer.strides, layer.padding)
    step = steps[steps.index_of(row, column, channel)]
    ys, xs = np.array(steps.geometry.rows.taps(row)), np.array(steps.geometry.columns.taps(column))
    places = np.stack(np.broadcast_arrays(ys[:, None], xs[None, :], channel), -1).reshape(-1, 3)
    inside = step.inside.ravel()
    return step, columns(below, places, step.window.ravel(), padded=~inside), inside


def _maximum(layer: MaxPooling2D, before: Array, place: Place, below: int) -> Parts:
    step, sources, _inside = _window(layer, before, place, below)
    winner = step.winner[0] * step.window.shape[1] + step.winner[1]
    return {
        "sources": sources,
        "contributions": sources.products,
        "stages": (Stage("maximum", float(step.result)),),
        "window": layer.pool_size,
        "winner": winner,
        "ties": step.ties,
    }


def _averaged(sources: Sources, inside: Array) -> Parts:
    total, count = exact_sum(sources.values[inside]), int(inside.sum())
    return {
        "sources": sources,
        "contributions": sources.products,
        "stages": (Stage("sum", total), Stage("mean", total / count, float(count))),
        "counted": count,
    }


def _average(layer: AveragePooling2D, before: Array, place: Place, below: int) -> Parts:
    _step, sources, inside = _window(layer, before, place, below)
    return _averaged(sources, inside) | {"window": layer.pool_size}


def _global_average(layer: GlobalAveragePooling2D, before: Array, place: Place, below: int) -> Parts:
    height, width, _channels = layer.input_shape
    ys, xs = np.divmod(np.arange(height * width), width)
    places = np.stack(np.broadcast_arrays(ys, xs, place[-1]), -1)
    sources = columns(below, places, before[:, :, place[-1]].ravel())
    return _averaged(sources, np.ones(len(sources), bool)) | {"window": (height, width)}


# One number in, one number out.


def _copy(_layer: Layer, before: Array, place: Place, below: int) -> Parts:
    return one(below, place, before[place]) | {"stages": (Stage("copy", float(before[place])),)}


def _flatten(layer: Flatten, before: Array, place: Place, below: int) -> Parts:
    flat = FlatIndex(place[0], layer.input_shape, tuple(int(i) for i in np.unravel_index(place[0], layer.input_shape)))
    return _copy(layer, before, flat.place, below) | {"flat": flat}


def _dropout(layer: Dropout, before: Array, place: Place, below: int) -> Parts:
    keep = 1 - layer.rate
    kept = float(before[place]) / keep if keep else None
    return _copy(layer, before, place, below) | {"dropout": DropoutInTraining(layer.rate, keep, kept)}


def _zero_padding(layer: ZeroPadding2D, before: Array, place: Place, below: int) -> Parts:
    (top, _bottom), (left, _right) = layer.padding
    inner = (place[0] - top, place[1] - left, place[2])
    if 0 <= inner[0] < layer.input_shape[0] and 0 <= inner[1] < layer.input_shape[1]:
        return _copy(layer, before, inner, below)
    sources = columns(below, np.array([inner]), np.zeros(1), padded=np.ones(1, bool))
    return {"sources": sources, "contributions": sources.products, "stages": (Stage("padding", 0.0),)}


def _relu(layer: ReLU, before: Array, place: Place, below: int) -> Parts:
    value = float(before[place])
    slope, threshold = float(FLOAT32.type(layer.negative_slope)), float(FLOAT32.type(layer.threshold))
    if not threshold and not slope:
        stages = [Stage("relu", float(np.maximum(value, 0.0)))]
    elif value <= threshold:
        stages = [Stage("slope", slope * (value - threshold), slope) if slope else Stage("threshold", 0.0, threshold)]
    else:
        stages = [Stage("copy", value)]
    if layer.max_value is not None:
        cap = float(FLOAT32.type(layer.max_value))
        stages.append(Stage("cap", float(np.minimum(stages[-1].value, cap)), cap))
    return one(below, place, value) | {"stages": tuple(stages), "threshold": threshold}


def _along_last_axis(before: Array, place: Place, below: int) -> Parts:
    """Softmax of a layer of its own: all numbers along the last axis go in."""
    *prefix, unit = place
    values = before[tuple(prefix)]
    places = np.empty((len(values), len(place)), np.int64)
    places[:, :-1] = prefix
    places[:, -1] = np.arange(len(values))
    sources = columns(below, places, values)
    found = softmax(sources.values, unit, "before")
    return {"sources": sources, "contributions": found["softmax"].exponentials, "activation": "softmax"} | found


def _softmax_layer(_layer: Softmax, before: Array, place: Place, below: int) -> Parts:
    return _along_last_axis(before, place, below)


def _activation(layer: Activation, before: Array, place: Place, below: int) -> Parts:
    if layer.activation == "softmax":
        return _along_last_axis(before, place, below)
    value = float(before[place])
    stages = activated(value, layer.activation) or (Stage("copy", value),)
    return one(below, place, value) | {"stages": stages, "activation": layer.activation}


_EXPLAINERS: dict[type[Layer], Callable[[Any, Array, Place, int], Parts]] = {
    Activation: _activation,
    AveragePooling2D: _average,
    BatchNormalization: _normalization,
    Conv2D: _convolution,
    Dense: _dense,
    DepthwiseConv2D: _convolution,
    Dropout: _dropout,
    Flatten: _flatten,
    GlobalAveragePooling2D: _global_average,
    InputLayer: _copy,
    MaxPooling2D: _maximum,
    ReLU: _relu,
    Rescaling: _rescaling,
    Softmax: _softmax_layer,
    ZeroPadding2D: _zero_padding,
}
