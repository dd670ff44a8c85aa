"""Two runs side by side: what differs in their options and layers, their figures, and where their networks disagree."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnncore._dtypes import Array
from cnncore.errors import CnnError
from cnncore.network import Network
from cnncore.network.answers import best, scores
from cnncore.training import data
from cnncore.training.architecture import LayerSpec
from cnncore.training.architecture.outline import classes_of
from cnncore.training.config import TrainConfig
from cnncore.training.events import Data, Epoch
from cnncore.training.runs.facts import OPTIONS, facts, options
from cnncore.training.runs.folder import Run
from cnncore.training.runs.log import read_events


@dataclass(frozen=True, slots=True)
class Difference:
    """An option with its two values."""

    name: str
    values: tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `compare` finds. `layers` are the lines of both networks, each with "  " before it, or "- " in the first
    only, or "+ " in the second only; none if the networks are the same. `facts` and `histories` are those of each."""

    options: tuple[Difference, ...]
    layers: tuple[str, ...]
    facts: tuple[dict[str, Any], dict[str, Any]]
    histories: tuple[tuple[Epoch, ...], tuple[Epoch, ...]]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The answers of two networks to the same test images: how many differ, and how many of each are right."""

    source: str
    images: int
    differ: int
    right: tuple[int, int]


def compare(first: Run, second: Run) -> Comparison:
    """Compare two runs by their files alone. Raises `CnnError` for a damaged history."""
    values = options(first.config), options(second.config)
    differing = tuple(
        Difference(name, (values[0][name], values[1][name])) for name in OPTIONS if values[0][name] != values[1][name]
    )
    lines = [[layer_text(layer) for layer in run.config.design.layers] for run in (first, second)]
    layers = () if lines[0] == lines[1] else tuple(_diff(*lines))
    return Comparison(differing, layers, (facts(first), facts(second)), (first.history(), second.history()))


def layer_text(layer: LayerSpec) -> str:
    """A layer with its options, as Keras writes it: `Conv2D(filters=64, kernel_size=3)`."""
    return f"{layer.kind}({', '.join(f'{name}={value!r}' for name, value in layer.arguments.items())})"


def _diff(first: list[str], second: list[str]) -> list[str]:
    lines = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [f"  {line}" for line in first[a:b]]
        else:
            lines += [f"- {line}" for line in first[a:b]] + [f"+ {line}" for line in second[c:d]]
    return lines


def disagreement(first: Run, second: Run) -> Disagreement:
    """Let both networks answer all test images of the data that the runs learned from. Downloads nothing.

    Raises `CnnError` that says why if the runs have no models, or not the same images, or these are not here.
    """
    for run in (first, second):
        if run.model_path is None:
            raise CnnError("{run} has no model", run=run.id)
    one, other = first.config, second.config
    if one.data != other.data or _images_of(one) != _images_of(other):
        raise CnnError("the two runs did not learn from the same images")
    dataset = data.load(replace(one, limit=0), lambda _done, _total, _unit: None, download=False)
    for run in (first, second):
        learned = _learned_from(run)
        if learned is not None and learned.substitute != dataset.substitute:
            raise CnnError(
                "the images that {run} learned from are not here: {source}", run=run.id, source=learned.source
            )
    answers = [_answers(run, dataset.test_images) for run in (first, second)]
    labels = dataset.test_labels
    return Disagreement(
        dataset.source,
        len(labels),
        int(np.count_nonzero(answers[0] != answers[1])),
        (int(np.count_nonzero(answers[0] == labels)), int(np.count_nonzero(answers[1] == labels))),
    )


def _images_of(config: TrainConfig) -> tuple[Any, int]:
    return config.design.input_shape, classes_of(config.design)


def _learned_from(run: Run) -> Data | None:
    if run.events_path is None:
        return None
    return next((one.event for one in read_events(run.events_path) if isinstance(one.event, Data)), None)


def _answers(run: Run, images: Array) -> Array:
    """The class of each image."""
    assert run.model_path is not None
    network = Network.from_keras(str(run.model_path))
    return best(scores(network, network.predict(data.prepared(images, normalize=run.config.normalize))))
