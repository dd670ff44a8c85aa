"""Batch normalization in training, with the formulas and defaults of Keras's layer BatchNormalization.

Ioffe and Szegedy, 2015: y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, where mean and variance are those of
each channel (the last axis) over the batch. Both are summed in float64; the variance is that of the batch itself,
divided by N and not by N - 1, for the moving average too, as in Keras.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cnncore._dtypes import FLOAT64, Array

MOMENTUM, EPSILON = 0.99, 1e-3
"""Keras's defaults."""


@dataclass(frozen=True, slots=True)
class Normalized:
    """The forward pass of one batch, as the backward pass needs it. `output` has x's shape and dtype; `unit` is x with
    mean 0 and variance 1, `scale` gamma / sqrt(variance + epsilon) of each channel."""

    output: Array = field(repr=False)
    unit: Array = field(repr=False)
    scale: Array = field(repr=False)


def normalize(
    x: Array,
    gamma: Array,
    beta: Array,
    moving_mean: Array,
    moving_variance: Array,
    *,
    momentum: float = MOMENTUM,
    epsilon: float = EPSILON,
) -> Normalized:
    """Normalize a batch x (N, ..., C) with gamma and beta (C,), and move the two averages (C,) in place: average *
    momentum + that of the batch * (1 - momentum)."""
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axis=axes, dtype=FLOAT64)
    centred = x - mean.astype(x.dtype)
    variance = np.square(centred).mean(axis=axes, dtype=FLOAT64)
    inverse = (1 / np.sqrt(variance + epsilon)).astype(x.dtype)
    moving_mean[...] = moving_mean * momentum + mean * (1 - momentum)
    moving_variance[...] = moving_variance * momentum + variance * (1 - momentum)
    unit = np.multiply(centred, inverse, out=centred)
    return Normalized(unit * gamma + beta, unit, gamma * inverse)


def normalize_backward(normalized: Normalized, grad: Array) -> tuple[Array, Array, Array]:
    """The gradients of `normalize` with respect to x, gamma and beta, from that with respect to its output.

    With u = `unit` and the means over all but the last axis: d_x = scale * (grad - mean(grad) - u * mean(grad * u)),
    d_gamma = the sum of grad * u, d_beta = the sum of grad.
    """
    unit = normalized.unit
    axes = tuple(range(unit.ndim - 1))
    count = unit.size // unit.shape[-1]
    d_beta = grad.sum(axis=axes, dtype=FLOAT64)
    d_gamma = (grad * unit).sum(axis=axes, dtype=FLOAT64)
    kind = unit.dtype
    d_x: Array = unit * (d_gamma / -count).astype(kind)
    d_x += grad
    d_x -= (d_beta / count).astype(kind)
    d_x *= normalized.scale
    return d_x, d_gamma.astype(kind), d_beta.astype(kind)
