"""The size of the network in a `.keras` file, computed from its description before Keras builds anything.

Keras allocates the weights that a description asks for before it reads those in the file. So a damaged number could
occupy the machine for minutes, and all of its memory, before Keras refuses the file.

An unknown size counts as 1; descriptions that make no sense are left for Keras to refuse.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, TypeAlias

from cnncore._arguments import pair
from cnncore.errors import CnnError
from cnncore.geometry import geometry, pool_geometry
from cnncore.network.layer import Shape
from cnncore.network.limits import KERAS_LAYERS, check_layers, check_output, check_weights

Config: TypeAlias = dict[str, Any]


def check_sizes(description: Config, weight_bytes: int) -> None:
    """Raise `CnnError` for too many layers, for a layer with too large an output, and for more weights than fit in the
    `weight_bytes` bytes of the file. `description` is that of a whole model, from config.json."""
    layers = list(_layers(description))
    check_layers(len(layers), KERAS_LAYERS)
    weights, shape = 0, None
    for layer in layers:
        config = _dict(layer.get("config"))
        kind, name = layer.get("class_name"), str(config.get("name", layer.get("class_name")))
        if kind == "InputLayer":
            shape = _shape(config.get("batch_shape") or config.get("batch_input_shape"))
        built = _dict(layer.get("build_config")).get("input_shape")
        weights += max(_weights(kind, config, given) for given in (shape, _shape(built)))
        shape = _output(kind, config, shape)
        check_output(name, shape or ())
    check_weights(weights, weight_bytes)


def _layers(model: Config) -> Iterator[Config]:
    """Yield the layers of a model and of its nested models, in order, and the nested models themselves."""
    waiting = [model]
    while waiting:
        layer = waiting.pop()
        if layer is not model:
            yield layer
        inside = _dict(layer.get("config")).get("layers")
        if isinstance(inside, list):
            waiting.extend(one for one in reversed(inside) if isinstance(one, dict))


def _dict(value: Any) -> Config:
    return value if isinstance(value, dict) else {}


def _shape(value: Any) -> Shape | None:
    """Return a Keras shape without its batch axis; None if a size is open or invalid."""
    if not isinstance(value, list) or not all(_is_size(size) for size in value[1:]):
        return None
    return tuple(value[1:])


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _size(value: Any) -> int:
    """Return a size, or 1 if it is unknown, so that a product of sizes is a lower bound."""
    return max(1, value) if _is_size(value) else 1


def _sizes(value: Any) -> int:
    """Return the product of two sizes, which may be given as one number for both."""
    return math.prod(map(_size, value)) if isinstance(value, list) else _size(value) ** 2


def _weights(kind: Any, config: Config, shape: Shape | None) -> int:
    """Return the number of weights of a layer, or a lower bound if its input shape is unknown."""
    first = config.get("data_format") == "channels_first"
    channels = (shape[0] if first else shape[-1]) if shape else 1
    match kind:
        case "Dense":
            each, count = channels, _size(config.get("units"))
        case "Conv2D":
            each = _sizes(config.get("kernel_size")) * (channels // _size(config.get("groups")))
            count = _size(config.get("filters"))
        case "DepthwiseConv2D":
            count = channels * _size(config.get("depth_multiplier"))
            each = _sizes(config.get("kernel_size"))
        case "BatchNormalization":
            learned = (config.get("scale") is not False) + (config.get("center") is not False)
            return (2 + learned) * _normalised(config.get("axis"), shape or ())
        case _:
            return 0
    return count * (each + (config.get("use_bias") is not False))


def _normalised(axis: Any, shape: Shape) -> int:
    """Return the number of means of a batch normalisation along `axis`, which counts the batch axis."""
    sizes = (1, *shape)
    axes = [one for one in (axis if isinstance(axis, list) else [axis]) if isinstance(one, int)]
    return math.prod(sizes[one] for one in axes if -len(sizes) <= one < len(sizes))


def _output(kind: Any, config: Config, shape: Shape | None) -> Shape | None:
    """Return the output shape of a layer for inputs of `shape`; None if it is unknown."""
    if shape is None or config.get("data_format") == "channels_first":
        return None
    try:
        return _known_output(kind, config, shape)
    except (CnnError, TypeError, ValueError, IndexError, OverflowError):
        return None  # Keras or the conversion will refuse it


def _known_output(kind: Any, config: Config, shape: Shape) -> Shape | None:
    match kind:
        case "Dense":
            return (*shape[:-1], _size(config.get("units")))
        case "Conv2D" | "DepthwiseConv2D":
            moved = geometry(
                (shape[0], shape[1]), pair(config.get("kernel_size"), "kernel_size"), strides=config.get("strides", 1),
                padding=config.get("padding", "valid"), dilation_rate=config.get("dilation_rate", 1),
            )  # fmt: skip
            depth = shape[2] * _size(config.get("depth_multiplier"))
            return (*moved.output, _size(config.get("filters")) if kind == "Conv2D" else depth)
        case "MaxPooling2D" | "AveragePooling2D":
            window, strides = pair(config.get("pool_size"), "pool_size"), config.get("strides")
            pooled = pool_geometry((shape[0], shape[1]), window, strides, config.get("padding", "valid"))
            return (*pooled.output, shape[2])
        case "ZeroPadding2D":
            added = config.get("padding")
            rows, columns = added if isinstance(added, list) else (added, added)
            return (shape[0] + _both(rows), shape[1] + _both(columns), shape[2])
        case "GlobalAveragePooling2D":
            return (1, 1, shape[2]) if config.get("keepdims") else (shape[2],)
        case "Flatten":
            return (math.prod(shape),)
        case _:
            return shape


def _both(value: Any) -> int:
    """Return the number of zeros on both sides, given as two numbers or as one for each side."""
    return sum(map(_size, value)) if isinstance(value, list) else 2 * _size(value)
