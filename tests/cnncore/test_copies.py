"""Copies and pickles of every class of cnncore with contents, before and after use, also in other processes: the bits
are the same, and read-only arrays stay read-only."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import multiprocessing
import pickle
import pkgutil
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest

import cnncore
from cnncore import _arrays, network
from cnncore import geometry as geometries
from cnncore._copies import Named
from cnncore.backward import backward_pass, explain_gradient, explain_weight, step_weight
from cnncore.child import messages
from cnncore.datasets import examples, fashion_mnist, network_images
from cnncore.datasets.dataset import Dataset
from cnncore.display import summaries
from cnncore.keras import network_child, validate, validate_child
from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson import contributions, highlights, kernel_draft, kernels, mistakes, predictions
from cnncore.network import Network, fused, occlusion, row_strips
from cnncore.network.explain import explain, feeds
from cnncore.network.plans import Chain, ConvPlan
from cnncore.training import architecture, config, cost, estimate, events, runs
from cnncore.training.architecture.script import script
from cnncore.training.runs import choice, compare, log, record

dice = np.random.default_rng(3)


def weights(*shape: int) -> Any:
    return dice.standard_normal(shape).astype(np.float32)


def layers() -> tuple[network.Layer, ...]:
    """One of every kind, in a chain."""
    made: list[network.Layer] = []

    def add(kind: type[network.Layer], **fields: Any) -> None:
        shape = made[-1].output_shape if made else (12, 12, 2)
        made.append(kind(name=f"{len(made)}_{kind.__name__.lower()}", input_shape=shape, **fields))

    add(network.InputLayer)
    add(network.Rescaling, scale=0.5, offset=(0.1, 0.2))
    add(network.ZeroPadding2D, padding=1)
    add(network.Conv2D, kernel=weights(3, 3, 2, 4), bias=weights(4), activation="relu")
    add(network.MaxPooling2D)
    add(network.BatchNormalization, moving_mean=weights(4), moving_variance=np.abs(weights(4)), gamma=weights(4))
    add(network.DepthwiseConv2D, kernel=weights(3, 3, 4, 2), bias=weights(8), activation="tanh")
    add(network.AveragePooling2D)
    add(network.ReLU, max_value=6.0)
    add(network.Activation, activation="sigmoid")
    add(network.Dropout)
    add(network.GlobalAveragePooling2D, keepdims=True)
    add(network.Flatten)
    add(network.Dense, kernel=weights(8, 5), bias=weights(5), activation="relu")
    add(network.Dense, kernel=weights(5, 3))
    add(network.Softmax)
    return tuple(made)


IMAGES = weights(5, 12, 12, 2)


def a_network() -> Network:
    return Network(layers(), (12, 12, 2))


def used() -> Network:
    found = a_network()
    found.predict(IMAGES)
    return found


def plans() -> tuple[ConvPlan, Chain, Any]:
    layer = network.Conv2D(name="c", input_shape=(12, 12, 2), kernel=weights(3, 3, 2, 4), bias=weights(4))
    geometry = geometries.geometry((12, 12), (3, 3))
    made = ConvPlan(geometry, 2, layer.kernel, layer.bias, relu=True, pool=True)
    return made, Chain([made]), fused.fuse([layer, network.ReLU(name="r", input_shape=(10, 10, 4), max_value=1)])[-1]


def arrays() -> list[Any]:
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    grey.setflags(write=False)
    pictures = network_images.Pictures(grey[None], np.zeros(1, np.uint8), ("a", "b"), "here", values={"x": 1})
    answered = network_images.Answered(1, 1, np.zeros(1, np.int16), np.zeros(1, np.float32))
    return [
        pictures,
        answered,
        network_images.PictureSet(pictures, answered),
        network_images.PictureFilter(wrong=True, label=1),
        network_images.NetworkInput(grey, grey, weights(8, 8), False),
        Dataset("here", grey[None], grey[0], grey[None], grey[0], ("a",)),
        FirstLayer(weights(3, 3, 1, 2), weights(2)),
        _arrays.conv2d_arguments(grey, np.ones((3, 3), int)),
        _arrays.pool_arguments(grey, 2, None, "valid"),
        _arrays.filter2d_arguments(grey, np.ones((3, 3), int)),
    ]


def steps() -> list[Any]:
    image = np.arange(64, dtype=np.uint8).reshape(8, 8)
    conv = cnncore.conv2d_steps(weights(8, 8), weights(3, 3), activation="relu")
    filtered = cnncore.filter2d_steps(image, kernels.SHARPEN.weights)
    pool = cnncore.max_pool2d_steps(image)
    conv[0].terms  # noqa: B018 - fills what is computed once
    found = [conv, conv[0], conv[1], conv[0].terms[0], filtered, filtered[3], pool, pool[2]]
    fed = [contributions.conv_feeds(filtered, image, 3, 3)[0], contributions.pool_feeds(pool, 3, 3)[0]]
    guess = predictions.parse_guess("12")
    slip = mistakes.added_instead(filtered[3], 1)
    verdict = predictions.judge(filtered[3], image, guess, 3)
    worth_a_look = highlights.pool_highlights(pool, image, cnncore.max_pool2d(image))
    return [*found, *fed, guess, verdict, slip, next(mistakes.mistakes_of(filtered[3], image)), *worth_a_look]


def explanations() -> list[Any]:
    net = a_network()
    inside = net.activations(IMAGES[0])
    positions = [tuple(0 for _ in layer.output_shape) for layer in net.layers]
    found = [explain(net, IMAGES[0], inside, at, position) for at, position in enumerate(positions)]
    softmax = next(each for each in found if each.softmax is not None)
    flat = next(each for each in found if each.flat is not None)
    dropout = next(each for each in found if each.dropout is not None)
    channels = next(each for each in found if each.channels is not None)
    return [
        *found,
        *(each.sources for each in found),
        softmax.sources[0],
        softmax.softmax,
        softmax.stages[0],
        softmax.remainder([0]),
        flat.flat,
        dropout.dropout,
        channels.channels,
        feeds(net, 2, (0, 0, 0)),
        row_strips.Rows(1, 2),
        row_strips.RowStrips(net, IMAGES[0]),
        *occlusion.occlusion(net, IMAGES[0], size=6, strides=6),
        net.summary(),
        net.summary()[0],
        Named({"kernel": net.layers[3].weights["kernel"]}),
    ]


def backwards() -> list[Any]:
    net = a_network()
    batch = backward_pass(net, IMAGES, np.zeros(len(IMAGES), int))
    trained = next(at for at, weights in enumerate(batch.weights) if weights)
    of_value = explain_gradient(net, batch, 0, trained - 1, (1, 1, 0))
    of_weight = explain_weight(net, batch, trained, "bias", (0,))
    moved = step_weight(net, batch, trained, "bias", (0,))
    assert moved.update is not None
    terms = [of_value.terms, of_value.terms[0], of_weight.terms, of_weight.terms[0]]
    return [batch, of_value, of_weight, of_value.stages[0], *terms, moved, moved.state, moved.update,
            moved.update.stages[0]]  # fmt: skip


def sentences() -> list[Any]:
    row = validate.LayerCheck("dense", "Dense", (3,), 0.0, 0.0, True)
    validation = validate.Validation((row,), 3, 1e-4, 1e-5)
    layer_row = events.LayerRow("dense", "Dense", (3,), 4)
    return [
        row,
        validation,
        validate_child.Request("net.keras"),
        validate_child.Checked(validation, "here"),
        cnncore.CnnError("{name} is wrong", name="x"),
        cnncore.CnnError("{name} is wrong: {reason}", name="x", reason=cnncore.CnnError("{value} is odd", value=3)),
        cnncore.errors.Sentence(template="{value} is odd", values={"value": 3}),
        cnncore.MissingExtraError("{name} is missing", name="x"),
        layer_row,
        events.Data("here", 1, 2, (28, 28), ("a",)),
        events.Model((layer_row,), 4),
        events.TrainBegin(1, 2, 3),
        events.Batch(1, 2, 3, 0.5, 0.5, 1.0, 2.0),
        events.Epoch(1, 0.5, 0.5, None, None, 1.0),
        events.Kept("a.keras"),
        events.Finished(False, 1, 2.0),
        config.TrainConfig(),
        architecture.preset("tiny"),
        architecture.preset("tiny").layers[0],
        architecture.OPTIONS["Dense"][0],
        architecture.outline(architecture.preset("tiny"))[0],
        script(config.TrainConfig())[0],
        cost.memory(config.TrainConfig()),
        events.Tested(0.5, 0.75, 10),
        choice.Condition("dropout", ">", 0.0),
        compare.Difference("dropout", (0.0, 0.5)),
        compare.Comparison((), (), ({}, {"seed": 1}), ((), ())),
        compare.Disagreement("here", 10, 3, (8, 7)),
        log.Logged(1.5, events.Tested(0.5, 0.75, 10)),
        record.Record("a name", seed=3, machine={"threads": 2}),
        kernels.SHARPEN,
        kernel_draft.Draft.of(kernels.BLUR).nudged(1, 1, Fraction(1, 10)),
        geometries.geometry((8, 8), (3, 3)),
        geometries.geometry((8, 8), (3, 3)).rows,
        summaries.summary(np.arange(4)),
        examples.EXAMPLES[0],
        fashion_mnist.OfficialFile("a.gz", 1, "b"),
        network_child.Request("folder"),
        network_child.Question(1, "a.npy"),
        messages.Stage("load"),
        messages.Progress("data", 1, 2, "images"),
        messages.Failed("{path} is empty", {"path": "x"}),
        network_child.Converted("a.npz"),
        network_child.Ready(),
        network_child.Computed(1, "a.npz", 3),
        runs.Run(Path("runs"), config.TrainConfig(), datetime(2024, 5, 6)),
        estimate.Estimate(epochs=2, batches=3, train_images=10, validation_images=2),
    ]


IN_PROCESS = {
    # What only lives inside a process: threads, locks, functions, models of Keras, a drawing in the making.
    "cnncore._memory.Result", "cnncore._recipes.Recipe", "cnncore.gradients._pooled_conv2d.PooledConv2D",
    "cnncore.gradients.conv2d.BackwardArguments", "cnncore.training.keeper.Keeper",
    "cnncore.training.runs.log.EventLog", "cnncore.training.runs.recorder.Recorder",
    "cnncore.training.resume.Unfinished", "cnncore.training.checkpoint.Checkpoint",
    "cnncore.backward.layer_gradients.LayerGradients", "cnncore.backward.readings.Readings",
    "cnncore._setting.Setting", "cnncore._setting.Block", "cnncore.training.mailbox.Mailbox",
    "cnncore.child.messages.AsJson", "cnncore.child.messages.Messages", "cnncore.child.process.Output",
    "cnncore.training.engine.StopTraining", "cnncore.keras.engine.KerasEngine", "cnncore.datasets._pen.Pen",
    "cnncore.datasets._tops.Top",
}  # fmt: skip


IN_MODELS = ("callbacks", "keras_file", "layers", "losses", "models", "optimizers", "training.core")
"""Rooms whose classes live in a model: see tests/cnncore/models/test_model_copies.py."""

EXAMPLES: Mapping[str, Callable[[], list[Any]]] = {
    "layers": lambda: list(layers()),
    "network": lambda: [a_network()],
    "used network": lambda: [used()],
    "plans": lambda: list(plans()),
    "prepared": lambda: [cnncore.prepare_conv2d(np.ones((2, 2), np.float32), input_shape=(4, 4))],
    "arrays": arrays,
    "steps": steps,
    "explanations": explanations,
    "backwards": backwards,
    "sentences": sentences,
}


def copies(thing: Any) -> list[Any]:
    pickled = [pickle.loads(pickle.dumps(thing, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    return [copy.copy(thing), copy.deepcopy(thing), copy.deepcopy(copy.copy(thing)), *pickled]


def same(a: Any, b: Any, path: str = "") -> None:
    """Compare all fields bit by bit, and the writable flags."""
    assert type(a) is type(b), path
    if isinstance(a, np.ndarray):
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes()), path
        assert a.flags.writeable == b.flags.writeable, f"{path} can be written to: {b.flags.writeable}"
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b), path
        for number, pair in enumerate(zip(a, b, strict=True)):
            same(*pair, f"{path}[{number}]")
    elif isinstance(a, Mapping):
        assert list(a) == list(b), path
        for name in a:
            same(a[name], b[name], f"{path}[{name!r}]")
    elif type(a).__module__.startswith("cnncore") and not isinstance(a, (Enum, Chain, ConvPlan, BaseException)):
        for name in names_of(a):
            same(getattr(a, name), getattr(b, name), f"{path}.{name}")
    elif not callable(a) and not isinstance(a, (Chain, ConvPlan, BaseException)):
        assert repr(a) == repr(b), path


def names_of(thing: Any) -> list[str]:
    if isinstance(thing, Network):
        return ["layers", "input_shape"]
    if dataclasses.is_dataclass(thing):
        return [field.name for field in dataclasses.fields(thing)]
    return [*getattr(thing, "__dict__", {})]


@pytest.mark.parametrize("group", EXAMPLES)
def test_copies_are_the_same(group: str) -> None:
    for thing in EXAMPLES[group]():
        for copied in copies(thing):
            same(thing, copied, type(thing).__name__)


@pytest.mark.parametrize("make", [a_network, used])
def test_a_copied_network_computes_the_same_and_cannot_be_changed(make: Callable[[], Network]) -> None:
    thing = make()
    want, inside = thing.predict(IMAGES), thing.activations(IMAGES)
    for copied in copies(thing):
        np.testing.assert_array_equal(copied.predict(IMAGES), want, strict=True)
        for a, b in zip(copied.activations(IMAGES), inside, strict=True):
            np.testing.assert_array_equal(a, b, strict=True)
        for layer in copied.layers:
            for array in layer.weights.values():
                with pytest.raises(ValueError, match="read-only"):
                    array[...] = 0
        with pytest.raises(TypeError):
            copied.layers[3].weights["kernel"] = 1


def test_copied_plans_compute_the_same() -> None:
    _plan, chain, _step = plans()
    want = chain(IMAGES)
    for copied in copies(chain):
        np.testing.assert_array_equal(copied(IMAGES), want, strict=True)


def test_a_class_of_the_readers_own_with_attributes_of_its_own() -> None:
    found = Own(layers(), (12, 12, 2))
    found.note = "mine"
    found.predict(IMAGES)
    for copied in copies(found):
        assert (type(copied), copied.note) == (Own, "mine")
        np.testing.assert_array_equal(copied.predict(IMAGES), found.predict(IMAGES))


class Own(Network):
    note: str


def test_networks_go_to_other_processes_and_come_back() -> None:
    made = used()
    want = made.predict(IMAGES)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = pool.submit(made.predict, IMAGES).result(60)
        returned = pool.submit(copy.deepcopy, made).result(60)
    np.testing.assert_array_equal(found, want, strict=True)
    np.testing.assert_array_equal(returned.predict(IMAGES), want, strict=True)
    same(made, returned)


def test_no_class_is_left_out() -> None:
    tried = {type(thing) for make in EXAMPLES.values() for thing in make()}
    left = set()
    for module in pkgutil.walk_packages(cnncore.__path__, "cnncore."):
        if module.name.endswith("._cnn"):
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            name = f"{getattr(kind, '__module__', '')}.{getattr(kind, '__qualname__', '')}"
            if (
                not inspect.isclass(kind)
                or kind.__module__ != module.name
                or name in IN_PROCESS
                or module.name.startswith(tuple(f"cnncore.{room}" for room in IN_MODELS))
                or kind.__name__[0] == "_"
            ):
                continue
            protocol = Protocol in kind.__bases__
            if not protocol and not inspect.isabstract(kind) and kind not in tried and not kind.__subclasses__():
                left.add(name)
    assert left == set()
