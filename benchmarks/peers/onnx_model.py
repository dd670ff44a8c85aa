"""The chain as an ONNX model (channels first, float32), for the libraries that read one."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import chain as layers
from benchmarks.chain import Chain


def onnx_bytes(chain: Chain) -> bytes:
    """Input "x" (chunk, C, H, W); output "y"."""
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes: list[Any] = []
    weights: list[Any] = []
    last = "x"

    def add(kind: str, *inputs: str, **attributes: object) -> None:
        nonlocal last
        name = f"t{len(nodes)}"
        nodes.append(helper.make_node(kind, [last, *inputs], [name], **attributes))
        last = name

    def store(array: np.ndarray) -> str:
        name = f"w{len(weights)}"
        weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    for index, layer in enumerate(chain.layers):
        match layer:
            case layers.Conv(kernel=kernel, bias=bias, relu=relu):
                geometry = {
                    "strides": [layer.strides] * 2,
                    "pads": [layer.padding] * 4,
                    "dilations": [layer.dilation] * 2,
                    "group": layer.groups,
                }
                add("Conv", store(kernel.transpose(3, 2, 0, 1)), store(bias), kernel_shape=kernel.shape[:2], **geometry)
                if relu:
                    add("Relu")
            case layers.MaxPool(size=size):
                add("MaxPool", kernel_shape=[size, size], strides=[size, size])
            case layers.Flatten():
                add("Flatten")
            case layers.Dense(bias=bias, activation=activation):
                add("Gemm", store(chain.dense_nchw(index)), store(bias))
                add("Relu" if activation == "relu" else "Softmax")
    nodes[-1].output[0] = "y"
    h, w, c = chain.shapes[0]
    *map_size, last_channels = chain.shapes[-1]
    graph = helper.make_graph(
        nodes,
        "chain",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [chain.chunk, c, h, w])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [chain.chunk, last_channels, *map_size])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    checker.check_model(model)
    return bytes(model.SerializeToString())
