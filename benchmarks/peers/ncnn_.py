"""ncnn in float32, with 16-bit storage and arithmetic switched off. It takes one image at a time, so a batch is a
loop."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks import chain as layers
from benchmarks.case import Case
from benchmarks.chain import Chain
from benchmarks.entry import Array, Entry

PEER = "ncnn"
_MAGIC = "7767517"
_FLOAT32 = np.zeros(1, np.uint32).tobytes()
"""The prefix of weights stored as float32."""


def entries(case: Case, threads: int) -> list[Entry]:
    chain = case.as_chain()
    if chain is None:
        return []
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = threads
    for option in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
        setattr(net.opt, option, False)
    text, weights = model_files(chain)
    with tempfile.TemporaryDirectory(prefix="cnncore-ncnn-") as folder:
        param, binary = Path(folder) / "chain.param", Path(folder) / "chain.bin"
        param.write_text(text, encoding="ascii")
        binary.write_bytes(weights)
        if net.load_param(str(param)) or net.load_model(str(binary)):
            raise RuntimeError("ncnn cannot load the model")
    images = [ncnn.Mat(image).clone() for chunk in chain.chunks_nchw for image in chunk]

    def call() -> list[object]:
        outputs = []
        for image in images:
            extractor = net.create_extractor()
            extractor.input("x", image)
            outputs.append(extractor.extract("y")[1])
        return outputs

    def values(outputs: list[object]) -> Array:
        return chain.last_from_nchw(np.stack([np.array(output) for output in outputs]))

    return [Entry("ncnn", call, values, prepared=True, note="one image at a time")]


def model_files(chain: Chain) -> tuple[str, bytes]:
    """Return ncnn's two files: the layers as text, and their weights in order."""
    lines, weights, last = ["Input in 0 1 x"], b"", "x"

    def add(kind: str, parameters: str) -> None:
        nonlocal last
        name = f"t{len(lines)}"
        lines.append(f"{kind} l{len(lines)} 1 1 {last} {name} {parameters}".rstrip())
        last = name

    for index, layer in enumerate(chain.layers):
        match layer:
            case layers.Conv(kernel=kernel, bias=bias, relu=relu):
                h, w, _, filters = kernel.shape
                # 0 filters, 1 and 11 kernel's width and height, 2 dilation, 3 stride, 4 padding, 5 bias, 6 number of
                # weights, 7 groups, 9 activation (1: ReLU)
                where = f"2={layer.dilation} 3={layer.strides} 4={layer.padding}"
                kind, groups = (
                    ("ConvolutionDepthWise", f" 7={layer.groups}") if layer.groups > 1 else ("Convolution", "")
                )
                add(kind, f"0={filters} 1={w} 11={h} {where} 5=1 6={kernel.size}{groups} 9={int(relu)}")
                weights += _FLOAT32 + np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)).tobytes() + bias.tobytes()
            case layers.MaxPool(size=size):
                add("Pooling", f"0=0 1={size} 2={size} 5=1")  # 0 maximum, 1 window, 2 stride, 5 drops the remainder
            case layers.Flatten():
                add("Flatten", "")
            case layers.Dense(kernel=kernel, bias=bias, activation=activation):
                relu = activation == "relu"
                add("InnerProduct", f"0={kernel.shape[1]} 1=1 2={kernel.size} 9={int(relu)}")
                weights += _FLOAT32 + np.ascontiguousarray(chain.dense_nchw(index).T).tobytes() + bias.tobytes()
                if not relu:
                    add("Softmax", "0=0")
    head, _, tail = lines[-1].partition(f" {last}")
    lines[-1] = f"{head} y{tail}"
    count = len(lines)
    return "\n".join([_MAGIC, f"{count} {count}", *lines, ""]), weights
