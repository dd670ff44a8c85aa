"""ONNX Runtime on its CPU provider: `session.run` with a fresh output, and IO binding with a reused one."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.case import Case
from benchmarks.entry import Array, Entry
from benchmarks.peers.onnx_model import onnx_bytes

PEER = "onnxruntime"


def entries(case: Case, threads: int) -> list[Entry]:
    chain = case.as_chain()
    if chain is None:
        return []
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(onnx_bytes(chain), options, providers=["CPUExecutionProvider"])
    inputs = chain.chunks_nchw

    def values(outputs: list[Array]) -> Array:
        return chain.last_from_nchw(np.concatenate(outputs))

    def fresh() -> list[Any]:
        return [session.run(None, {"x": chunk})[0] for chunk in inputs]

    runs = [Entry("onnxruntime", fresh, values, prepared=True)]
    if len(inputs) == 1:
        out = np.empty_like(fresh()[0])
        binding = session.io_binding()
        binding.bind_cpu_input("x", inputs[0])
        binding.bind_output("y", "cpu", 0, np.float32, out.shape, out.ctypes.data)

        def reused() -> list[Array]:
            session.run_with_iobinding(binding)
            return [out]

        runs.append(Entry("onnxruntime binding", reused, values, reused=True, prepared=True))
    return runs
