"""A network in a process of its own: `python -m cnncore.keras.network_child REQUEST_JSON`.

It converts a `.keras` file, without Keras, and writes the network to a file. Then it loads the model into Keras and
computes the outputs of Keras's layers on request. A large or hostile file keeps no screen waiting here; and Keras
writes to file descriptors 1 and 2 and blocks the interpreter for seconds.

It sends Stage("convert") and `Converted` if a network was requested; then, for Keras, Stage("import"), Stage("load"),
`Ready` when it accepts questions, and `Computed` for each answer. `Failed` on an error. Standard input carries one
`Question` per line; of several unanswered ones only the newest is answered. When standard input is closed, which also
happens when the parent dies, the process deletes its folder and ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from cnncore._dtypes import Array
from cnncore._files import content_digest
from cnncore.child.messages import AsJson, Failed, Messages, Stage
from cnncore.child.process import Output, be_nice, known_failure, reason
from cnncore.errors import CnnError
from cnncore.keras._import import import_keras, own_process
from cnncore.keras_file.file import network_from_file
from cnncore.network import Network, storage
from cnncore.network.layer import as_float32
from cnncore.training.config import NetworkName, TrainConfig


@dataclass(frozen=True, slots=True)
class Request(AsJson):
    """The model to open: the `.keras` file `model` whose content has the digest `content`; or, if `model` is empty, the
    built-in network `network` with the weights in the file `weights` (see `cnncore.network.storage`).

    `folder` is for the files that are passed. `convert` asks for the converted network, `keras` for Keras's answers;
    without it the process ends once the network is converted.
    """

    folder: str
    model: str = ""
    content: str = ""
    convert: bool = True
    keras: bool = True
    network: NetworkName = "fashion"
    weights: str = ""


@dataclass(frozen=True, slots=True)
class Question(AsJson):
    """A request for Keras's outputs for the input, or batch of inputs, in the `.npy` file `path`."""

    id: int
    path: str


@dataclass(frozen=True, slots=True)
class Converted:
    """The converted network is in the file `path`."""

    path: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The child is ready for questions."""


@dataclass(frozen=True, slots=True)
class Computed:
    """The outputs of `layers` layers, in the `.npz` file `path` by layer index. Input layers are left out."""

    id: int
    path: str
    layers: int


Message: TypeAlias = Stage | Converted | Ready | Computed | Failed
MESSAGES: Messages[Message] = Messages(Stage, Converted, Ready, Computed, ends=(Failed,))


class _Questions:
    """A slot for the newest question, which one thread fills and another reads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: Question | None = None

    def put(self, question: Question) -> Question | None:
        """Store the question; returns the unanswered one that it replaces."""
        with self._changed:
            older, self._newest = self._newest, question
            self._changed.notify()
            return older

    def take(self) -> Question:
        with self._changed:
            while self._newest is None:
                self._changed.wait()
            question, self._newest = self._newest, None
            return question


def _read(questions: _Questions, folder: str) -> None:
    """Pass on questions until standard input is closed, then end the process."""
    with contextlib.suppress(OSError, ValueError):
        for line in sys.stdin:
            with contextlib.suppress(ValueError, TypeError, KeyError):
                older = questions.put(Question.from_json(line))
                if older is not None:
                    Path(older.path).unlink(missing_ok=True)
    _leave(folder)


