"""Our own calls for a case: with a fresh output, with a reused one, and as a `Network`."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import cnncore
from benchmarks import chain as layers
from benchmarks.case import Case
from benchmarks.cases import ChainCase, FilterCase, PoolCase
from benchmarks.chain import Chain
from benchmarks.convolutions import BackwardCase, PreparedCase
from benchmarks.entry import Array, Entry
from benchmarks.training import TrainCase
from cnncore.gradients.conv2d import backward_arguments, kernel_gradients
from cnncore.models import Sequential
from cnncore.network import Conv2D, Dense, Flatten, Layer, MaxPooling2D, Network

OURS = "cnncore"


def entries(case: Case, threads: int) -> list[Entry]:
    """Return our entries; all other answers are compared with that of the first."""
    cnncore.set_num_threads(threads)
    match case:
        case FilterCase() if case.dtype == np.uint8:
            call = partial(cnncore.filter2d, case.image, case.kernel)
        case FilterCase():
            call = partial(cnncore.conv2d, case.image, case.kernel)
        case PoolCase():
            call = partial(cnncore.max_pool2d, case.image, 2)
        case ChainCase():
            return _chain_entries(case.chain)
        case PreparedCase():
            return _prepared(case)
        case BackwardCase():
            return [_backward(case)]
        case TrainCase():
            return [_training(case)]
    return _fresh_and_reused(call)


def _prepared(case: PreparedCase) -> list[Entry]:
    layer = case.layer
    call = cnncore.prepare_conv2d(
        layer.kernel,
        layer.bias,
        input_shape=case.shape[1:],
        strides=layer.strides,
        padding=layer.padding,
        dilation_rate=layer.dilation,
        groups=layer.groups,
    )
    out = np.empty_like(call(case.inputs))
    return [
        Entry(f"{OURS} prepared", partial(call, case.inputs), prepared=True),
        Entry(f"{OURS} prepared out=", partial(call, case.inputs, out=out), reused=True, prepared=True),
    ]


def _backward(case: BackwardCase) -> Entry:
    x, kernel, grad = case.arrays
    if case.first:
        a = backward_arguments(x, kernel, grad, strides=case.strides, padding=case.padding, groups=case.groups)
        return Entry(OURS, partial(kernel_gradients, a), case.side_by_side, note="without the inputs' gradient")
    options: dict[str, Any] = {"strides": case.strides, "padding": case.padding, "groups": case.groups}
    return Entry(OURS, partial(cnncore.conv2d_backward, x, kernel, grad, **options), case.side_by_side)


def _training(case: TrainCase) -> Entry:
    model = _compiled(case, drop=True)
    call = partial(model.fit, *case.samples, batch_size=case.batch, epochs=1, verbose=0)
    return Entry(f"{OURS} fit", call, answer=partial(_losses, case))


def _losses(case: TrainCase) -> Array:
    model = _compiled(case, drop=False)
    return np.array([model.train_on_batch(x, y, return_dict=True)["loss"] for x, y in case.batches()])


def _compiled(case: TrainCase, *, drop: bool) -> Sequential:
    model = Sequential([cnncore.layers.Input(case.shape), *case.built(cnncore.layers, drop=drop)])
    model.set_weights(case.weights)
    model.compile("adam", case.loss, metrics=["accuracy"])
    return model


def _fresh_and_reused(call: Any) -> list[Entry]:
    out = np.empty_like(call())
    return [Entry(OURS, call), Entry(f"{OURS} out=", partial(call, out=out), reused=True)]


def _chain_entries(chain: Chain) -> list[Entry]:
    model = network(chain)
    size = chain.chunk
    whole = partial(model.predict, chain.inputs, batch_size=size)
    match chain.layers:
        case (layers.Conv(kernel=kernel, bias=bias, relu=relu),):
            call = partial(cnncore.conv2d, chain.inputs, kernel, bias, activation="relu" if relu else None)
            return [*_fresh_and_reused(call), Entry(f"{OURS} Network", whole, prepared=True)]
        case (layers.MaxPool(size=pool),):
            return _fresh_and_reused(partial(cnncore.max_pool2d, chain.inputs, pool))
    return [Entry(f"{OURS} Network", whole, prepared=True, note=f"predict, batch_size={size}")]


def network(chain: Chain) -> Network:
    built: list[Layer] = []
    for index, (layer, shape) in enumerate(zip(chain.layers, chain.shapes, strict=False)):
        common: dict[str, Any] = {"name": f"layer_{index}", "input_shape": shape}
        match layer:
            case layers.Conv(kernel=kernel, bias=bias, relu=relu):
                built.append(Conv2D(**common, kernel=kernel, bias=bias, activation="relu" if relu else "linear"))
            case layers.MaxPool(size=pool):
                built.append(MaxPooling2D(**common, pool_size=(pool, pool)))
            case layers.Flatten():
                built.append(Flatten(**common))
            case layers.Dense(kernel=kernel, bias=bias, activation=activation):
                built.append(Dense(**common, kernel=kernel, bias=bias, activation=activation))  # type: ignore[arg-type]
    return Network(built, chain.shapes[0])


def facts() -> dict[str, Any]:
    """Return the version and the settings of the measured core."""
    return {"isa": cnncore.isa(), "isas": list(cnncore.available_isas())}
