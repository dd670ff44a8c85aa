"""A Keras model in a process of its own: `python -m cnncore.keras.network_child REQUEST_JSON`.

It loads the model, hands over the network made of it as a file, and then answers what Keras itself computes in every
layer. Keras writes on file descriptors 1 and 2 and holds the interpreter for seconds, so what shows a screen asks this
process.

Standard output carries one message a line, as JSON: `Stage` as it goes, `Converted` once where a network was asked
for, `Ready` when questions are answered, `Computed` for an answer, and `Failed` for the end. Standard input carries one
`Question` a line. Of several that wait only the newest is answered. The process ends when standard input is closed,
which is also what happens when its parent dies, and takes the folder it was lent with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TextIO, TypeAlias

import numpy as np

from cnncore._dtypes import Array
from cnncore.errors import CnnError
from cnncore.keras._import import own_process
from cnncore.keras.validate_child import take_stdout
from cnncore.network import Network, cache, storage
from cnncore.network.layer import as_float32
from cnncore.training.config import NetworkName, TrainConfig

StageName: TypeAlias = Literal["cache", "import", "convert", "load"]
NICENESS = 5
"""The app that shows the network comes first."""


@dataclass(frozen=True, slots=True)
class Request:
    """Which model: the `.keras` file `model` whose content has the digest `content`; or, where that is empty, one of
    the mission's own, `network`, with the weights in the file `weights` (see `cnncore.network.storage`).

    `folder` is for files that are handed over. `convert` asks for the network.
    """

    folder: str
    model: str = ""
    content: str = ""
    convert: bool = True
    network: NetworkName = "fashion"
    weights: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Request:
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Question:
    """What does Keras compute for the input, or the batch of them, in the `.npy` file `path`?"""

    id: int
    path: str

    def to_json(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Stage:
    """The child has turned to something else."""

    stage: StageName


@dataclass(frozen=True, slots=True)
class Converted:
    """The network lies in the file `path`."""

    path: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Questions are answered from now on."""


@dataclass(frozen=True, slots=True)
class Computed:
    """The outputs of `layers` layers lie in the `.npz` file `path`, each under its number; a layer that is not there
    has no counterpart that computes: an input layer."""

    id: int
    path: str
    layers: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be done: a sentence (a template with its values)."""

    message: str
    values: dict[str, Any] = field(default_factory=dict)


Message: TypeAlias = Stage | Converted | Ready | Computed | Failed
_KINDS: dict[str, type[Message]] = {kind.__name__: kind for kind in (Stage, Converted, Ready, Computed, Failed)}


def to_json(message: Message) -> str:
    """One line, without the newline."""
    return json.dumps({"kind": type(message).__name__, **asdict(message)}, default=str)


def from_json(line: str) -> Message:
    """The message of one line. Raises `ValueError` for a line that is none."""
    try:
        fields = json.loads(line)
        return _KINDS[fields.pop("kind")](**fields)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(f"not a message: {line[:200]!r}") from error


class _Questions:
    """The newest question that was read, waited for in one thread and put there by another."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: Question | None = None

    def put(self, question: Question) -> Question | None:
        """Returns the one that is given up for it."""
        with self._changed:
            older, self._newest = self._newest, question
            self._changed.notify()
            return older

    def take(self) -> Question:
        with self._changed:
            while self._newest is None:
                self._changed.wait()
            found, self._newest = self._newest, None
            return found


