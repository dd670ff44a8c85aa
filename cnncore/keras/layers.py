"""Conversion of one Keras layer. Subclasses of Keras's layers are refused, because they may compute something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncore import network
from cnncore.activations import ACTIVATIONS
from cnncore.errors import CnnError
from cnncore.network.layer import Layer, Shape
from cnncore.network.unsupported import SUPPORTED, unsupported, unsupported_activation


def convert_layer(keras: Any, layer: Any, name: str, shape: Shape) -> Layer:
    """Convert a Keras layer to one called `name` for inputs of `shape` (without the batch). Raises `CnnError`."""
    kind = type(layer).__name__
    if type(layer) is not getattr(keras.layers, kind, None):
        raise unsupported(name, kind, own=True)
    if kind not in SUPPORTED:
        raise unsupported(name, kind)
    policy = getattr(getattr(layer, "dtype_policy", None), "name", "float32")
    if kind != "InputLayer" and policy != "float32":
        raise CnnError(
            "layer {layer} computes with the dtype policy {policy}; only float32 is supported",
            layer=repr(name),
            policy=repr(policy),
        )
    if getattr(layer, "data_format", None) == "channels_first":
        raise CnnError(
            "layer {layer} has data_format 'channels_first'; only 'channels_last' is supported, with shapes (H, W, C)",
            layer=repr(name),
        )
    if not getattr(layer, "built", True):
        raise CnnError("layer {layer} has no weights yet; build the model first", layer=repr(name))
    fields = _FIELDS[kind](keras, layer, name, shape)
    made: Layer = getattr(network, kind)(name=name, input_shape=shape, **fields)
    return made


def _array(keras: Any, variable: Any) -> Any:
    return None if variable is None else keras.ops.convert_to_numpy(variable)


def _activation(keras: Any, layer: Any, name: str) -> str:
    """Return the name of the layer's activation, which is a Keras function or an activation layer."""
    given = layer.activation
    if given is None:
        return "linear"
    for known in ACTIVATIONS:
        if given is keras.activations.get(known):
            return known
    kind = type(given)
    if kind is keras.layers.ReLU and given.max_value is None and not given.negative_slope and not given.threshold:
        return "relu"
    if kind is keras.layers.Softmax and given.axis in (-1, [-1], (-1,)):
        return "softmax"
    if kind is keras.layers.Activation:
        return _activation(keras, given, name)
    raise unsupported_activation(name, getattr(given, "__name__", None) or _described(given))


def _described(layer: Any) -> str:
    """Return a layer with its non-default arguments, such as "ReLU(max_value=6)"."""
    kind, besides = type(layer), ("name", "trainable", "dtype")
    try:
        usual, given = kind().get_config(), layer.get_config()
        arguments = [f"{k}={v!r}" for k, v in given.items() if k not in besides and v != usual.get(k)]
    except Exception:  # an activation may be any object
        arguments = []
    return f"{kind.__name__}({', '.join(arguments)})"


def _last_axis(layer: Any, name: str, shape: Shape) -> None:
    axis = layer.axis[0] if isinstance(layer.axis, (list, tuple)) and len(layer.axis) == 1 else layer.axis
    if axis not in (-1, len(shape)):
        raise CnnError(
            "layer {layer} works along axis {axis}; only the last axis, -1, is supported",
            layer=repr(name),
            axis=layer.axis,
        )


def _convolution(keras: Any, layer: Any, name: str, _shape: Shape) -> dict[str, Any]:
    return {
        "kernel": _array(keras, layer.kernel),
        "bias": _array(keras, layer.bias) if layer.use_bias else None,
        "strides": tuple(layer.strides),
        "padding": layer.padding,
        "dilation_rate": tuple(layer.dilation_rate),
        "activation": _activation(keras, layer, name),
    }


def _conv2d(keras: Any, layer: Any, name: str, shape: Shape) -> dict[str, Any]:
    return {**_convolution(keras, layer, name, shape), "groups": layer.groups}


def _pooling(_keras: Any, layer: Any, _name: str, _shape: Shape) -> dict[str, Any]:
    return {"pool_size": tuple(layer.pool_size), "strides": tuple(layer.strides), "padding": layer.padding}


def _global_pooling(_keras: Any, layer: Any, _name: str, _shape: Shape) -> dict[str, Any]:
    return {"keepdims": bool(layer.keepdims)}


def _relu(_keras: Any, layer: Any, _name: str, _shape: Shape) -> dict[str, Any]:
    limit = layer.max_value
    return {
        "max_value": None if limit is None else float(limit),
        "negative_slope": float(layer.negative_slope),
        "threshold": float(layer.threshold),
    }


def _activation_layer(keras: Any, layer: Any, name: str, _shape: Shape) -> dict[str, Any]:
    return {"activation": _activation(keras, layer, name)}


def _softmax(_keras: Any, layer: Any, name: str, shape: Shape) -> dict[str, Any]:
    _last_axis(layer, name, shape)
    return {}


def _batch_normalization(keras: Any, layer: Any, name: str, shape: Shape) -> dict[str, Any]:
    _last_axis(layer, name, shape)
    return {
        "gamma": _array(keras, layer.gamma) if layer.scale else None,
        "beta": _array(keras, layer.beta) if layer.center else None,
        "moving_mean": _array(keras, layer.moving_mean),
        "moving_variance": _array(keras, layer.moving_variance),
        "epsilon": float(layer.epsilon),
    }


def _zero_padding(_keras: Any, layer: Any, _name: str, _shape: Shape) -> dict[str, Any]:
    (top, bottom), (left, right) = layer.padding
    return {"padding": ((top, bottom), (left, right))}


def _rescaling(_keras: Any, layer: Any, _name: str, _shape: Shape) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        array = np.asarray(value)
        return float(array) if array.ndim == 0 else tuple(array.tolist())

    return {"scale": plain(layer.scale), "offset": plain(layer.offset)}


def _dropout(_keras: Any, layer: Any, _name: str, _shape: Shape) -> dict[str, Any]:
    return {"rate": float(layer.rate)}


def _dense(keras: Any, layer: Any, name: str, _shape: Shape) -> dict[str, Any]:
    return {
        "kernel": _array(keras, layer.kernel),
        "bias": _array(keras, layer.bias) if layer.use_bias else None,
        "activation": _activation(keras, layer, name),
    }


def _nothing(_keras: Any, _layer: Any, _name: str, _shape: Shape) -> dict[str, Any]:
    return {}


_FIELDS: dict[str, Callable[[Any, Any, str, Shape], dict[str, Any]]] = {
    "Activation": _activation_layer,
    "AveragePooling2D": _pooling,
    "BatchNormalization": _batch_normalization,
    "Conv2D": _conv2d,
    "Dense": _dense,
    "DepthwiseConv2D": _convolution,
    "Dropout": _dropout,
    "Flatten": _nothing,
    "GlobalAveragePooling2D": _global_pooling,
    "InputLayer": _nothing,
    "MaxPooling2D": _pooling,
    "ReLU": _relu,
    "Rescaling": _rescaling,
    "Softmax": _softmax,
    "ZeroPadding2D": _zero_padding,
}
