"""LiteRT with XNNPACK, from a model converted by TensorFlow. A single chunk of input is written before the timing; the
output is LiteRT's own, reused memory."""

from __future__ import annotations

import numpy as np

from benchmarks.case import Case
from benchmarks.entry import Array, Entry

PEER = "litert"


def entries(case: Case, threads: int) -> list[Entry]:
    chain = case.as_chain()
    if chain is None:
        return []
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    from benchmarks.peers.tensorflow_ import concrete_function

    model = tf.lite.TFLiteConverter.from_concrete_functions([concrete_function(chain)]).convert()
    interpreter = Interpreter(model_content=model, num_threads=threads)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]["index"]
    target = interpreter.get_output_details()[0]["index"]
    interpreter.set_tensor(source, chain.chunks[0])

    def many() -> list[Array]:
        outputs = []
        for chunk in chain.chunks:
            interpreter.set_tensor(source, chunk)
            interpreter.invoke()
            outputs.append(interpreter.get_tensor(target))
        return outputs

    if len(chain.chunks) == 1:
        values = lambda _: interpreter.get_tensor(target)  # noqa: E731
        return [Entry("litert XNNPACK", interpreter.invoke, values, reused=True, prepared=True)]
    return [Entry("litert XNNPACK", many, np.concatenate, prepared=True)]
