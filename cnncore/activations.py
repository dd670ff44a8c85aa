"""Activation functions by Keras's names. The definitions are Keras's (keras.activations)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, cast

import numpy as np

from cnncore._arguments import described
from cnncore._dtypes import Array
from cnncore.errors import CnnError

ActivationName: TypeAlias = Literal["linear", "relu", "sigmoid", "softmax", "tanh"]


def softmax(x: Array) -> Array:
    """Return exp(x) / sum(exp(x)) over the last axis, shifted by the largest value so that no exponential overflows.

    The result has the dtype of x, but float16 is summed in float32: its largest number is 65,504.
    """
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, as in Keras
        shifted = np.exp(wide - np.max(wide, axis=-1, keepdims=True))
    result: Array = shifted / np.sum(shifted, axis=-1, keepdims=True)
    return result.astype(x.dtype, copy=False)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)), computed from exp(-|x|) to avoid overflow."""
    small = np.exp(-np.abs(x))
    result: Array = np.where(x >= 0, 1, small) / (1 + small)
    return result.astype(x.dtype, copy=False)


def _relu(x: Array) -> Array:
    result: Array = np.maximum(x, x.dtype.type(0))
    return result


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": lambda x: x,
    "relu": _relu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "tanh": np.tanh,
}


def activation_name(activation: Any, dtype: np.dtype[Any]) -> ActivationName:
    """Return the name of an activation that `dtype` allows; None is "linear". Raises `CnnError`."""
    if activation is None:
        return "linear"
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise CnnError(
            "activation is {value}; it must be None or one of {names}",
            value=described(activation),
            names=", ".join(sorted(ACTIVATIONS)),
        )
    if dtype.kind != "f" and activation not in ("linear", "relu"):
        raise CnnError(
            "activation {value} gives fractions, but the result is {dtype}: use float inputs or a float kernel",
            value=described(activation),
            dtype=dtype,
        )
    return cast(ActivationName, activation)


def activate(x: Array, name: str) -> Array:
    """Apply the activation called `name` to `x`."""
    return ACTIVATIONS[name](x)
