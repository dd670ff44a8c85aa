"""OpenVINO on the CPU, set to float32 (by default it uses bfloat16 on a CPU that supports it). A request reuses its
output, as intended by OpenVINO."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.case import Case
from benchmarks.entry import Array, Entry
from benchmarks.peers.onnx_model import onnx_bytes

PEER = "openvino"


def entries(case: Case, threads: int) -> list[Entry]:
    chain = case.as_chain()
    if chain is None:
        return []
    import openvino as ov

    core = ov.Core()
    model = core.compile_model(
        core.read_model(onnx_bytes(chain)),
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": str(threads),
            "NUM_STREAMS": "1",
            "PERFORMANCE_HINT": "LATENCY",
            "ENABLE_CPU_PINNING": "NO",  # pinned to a core with other load, it would be slower
        },
    )
    request = model.create_infer_request()
    tensors = [ov.Tensor(chunk, shared_memory=True) for chunk in chain.chunks_nchw]
    request.set_input_tensor(tensors[0])
    request.infer()
    output = request.get_output_tensor()

    def one() -> list[Any]:
        request.infer()
        return [output.data]

    def many() -> list[Array]:
        outputs = []
        for tensor in tensors:
            request.set_input_tensor(tensor)
            request.infer()
            outputs.append(request.get_output_tensor().data.copy())
        return outputs

    def values(outputs: list[Array]) -> Array:
        return chain.last_from_nchw(np.concatenate(outputs))

    single = len(tensors) == 1
    return [Entry("openvino f32", one if single else many, values, reused=single, prepared=True)]
