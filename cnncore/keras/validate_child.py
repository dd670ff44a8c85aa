"""Validation in a process of its own: `python -m cnncore.keras.validate_child REQUEST_JSON`.

Keras writes on file descriptors 1 and 2 and holds the interpreter for seconds, so what shows a screen asks this
process. It writes one message a line, as JSON, to its standard output: `Stage` as it goes, then one `Checked` or one
`Failed`, with exit status 0 or 1. It ends by itself when nobody reads any more.
"""

from __future__ import annotations

import json
import os
import select
import sys
import threading
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TextIO, TypeAlias

import numpy as np

from cnncore.errors import CnnError
from cnncore.keras._import import own_process
from cnncore.keras.validate import LayerCheck, Validation, validate
from cnncore.training.config import NetworkName, TrainConfig

StageName: TypeAlias = Literal["import", "data", "compare"]


@dataclass(frozen=True, slots=True)
class Request:
    """What to validate: the `.keras` file `model`, or, where that is empty, `network` with fresh weights of `seed`.

    `images` test images are run, from the folder `data` where that is given, else as `cnncore.datasets` finds them.
    """

    model: str = ""
    network: NetworkName = "fashion"
    seed: int = 0
    data: str = ""
    images: int = 100

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Request:
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Stage:
    """The child has turned to something else."""

    stage: StageName


@dataclass(frozen=True, slots=True)
class Checked:
    """The result, and which images it was had with: `source`, and why it is a substitute where it is."""

    validation: Validation
    source: str
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be done: a sentence (a template with its values)."""

    message: str
    values: dict[str, Any] = field(default_factory=dict)


Message: TypeAlias = Stage | Checked | Failed


def to_json(message: Message) -> str:
    """One line, without the newline."""
    return json.dumps({"kind": type(message).__name__, **asdict(message)}, default=str)


def from_json(line: str) -> Message:
    """The message of one line. Raises `ValueError` for a line that is none."""
    try:
        fields = json.loads(line)
        match fields.pop("kind"):
            case "Stage":
                return Stage(**fields)
            case "Failed":
                return Failed(**fields)
            case "Checked":
                found = fields.pop("validation")
                rows, predict = tuple(map(_layer_check, found.pop("rows"))), found.pop("predict", None)
                whole = None if predict is None else _layer_check(predict)
                return Checked(Validation(rows, predict=whole, **found), **fields)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(f"not a message: {line[:200]!r}") from error
    raise ValueError(f"not a message: {line[:200]!r}")


def _layer_check(row: dict[str, Any]) -> LayerCheck:
    return LayerCheck(**{**row, "shape": tuple(row["shape"])})


def run(request: Request, say: Any) -> Checked:
    """Does it, saying each stage. Raises what goes wrong."""
    say(Stage("import"))
    from cnncore.keras.build import build
    from cnncore.keras.convert import convert
    from cnncore.keras.load import load_model

    if request.model:
        model = load_model(request.model)
    else:
        model = build(TrainConfig(network=request.network, seed=request.seed))
    say(Stage("data"))
    inputs, checked = images_for(convert(model)[0].input_shape, request)
    say(Stage("compare"))
    return Checked(validate(model, inputs), **checked)


def images_for(shape: tuple[int, ...], request: Request) -> tuple[Any, dict[str, Any]]:
    """Inputs (images, *shape) float32 from 0 to 1 that suit a network, and `Checked`'s fields about them.

    Fashion-MNIST's test images where the network takes 28 x 28, drawn garments where it takes other grey pictures, and
    random numbers for anything else.
    """
    from cnncore.datasets.fashion_mnist import load_fashion
    from cnncore.datasets.garments import garments

    if shape == (28, 28, 1):
        found = load_fashion(request.data, limit=request.images)
        images = found.test_images[: request.images]
        about = {"source": found.source, "reason": found.reason if found.substitute else "", "values": found.values}
        return (images / np.float32(255))[..., np.newaxis], about
    if len(shape) == 3 and shape[2] == 1:
        try:
            images, _labels = garments(request.images, shape[0], shape[1], seed=request.seed)
        except CnnError:  # a size that garments are not drawn in
            pass
        else:
            return (images / np.float32(255))[..., np.newaxis], {"source": "drawn garments"}
    numbers = np.random.default_rng(request.seed).random((request.images, *shape), dtype=np.float32)
    return numbers, {"source": "random numbers"}


def take_stdout() -> TextIO:
    """The pipe that was standard output, for our lines alone; what anything else writes on 1 and 2 goes nowhere."""
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return pipe


def _end_with_reader(pipe: TextIO) -> None:
    """Ends this process as soon as the other end of the pipe is closed, though nothing is being written."""
    poll = select.poll()
    poll.register(pipe.fileno(), 0)

    def watch() -> None:
        if any(event & (select.POLLERR | select.POLLHUP) for _fd, event in poll.poll()):
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main(arguments: list[str]) -> int:
    own_process()
    pipe = take_stdout()
    _end_with_reader(pipe)

    def say(message: Message) -> None:
        print(to_json(message), file=pipe, flush=True)

    try:
        say(run(Request.from_json(arguments[0]), say))
    except CnnError as error:
        say(Failed(error.template, error.values))
    except MemoryError:
        say(Failed("The machine has not enough memory for this."))
    except Exception as error:
        say(Failed("Validation failed: {reason}", {"reason": f"{type(error).__name__}: {error}"}))
    else:
        return 0
    return 1


if __name__ == "__main__":
    # Not imported again under its own name: the classes of the messages are these.
    sys.exit(main(sys.argv[1:]))
