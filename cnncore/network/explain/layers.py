"""The arithmetic of each kind of layer for one position of its output; moving windows use `lesson.stepping`."""

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
from cnncore.network.explain.positions import Position, checked
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


def explain(
    network: Network, inputs: Array, activations: Sequence[Array], layer: int, position: Position
) -> Explanation:
    """Explain how the value at `position` of the output of `layer` is computed.

    `inputs` is one input, as `Network.predict` takes it, and `activations` is the result of
    `network.activations(inputs)`. `position` is (row, column, map) for maps and (unit,) for a row of numbers. Raises
    `CnnError` for a layer or position that does not exist and for activations of another network.
    """
    layers = instance(network, Network, "network").layers
    layer = counted(layer, "layer", len(layers))
    explained = layers[layer]
    position = checked(position, explained.output_shape)
    batch, single = network.as_batch(inputs)
    shapes = [as_array(each, "activations").shape for each in items(activations) or ()]
    if not single or shapes != [each.output_shape for each in layers]:
        raise CnnError(
            "activations must be those of one input of this network, with the shapes {needs}, got {shapes}",
            shapes=shapes,
            needs=[each.output_shape for each in layers],
        )
    before: Array = as_float32(batch, "inputs")[0] if layer == 0 else activations[layer - 1]
    with np.errstate(all="ignore"):  # infinities and NaN propagate
        parts = _EXPLAINERS[type(explained)](explained, before, position, layer - 1)
    if isinstance(explained, Dense):
        parts["flattened"] = _flattened(layers[:layer])
    return Explanation(
        layer=layer,
        name=explained.name,
        kind=explained.kind,
        position=position,
        shape=explained.output_shape,
        source_shape=explained.input_shape,
        core=float(activations[layer][position]),
        **parts,
    )


def _flattened(before: Sequence[Layer]) -> Shape | None:
    """Return the shape of the maps before the last Flatten, if every layer after it keeps the numbers in order."""
    for layer in reversed(before):
        if isinstance(layer, Flatten):
            return layer.input_shape
        if layer.input_shape != layer.output_shape or isinstance(layer, Dense):
            return None
    return None


def _weighted(
    sources: Sources, contributions: Array, bias: Array | None, unit: int, name: str, logits: Callable[[], Array]
) -> Parts:
    """Return the stages sum, + bias, activation; `logits` computes those of all units for softmax."""
    total = exact_sum(sources.products)
    stages = [Stage("sum", total)]
    added = None if bias is None else float(bias[unit])
    if added is not None:
        stages.append(Stage("bias", total + added, added))
    parts: Parts = {"sources": sources, "contributions": contributions, "bias": added, "activation": name}
    if name == "softmax":
        every = logits() if bias is None else logits() + bias
        every[unit] = stages[-1].value  # the same number, but summed exactly
        softmax_parts = softmax(every, unit, "stepping")
        return parts | {"softmax": softmax_parts["softmax"], "stages": (*stages, *softmax_parts["stages"])}
    return parts | {"stages": (*stages, *activated(stages[-1].value, name))}


# Layers with weights.


def _convolution(layer: Conv2D | DepthwiseConv2D, before: Array, position: Position, below: int) -> Parts:
    kernel, groups = layer.grouped()
    row, column, unit = position
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
    # Channel by channel, each in reading order, as in `Step.terms`.
    grid = np.stack(np.broadcast_arrays(ys[None, :, None], xs[None, None, :], depths[:, None, None]), -1)
    positions = grid.reshape(-1, 3)
    padded = ~(
        (positions[:, 0] >= 0)
        & (positions[:, 0] < layer.input_shape[0])
        & (positions[:, 1] >= 0)
        & (positions[:, 1] < layer.input_shape[1])
    )
    sources = columns(
        below, positions, step.window.transpose(2, 0, 1).ravel(), step.kernel.transpose(2, 0, 1).ravel(), padded
    )
    folded = None if channels == 1 or height * width == 1 else Channels(step.first_channel, channels, height, width)
    contributions = sources.products
    if folded:
        contributions = sources.products.reshape(channels, -1).sum(1)
        contributions.setflags(write=False)

    def logits() -> Array:
        each = kernel.shape[3] // groups
        sums = []
        for first in range(0, kernel.shape[3], each):
            window = steps[steps.index_of(row, column, first)].window
            sums.append(np.tensordot(window, kernel[..., first : first + each].astype(np.float64), 3))
        return np.concatenate(sums)

    return {"channels": folded, "window": (height, width)} | _weighted(
        sources, contributions, layer.bias, unit, layer.activation, logits
    )


def _dense(layer: Dense, before: Array, position: Position, below: int) -> Parts:
    *prefix, unit = position
    values = before[tuple(prefix)]
    count = len(values)
    positions = np.empty((count, len(position)), np.int64)
    positions[:, :-1] = prefix
    positions[:, -1] = np.arange(count)
    sources = columns(below, positions, values, layer.kernel[:, unit])
    return _weighted(
        sources,
        sources.products,
        layer.bias,
        unit,
        layer.activation,
        lambda: values.astype(np.float64) @ layer.kernel.astype(np.float64),
    )


