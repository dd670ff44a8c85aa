"""JAX: one compiled function of the whole chain, channels last, with constant weights; input and output are JAX arrays.
The number of threads comes from NPROC, which child.py sets. Compilation is not timed."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import chain as layers
from benchmarks.case import Case
from benchmarks.chain import Chain
from benchmarks.entry import Array, Entry

PEER = "jax"


def entries(case: Case, threads: int) -> list[Entry]:  # noqa: ARG001 (see above)
    chain = case.as_chain()
    if chain is None:
        return []
    import jax

    jax.config.update("jax_platforms", "cpu")
    function = jax.jit(lambda x: _forward(chain, x))
    inputs = [jax.device_put(chunk) for chunk in chain.chunks]

    def call() -> list[Any]:
        return [function(chunk).block_until_ready() for chunk in inputs]

    def values(outputs: list[Any]) -> Array:
        return np.concatenate([np.asarray(output) for output in outputs])

    return [Entry("jax jit", call, values)]


def _forward(chain: Chain, x: Any) -> Any:
    import jax
    from jax import lax

    for layer in chain.layers:
        match layer:
            case layers.Conv(kernel=kernel, bias=bias, relu=relu):
                order = ("NHWC", "HWIO", "NHWC")
                x = lax.conv_general_dilated(
                    x,
                    kernel,
                    (layer.strides,) * 2,
                    [(layer.padding,) * 2] * 2,
                    rhs_dilation=(layer.dilation,) * 2,
                    feature_group_count=layer.groups,
                    dimension_numbers=order,
                )
                x = x + bias
                x = jax.nn.relu(x) if relu else x
            case layers.MaxPool(size=size):
                window = (1, size, size, 1)
                x = lax.reduce_window(x, -np.inf, lax.max, window, window, "VALID")
            case layers.Flatten():
                x = x.reshape(x.shape[0], -1)
            case layers.Dense(kernel=kernel, bias=bias, activation=activation):
                x = x @ kernel + bias
                x = jax.nn.relu(x) if activation == "relu" else jax.nn.softmax(x)
    return x
