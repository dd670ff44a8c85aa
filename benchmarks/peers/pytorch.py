"""PyTorch: eager with channels first and channels last, and `torch.compile` with channels last, for pooling with both.
Compilation is not timed. The input is a tensor in the right layout."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks import chain as layers
from benchmarks.case import Case
from benchmarks.chain import Chain
from benchmarks.convolutions import BackwardCase, PreparedCase
from benchmarks.entry import Array, Entry
from benchmarks.peers import pytorch_training
from benchmarks.training import TrainCase

PEER = "torch"


def entries(case: Case, threads: int) -> list[Entry]:
    if isinstance(case, BackwardCase):
        return _backward(case, threads)
    if isinstance(case, TrainCase):
        return _training(case, threads)
    chain = case.as_chain()
    if chain is None:
        return []
    import torch

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    ready = isinstance(case, PreparedCase)
    if ready:
        from torch._inductor import config

        config.freezing = True  # compiled code keeps the weights in oneDNN's order
    runs = []
    for name, layout in (("torch NCHW", torch.contiguous_format), ("torch channels_last", torch.channels_last)):
        model = _model(chain, layout)
        inputs = [torch.from_numpy(chunk).contiguous(memory_format=layout) for chunk in chain.chunks_nchw]
        values = partial(_values, chain)
        runs.append(Entry(name, partial(_run, model, inputs), values))
        if layout is torch.channels_last or isinstance(chain.layers[0], layers.MaxPool):
            compiled = torch.compile(model, dynamic=False)
            compiled_name = f"torch.compile {name.removeprefix('torch ')}"
            runs.append(Entry(compiled_name, partial(_run, compiled, inputs), values, prepared=ready))
    return runs


def _backward(case: BackwardCase, threads: int) -> list[Entry]:
    """The backward operation of its convolution alone."""
    import torch

    torch.set_num_threads(threads)
    found = []
    x, kernel, grad = case.arrays
    for name, layout in (("torch NCHW", torch.contiguous_format), ("torch channels_last", torch.channels_last)):
        tensors = [
            torch.from_numpy(np.ascontiguousarray(array)).contiguous(memory_format=layout)
            for array in (grad.transpose(0, 3, 1, 2), x.transpose(0, 3, 1, 2), kernel.transpose(3, 2, 0, 1))
        ]
        geometry = [[case.strides] * 2, [case.padding] * 2, [1, 1], False, [0, 0], case.groups]
        wanted = [not case.first, True, True]
        call = partial(torch.ops.aten.convolution_backward, *tensors, [case.filters], *geometry, wanted)
        found.append(Entry(name, call, partial(_gradients, case), note="by oneDNN"))
        if layout is torch.contiguous_format:
            own = partial(_without_onednn, call)
            found.append(Entry("torch NCHW, its own", own, partial(_gradients, case), note="with oneDNN switched off"))
    return found


def _without_onednn(call: Callable[[], Any]) -> Any:
    import torch

    with torch.backends.mkldnn.flags(enabled=False):
        return call()


def _training(case: TrainCase, threads: int) -> list[Entry]:
    import torch

    torch.set_num_threads(threads)
    return pytorch_training.entries(case)


def _gradients(case: BackwardCase, found: Any) -> Array:
    inputs, kernel, bias = found
    last = None if inputs is None else inputs.permute(0, 2, 3, 1).numpy()
    return case.side_by_side([last, kernel.permute(2, 3, 1, 0).numpy(), bias.numpy()])


def _run(model: Callable[[Any], Any], inputs: list[Any]) -> list[Any]:
    return [model(chunk) for chunk in inputs]


def _values(chain: Chain, outputs: list[Any]) -> Array:
    return chain.last_from_nchw(np.concatenate([output.numpy() for output in outputs]))


def _model(chain: Chain, layout: Any) -> Any:
    from torch import nn

    modules: list[Any] = []
    for index, layer in enumerate(chain.layers):
        match layer:
            case layers.Conv(kernel=kernel, bias=bias, relu=relu):
                h, w, channels, filters = kernel.shape
                geometry = (layer.strides, layer.padding, layer.dilation, layer.groups)
                module = nn.Conv2d(channels * layer.groups, filters, (h, w), *geometry)
                modules.append(pytorch_training.filled(module, kernel.transpose(3, 2, 0, 1), bias))
                if relu:
                    modules.append(nn.ReLU(inplace=True))
            case layers.MaxPool(size=size):
                modules.append(nn.MaxPool2d(size))
            case layers.Flatten():
                modules.append(nn.Flatten())
            case layers.Dense(kernel=kernel, bias=bias, activation=activation):
                modules.append(pytorch_training.filled(nn.Linear(*kernel.shape), chain.dense_nchw(index).T, bias))
                modules.append(nn.ReLU(inplace=True) if activation == "relu" else nn.Softmax(dim=1))
    return nn.Sequential(*modules).eval().to(memory_format=layout)
