"""Lists of layers: their edits, and their forms in files."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from cnncore.errors import CnnError
from cnncore.training.architecture import (
    KINDS,
    OPTIONS,
    PRESETS,
    Architecture,
    LayerSpec,
    architecture_of_file,
    preset,
    read_architecture,
    with_dropout,
    without_dropout,
    write_architecture,
)
from cnncore.training.config import TrainConfig
from cnncore.training.core.networks import network

FASHION = preset("fashion")


def kinds(design: Architecture) -> list[str]:
    return [layer.kind for layer in design.layers]


def test_edits_leave_the_original_alone() -> None:
    before = FASHION.to_plain()
    drop = LayerSpec("Dropout", {"rate": 0.4})
    assert kinds(FASHION.inserted(2, drop))[1:4] == ["MaxPooling2D", "Dropout", "Conv2D"]
    assert kinds(FASHION.inserted(7, drop))[-1] == "Dropout"
    assert kinds(FASHION.removed(0))[0] == "MaxPooling2D"
    assert kinds(FASHION.moved(0, 2))[:3] == ["MaxPooling2D", "Conv2D", "Conv2D"]
    assert FASHION.moved(3, 1).moved(1, 3) == FASHION
    assert kinds(FASHION.copied(6)) == [*kinds(FASHION), "Dense"]
    assert FASHION.changed(0, "filters", 8).layers[0].value("filters") == 8
    assert FASHION.to_plain() == before


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda: FASHION.removed(7), "at is 7; it must be from 0 to 6"),
        (lambda: FASHION.inserted(9), "at is 9; it must be from 0 to 7"),
        (lambda: FASHION.changed(0, "units", 3), "Conv2D has no option 'units'; it has filters, kernel_size"),
        (lambda: FASHION.changed(4, "units", 3), "Flatten has no option 'units'; it has -"),
        (lambda: FASHION.changed(0, "filters", 0), "filters must be at least 1, got 0"),
        (lambda: FASHION.changed(0, "activation", "rel"), "activation is 'rel'; it must be None or one of"),
        (lambda: LayerSpec("Conv3D"), "layer is 'Conv3D'; it must be one of Conv2D"),
        (lambda: LayerSpec("Dropout", {"rate": 2}), "rate must be from 0 to 1, got 2"),
        (lambda: FASHION.renamed(" "), "name is ' '; it must have 1 to 60 printable characters"),
        (lambda: Architecture("a", (28, 28)), "input_shape must be .H, W, C., got"),
        (lambda: preset("vgg"), "network is 'vgg'; it must be one of fashion, binary, lenet5"),
    ],
)
def test_what_is_not_possible_is_refused(edit: Any, message: str) -> None:
    with pytest.raises(CnnError, match=message):
        edit()


@pytest.mark.parametrize("kind", KINDS)
def test_every_choice_and_step_of_an_option_is_possible(kind: str) -> None:
    for option in OPTIONS[kind]:
        for value in (*option.choices, *option.steps):
            assert LayerSpec(kind).changed(option.name, value).value(option.name) == value


@pytest.mark.parametrize("design", PRESETS.values(), ids=PRESETS.keys())
def test_a_file_holds_it(design: Architecture, tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    write_architecture(design, path)
    assert read_architecture(path) == design
    assert len(path.read_text("utf-8").splitlines()) == len(design.layers) + 6
    assert pickle.loads(pickle.dumps(design)) == copy.deepcopy(design) == design
    config = TrainConfig(architecture=design, dropout=0.2)
    assert TrainConfig.from_json(config.to_json()) == config
    assert config.design == with_dropout(design, 0.2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "network.json is not a JSON file: "),
        ("[1]", "network.json: a network must be an object with name, input_shape, layers, got"),
        (
            '{"name": "a", "input_shape": [28, 28, 1], "layers": [{"layer": "Dense", "units": 1}, 7]}',
            "layer 2: a layer",
        ),
        ('{"name": "a", "input_shape": [28, 28, 1], "layers": [{"layer": "Dens"}]}', "layer 1: layer is 'Dens'"),
        ('{"name": "a", "input_shape": [28, 0, 1], "layers": []}', "input_shape must be at least 1, got 0"),
        ("[" * 100_000, "is not a JSON file"),
    ],
)
def test_a_wrong_file_is_refused_by_name(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    path.write_text(content, "utf-8")
    with pytest.raises(CnnError, match=message):
        read_architecture(path)


@pytest.mark.parametrize("name", ["fashion", "lenet5", "tiny", "softmax"])
def test_a_keras_file_holds_it(name: str, tmp_path: Path) -> None:
    design, path = preset(name), tmp_path / "model.keras"
    network(TrainConfig(architecture=design, dropout=0.25)).save(str(path))
    read = architecture_of_file(path)
    assert (read.input_shape, read.layers) == (design.input_shape, with_dropout(design, 0.25).layers)


def test_a_keras_file_with_rare_arguments(tmp_path: Path) -> None:
    layers = (
        LayerSpec("ZeroPadding2D", {"padding": ((1, 0), (2, 3))}),
        LayerSpec(
            "Conv2D", {"filters": 4, "kernel_size": (3, 1), "use_bias": False, "kernel_initializer": "he_normal"}
        ),
        LayerSpec("DepthwiseConv2D", {"kernel_size": 3, "dilation_rate": 2}),
        LayerSpec("MaxPooling2D", {"pool_size": 3, "strides": 1, "padding": "same"}),
        LayerSpec("GlobalAveragePooling2D"),
        LayerSpec("Dense", {"units": 3, "activation": "softmax"}),
    )
    design = Architecture("rare", (16, 15, 1), layers)
    network(TrainConfig(architecture=design)).save(str(tmp_path / "model.keras"))
    assert architecture_of_file(tmp_path / "model.keras").layers == layers


def test_dropout_in_and_out() -> None:
    with_one = with_dropout(FASHION, 0.5)
    step = ["Conv2D", "MaxPooling2D", "Dropout"]
    assert kinds(with_one) == [*step, *step, "Flatten", "Dense", "Dropout", "Dense"]
    assert without_dropout(with_one) == FASHION
    assert [layer.value("rate") for layer in with_dropout(with_one, 0.1).layers if layer.kind == "Dropout"] == [0.1] * 3


def test_the_configuration_says_that_the_network_is_its_own() -> None:
    config = TrainConfig(architecture=FASHION)
    assert config.network == "own"
    assert json.loads(config.to_json())["architecture"]["layers"][0] == {
        "layer": "Conv2D", "filters": 64, "kernel_size": 3, "activation": "relu",
    }  # fmt: skip
    with pytest.raises(CnnError, match="network is 'own'; it must be one of fashion"):
        TrainConfig(network="own")
    with pytest.raises(CnnError, match="optimizer is 'adagrad'; it must be one of adam"):
        TrainConfig(optimizer="adagrad")  # type: ignore[arg-type]
    for rate in (-1.0, float("nan"), float("inf")):
        with pytest.raises(CnnError, match="learning_rate must be at least 0, got"):
            TrainConfig(learning_rate=rate)
