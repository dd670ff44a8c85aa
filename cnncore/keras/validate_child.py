"""A validation as a process of its own: `python -m cnncore.keras.validate_child REQUEST_JSON`.

Keras writes on file descriptors 1 and 2 and holds the interpreter for seconds, so an app with a screen asks this
process. It says each `Stage` ("import", "data", "compare"), then one `Checked` or one `Failed`, with exit status 0 or
1. It ends by itself when nobody reads any more.
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
    """The network to validate: the `.keras` file `model`, or, without one, `network` with initial weights of `seed`.

    `images` test images are run, from the folder `data` where that is given, else as `cnncore.datasets` finds them.
    """

    model: str = ""
    network: NetworkName = "fashion"
    seed: int = 0
    data: str = ""
    images: int = 100


@dataclass(frozen=True, slots=True)
class Checked:
    """The result, and the images it is based on: `source`, and why that is a substitute where it is one."""

    validation: Validation
    source: str
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)


Message: TypeAlias = Stage | Checked | Failed
MESSAGES: Messages[Message] = Messages(Stage, ends=(Checked, Failed))


def run(request: Request, say: Callable[[Stage], object]) -> Checked:
    """Validates, and says each stage. Raises what goes wrong."""
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
    """Inputs (images, *shape) float32 from 0 to 1 that fit a network, and the fields of `Checked` about them.

    Test images of Fashion-MNIST for 28 x 28, drawn garments for other greyscale sizes, random numbers for anything
    else.
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
        except CnnError:  # a size that garments are not drawn in
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
    # Not imported again under its own name: the classes of the messages are these.
    sys.exit(main(sys.argv[1:]))