def _leave(folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


Say: TypeAlias = Callable[[Message], object]
Opened: TypeAlias = tuple[Any, list[Any], tuple[int, ...]]
"""Keras, its layers, and the shape of the input."""


def convert_file(request: Request, say: Say) -> None:
    """Convert the model without Keras and send the network. Errors pass through."""
    say(Stage("convert"))
    network = network_from_file(request.model)
    _check_unchanged(request)
    path = Path(request.folder) / "network.npz"
    storage.save(network, path)
    say(Converted(str(path)))


def _check_unchanged(request: Request) -> None:
    if content_digest(request.model) != request.content:
        raise CnnError("{path} changed while it was being read; open it again", path=request.model)


def open_request(request: Request, say: Say) -> Opened:
    """Load the model into Keras and report each stage. Errors pass through."""
    say(Stage("import"))
    return _open_file(request, say) if request.model else _open_built_in(request, say)


def _open_file(request: Request, say: Say) -> Opened:
    # Late, as in `_open_built_in`, because the app imports this module only for its messages.
    from cnncore.keras.convert import convert
    from cnncore.keras.load import load_model

    keras = import_keras()
    say(Stage("load"))
    network, layers = convert(load_model(request.model))
    _check_unchanged(request)
    return keras, layers, network.input_shape


def _open_built_in(request: Request, say: Say) -> Opened:
    from cnncore.keras.build import build
    from cnncore.keras.convert import convert

    weights = storage.load(request.weights)
    keras = import_keras()
    say(Stage("load"))
    dropout = next((float(layer.config["rate"]) for layer in weights.layers if layer.kind == "Dropout"), 0.0)
    network, layers = convert(build(TrainConfig(network=request.network, dropout=dropout)))
    set_weights(network, layers, weights)
    return keras, layers, network.input_shape


def set_weights(network: Network, keras_layers: list[Any], weights: Network) -> None:
    """Set the weights of Keras's layers to those of `weights`, which must have the same layers as `network`. Raises
    `CnnError`."""
    theirs, ours = network.summary().rows, weights.summary().rows
    if [(row.kind, row.output_shape) for row in theirs] != [(row.kind, row.output_shape) for row in ours]:
        raise CnnError("the weights file has other layers than this network")
    for keras_layer, layer in zip(keras_layers, weights.layers, strict=True):
        if layer.weights:
            keras_layer.set_weights(list(layer.weights.values()))


def activations(keras: Any, keras_layers: list[Any], x: Array) -> list[Array | None]:
    """Return the output of each Keras layer for the batch `x`, at inference; None for an input layer."""
    outputs: list[Array | None] = []
    values = keras.ops.convert_to_tensor(x)
    for layer in keras_layers:
        if isinstance(layer, keras.layers.InputLayer):
            outputs.append(None)
            continue
        values = layer(values)
        outputs.append(keras.ops.convert_to_numpy(values))
    return outputs


def answer(question: Question, keras: Any, keras_layers: list[Any], shape: tuple[int, ...], folder: str) -> Computed:
    """Compute an answer and write it to a file in `folder`."""
    x = as_float32(np.load(question.path, allow_pickle=False), "x")
    single = x.shape == shape
    outputs = activations(keras, keras_layers, x[None] if single else x)
    path = Path(folder) / f"answer-{question.id}.npz"
    arrays = {str(i): y[0] if single else y for i, y in enumerate(outputs) if y is not None}
    with path.open("xb") as file:
        storage.write_arrays(file, arrays)
    Path(question.path).unlink(missing_ok=True)
    return Computed(question.id, str(path), len(outputs))


def main(arguments: list[str]) -> int:
    own_process()
    request = Request.from_json(arguments[0])
    output = Output(lambda: _leave(request.folder))
    output.end_with_app()
    questions = _Questions()
    threading.Thread(target=_read, args=(questions, request.folder), name="questions", daemon=True).start()
    be_nice()
    try:
        if request.convert:
            convert_file(request, output.say)
        if not request.keras:
            return 0
        keras, layers, shape = open_request(request, output.say)
        output.say(Ready())
        while True:
            output.say(answer(questions.take(), keras, layers, shape, request.folder))
    except Exception as error:
        output.say(known_failure(error) or Failed("The model could not be opened: {reason}", reason(error)))
    return 1


if __name__ == "__main__":
    # Not sys.exit, because TensorFlow's exit handlers are slow.
    os._exit(main(sys.argv[1:]))
