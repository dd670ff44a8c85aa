"""A validation as a process of its own: `python -m cnncore.keras.validate_child REQUEST_JSON`.

Keras writes to file descriptors 1 and 2 and blocks the interpreter for seconds, so an app with a screen uses this
process. It sends each `Stage` ("import", "data", "compare"), then one `Checked` or one `Failed`, with exit status 0 or
1. It ends when the reader closes the pipe.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from cnncore.child.messages import AsJson, Failed, Messages, Stage
from cnncore.child.process import Output, known_failure, reason
from cnncore.errors import CnnError
from cnncore.keras._import import own_process
from cnncore.keras.validate import Validation, validate
from cnncore.training.config import NetworkName, TrainConfig

__all__ = ["MESSAGES", "Checked", "Failed", "Message", "Request", "Stage", "images_for", "main", "run"]


@dataclass(frozen=True, slots=True)
class Request(AsJson):
    """The network to validate: the `.keras` file `model`, or if that is "", `network` with initial weights of `seed`.

    `images` is the number of test images, from the folder `data`, or if that is "" from the sources of
    `cnncore.datasets`.
    """

    model: str = ""
    network: NetworkName = "fashion"
    seed: int = 0
    data: str = ""
    images: int = 100


@dataclass(frozen=True, slots=True)
class Checked:
    """The result, and the images it is based on: their source, and the reason if they are a substitute."""

    validation: Validation
    source: str
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)


Message: TypeAlias = Stage | Checked | Failed
MESSAGES: Messages[Message] = Messages(Stage, ends=(Checked, Failed))


def run(request: Request, say: Callable[[Stage], object]) -> Checked:
    """Validate, and report each stage. Errors pass through."""
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
    """Return inputs (images, *shape) float32 from 0 to 1 for a network, and the fields of `Checked` that describe them.

    28 x 28 gets test images of Fashion-MNIST, other greyscale sizes drawn garments, any other shape random numbers.
    """
    from cnncore.datasets.fashion_mnist import load_fashion
    from cnncore.datasets.garments import garments

    if shape == (28, 28, 1):
        dataset = load_fashion(request.data, limit=request.images)
        images = dataset.test_images[: request.images]
        about = {
            "source": dataset.source,
            "reason": dataset.reason if dataset.substitute else "",
            "values": dataset.values,
        }
        return (images / np.float32(255))[..., np.newaxis], about
    if len(shape) == 3 and shape[2] == 1:
        try:
            images, _labels = garments(request.images, shape[0], shape[1], seed=request.seed)
        except CnnError:  # garments cannot be drawn in this size
            pass
        else:
            return (images / np.float32(255))[..., np.newaxis], {"source": "drawn garments"}
    numbers = np.random.default_rng(request.seed).random((request.images, *shape), dtype=np.float32)
    return numbers, {"source": "random numbers"}


def main(arguments: list[str]) -> int:
    own_process()
    output = Output()
    output.end_with_app()
    try:
        output.say(run(Request.from_json(arguments[0]), output.say))
    except Exception as error:
        output.say(known_failure(error) or Failed("Validation failed: {reason}", reason(error)))
        return 1
    return 0


if __name__ == "__main__":
    # `main` of this module, not of a second import under its real name, whose message classes would differ.
    sys.exit(main(sys.argv[1:]))