def _read(questions: _Questions, folder: str) -> None:
    """Passes questions on until nobody asks any more, and ends the process then."""
    with contextlib.suppress(OSError, ValueError):
        for line in sys.stdin:
            with contextlib.suppress(ValueError, TypeError, KeyError):
                older = questions.put(Question(**json.loads(line)))
                if older is not None:
                    Path(older.path).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def open_request(request: Request, say: Any) -> tuple[Any, list[Any], tuple[int, ...]]:
    """Loads the model, saying each stage, and hands the network over where that was asked for.

    Returns Keras, its layers, and the input's shape. Raises what goes wrong.
    """
    say(Stage("import"))
    from cnncore.keras._import import import_keras
    from cnncore.keras.build import build
    from cnncore.keras.convert import convert
    from cnncore.keras.load import load_model

    if request.model:
        model = load_model(request.model)  # refuses what is no model before it brings Keras
        keras = import_keras()
        say(Stage("convert" if request.convert else "load"))
        network, layers = convert(model)
        if cache.digest(request.model) != request.content:
            raise CnnError("{path} was changed while it was being read; open it again", path=request.model)
        if request.convert:
            kept = cache.keep(network, request.content)
            if kept is None:
                kept = Path(request.folder) / "network.npz"
                storage.save(network, kept)
            say(Converted(str(kept)))
        return keras, layers, network.input_shape
    weights = storage.load(request.weights)
    keras = import_keras()
    say(Stage("load"))
    dropout = next((float(layer.config["rate"]) for layer in weights.layers if layer.kind == "Dropout"), 0.0)
    network, layers = convert(build(TrainConfig(network=request.network, dropout=dropout)))
    set_weights(network, layers, weights)
    return keras, layers, network.input_shape


def set_weights(network: Network, keras_layers: list[Any], weights: Network) -> None:
    """Gives Keras's layers the weights of `weights`, whose layers must be those of `network`. Raises `CnnError`."""
    theirs, ours = network.summary().rows, weights.summary().rows
    if [(row.kind, row.output_shape) for row in theirs] != [(row.kind, row.output_shape) for row in ours]:
        raise CnnError("the weights belong to another network")
    for keras_layer, layer in zip(keras_layers, weights.layers, strict=True):
        if layer.weights:
            keras_layer.set_weights(list(layer.weights.values()))


def activations(keras: Any, keras_layers: list[Any], x: Array) -> list[Array | None]:
    """What each of Keras's layers gives at inference for the batch `x`; None for an input layer, which is no step."""
    found: list[Array | None] = []
    values = keras.ops.convert_to_tensor(x)
    for layer in keras_layers:
        if isinstance(layer, keras.layers.InputLayer):
            found.append(None)
            continue
        values = layer(values)
        found.append(keras.ops.convert_to_numpy(values))
    return found


def answer(question: Question, keras: Any, keras_layers: list[Any], shape: tuple[int, ...], folder: str) -> Computed:
    x = as_float32(np.load(question.path, allow_pickle=False), "x")
    single = x.shape == shape
    found = activations(keras, keras_layers, x[None] if single else x)
    path = Path(folder) / f"answer-{question.id}.npz"
    arrays = {str(i): y[0] if single else y for i, y in enumerate(found) if y is not None}
    with path.open("xb") as file:
        storage.write_arrays(file, arrays)
    Path(question.path).unlink(missing_ok=True)
    return Computed(question.id, str(path), len(found))


def main(arguments: list[str]) -> int:
    own_process()
    pipe: TextIO = take_stdout()
    request = Request.from_json(arguments[0])
    questions = _Questions()
    threading.Thread(target=_read, args=(questions, request.folder), name="questions", daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICENESS)

    def say(message: Message) -> None:
        print(to_json(message), file=pipe, flush=True)

    try:
        keras, layers, shape = open_request(request, say)
        say(Ready())
        while True:
            say(answer(questions.take(), keras, layers, shape, request.folder))
    except BrokenPipeError:  # nobody reads any more
        shutil.rmtree(request.folder, ignore_errors=True)
    except CnnError as error:
        say(Failed(error.template, error.values))
    except MemoryError:
        say(Failed("The machine has not enough memory for this."))
    except Exception as error:
        say(Failed("The model could not be opened: {reason}", {"reason": f"{type(error).__name__}: {error}"}))
    return 1


if __name__ == "__main__":
    # Not sys.exit: TensorFlow's own way out takes a while.
    os._exit(main(sys.argv[1:]))