def _normalization(layer: BatchNormalization, before: Array, position: Position, below: int) -> Parts:
    channel = position[-1]
    value = float(before[position])
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
    return one(below, position, value) | {"stages": tuple(stages), "epsilon": layer.epsilon}


def _rescaling(layer: Rescaling, before: Array, position: Position, below: int) -> Parts:
    value = float(before[position])
    scale, offset = (
        float(FLOAT32.type(given[position[-1] if len(given) > 1 else 0] if isinstance(given, tuple) else given))
        for given in (layer.scale, layer.offset)
    )
    stages = (Stage("multiply", value * scale, scale), Stage("add", value * scale + offset, offset))
    return one(below, position, value, scale) | {"stages": stages}


# Pooling.


def _window(
    layer: MaxPooling2D | AveragePooling2D, before: Array, position: Position, below: int
) -> tuple[PoolStep, Sources, Array]:
    """Return the step, its values as sources, and the mask of those that are not padding."""
    row, column, channel = position
    steps = max_pool2d_steps(before, layer.pool_size, layer.strides, layer.padding)
    step = steps[steps.index_of(row, column, channel)]
    ys, xs = np.array(steps.geometry.rows.taps(row)), np.array(steps.geometry.columns.taps(column))
    positions = np.stack(np.broadcast_arrays(ys[:, None], xs[None, :], channel), -1).reshape(-1, 3)
    inside = step.inside.ravel()
    return step, columns(below, positions, step.window.ravel(), padded=~inside), inside


def _maximum(layer: MaxPooling2D, before: Array, position: Position, below: int) -> Parts:
    step, sources, _inside = _window(layer, before, position, below)
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


def _average(layer: AveragePooling2D, before: Array, position: Position, below: int) -> Parts:
    _step, sources, inside = _window(layer, before, position, below)
    return _averaged(sources, inside) | {"window": layer.pool_size}


def _global_average(layer: GlobalAveragePooling2D, before: Array, position: Position, below: int) -> Parts:
    height, width, _channels = layer.input_shape
    ys, xs = np.divmod(np.arange(height * width), width)
    positions = np.stack(np.broadcast_arrays(ys, xs, position[-1]), -1)
    sources = columns(below, positions, before[:, :, position[-1]].ravel())
    return _averaged(sources, np.ones(len(sources), bool)) | {"window": (height, width)}


# One number in, one number out.


def _copy(_layer: Layer, before: Array, position: Position, below: int) -> Parts:
    return one(below, position, before[position]) | {"stages": (Stage("copy", float(before[position])),)}


def _flatten(layer: Flatten, before: Array, position: Position, below: int) -> Parts:
    index, maps = position[0], layer.input_shape
    flat = FlatIndex(index, maps, tuple(int(i) for i in np.unravel_index(index, maps)))
    return _copy(layer, before, flat.position, below) | {"flat": flat}


def _dropout(layer: Dropout, before: Array, position: Position, below: int) -> Parts:
    keep = 1 - layer.rate
    kept = float(before[position]) / keep if keep else None
    return _copy(layer, before, position, below) | {"dropout": DropoutInTraining(layer.rate, keep, kept)}


def _zero_padding(layer: ZeroPadding2D, before: Array, position: Position, below: int) -> Parts:
    (top, _bottom), (left, _right) = layer.padding
    inner = (position[0] - top, position[1] - left, position[2])
    if 0 <= inner[0] < layer.input_shape[0] and 0 <= inner[1] < layer.input_shape[1]:
        return _copy(layer, before, inner, below)
    sources = columns(below, np.array([inner]), np.zeros(1), padded=np.ones(1, bool))
    return {"sources": sources, "contributions": sources.products, "stages": (Stage("padding", 0.0),)}


def _relu(layer: ReLU, before: Array, position: Position, below: int) -> Parts:
    value = float(before[position])
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
    return one(below, position, value) | {"stages": tuple(stages), "threshold": threshold}


def _along_last_axis(before: Array, position: Position, below: int) -> Parts:
    """Explain a softmax layer, which reads all numbers along the last axis."""
    *prefix, unit = position
    values = before[tuple(prefix)]
    positions = np.empty((len(values), len(position)), np.int64)
    positions[:, :-1] = prefix
    positions[:, -1] = np.arange(len(values))
    sources = columns(below, positions, values)
    softmax_parts = softmax(sources.values, unit, "before")
    return {
        "sources": sources,
        "contributions": softmax_parts["softmax"].exponentials,
        "activation": "softmax",
    } | softmax_parts


def _softmax_layer(_layer: Softmax, before: Array, position: Position, below: int) -> Parts:
    return _along_last_axis(before, position, below)


def _activation(layer: Activation, before: Array, position: Position, below: int) -> Parts:
    if layer.activation == "softmax":
        return _along_last_axis(before, position, below)
    value = float(before[position])
    stages = activated(value, layer.activation) or (Stage("copy", value),)
    return one(below, position, value) | {"stages": stages, "activation": layer.activation}


_EXPLAINERS: dict[type[Layer], Callable[[Any, Array, Position, int], Parts]] = {
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
